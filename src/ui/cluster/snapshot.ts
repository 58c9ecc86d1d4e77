/** Something that changes often, read by React at most once per animation frame. */

export interface Snapshot<T> {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}

/** What was costly to show is followed by a rest: showing takes at most one part in so many of the time. */
const REST = 4;
const CHEAP_MS = 4;
const HIDDEN_MS = 250;

const waiting = new Set<() => void>();
let asked = false;
let restUntil = 0;

/** Everything that changed since the last frame, in one go: React renders once for all of it, in a reaction to the last call. */
function showAll(): void {
  asked = false;
  const start = performance.now();
  const acts = [...waiting];
  waiting.clear();
  for (const act of acts) act();
  queueMicrotask(() => {
    const end = performance.now();
    restUntil = end - start > CHEAP_MS ? end + (end - start) * REST : 0;
  });
}

/** Runs `act` in the next frame; several calls before it are one. A hidden tab has no frames: a timer stands in. */
function inNextFrame(act: () => void): void {
  waiting.add(act);
  if (asked) return;
  asked = true;
  const rest = document.hidden ? HIDDEN_MS : restUntil - performance.now();
  if (rest > 16) setTimeout(showAll, rest);
  else requestAnimationFrame(showAll);
}

export interface Source<T> extends Snapshot<T> {
  /** Says that `read` may now answer something else. */
  readonly changed: () => void;
}

/** @param onFirst called with the first subscriber, @param onLast some time after the last one left */
export function createSource<T>(read: () => T, onFirst: () => void, onLast: () => void): Source<T> {
  const listeners = new Set<() => void>();
  let value = read();
  let leaving: ReturnType<typeof setTimeout> | undefined;
  let live = false;
  const show = () => {
    value = read();
    for (const listener of listeners) listener();
  };
  const changed = () => inNextFrame(show);
  return {
    get: () => value,
    changed,
    subscribe(listener) {
      listeners.add(listener);
      clearTimeout(leaving);
      if (!live) {
        live = true;
        onFirst();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        // Panes come and go: what they watched is kept for a moment.
        leaving = setTimeout(() => {
          live = false;
          onLast();
        }, KEEP_MS);
      };
    },
  };
}

const KEEP_MS = 5000;
