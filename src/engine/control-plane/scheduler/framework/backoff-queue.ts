/** Pods that wait a while before they are tried again. @upstream pkg/scheduler/backend/queue/backoff_queue.go */
import type { Millis } from '#engine/sim';
import { Heap } from './heap.ts';
import type { QueuedPod } from './queued-pod.ts';

/** Backoffs end at whole seconds, so that within a second priority decides. */
const WINDOW_MS = 1000;

const aligned = (at: Millis): Millis => at - (at % WINDOW_MS);

export interface BackoffOptions {
  readonly initialMs: Millis;
  readonly maxMs: Millis;
}

export class BackoffQueue {
  /** Judged unschedulable: may be tried early when nothing else is to do. */
  private readonly rejected: Heap<QueuedPod>;
  /** The cycle failed: to be spared. */
  private readonly failed: Heap<QueuedPod>;

  constructor(
    private readonly options: BackoffOptions,
    sort: (a: QueuedPod, b: QueuedPod) => boolean,
  ) {
    const less = (a: QueuedPod, b: QueuedPod) => {
      const first = this.expiration(a);
      const second = this.expiration(b);
      return first !== second ? first < second : sort(a, b);
    };
    const key = (pod: QueuedPod) => pod.info.uid;
    this.rejected = new Heap(key, less);
    this.failed = new Heap(key, less);
  }

  /** Doubles with each failure in a row, up to the maximum. */
  private duration(pod: QueuedPod): Millis {
    const count = pod.consecutiveErrors > 0 ? pod.consecutiveErrors : pod.unschedulableCount;
    return count === 0 ? 0 : Math.min(this.options.initialMs * 2 ** Math.min(count - 1, 30), this.options.maxMs);
  }

  private expiration(pod: QueuedPod): Millis {
    if (pod.backoffExpiration === 0) {
      const wait = this.duration(pod);
      pod.backoffExpiration = wait === 0 ? 0 : aligned(pod.timestamp + wait);
    }
    return pod.backoffExpiration;
  }

  isBackingOff(pod: QueuedPod, now: Millis): boolean {
    return this.expiration(pod) > aligned(now);
  }

  get size(): number {
    return this.rejected.size + this.failed.size;
  }

  get(uid: string): QueuedPod | undefined {
    return this.rejected.get(uid) ?? this.failed.get(uid);
  }

  add(pod: QueuedPod): void {
    this.delete(pod.info.uid);
    (pod.unschedulablePlugins.size + pod.pendingPlugins.size === 0 ? this.failed : this.rejected).push(pod);
  }

  delete(uid: string): QueuedPod | undefined {
    return this.rejected.delete(uid) ?? this.failed.delete(uid);
  }

  /** The next Pod before its time, when the active queue is empty. */
  popEarly(): QueuedPod | undefined {
    return this.rejected.pop();
  }

  get hasEarly(): boolean {
    return this.rejected.size > 0;
  }

  /** When the next backoff ends. */
  get nextExpiration(): Millis | undefined {
    const ends = [this.rejected.peek(), this.failed.peek()]
      .filter((pod) => pod !== undefined)
      .map((pod) => this.expiration(pod));
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** Pods whose backoff is over. */
  popExpired(now: Millis): readonly QueuedPod[] {
    const done: QueuedPod[] = [];
    for (const heap of [this.rejected, this.failed]) {
      for (let next = heap.peek(); next && !this.isBackingOff(next, now); next = heap.peek())
        done.push(heap.pop() as QueuedPod);
    }
    return done;
  }

  values(): readonly QueuedPod[] {
    return [...this.rejected.values(), ...this.failed.values()];
  }
}
