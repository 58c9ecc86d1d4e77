/** The editor: manifests in tabs, checked while they are typed, applied to the cluster, and files of the workstation's shell. */
import { type ClipboardEvent, type DragEvent, type FocusEvent, lazy, Suspense, useState } from 'react';
import type { DeskSync } from './desk/sync.ts';
import { useFilesHandedOver, useSync } from './desk/use-desk.ts';
import { FileEditor } from './FileEditor.tsx';
import { FileTabs } from './FileTabs.tsx';
import { activeFile, type OpenFile, useFiles } from './files.ts';
import { fits, openDropped } from './open-dropped.ts';
import { NoFile } from './Toolbar.tsx';
import { useEditorWords } from './words/use-words.ts';
import './editor.css';

const Examples = lazy(() => import('./Examples.tsx'));
const FilesDialog = lazy(() => import('./desk/FilesDialog.tsx'));

export default function Editor() {
  const say = useEditorWords();
  const sync = useSync();
  useFilesHandedOver();
  const files = useFiles((state) => state.files);
  const active = useFiles((state) => state.active);
  const stored = useFiles((state) => state.stored);
  const file = activeFile({ files, active });
  const [dialog, setDialog] = useState<'examples' | 'files'>();
  const close = () => setDialog(undefined);
  const openers = { onExamples: () => setDialog('examples'), onFiles: () => setDialog('files') };
  return (
    <section
      className="editor"
      aria-label={say('editor')}
      {...fromOutside(file, say)}
      onBlur={(event) => left(event, sync)}
    >
      <FileTabs say={say} />
      {stored || (
        <p className="editor-alarm" role="alert">
          {say('notStored')}
        </p>
      )}
      {file ? <FileEditor file={file} files={files} sync={sync} {...openers} /> : <NoFile say={say} {...openers} />}
      <Suspense>
        {dialog === 'examples' && <Examples say={say} onClose={close} />}
        {dialog === 'files' && <FilesDialog sync={sync} say={say} onClose={close} />}
      </Suspense>
    </section>
  );
}

/** Whoever leaves the editor finds what was typed in the shell. */
function left({ currentTarget, relatedTarget }: FocusEvent, sync: DeskSync): void {
  if (!currentTarget.contains(relatedTarget)) void sync.saveAll(({ dirty }) => dirty === true);
}

/** Files dropped or pasted anywhere on the pane open; text is left to the editor, unless it is more than the page can read. */
function fromOutside(shown: OpenFile | undefined, say: ReturnType<typeof useEditorWords>) {
  const refuse = (event: ClipboardEvent | DragEvent, data: DataTransfer) => {
    const more = data.getData('text/plain').length;
    // A short paste may replace what is there: what is then too long is said when it is read.
    if (fits(shown?.name ?? '', more, say)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const open = (list: FileList) => {
    openDropped(list, say).catch(() => undefined);
  };
  return {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes('Files')) event.preventDefault();
    },
    onDropCapture: (event: DragEvent) => {
      if (event.dataTransfer.files.length === 0) return refuse(event, event.dataTransfer);
      event.preventDefault();
      event.stopPropagation();
      open(event.dataTransfer.files);
    },
    onPasteCapture: (event: ClipboardEvent) => {
      if (event.clipboardData.files.length === 0) return refuse(event, event.clipboardData);
      event.preventDefault();
      event.stopPropagation();
      open(event.clipboardData.files);
    },
  };
}
