/** What the engine needs of Node: a macrotask to settle in, and somewhere to put its traces. */
import { EventEmitter } from 'node:events';
import { ProcessKilled } from '#engine/os';
import type { Host, TraceEvent } from '#engine/sim';
import { loadAsset } from './assets.ts';

// A cluster has thousands of waits on one "stop" signal; that is no leak.
EventEmitter.defaultMaxListeners = 0;

// What a killed process still had under way ends with it; everything else unhandled is a bug and ends this one.
process.on('unhandledRejection', (reason) => {
  if (!(reason instanceof ProcessKilled)) throw reason;
});

export const nodeHost = (trace: (event: TraceEvent) => void = () => {}): Host => ({
  settle: () => new Promise((resolve) => setImmediate(resolve)),
  load: (asset) => loadAsset(asset as Parameters<typeof loadAsset>[0]),
  trace,
});

/** A later macrotask, after at least that many milliseconds. */
export const nodeTurn = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    if (ms > 0) setTimeout(resolve, ms);
    else setImmediate(resolve);
  });
