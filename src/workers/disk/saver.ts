/**
 * Group commit: what changed on the cluster's disks goes to IndexedDB in one record per flush, a few dozen times a second at most, and not
 * at all while nothing changes. One write at a time; what cannot be written waits and is tried again.
 */
import type { Changes } from '#engine/sim';
import type { StorageProblem } from '../protocol.ts';
import type { RecordStore } from './record-store.ts';

/** Wall milliseconds from one flush to the next at least. */
const FLUSH_MS = 40;
/** How long a disk that failed is left alone. */
const RETRY_MS = 2_000;

export interface SaverOptions {
  readonly store: RecordStore;
  /** What changed since the last call; called only while the cluster's loop rests. */
  readonly changes: () => Changes | undefined;
  /** The disk failed, or works again. */
  readonly onProblem: (problem: StorageProblem | undefined) => void;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

function problemOf(error: unknown): StorageProblem {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: error instanceof Error && error.name === 'QuotaExceededError' ? 'quota' : 'failed', message };
}

export class Saver {
  /** Taken from the cluster, and not yet on the disk. */
  private unsaved: Changes[] = [];
  private writing = Promise.resolve();
  private busy = false;
  private flushedAt = Number.NEGATIVE_INFINITY;
  private failing = false;
  private closed = false;

  constructor(private readonly options: SaverOptions) {}

  /** The loop rests: takes what changed, if it is time. Cheap when nothing did. */
  rested(): void {
    if (this.closed || this.options.now() - this.flushedAt < FLUSH_MS) return;
    // While a write is under way changes gather in the cluster, each key once.
    if (this.busy) return;
    this.take();
    if (this.unsaved.length > 0) this.start();
  }

  /** Everything up to now; only while the loop rests. Rejects when it could not be written. */
  async flush(): Promise<void> {
    this.take();
    // What is under way may have begun without the last changes.
    await this.writing;
    if (this.unsaved.length > 0) this.start();
    await this.writing;
    if (this.unsaved.length > 0) throw new Error('the disk does not take what has changed');
  }

  /** Nothing more is written. */
  close(): void {
    this.closed = true;
  }

  private take(): void {
    this.flushedAt = this.options.now();
    const changes = this.options.changes();
    if (changes) this.unsaved.push(changes);
  }

  private start(): void {
    if (this.busy) return;
    this.busy = true;
    this.writing = this.write().finally(() => {
      this.busy = false;
    });
  }

  private async write(): Promise<void> {
    const { store, onProblem, wait } = this.options;
    try {
      while (this.unsaved[0]) {
        await store.append(this.unsaved[0]);
        this.unsaved.shift();
      }
      await store.compact();
      if (this.failing) onProblem(undefined);
      this.failing = false;
    } catch (error) {
      this.failing = true;
      onProblem(problemOf(error));
      await wait(RETRY_MS);
    }
  }
}
