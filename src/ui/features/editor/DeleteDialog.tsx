/** Asks before objects are deleted, and shows the command. */
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import type { OpenFile } from './files.ts';
import { parseManifests } from './manifest/manifests.ts';
import { commandOf } from './use-run.ts';
import type { EditorSay } from './words/words.ts';

interface DeleteDialogProps {
  readonly file: OpenFile;
  readonly say: EditorSay;
  readonly onClose: () => void;
  readonly onDelete: () => void;
}

export function DeleteDialog({ file, say, onClose, onDelete }: DeleteDialogProps) {
  const { manifests } = parseManifests(file.text);
  return (
    <Dialog title={say('deleteTitle', { name: file.name })} description={say('deleteText')} onClose={onClose}>
      <ul className="editor-outcomes">
        {manifests.map(({ index, object }) => (
          <li key={index}>
            <code>{`${object.kind}/${object.metadata.name ?? ''}`}</code>
          </li>
        ))}
      </ul>
      <code className="command">{commandOf('delete', file.name)}</code>
      <div className="dialog-actions">
        <Button onClick={onClose}>{say('cancel')}</Button>
        <Button look="danger" onClick={onDelete}>
          {say('delete')}
        </Button>
      </div>
    </Dialog>
  );
}
