import { Button } from '../design/index.ts';
import { useNarrow } from '../design/use-narrow.ts';
import { showPane, useSession, useWords } from '../session/index.ts';
import { WORD } from './panes.tsx';

/** The way back for panes that were hidden. */
export function HiddenPanes() {
  const say = useWords();
  const hidden = useSession((session) => session.hidden);
  const narrow = useNarrow();
  if (narrow || hidden.length === 0) return null;
  return (
    <nav className="hidden-panes" aria-label={say('panes')}>
      {hidden.map((pane) => (
        <Button key={pane} look="plain" onClick={() => showPane(pane)}>
          {say('showPane', { pane: say(WORD[pane]) })}
        </Button>
      ))}
    </nav>
  );
}
