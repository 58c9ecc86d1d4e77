/** What a command has just touched: lit for a moment in every pane that shows it. */
import { type ObjectReference, update, useSession } from './session.ts';

const LIT_MS = 2500;

/** Lights these objects up, and no others. */
export function touched(references: readonly ObjectReference[]): void {
  update({ touched: references });
  setTimeout(() => {
    if (useSession.getState().touched === references) update({ touched: [] });
  }, LIT_MS);
}
