import { IconButton } from '../design/index.ts';
import { showPane, togglePane, useSession, useWords } from '../session/index.ts';
import { PANES } from './features.tsx';
import { PANE_ICON } from './pane-icons.tsx';
import { WORD } from './panes.tsx';

/** A button for each pane: there or not. */
export function PaneToggles() {
  const say = useWords();
  const hidden = useSession((session) => session.hidden);
  const maximised = useSession((session) => session.maximised);
  return (
    <fieldset className="bar-group pane-toggles">
      <legend className="visually-hidden">{say('panes')}</legend>
      {PANES.map((pane) => {
        const shown = maximised ? maximised === pane : !hidden.includes(pane);
        return (
          <IconButton
            key={pane}
            label={say(WORD[pane])}
            aria-pressed={shown}
            onClick={() => (shown ? togglePane(pane) : showPane(pane))}
          >
            {PANE_ICON[pane]}
          </IconButton>
        );
      })}
    </fieldset>
  );
}
