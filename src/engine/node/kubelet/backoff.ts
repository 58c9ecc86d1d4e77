/** Delays that double for each key, counted from an event such as a container's end. @upstream staging/src/k8s.io/client-go/util/flowcontrol/backoff.go */
import type { Clock, Millis } from '#engine/sim';

interface Entry {
  delayMs: Millis;
  updatedAt: Millis;
}

/** @fidelity full */
export class Backoff {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly clock: Clock,
    private readonly initialMs: Millis,
    private readonly maxMs: Millis,
  ) {}

  /** The current delay of a key, 0 when there is none. */
  get(key: string): Millis {
    return this.entries.get(key)?.delayMs ?? 0;
  }

  /** True while the delay since `eventAt` has not passed. */
  isInBackOffSince(key: string, eventAt: Millis): boolean {
    const entry = this.entries.get(key);
    if (!entry || this.expired(entry, eventAt)) return false;
    return this.clock.now() - eventAt < entry.delayMs;
  }

  /** True while the delay since the last `next` has not passed. */
  isInBackOff(key: string): boolean {
    const entry = this.entries.get(key);
    return entry !== undefined && this.clock.now() - entry.updatedAt < entry.delayMs;
  }

  /** When the current delay, counted from `eventAt`, ends. */
  endsAt(key: string, eventAt?: Millis): Millis {
    const entry = this.entries.get(key);
    return entry ? (eventAt ?? entry.updatedAt) + entry.delayMs : this.clock.now();
  }

  next(key: string, eventAt: Millis): void {
    const entry = this.entries.get(key);
    const now = this.clock.now();
    if (!entry || this.expired(entry, eventAt)) this.entries.set(key, { delayMs: this.initialMs, updatedAt: now });
    else {
      entry.delayMs = Math.min(entry.delayMs * 2, this.maxMs);
      entry.updatedAt = now;
    }
  }

  forget(prefix: string): void {
    for (const key of this.entries.keys()) if (key.startsWith(prefix)) this.entries.delete(key);
  }

  /** After twice the maximum without failure a key starts anew. */
  private expired(entry: Entry, eventAt: Millis): boolean {
    return eventAt - entry.updatedAt > this.maxMs * 2;
  }
}
