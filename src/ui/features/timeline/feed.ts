/** Marks as they come from the worker: asked for while somebody looks, kept for the next look. */
import { useSyncExternalStore } from 'react';
import { type Engine, useEngine } from '../../cluster/index.ts';
import { type Mark, merged } from './model/marks.ts';

const POLL_MS = 500;

interface Feed {
  readonly get: () => readonly Mark[];
  readonly subscribe: (listener: () => void) => () => void;
}

function createFeed({ api, ready }: Engine): Feed {
  let marks: readonly Mark[] = [];
  let next = 0;
  let asking = false;
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  const ask = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const batch = await api.marks(next);
      next = batch.next;
      const known = marks;
      marks = merged(marks, batch.marks);
      if (marks !== known) for (const listener of listeners) listener();
    } finally {
      asking = false;
    }
  };
  const begin = () => {
    if (listeners.size === 0) return;
    ask().catch(reportError);
    clearInterval(timer);
    timer = setInterval(() => {
      // A cluster that has stopped says so elsewhere.
      ask().catch(() => clearInterval(timer));
    }, POLL_MS);
  };
  return {
    get: () => marks,
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) ready.then(begin, () => undefined);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}

const feeds = new WeakMap<Engine, Feed>();

/** All marks so far, in order of time. */
export function useMarks(): readonly Mark[] {
  const engine = useEngine();
  let feed = feeds.get(engine);
  if (!feed) {
    feed = createFeed(engine);
    feeds.set(engine, feed);
  }
  return useSyncExternalStore(feed.subscribe, feed.get);
}
