/** Where the keyboard is, among the panes. */
import { type Pane, showPane, useSession } from '../session/index.ts';
import { PANES } from './features.tsx';

export const paneOf = (element: Element | null): Pane | undefined =>
  element?.closest<HTMLElement>('[data-pane]')?.dataset.pane as Pane | undefined;

/** Shows a pane and puts the focus on the first thing in it. */
export function goToPane(pane: Pane): void {
  showPane(pane);
  // The terminal at once where it is there already, so that no key typed next gets lost; a hidden pane takes a frame to come.
  if (pane !== 'terminal' || !focusInside(pane)) requestAnimationFrame(() => focusInside(pane));
}

function focusInside(pane: Pane): boolean {
  const place = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);
  const inside = pane === 'terminal' ? '.xterm-helper-textarea' : '[tabindex="0"], select, input, button';
  const target = place?.querySelector<HTMLElement>(inside) ?? place;
  target?.focus();
  return target !== null && document.activeElement === target;
}

/** The pane after the one with the focus, among those on show. */
export function nextPane(backwards: boolean): Pane {
  const { hidden, maximised } = useSession.getState();
  const shown = PANES.filter((pane) => (maximised ? pane === maximised : !hidden.includes(pane)));
  const at = shown.indexOf(paneOf(document.activeElement) ?? 'terminal');
  return shown.at((at + (backwards ? -1 : 1)) % shown.length) ?? 'centre';
}
