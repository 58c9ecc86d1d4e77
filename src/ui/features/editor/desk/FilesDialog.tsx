/** The files in the workstation's home directory. */
import { useEffect, useState } from 'react';
import type { DeskEntry } from '../../../cluster/index.ts';
import { Dialog } from '../../../design/Dialog.tsx';
import { Button, Skeleton } from '../../../design/index.ts';
import { addFile } from '../files.ts';
import type { EditorSay } from '../words/words.ts';
import { nameOf } from './paths.ts';
import type { DeskSync } from './sync.ts';

interface FilesDialogProps {
  readonly sync: DeskSync;
  readonly say: EditorSay;
  readonly onClose: () => void;
}

export default function FilesDialog({ sync, say, onClose }: FilesDialogProps) {
  const [entries, setEntries] = useState<readonly DeskEntry[]>();
  const [refused, setRefused] = useState<string>();
  useEffect(() => {
    let here = true;
    sync.list().then(
      (found) => here && setEntries(found),
      () => here && setEntries([]),
    );
    return () => {
      here = false;
    };
  }, [sync]);
  const open = (path: string) => {
    sync.open(path).then(onClose, () => setRefused(path));
  };
  return (
    <Dialog title={say('deskFiles')} description={say('deskFilesText')} onClose={onClose}>
      {refused !== undefined && (
        <p className="editor-alarm" role="alert">
          {say('noTextFile', { name: nameOf(refused) })}
        </p>
      )}
      {entries === undefined && <Skeleton label={say('loading')} />}
      {entries?.length === 0 && <p className="quiet">{say('deskEmpty')}</p>}
      {entries !== undefined && entries.length > 0 && (
        <ul className="editor-desk-files">
          {entries.map((entry) => (
            <Entry key={entry.path} entry={entry} onOpen={open} />
          ))}
        </ul>
      )}
      <div className="dialog-actions">
        <Button
          onClick={() => {
            addFile('manifest.yaml', '');
            onClose();
          }}
        >
          {say('newFile')}
        </Button>
      </div>
    </Dialog>
  );
}

function Entry({ entry, onOpen }: { readonly entry: DeskEntry; readonly onOpen: (path: string) => void }) {
  const depth = nameOf(entry.path).split('/').length - 1;
  const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
  const indent = { paddingInlineStart: `calc(${depth} * var(--space-4) + var(--space-2))` };
  return (
    <li>
      {entry.directory ? (
        <span className="editor-desk-folder quiet" style={indent}>{`${name}/`}</span>
      ) : (
        <button type="button" style={indent} onClick={() => onOpen(entry.path)}>
          <span>{name}</span>
          <span className="quiet">{`${entry.size} B`}</span>
        </button>
      )}
    </li>
  );
}
