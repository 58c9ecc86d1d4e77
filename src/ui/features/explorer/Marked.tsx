/** What can be done with several rows at once. */
import { useState } from 'react';
import { type ServedResource, useEngine, useReadOnly } from '../../cluster/index.ts';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { notify, useWords } from '../../session/index.ts';
import { deleteLines } from './delete-lines.ts';
import { useExplorerWords } from './words/use-words.ts';

interface MarkedProps {
  readonly resource: ServedResource;
  /** `namespace/name` */
  readonly keys: ReadonlySet<string>;
  readonly onDone: () => void;
}

/** Commands that are shown. */
const SHOWN = 6;

export function Marked({ resource, keys, onDone }: MarkedProps) {
  const say = useExplorerWords();
  const words = useWords();
  const readOnly = useReadOnly();
  const { api } = useEngine();
  const [asking, setAsking] = useState(false);
  const lines = deleteLines(resource, keys);
  const confirm = async () => {
    setAsking(false);
    onDone();
    for (const line of lines) {
      const { code, stdout, stderr } = await api.run(line);
      notify({ tone: code === 0 ? 'good' : 'bad', title: `$ ${line}`, text: `${stdout}${stderr}`.trim() });
    }
  };
  return (
    <div className="marked-bar" role="status">
      <span>{say('chosen', { count: keys.size })}</span>
      <Button
        look="danger"
        disabled={readOnly}
        title={readOnly ? say('readOnly') : lines.join('\n')}
        onClick={() => setAsking(true)}
      >
        {say('deleteChosen')}
      </Button>
      <Button look="plain" onClick={onDone}>
        {say('unmark')}
      </Button>
      {asking && (
        <Dialog
          title={say('deleteTitle', { count: keys.size })}
          description={words('deleteText')}
          onClose={() => setAsking(false)}
        >
          <code className="command">
            {lines
              .slice(0, SHOWN)
              .map((line) => `$ ${line}`)
              .join('\n')}
          </code>
          {lines.length > SHOWN && <p className="quiet">{say('more', { count: lines.length - SHOWN })}</p>}
          <div className="dialog-actions">
            <Button onClick={() => setAsking(false)}>{words('cancel')}</Button>
            <Button
              look="main"
              onClick={() => {
                confirm().catch((error: unknown) => notify({ tone: 'bad', title: String(error), text: '' }));
              }}
            >
              {words('delete')}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
