/** What can be done with the file on show. */
import { Button, EmptyState } from '../../design/index.ts';
import { addFile } from './files.ts';
import type { RunKind } from './use-run.ts';
import type { EditorSay } from './words/words.ts';

interface ToolbarProps {
  readonly say: EditorSay;
  readonly ready: boolean;
  readonly running: boolean;
  readonly onRun: (kind: RunKind) => void;
  readonly onExamples: () => void;
}

export function Toolbar({ say, ready, running, onRun, onExamples }: ToolbarProps) {
  const disabled = !ready || running;
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
        {running ? say('running') : ready ? '' : say('starting')}
      </span>
      <Button look="plain" title={say('examplesText')} onClick={onExamples}>
        {say('examples')}
      </Button>
    </div>
  );
}

export function NoFile({ say, onExamples }: Pick<ToolbarProps, 'say' | 'onExamples'>) {
  return (
    <EmptyState text={`${say('noFile')} ${say('dropHere')}.`}>
      <div className="editor-toolbar">
        <Button look="main" onClick={() => addFile('manifest.yaml', '')}>
          {say('newFile')}
        </Button>
        <Button onClick={onExamples}>{say('examples')}</Button>
      </div>
    </EmptyState>
  );
}
