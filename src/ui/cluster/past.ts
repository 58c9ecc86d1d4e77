/**
 * Looking back: the session says which instant is on view, the worker moves this page's observer there, and every list, table and object
 * that is open follows by what differs. Nothing else in the page has to know.
 */
import { useSyncExternalStore } from 'react';
import { embed, update, useSession } from '../session/index.ts';
import type { ClockControls } from './clock.ts';
import type { Engine } from './engine.ts';

/** Moves the view whenever the session's instant changes: one move at a time, the latest wish wins. Returns what ends it. */
export function followInstant({ api, ready, view }: Engine, clock: ClockControls): () => void {
  let shown: number | undefined;
  let wanted: number | undefined;
  let moving = false;
  const move = async () => {
    if (moving) return;
    moving = true;
    try {
      await ready;
      while (shown !== wanted) {
        const target = wanted;
        const reached = await api.goTo(view, target);
        shown = target;
        // History does not go back that far, or that is not past yet.
        if (reached !== target && wanted === target) update({ instant: reached });
      }
    } finally {
      moving = false;
    }
  };
  return useSession.subscribe(({ instant }) => {
    if (instant === wanted) return;
    wanted = instant;
    clock.show(instant);
    move().catch(reportError);
  });
}

const isPast = (): boolean => embed?.readOnly === true || useSession.getState().instant !== undefined;

/** True while nothing can be changed from here, because the page shows the past. Say so where a button is disabled by it. */
export const useReadOnly = (): boolean => useSyncExternalStore(useSession.subscribe, isPast);
