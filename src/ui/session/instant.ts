/** The instant on show. What it means for lists and tables is the cluster's matter. */
import { update } from './session.ts';

/** Shows the cluster as it was at `instant` (virtual milliseconds since the epoch), read-only. */
export function goTo(instant: number): void {
  update({ instant });
}

export function returnToLive(): void {
  update({ instant: undefined });
}
