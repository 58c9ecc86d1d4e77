/** What has to be decided about a file before anything else. */
import { Button } from '../../../design/index.ts';
import type { OpenFile } from '../files.ts';
import type { EditorSay } from '../words/words.ts';
import { pathOf } from './paths.ts';
import { type DeskSync, useAtDesk } from './sync.ts';

interface BannersProps {
  readonly file: OpenFile;
  readonly sync: DeskSync;
  readonly say: EditorSay;
  readonly onFinish: (keep: boolean) => void;
}

export function Banners({ file, sync, say, onFinish }: BannersProps) {
  const failure = useAtDesk(({ failures }) => failures.get(pathOf(file.name)));
  return (
    <>
      {file.waiting && (
        <div className="editor-banner" role="status">
          <span>
            <code>{file.waiting.command}</code> {say('waits')}
          </span>
          <span className="editor-banner-actions">
            <Button onClick={() => onFinish(false)}>{say('giveUp')}</Button>
            <Button look="main" aria-keyshortcuts="Control+S" title={say('goOnHint')} onClick={() => onFinish(true)}>
              {say('goOn')}
            </Button>
          </span>
        </div>
      )}
      {file.conflict !== undefined && (
        <div className="editor-banner" data-tone="warn" role="alert">
          <span>{say('conflict', { name: file.name })}</span>
          <span className="editor-banner-actions">
            <Button onClick={() => sync.resolve(file, 'theirs')}>{say('takeTheirs')}</Button>
            <Button onClick={() => sync.resolve(file, 'mine')}>{say('keepMine')}</Button>
          </span>
        </div>
      )}
      {failure !== undefined && (
        <p className="editor-alarm" role="alert">
          {say('notWritten', { name: file.name, reason: failure })}
        </p>
      )}
    </>
  );
}
