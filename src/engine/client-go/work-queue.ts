/** Keys that wait to be worked on: each at most once, never two workers on one key, retries ever slower. */
import type { Clock, Millis, Timer } from '#engine/sim';

/**
 * @upstream staging/src/k8s.io/client-go/util/workqueue/queue.go, delaying_queue.go, rate_limiting_queue.go, default_rate_limiters.go
 * @fidelity full
 */
export class WorkQueue {
  /** In order of arrival; taken from the front. */
  private readonly ready = new Set<string>();
  private readonly dirty = new Set<string>();
  private readonly processing = new Set<string>();
  private readonly waiting = new Map<string, Timer>();
  private readonly failures = new Map<string, number>();
  private readonly bucket: TokenBucket;
  private closed = false;

  /** @param onReady called whenever a key becomes ready to be taken */
  constructor(
    private readonly clock: Clock,
    private readonly name: string,
    private readonly onReady: () => void,
  ) {
    this.bucket = new TokenBucket(clock, 10, 100);
  }

  get length(): number {
    return this.ready.size;
  }

  add(key: string): void {
    if (this.closed || this.dirty.has(key)) return;
    this.dirty.add(key);
    if (this.processing.has(key)) return;
    this.ready.add(key);
    this.onReady();
  }

  /** Adds the key in `ms` milliseconds; of several pending delays for one key the shortest counts. */
  addAfter(key: string, ms: Millis): void {
    if (this.closed) return;
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const pending = this.waiting.get(key);
    if (pending && pending.due <= this.clock.now() + ms) return;
    pending?.cancel();
    const ring = () => {
      this.waiting.delete(key);
      this.add(key);
    };
    this.waiting.set(key, this.clock.after(ms, `${this.name} ${key}`, ring));
  }

  /** Adds the key after the longer of its own exponential delay (5 ms to 1,000 s) and the queue's bucket (10 per second, burst 100). */
  addRateLimited(key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    const own = Math.min(5 * 2 ** Math.min(failures, 40), 1_000_000);
    this.addAfter(key, Math.max(own, this.bucket.reserve()));
  }

  requeues(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  /** The key worked: its next failure starts with the shortest delay. */
  forget(key: string): void {
    this.failures.delete(key);
  }

  /** The next key, now in work; `done` must follow. */
  take(): string | undefined {
    for (const key of this.ready) {
      this.ready.delete(key);
      this.dirty.delete(key);
      this.processing.add(key);
      return key;
    }
    return undefined;
  }

  /** The work on a key ended; if it was added meanwhile it is ready again. */
  done(key: string): void {
    this.processing.delete(key);
    if (this.closed || !this.dirty.has(key)) return;
    this.ready.add(key);
    this.onReady();
  }

  shutDown(): void {
    this.closed = true;
    for (const timer of this.waiting.values()) timer.cancel();
    this.waiting.clear();
    this.ready.clear();
  }
}

/** Tokens that come back at a steady rate. @upstream golang.org/x/time/rate */
export class TokenBucket {
  private tokens: number;
  private last: Millis;

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
    this.last = clock.now();
  }

  /** Takes one token, on credit if need be. Returns how long until it is there, in milliseconds. */
  reserve(): Millis {
    this.refill();
    this.tokens -= 1;
    return this.tokens >= 0 ? 0 : Math.ceil((-this.tokens / this.perSecond) * 1000);
  }

  /** Takes one token if there is one. */
  tryAccept(): boolean {
    this.refill();
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  private refill(): void {
    const now = this.clock.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.last) / 1000) * this.perSecond);
    this.last = now;
  }
}
