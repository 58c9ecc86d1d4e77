/** What can be done with the file on show. */
import { useCapabilities, useReadOnly } from '../../cluster/index.ts';
import { Button, EmptyState } from '../../design/index.ts';
import { isUnsaved, useAtDesk } from './desk/sync.ts';
import { addFile, type OpenFile } from './files.ts';
import type { RunKind } from './use-run.ts';
import type { EditorSay } from './words/words.ts';

interface ToolbarProps {
  readonly say: EditorSay;
  readonly file: OpenFile;
  readonly ready: boolean;
  readonly running: boolean;
  readonly onRun: (kind: RunKind) => void;
  readonly onSave: () => void;
  readonly onExamples: () => void;
  readonly onFiles: () => void;
}

export function Toolbar({ say, file, ready, running, onRun, onSave, onExamples, onFiles }: ToolbarProps) {
  const readOnly = useReadOnly();
  const { shell } = useCapabilities();
  const disabled = !ready || running || readOnly;
  const unsaved = useAtDesk((atDesk) => isUnsaved(file, atDesk));
  return (
    <div className="editor-toolbar" role="toolbar" aria-label={say('editor')}>
      <Button
        look="main"
        disabled={disabled}
        title={say('applyHint')}
        aria-keyshortcuts="Control+Enter"
        onClick={() => onRun('apply')}
      >
        {say('apply')}
      </Button>
      <Button disabled={disabled} title={say('dryRunHint')} onClick={() => onRun('dryRun')}>
        {say('dryRun')}
      </Button>
      <Button
        disabled={disabled}
        title={say('diffHint')}
        aria-keyshortcuts="Control+Shift+Enter"
        onClick={() => onRun('diff')}
      >
        {say('diff')}
      </Button>
      <Button look="danger" disabled={disabled} title={say('deleteHint')} onClick={() => onRun('delete')}>
        {say('delete')}
      </Button>
      <span className="editor-state quiet" role="status">
        {readOnly ? say('past') : running ? say('running') : ready ? '' : say('starting')}
      </span>
      {unsaved && shell && !readOnly && (
        <Button title={say('saveHint', { name: file.name })} aria-keyshortcuts="Control+S" onClick={onSave}>
          {say('save')}
        </Button>
      )}
      {shell && (
        <Button look="plain" title={say('deskFilesText')} onClick={onFiles}>
          {say('deskFilesButton')}
        </Button>
      )}
      <Button look="plain" title={say('examplesText')} onClick={onExamples}>
        {say('examples')}
      </Button>
    </div>
  );
}

export function NoFile({ say, onExamples, onFiles }: Pick<ToolbarProps, 'say' | 'onExamples' | 'onFiles'>) {
  return (
    <EmptyState text={`${say('noFile')} ${say('dropHere')}.`}>
      <div className="editor-toolbar">
        <Button look="main" onClick={() => addFile('manifest.yaml', '')}>
          {say('newFile')}
        </Button>
        <Button onClick={onExamples}>{say('examples')}</Button>
        <Button onClick={onFiles}>{say('deskFilesButton')}</Button>
      </div>
    </EmptyState>
  );
}
