/**
 * When each revision of etcd was written: what maps an instant to the revision that held then. It keeps the past within a bound,
 * in place of kube-apiserver's regular compaction.
 */
import { EtcdError, type EtcdStore, type Revision } from '#engine/control-plane/etcd';
import type { Ledger, Millis, Saved, World } from '#engine/sim';

/** Revisions that can be gone back to at most, unless the options say otherwise: about 3 kB each, in memory and on the disk. */
export const DEFAULT_HISTORY_REVISIONS = 30_000;

/** Compaction leaves this part of the bound. */
const KEPT = 0.75;

/** Entries that are written down together. */
const CHUNK = 256;

/** A chunk on the disk: the number of its first entry, and the last revision of every instant at which something was written. */
type StoredChunk = readonly [first: number, times: readonly Millis[], revisions: readonly Revision[]];

export interface HistoryDisk {
  readonly ledger?: Ledger;
  readonly saved?: Saved;
}

/** @fidelity none: real clusters keep five to ten minutes; here the host says how much, see `ClusterOptions.historyRevisions` */
export class History {
  private times: Millis[];
  private revisions: Revision[];
  private due = false;
  /** The number of the first entry: so many are forgotten. */
  private first = 0;
  private readonly ledger: Ledger | undefined;

  constructor(
    private readonly world: World,
    private readonly store: EtcdStore,
    private readonly limit: number,
    { ledger, saved }: HistoryDisk = {},
  ) {
    this.times = [world.clock.now()];
    this.revisions = [store.revision];
    this.ledger = ledger;
    if (saved) this.restore(saved);
    else this.note();
    store.watch({ key: '', end: '\0' }, 0, (_, revision) => this.record(revision));
  }

  /** The earliest instant that can be gone back to. */
  get oldest(): Millis {
    this.forget();
    return this.times[0] as Millis;
  }

  /** Instants known. */
  get size(): number {
    this.forget();
    return this.times.length;
  }

  /** The revision that held at the end of that instant. Throws EtcdError `compacted` for what is no longer known. */
  revisionAt(at: Millis): Revision {
    this.forget();
    const i = lastAtOrBefore(this.times, at);
    if (i < 0) throw new EtcdError('compacted');
    return this.revisions[i] as Revision;
  }

  /** When that revision was written; the oldest instant known for what is older. */
  timeOf(revision: Revision): Millis {
    const i = lastAtOrBefore(this.revisions, revision - 1) + 1;
    return this.times[Math.min(i, this.times.length - 1)] as Millis;
  }

  /** The first instant after `at` at which something was written. */
  nextWrite(at: Millis): Millis | undefined {
    return this.times[lastAtOrBefore(this.times, at) + 1];
  }

  private restore(saved: Saved): void {
    const chunks = Array.from(saved.keys(), (key) => saved.get(key) as StoredChunk).sort((a, b) => a[0] - b[0]);
    const [head] = chunks;
    if (!head) return;
    this.first = head[0];
    this.times = chunks.flatMap(([, times]) => times);
    this.revisions = chunks.flatMap(([, , revisions]) => revisions);
  }

  /** The chunk that the last entry is in has changed. */
  private note(): void {
    const number = Math.floor((this.first + this.times.length - 1) / CHUNK);
    this.ledger?.put(String(number), (): StoredChunk => {
      const from = Math.max(0, number * CHUNK - this.first);
      const to = (number + 1) * CHUNK - this.first;
      return [this.first + from, this.times.slice(from, to), this.revisions.slice(from, to)];
    });
  }

  private record(revision: Revision): void {
    const now = this.world.clock.now();
    const last = this.times.length - 1;
    if (this.times[last] === now) this.revisions[last] = revision;
    else {
      this.times.push(now);
      this.revisions.push(revision);
    }
    this.note();
    if (this.due || revision - this.store.compactedRevision <= this.limit) return;
    this.due = true;
    this.world.clock.after(0, 'etcd.retention', () => this.compact());
  }

  private compact(): void {
    this.due = false;
    this.store.compact(this.store.revision - Math.floor(this.limit * KEPT));
    this.forget();
  }

  /** Entries whose state is compacted go; the one that holds at the compacted revision stays. */
  private forget(): void {
    const keep = lastAtOrBefore(this.revisions, this.store.compactedRevision);
    if (keep <= 0) return;
    this.times = this.times.slice(keep);
    this.revisions = this.revisions.slice(keep);
    for (let chunk = Math.floor(this.first / CHUNK); chunk < Math.floor((this.first + keep) / CHUNK); chunk++)
      this.ledger?.remove(String(chunk));
    this.first += keep;
    if ((this.revisions[0] as Revision) < this.store.compactedRevision)
      this.revisions[0] = this.store.compactedRevision;
  }
}

/** Index of the last element that is not above `value`; -1 when all are. */
function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
