/** What lies over the page: palette, key sheet, faults and the like. One at a time. */
import { type ObjectReference, type Overlay, update } from './session.ts';

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

/** Starts showing around, or goes to a step; undefined ends it. */
export function goToTourStep(step: number | undefined): void {
  update({ tour: step, overlay: undefined });
}
