/** An established connection that carries a stream: it stalls while the wire is cut and breaks when an end goes away. */
import { NetError, type Source } from '#engine/http';
import type { Clock, Timer } from '#engine/sim';

/** How long a silent connection is believed in: the HTTP/2 health check of client-go (30 s idle, then a ping of 15 s). */
export const HEALTH_CHECK_MS = 45_000;

export class Flow implements Source<unknown> {
  private blocked = false;
  private readonly held: unknown[] = [];
  private release: (() => void) | undefined;
  private failure: NetError | undefined;
  private rejectWaiting: ((error: NetError) => void) | undefined;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly inner: Source<unknown>,
    private readonly ended: (flow: Flow) => void,
  ) {}

  /** Called when the faults of the network changed. */
  block(blocked: boolean): void {
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    this.timer?.cancel();
    this.timer = undefined;
    if (blocked) {
      this.timer = this.clock.after(HEALTH_CHECK_MS, 'net/health-check', () =>
        this.fail(new NetError('ECONNRESET', 'http2: client connection lost')),
      );
    } else this.release?.();
  }

  /** The connection is gone: both ends learn it. */
  fail(error: NetError): void {
    if (this.failure) return;
    this.failure = error;
    this.finish();
    this.inner.cancel();
    this.rejectWaiting?.(error);
  }

  tryRead(): unknown {
    if (this.failure || this.blocked) return undefined;
    return this.inner.tryRead();
  }

  async read(): Promise<unknown> {
    const frame = await this.orFailure(this.inner.read());
    if (this.blocked) await this.orFailure(this.healed());
    if (frame === undefined) this.finish();
    return frame;
  }

  async forEach(take: (frame: unknown) => void): Promise<void> {
    this.release = () => {
      for (const frame of this.held.splice(0)) take(frame);
    };
    const pump = this.inner.forEach((frame) => {
      if (this.blocked) this.held.push(frame);
      else take(frame);
    });
    try {
      await this.orFailure(pump);
      if (this.blocked) await this.orFailure(this.healed());
    } finally {
      this.finish();
    }
  }

  cancel(): void {
    this.finish();
    this.inner.cancel();
  }

  private finish(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.ended(this);
  }

  private healed(): Promise<void> {
    const before = this.release;
    return new Promise((resolve) => {
      this.release = () => {
        before?.();
        resolve();
      };
    });
  }

  private orFailure<T>(work: Promise<T>): Promise<T> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.rejectWaiting = reject;
      work.then(resolve, reject);
    });
  }
}
