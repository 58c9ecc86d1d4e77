/** A limit on how long a client waits, and the end of its waits when its process dies. */
import type { Process } from '#engine/os';
import type { Millis } from '#engine/sim';

/** The time is up. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: { cancel(): void } | undefined;
  private readonly abort = () => this.controller.abort();
  private expire: () => void = () => undefined;
  private readonly expired: Promise<never>;

  /** @param limitMs absent: none */
  constructor(
    private readonly process: Process,
    limitMs?: Millis,
  ) {
    this.expired = new Promise((_, reject) => {
      this.expire = () => reject(new DeadlineExceeded());
    });
    // Nobody may be waiting when it expires.
    this.expired.catch(() => undefined);
    process.killed.addEventListener('abort', this.abort, { once: true });
    if (limitMs !== undefined)
      this.timer = process.clock.after(limitMs, 'deadline', () => {
        this.expire();
        this.abort();
      });
  }

  /** Aborts when the time is up or the process has died. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** What the work comes to. Rejects with DeadlineExceeded when the time is up first, with ProcessKilled when the process dies. */
  race<T>(work: Promise<T>): Promise<T> {
    return this.process.until(Promise.race([work, this.expired]));
  }

  /** No longer watched. */
  end(): void {
    this.timer?.cancel();
    this.process.killed.removeEventListener('abort', this.abort);
  }
}
