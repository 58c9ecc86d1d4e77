/** The clock on one machine's wall: it may be wrong. Waiting takes as long as anywhere. */
import type { Clock, Millis, Timer } from '#engine/sim';

/**
 * Shows `skewMs` more than the true time. What a program worked out before the clock was set may lie in the past afterwards: it is then
 * due at once, as on a real machine.
 */
export class NodeClock implements Clock {
  skewMs: Millis = 0;

  constructor(private readonly clock: Clock) {}

  now(): Millis {
    return this.clock.now() + this.skewMs;
  }

  after(ms: Millis, name: string, ring: () => void): Timer {
    const timer = this.clock.after(Math.max(0, ms), name, ring);
    if (this.skewMs === 0) return timer;
    return { due: timer.due + this.skewMs, cancel: () => timer.cancel() };
  }

  sleep(ms: Millis, name: string, signal?: AbortSignal): Promise<void> {
    return this.clock.sleep(Math.max(0, ms), name, signal);
  }
}
