/**
 * When each revision of etcd was written: what maps an instant to the revision that held then. It keeps the past within a bound,
 * in place of kube-apiserver's regular compaction.
 */
import { EtcdError, type EtcdStore, type Revision } from '#engine/control-plane/etcd';
import type { Millis, World } from '#engine/sim';

/** Revisions that can be gone back to at most, unless the options say otherwise: about 2 kB each. */
export const DEFAULT_HISTORY_REVISIONS = 100_000;

/** Compaction leaves this part of the bound. */
const KEPT = 0.75;

/** The index as plain data: the last revision of every instant at which something was written. */
export interface HistoryEntries {
  readonly times: readonly Millis[];
  readonly revisions: readonly Revision[];
}

/** @fidelity none: real clusters keep five to ten minutes; here the host says how much, see `ClusterOptions.historyRevisions` */
export class History {
  private times: Millis[];
  private revisions: Revision[];
  private due = false;

  constructor(
    private readonly world: World,
    private readonly store: EtcdStore,
    private readonly limit: number,
  ) {
    this.times = [world.clock.now()];
    this.revisions = [store.revision];
    store.watch({ key: '', end: '\0' }, 0, (_, revision) => this.record(revision));
  }

  /** The earliest instant that can be gone back to. */
  get oldest(): Millis {
    this.forget();
    return this.times[0] as Millis;
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

  entries(): HistoryEntries {
    this.forget();
    return { times: [...this.times], revisions: [...this.revisions] };
  }

  /** Puts back what `entries` gave, after the store was restored; what was written since stays behind it. */
  load({ times, revisions }: HistoryEntries): void {
    const known = lastAtOrBefore(this.revisions, revisions.at(-1) ?? 0) + 1;
    this.times = [...times, ...this.times.slice(known)];
    this.revisions = [...revisions, ...this.revisions.slice(known)];
  }

  private record(revision: Revision): void {
    const now = this.world.clock.now();
    const last = this.times.length - 1;
    if (this.times[last] === now) this.revisions[last] = revision;
    else {
      this.times.push(now);
      this.revisions.push(revision);
    }
    if (this.due || revision - this.store.compactedRevision <= this.limit) return;
    this.due = true;
    this.world.clock.after(0, 'etcd.retention', () => this.compact());
  }

  private compact(): void {
    this.due = false;
    this.store.compact(this.store.revision - Math.floor(this.limit * KEPT));
  }

  /** Entries whose state is compacted go; the one that holds at the compacted revision stays. */
  private forget(): void {
    const keep = lastAtOrBefore(this.revisions, this.store.compactedRevision);
    if (keep <= 0) return;
    this.times = this.times.slice(keep);
    this.revisions = this.revisions.slice(keep);
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
