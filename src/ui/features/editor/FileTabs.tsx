/** The open files: one on show, the others a keystroke away. */
import { type KeyboardEvent, useRef, useState } from 'react';
import { IconButton } from '../../design/index.ts';
import { isUnsaved, useAtDesk } from './desk/sync.ts';
import { activeFile, addFile, closeFile, type OpenFile, renameFile, reopenFile, showFile, useFiles } from './files.ts';
import type { EditorSay } from './words/words.ts';

const NEW_NAME = 'manifest.yaml';

export function FileTabs({ say }: { readonly say: EditorSay }) {
  const { files, active, closed } = useFiles();
  const [renaming, setRenaming] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  const shown = activeFile({ files, active });
  const atDesk = useAtDesk();

  const focusTab = (id: string | undefined) => {
    if (id === undefined) return;
    showFile(id);
    // The tab is there after React has rendered.
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };
  const onKey = (event: KeyboardEvent, { id }: OpenFile) => {
    const at = files.findIndex((file) => file.id === id);
    if (event.key === 'ArrowRight') focusTab(files[(at + 1) % files.length]?.id);
    else if (event.key === 'ArrowLeft') focusTab(files[(at - 1 + files.length) % files.length]?.id);
    else if (event.key === 'F2') setRenaming(id);
    else if (event.key === 'Delete') {
      closeFile(id);
      focusTab(activeFile(useFiles.getState())?.id);
    } else return;
    event.preventDefault();
  };

  return (
    <div className="editor-tabs">
      <div className="tabs" role="tablist" aria-label={say('files')} ref={list}>
        {files.map((file) =>
          renaming === file.id ? (
            <NameField key={file.id} file={file} say={say} onDone={() => setRenaming(undefined)} />
          ) : (
            <button
              key={file.id}
              type="button"
              role="tab"
              className="tab editor-tab"
              aria-selected={file === shown}
              aria-label={isUnsaved(file, atDesk) ? say('unsaved', { name: file.name }) : file.name}
              data-unsaved={isUnsaved(file, atDesk) || undefined}
              aria-keyshortcuts="F2 Delete"
              tabIndex={file === shown ? 0 : -1}
              title={say('tabHint')}
              onClick={() => showFile(file.id)}
              onDoubleClick={() => setRenaming(file.id)}
              onAuxClick={(event) => event.button === 1 && closeFile(file.id)}
              onKeyDown={(event) => onKey(event, file)}
            >
              {file.name}
              {/* For pointers; the keyboard has Delete. */}
              <span
                className="editor-close"
                aria-hidden="true"
                title={say('closeFile', { name: file.name })}
                onClick={(event) => {
                  event.stopPropagation();
                  closeFile(file.id);
                }}
              >
                ×
              </span>
            </button>
          ),
        )}
      </div>
      <IconButton label={say('newFile')} onClick={() => addFile(NEW_NAME, '')}>
        +
      </IconButton>
      {closed[0] && (
        <IconButton label={say('reopen', { name: closed[0].name })} onClick={reopenFile}>
          ↺
        </IconButton>
      )}
    </div>
  );
}

function NameField({
  file,
  say,
  onDone,
}: {
  readonly file: OpenFile;
  readonly say: EditorSay;
  readonly onDone: () => void;
}) {
  const [name, setName] = useState(file.name);
  const finish = () => {
    renameFile(file.id, name);
    onDone();
  };
  return (
    <input
      className="field editor-name"
      aria-label={say('fileName')}
      value={name}
      ref={(field) => field?.focus()}
      size={Math.max(name.length, 8)}
      onChange={(event) => setName(event.target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish();
        if (event.key === 'Escape') onDone();
      }}
    />
  );
}
