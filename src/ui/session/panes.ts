/** Which panes are seen. */
import { type Pane, update, useSession } from './session.ts';

/** One of these is always on show. */
const MAIN: readonly Pane[] = ['explorer', 'centre', 'terminal'];

export function togglePane(pane: Pane): void {
  const { hidden } = useSession.getState();
  const next = hidden.includes(pane) ? hidden.filter((other) => other !== pane) : [...hidden, pane];
  const nothingLeft = MAIN.every((one) => next.includes(one));
  update({ hidden: nothingLeft ? next.filter((one) => !MAIN.includes(one)) : next, maximised: undefined });
}

export function maximise(pane: Pane): void {
  update({ maximised: useSession.getState().maximised === pane ? undefined : pane });
}

/** Makes a pane visible, in wide and in narrow windows. */
export function showPane(pane: Pane): void {
  const { hidden, maximised } = useSession.getState();
  update({
    hidden: hidden.filter((other) => other !== pane),
    maximised: maximised === pane ? maximised : undefined,
    narrowPane: pane,
  });
}
