/** Changing an object's YAML where it stands: the server's complaints appear at their lines. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { useClient, useReadOnly } from '../../../cluster/index.ts';
import { Button } from '../../../design/index.ts';
import { notify } from '../../../session/index.ts';
import { useInspectorWords } from '../words/use-words.ts';
import type { Complaint } from './text.ts';

interface EditorProps {
  readonly resource: Resource;
  readonly original: KubeObject;
  readonly onDone: () => void;
}

type State =
  | { readonly is: 'editing' | 'saving' | 'conflict' }
  | { readonly is: 'refused'; readonly complaints: readonly Complaint[] };

export function YamlEditor({ resource, original, onDone }: EditorProps) {
  const say = useInspectorWords();
  const readOnly = useReadOnly();
  const client = useClient();
  const [text, setText] = useState<string>();
  const [state, setState] = useState<State>({ is: 'editing' });
  const behind = useRef(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    import('./text.ts').then(
      ({ editableText }) => {
        setText(editableText(resource, original));
        field.current?.focus();
      },
      (error: unknown) => notify({ tone: 'bad', title: String(error), text: '' }),
    );
  }, [resource, original]);
  if (text === undefined) return null;

  const write = async () => {
    setState({ is: 'saving' });
    const { save } = await import('./save.ts');
    const saved = await save(client, { resource, original, text, onTop: behind.current });
    if (saved.outcome === 'refused') setState({ is: 'refused', complaints: saved.complaints });
    else if (saved.outcome === 'conflict') {
      behind.current = true;
      setState({ is: 'conflict' });
    } else {
      const title = say(saved.outcome);
      notify({ tone: 'good', title, text: `${resource.kind} ${original.metadata.name}` });
      onDone();
    }
  };
  const onSave = () => {
    write().catch((error: unknown) => setState({ is: 'refused', complaints: [{ message: String(error) }] }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && (event.key === 's' || event.key === 'Enter')) {
      event.preventDefault();
      onSave();
    }
  };
  const complaints = state.is === 'refused' ? state.complaints : [];
  return (
    <div className="source">
      <div className="field-bar yaml-bar">
        <Button look="main" disabled={readOnly || state.is === 'saving'} onClick={onSave}>
          {say(state.is === 'saving' ? 'saving' : 'save')}
        </Button>
        <Button onClick={onDone}>{say('cancel')}</Button>
      </div>
      <div role="alert" className="yaml-complaints">
        {state.is === 'conflict' && <p>{say('conflict')}</p>}
        {complaints.length > 0 && <p>{say('rejected')}</p>}
        <ul>
          {complaints.map(({ line, message }) => (
            <li key={`${line} ${message}`}>
              {line !== undefined && (
                <button type="button" className="link" onClick={() => goToLine(field.current, line)}>
                  {say('lineError', { line })}
                </button>
              )}{' '}
              <span lang="en">{message}</span>
            </li>
          ))}
        </ul>
      </div>
      <div className="yaml-editor">
        <Gutter lines={text.split('\n').length} bad={new Set(complaints.map(({ line }) => line))} />
        <textarea
          ref={field}
          aria-label={say('editLabel', { name: original.metadata.name })}
          aria-invalid={complaints.length > 0}
          value={text}
          rows={text.split('\n').length}
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          wrap="off"
          onKeyDown={onKeyDown}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
    </div>
  );
}

function Gutter({ lines, bad }: { readonly lines: number; readonly bad: ReadonlySet<number | undefined> }) {
  const numbers = Array.from({ length: lines }, (_, index) => index + 1);
  return (
    <ol className="yaml-gutter" aria-hidden="true">
      {numbers.map((number) => (
        <li key={number} data-bad={bad.has(number) || undefined}>
          {number}
        </li>
      ))}
    </ol>
  );
}

function goToLine(field: HTMLTextAreaElement | null, line: number): void {
  if (!field) return;
  const lines = field.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}
