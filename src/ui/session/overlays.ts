/** What lies over the page: palette, key sheet, faults and the like. One at a time. */
import { type ObjectReference, type Overlay, type RequestsOf, update } from './session.ts';

export function openOverlay(overlay: Overlay): void {
  update({ overlay });
}

export function closeOverlay(): void {
  update({ overlay: undefined });
}

/** The menu of what can be broken about an object, or about the cluster. */
export function openFaults(reference?: ObjectReference): void {
  update({ overlay: 'faults', faultsOf: reference });
}

/** The API server's requests; with an id, that one's walk. */
export function openRequests(requestsOf: RequestsOf): void {
  update({ overlay: 'requests', requestsOf });
}

/** Starts showing around, or goes to a step; undefined ends it. */
export function goToTourStep(step: number | undefined): void {
  update({ tour: step, overlay: undefined });
}
