/** Something that changes often, read by React at most once per animation frame. */

export interface Snapshot<T> {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}

/** A change that was costly to show waits: showing takes at most this part of the time. */
const REST = 4;

/** Runs `act` in the next frame; several calls before it are one. A hidden tab has no frames: a timer stands in. */
function perFrame(act: () => void): () => void {
  let waiting = false;
  let restUntil = 0;
  const run = () => {
    waiting = false;
    const start = performance.now();
    act();
    const end = performance.now();
    restUntil = end + (end - start > 4 ? (end - start) * REST : 0);
  };
  return () => {
    if (waiting) return;
    waiting = true;
    const rest = document.hidden ? 250 : restUntil - performance.now();
    if (rest > 16) setTimeout(run, rest);
    else requestAnimationFrame(run);
  };
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
  const changed = perFrame(() => {
    value = read();
    for (const listener of listeners) listener();
  });
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
