/** Questions before something that cannot be taken back. */
import { type FormEvent, useState } from 'react';
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import { useWords } from '../../session/index.ts';
import { useInspectorWords } from './words/use-words.ts';

interface DialogProps {
  readonly name: string;
  readonly onConfirm: (line: string) => void;
  readonly onClose: () => void;
}

export function DeleteDialog({ name, line, onConfirm, onClose }: DialogProps & { readonly line: string }) {
  const say = useWords();
  return (
    <Dialog title={say('deleteTitle', { name })} description={say('deleteText')} onClose={onClose}>
      <code className="command">$ {line}</code>
      <div className="dialog-actions">
        <Button onClick={onClose}>{say('cancel')}</Button>
        <Button look="main" onClick={() => onConfirm(line)}>
          {say('delete')}
        </Button>
      </div>
    </Dialog>
  );
}

export function DrainDialog({ name, line, onConfirm, onClose }: DialogProps & { readonly line: string }) {
  const say = useWords();
  const own = useInspectorWords();
  return (
    <Dialog title={own('drainTitle', { name })} description={own('drainText')} onClose={onClose}>
      <code className="command">$ {line}</code>
      <div className="dialog-actions">
        <Button onClick={onClose}>{say('cancel')}</Button>
        <Button look="main" onClick={() => onConfirm(line)}>
          {own('drain')}
        </Button>
      </div>
    </Dialog>
  );
}

interface ScaleDialogProps extends DialogProps {
  readonly replicas: number;
  readonly lineFor: (replicas: number) => string;
}

export function ScaleDialog({ name, replicas, lineFor, onConfirm, onClose }: ScaleDialogProps) {
  const say = useWords();
  const [wanted, setWanted] = useState(replicas);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onConfirm(lineFor(wanted));
  };
  return (
    <Dialog title={`${say('scale')}: ${name}`} onClose={onClose}>
      <form onSubmit={submit} className="scale-form">
        <label>
          {say('replicas')}{' '}
          <input
            className="field"
            type="number"
            min={0}
            max={1000}
            value={wanted}
            onChange={(event) => setWanted(Math.max(0, Math.min(1000, Math.trunc(event.target.valueAsNumber || 0))))}
          />
        </label>
        <code className="command">$ {lineFor(wanted)}</code>
        <div className="dialog-actions">
          <Button onClick={onClose}>{say('cancel')}</Button>
          <Button look="main" type="submit">
            {say('scale')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
