/** Wall clock to virtual time under Node: the only place that reads the host's clock. */
import { setImmediate as immediate } from 'node:timers/promises';
import type { Loop } from '#engine/sim';

/** Virtual milliseconds per wall millisecond; `max` runs as fast as it can while there is something to wait for. */
export type Speed = number | 'max';

/** How far one run may go before waiting input is looked at, in virtual milliseconds. */
const SLICE_MS = 1000;

/** Keeps `loop` in step with the wall until the signal aborts. Rejects when the world stops because of a bug. */
export async function pace(loop: Loop, speed: Speed, signal: AbortSignal): Promise<void> {
  const wallStart = performance.now();
  const virtualStart = loop.now();
  while (!signal.aborted) {
    if (speed === 'max') {
      await loop.runUntil(loop.now() + SLICE_MS);
      await immediate();
      continue;
    }
    const due = virtualStart + (performance.now() - wallStart) * speed;
    // After a long stall catch up slice by slice, so that input is never starved.
    await loop.runUntil(Math.min(due, loop.now() + SLICE_MS));
    if (loop.now() >= due)
      await sleep(Math.min(20, Math.max(1, ((loop.nextDue ?? Number.POSITIVE_INFINITY) - due) / speed)));
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
