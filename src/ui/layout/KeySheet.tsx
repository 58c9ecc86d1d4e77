import { Dialog } from '../design/Dialog.tsx';
import { Button } from '../design/index.ts';
import { useWords, type WordKey } from '../session/index.ts';

const KEYS: readonly (readonly [keys: string, word: WordKey])[] = [
  ['?', 'keyHelp'],
  ['Alt+1', 'keyExplorer'],
  ['Alt+2', 'keyCentre'],
  ['Alt+3', 'keyTerminal'],
  ['Alt+4', 'keyTimeline'],
  ['Alt+5', 'keyLesson'],
  ['F6', 'keyLeaveTerminal'],
  ['/', 'keyFilter'],
  ['↑ ↓', 'keyRows'],
  ['Esc', 'keyBack'],
  ['Alt+P', 'keyPause'],
  ['Alt+.', 'keyStep'],
  ['Alt+M', 'keyHide'],
];

/** All keys at a glance. */
export default function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const say = useWords();
  return (
    <Dialog title={say('keysTitle')} onClose={onClose}>
      <dl className="key-sheet">
        {KEYS.map(([keys, word]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{say(word)}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-actions">
        <Button onClick={onClose}>{say('close')}</Button>
      </div>
    </Dialog>
  );
}
