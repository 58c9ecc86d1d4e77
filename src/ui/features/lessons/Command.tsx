/** Commands in the text: run, copied or opened with one press. */
import { useState } from 'react';
import { Check, Copy, FileText, Play } from '../../design/icons.tsx';
import { openFile, typeInTerminal } from '../../session/index.ts';
import { useLesson } from './lesson-context.ts';

function copy(text: string, done: () => void): void {
  navigator.clipboard.writeText(text).then(done, () => undefined);
}

const firstLine = (text: string): string => (text.includes('\n') ? `${text.split('\n', 1)[0]} …` : text);

/** A command on lines of its own. */
export function BlockCommand({ text }: { readonly text: string }) {
  const { say, active } = useLesson();
  const run = () => typeInTerminal(text.replaceAll('\n', '\r'));
  return (
    <div className="lesson-command">
      <pre>
        <code>{text}</code>
      </pre>
      <button
        type="button"
        className="button"
        data-icon=""
        aria-label={say('run', { line: firstLine(text) })}
        title={active ? say('run', { line: firstLine(text) }) : say('startFirst')}
        disabled={!active}
        onClick={run}
      >
        <Play size={14} aria-hidden="true" />
      </button>
    </div>
  );
}

interface InlineProps {
  readonly does: 'run' | 'copy' | 'open';
  readonly text: string;
  readonly target: string;
}

/** A command within a sentence: the whole of it is the button. */
export function InlineCommand({ does, text, target }: InlineProps) {
  const { say, active, files } = useLesson();
  const [copied, setCopied] = useState(false);
  const label = does === 'open' ? say('open', { file: target }) : say(does, { line: text });
  const act = () => {
    if (does === 'run') typeInTerminal(text);
    else if (does === 'open') openFile({ name: target.split('/').at(-1) ?? target, text: files[target] ?? '' });
    else copy(text, () => setCopied(true));
  };
  const Icon = does === 'run' ? Play : does === 'open' ? FileText : copied ? Check : Copy;
  const waits = does === 'run' && !active;
  return (
    <button
      type="button"
      className="lesson-inline"
      aria-label={copied ? say('copied') : label}
      title={waits ? say('startFirst') : label}
      disabled={waits}
      onClick={act}
    >
      <code>{text}</code>
      <Icon size={12} aria-hidden="true" />
    </button>
  );
}
