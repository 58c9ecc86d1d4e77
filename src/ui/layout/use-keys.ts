import { useEffect } from 'react';
import { useClock, useClockControls } from '../cluster/index.ts';
import { maximise, openOverlay, type Pane, select, showPane, useSession } from '../session/index.ts';
import { PANES } from './features.tsx';

const paneOf = (element: Element | null): Pane | undefined =>
  (element?.closest<HTMLElement>('[data-pane]')?.dataset.pane as Pane | undefined) ?? undefined;

/** Shows a pane and puts the focus on the first thing in it. */
function goTo(pane: Pane): void {
  showPane(pane);
  requestAnimationFrame(() => {
    const place = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);
    const inside = pane === 'terminal' ? '.xterm-helper-textarea' : '[tabindex="0"], select, input, button';
    (place?.querySelector<HTMLElement>(inside) ?? place)?.focus();
  });
}

/** The pane after the one with the focus, among those on show. */
function nextPane(backwards: boolean): Pane {
  const { hidden } = useSession.getState();
  const shown = PANES.filter((pane) => !hidden.includes(pane));
  const at = shown.indexOf(paneOf(document.activeElement) ?? 'terminal');
  return shown.at((at + (backwards ? -1 : 1)) % shown.length) ?? 'centre';
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]');

/** The page's keys. Letters alone are never taken: `?` and `/` only where nobody types. */
export function useKeys(): void {
  const controls = useClockControls();
  const paused = useClock()?.paused ?? false;
  useEffect(() => {
    const withAlt = (event: KeyboardEvent): (() => void) | undefined => {
      const goals: { readonly [code: string]: () => void } = {
        Digit1: () => goTo('explorer'),
        Digit2: () => goTo('centre'),
        Digit3: () => goTo('terminal'),
        Digit4: () => goTo('timeline'),
        Digit5: () => goTo('lesson'),
        KeyP: () => (paused ? controls.resume() : controls.pause()),
        Period: () => controls.step(),
        KeyM: () => maximise(paneOf(document.activeElement) ?? 'centre'),
      };
      return goals[event.code];
    };
    const alone = (event: KeyboardEvent): (() => void) | undefined => {
      if (event.key === 'F6') {
        return () => goTo(nextPane(event.shiftKey));
      }
      if (isTyping(event.target)) return undefined;
      if (event.key === '?') return () => openOverlay('keys');
      if (event.key === '/') {
        return () => {
          showPane('explorer');
          requestAnimationFrame(() => document.getElementById('explorer-filter')?.focus());
        };
      }
      const inDialog = event.target instanceof Element && event.target.closest('[role="dialog"]');
      if (event.key === 'Escape' && !inDialog && useSession.getState().selected) return () => select(undefined);
      return undefined;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey) return;
      const act = event.altKey ? withAlt(event) : alone(event);
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [controls, paused]);
}
