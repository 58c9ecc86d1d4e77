/** A binary heap ordered by (due, seq). Cancelled entries stay until popped or until they are the majority. */
import type { Millis, Timer } from './world.ts';

export class QueueEntry implements Timer {
  cancelled = false;
  constructor(
    readonly due: Millis,
    readonly seq: number,
    readonly name: string,
    readonly ring: () => void,
    private readonly queue: EventQueue,
  ) {}

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.queue.forget();
  }
}

const before = (a: QueueEntry, b: QueueEntry) => a.due < b.due || (a.due === b.due && a.seq < b.seq);

export class EventQueue {
  private heap: QueueEntry[] = [];
  private dead = 0;

  push(entry: QueueEntry): void {
    this.heap.push(entry);
    this.up(this.heap.length - 1);
  }

  /** The earliest live entry, still queued. */
  peek(): QueueEntry | undefined {
    while (this.heap[0]?.cancelled) {
      this.dead--;
      this.removeTop();
    }
    return this.heap[0];
  }

  pop(): QueueEntry | undefined {
    const top = this.peek();
    if (top) {
      // Ringing an entry and cancelling it later must not count it dead.
      top.cancelled = true;
      this.removeTop();
    }
    return top;
  }

  get size(): number {
    return this.heap.length - this.dead;
  }

  /** Live entries in firing order: for diagnostics and "step to next event". */
  pending(): readonly QueueEntry[] {
    return this.heap.filter((entry) => !entry.cancelled).sort((a, b) => (before(a, b) ? -1 : 1));
  }

  forget(): void {
    this.dead++;
    if (this.dead > 64 && this.dead * 2 > this.heap.length) this.sweep();
  }

  private sweep(): void {
    const live = this.heap.filter((entry) => !entry.cancelled);
    this.heap = live;
    this.dead = 0;
    for (let i = (live.length >> 1) - 1; i >= 0; i--) this.down(i);
  }

  private removeTop(): void {
    const last = this.heap.pop();
    if (last && this.heap.length > 0) {
      this.heap[0] = last;
      this.down(0);
    }
  }

  private up(start: number): void {
    const { heap } = this;
    const entry = heap[start] as QueueEntry;
    let i = start;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const other = heap[parent] as QueueEntry;
      if (!before(entry, other)) break;
      heap[i] = other;
      i = parent;
    }
    heap[i] = entry;
  }

  private down(start: number): void {
    const { heap } = this;
    const entry = heap[start] as QueueEntry;
    let i = start;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && before(right, heap[child] as QueueEntry)) child++;
      const other = heap[child] as QueueEntry;
      if (!before(other, entry)) break;
      heap[i] = other;
      i = child;
    }
    heap[i] = entry;
  }
}
