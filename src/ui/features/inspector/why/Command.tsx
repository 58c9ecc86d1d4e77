/** A command that may be copied, or typed into the terminal. */
import { Copy, Terminal } from 'lucide-react';
import { useReadOnly } from '../../../cluster/index.ts';
import { IconButton } from '../../../design/index.ts';
import { notify, typeInTerminal, useWords } from '../../../session/index.ts';
import { useInspectorWords } from '../words/use-words.ts';

export function Command({ line }: { readonly line: string }) {
  const say = useInspectorWords();
  const words = useWords();
  const past = useReadOnly();
  const copy = () => {
    navigator.clipboard.writeText(line).then(
      () => notify({ tone: 'good', title: words('copied'), text: '' }),
      (error: unknown) => notify({ tone: 'bad', title: String(error), text: '' }),
    );
  };
  return (
    <span className="why-command">
      <code>{line}</code>
      <IconButton label={say('copyCommand')} onClick={copy}>
        <Copy size={14} />
      </IconButton>
      <IconButton label={say('runTitle')} disabled={past} onClick={() => typeInTerminal(line)}>
        <Terminal size={14} />
      </IconButton>
    </span>
  );
}
