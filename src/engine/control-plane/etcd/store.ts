/**
 * The store itself: every write makes a revision, every revision can be read and watched until it is compacted.
 * @upstream etcd server/storage/mvcc
 * @fidelity partial: one member, no auth; values are references to frozen objects, so that the quota counts keys, not bytes, and ends when keys go
 */
import type { Ledger, Saved, World } from '#engine/sim';
import type {
  Compare,
  Etcd,
  EtcdEvent,
  KeyRange,
  KeyValue,
  Op,
  RangeOptions,
  RangeResult,
  Revision,
  TxnResult,
} from './etcd.ts';
import { EtcdError } from './etcd-error.ts';
import { firstAtOrAfter, within } from './intervals.ts';
import { asOf, currentOf, type KeyEntry, KeyIndex } from './key-index.ts';
import { Lessor } from './leases.ts';
import { noteVersion, savedVersions, versionKey } from './versions-on-disk.ts';

interface Watcher<V> {
  readonly key: string;
  readonly end: string | undefined;
  readonly deliver: (events: readonly EtcdEvent<V>[], revision: Revision) => void;
}

/** The interface of etcd, and what tests and diagnostics ask of it. */
export interface EtcdStore<V = unknown> extends Etcd<V> {
  /** Versions held, over all keys: what compaction keeps flat. */
  readonly versionCount: number;
  /** Events held since the last compaction: what can be read, watched and replayed. */
  readonly historyLength: number;
  /** Keys written or deleted after one revision, up to and with another. Throws EtcdError `compacted` when that history is gone. */
  changedKeys(after: Revision, upTo: Revision): ReadonlySet<string>;
}

export interface EtcdOptions {
  /** The member's data directory: every write is noted there. */
  readonly ledger?: Ledger;
  /**
   * How many keys there may be: what upstream's `--quota-backend-bytes` is for, in the unit of a store without bytes. Past it no new key
   * is taken, `database space exceeded`; keys that are there can be written and deleted. Default 100,000, about 1 GB of this heap.
   */
  readonly quotaKeys?: number;
  /** What a data directory holds from before. Leases that ran out meanwhile expire at once. */
  readonly saved?: Saved;
}

/** An etcd at revision 1, or as its data directory left it. */
export function createEtcd<V = unknown>(world: World, options: EtcdOptions = {}): EtcdStore<V> {
  return new MvccStore<V>(world, options);
}

/** Twice what 10,000 Pods on 1,000 Nodes leave behind, and what a tab can hold. */
const QUOTA_KEYS = 100_000;

interface Progress {
  readonly revision: Revision;
  readonly compacted: Revision;
}

/** Every key that starts with `prefix`. */
export function prefixRange(prefix: string): KeyRange {
  const last = prefix.length - 1;
  return {
    key: prefix,
    end: prefix === '' ? '\0' : prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1),
  };
}

class MvccStore<V> implements EtcdStore<V> {
  private readonly index = new KeyIndex<V>();
  private readonly lessor: Lessor;
  private log: EtcdEvent<V>[] = [];
  private watchers: Watcher<V>[] = [];
  private current: Revision = 1;
  private compacted: Revision = 0;
  /** Keys that are not deleted. */
  private live = 0;

  private readonly versions: Ledger | undefined;

  constructor(
    world: World,
    private readonly options: EtcdOptions,
  ) {
    const expire = (keys: readonly string[]) => {
      if (keys.length > 0) this.commit(keys.map((key) => ({ op: 'delete', key })));
    };
    this.versions = options.ledger?.section('version');
    this.lessor = new Lessor(world, expire, options.ledger?.section('lease'));
    if (options.saved) this.load(options.saved);
  }

  get revision(): Revision {
    return this.current;
  }

  get compactedRevision(): Revision {
    return this.compacted;
  }

  get versionCount(): number {
    let count = 0;
    this.index.scan('', '\0', (entry) => {
      count += entry.history.length;
      return true;
    });
    return count;
  }

  get historyLength(): number {
    return this.log.length;
  }

  changedKeys(after: Revision, upTo: Revision): ReadonlySet<string> {
    if (after < this.compacted) throw new EtcdError('compacted');
    const keys = new Set<string>();
    for (let i = firstAtOrAfter(this.log, after + 1); i < this.log.length; i++) {
      const { kv } = this.log[i] as EtcdEvent<V>;
      if (kv.modRevision > upTo) break;
      keys.add(kv.key);
    }
    return keys;
  }

  range(range: RangeOptions): RangeResult<V> {
    const revision = range.revision ?? 0;
    if (revision > this.current) throw new EtcdError('future-revision');
    if (revision > 0 && revision < this.compacted) throw new EtcdError('compacted');
    const read = revision > 0 && revision < this.current ? (entry: KeyEntry<V>) => asOf(entry, revision) : currentOf<V>;
    const limit = range.countOnly ? 0 : range.limit ? range.limit : Number.POSITIVE_INFINITY;
    const kvs: KeyValue<V>[] = [];
    let count = 0;
    const take = (entry: KeyEntry<V>) => {
      const kv = read(entry);
      if (kv) {
        if (count < limit) kvs.push(kv);
        count++;
      }
      return true;
    };
    if (range.end === undefined) {
      const entry = this.index.get(range.key);
      if (entry) take(entry);
    } else {
      this.index.scan(range.key, range.end, take);
    }
    return { revision: this.current, kvs, count };
  }

  txn(compare: readonly Compare[], then: readonly Op<V>[], otherwise: readonly Op<V>[] = []): TxnResult<V> {
    const succeeded = compare.every((condition) => this.holds(condition));
    const ops = succeeded ? then : otherwise;
    const results = this.commit(ops);
    return { succeeded, revision: this.current, results };
  }

  watch(
    range: KeyRange,
    startRevision: Revision,
    deliver: (events: readonly EtcdEvent<V>[], revision: Revision) => void,
  ): () => void {
    if (startRevision > 0 && startRevision < this.compacted) throw new EtcdError('compacted');
    const watcher: Watcher<V> = { key: range.key, end: range.end, deliver };
    if (startRevision > 0 && startRevision <= this.current) this.replay(watcher, startRevision);
    const minimum = startRevision > this.current ? startRevision : 0;
    const live: Watcher<V> = minimum
      ? { ...watcher, deliver: (events, revision) => revision >= minimum && deliver(events, revision) }
      : watcher;
    this.watchers = [...this.watchers, live];
    return () => {
      this.watchers = this.watchers.filter((other) => other !== live);
    };
  }

  compact(revision: Revision): void {
    if (revision <= this.compacted) throw new EtcdError('compacted');
    if (revision > this.current) throw new EtcdError('future-revision');
    this.compacted = revision;
    this.noteProgress();
    const keep = firstAtOrAfter(this.log, revision);
    const touched = new Set<string>();
    for (const event of this.log) {
      if (event.kv.modRevision > revision) break;
      touched.add(event.kv.key);
    }
    this.log = this.log.slice(keep);
    for (const key of touched) this.compactKey(key, revision);
  }

  leaseGrant(ttlSeconds: number): number {
    return this.lessor.grant(ttlSeconds);
  }

  leaseKeepAlive(lease: number): number {
    return this.lessor.keepAlive(lease);
  }

  leaseRevoke(lease: number): void {
    this.lessor.revoke(lease);
  }

  leaseTimeToLive(lease: number) {
    return this.lessor.timeToLive(lease);
  }

  private load(saved: Saved): void {
    const progress = saved.get('progress') as Progress | undefined;
    this.current = progress?.revision ?? 1;
    this.compacted = progress?.compacted ?? 0;
    this.lessor.restore(saved.section('lease'));
    for (const kv of savedVersions<V>(saved.section('version'), (key) => currentOf(this.index.get(key)))) {
      const entry = this.index.getOrCreate(kv.key);
      const previous = currentOf(entry);
      entry.history.push(kv);
      this.live += Number(kv.version > 0) - Number(previous !== undefined);
      if (kv.modRevision >= this.compacted) this.log.push(eventOf(kv, previous));
      if (previous?.lease !== undefined) this.lessor.detach(previous.lease, kv.key);
      if (kv.lease !== undefined && this.lessor.has(kv.lease)) this.lessor.attach(kv.lease, kv.key);
    }
  }

  private noteProgress(): void {
    this.options.ledger?.put(
      'progress',
      () => ({ revision: this.current, compacted: this.compacted }) satisfies Progress,
    );
  }

  private holds({ key, target, result, value }: Compare): boolean {
    const kv = currentOf(this.index.get(key));
    const actual =
      target === 'version'
        ? (kv?.version ?? 0)
        : target === 'create'
          ? (kv?.createRevision ?? 0)
          : target === 'mod'
            ? (kv?.modRevision ?? 0)
            : kv?.value;
    if (result === '=') return actual === value;
    if (result === '!=') return actual !== value;
    const [a, b] = [Number(actual), Number(value)];
    return result === '>' ? a > b : a < b;
  }

  /** All or nothing: what can be refused is refused before anything is written. */
  private commit(ops: readonly Op<V>[]): readonly RangeResult<V>[] {
    this.refuse(ops);
    const revision = this.current + 1;
    const events: EtcdEvent<V>[] = [];
    const results = ops.map((op): RangeResult<V> => {
      if (op.op === 'range') return this.range(op);
      if (op.op === 'put') {
        const event = this.put(op.key, op.value, op.lease, revision);
        events.push(event);
        return { revision, kvs: [event.kv], count: 1 };
      }
      const gone = this.remove(op, revision);
      for (const event of gone) events.push(event);
      return { revision, kvs: gone.map((event) => event.previous as KeyValue<V>), count: gone.length };
    });
    if (events.length > 0) {
      this.current = revision;
      for (const event of events) this.log.push(event);
      if (this.versions) for (const { kv } of events) noteVersion(this.versions, kv);
      this.noteProgress();
      this.notify(events, revision);
    }
    return results;
  }

  private refuse(ops: readonly Op<V>[]): void {
    if (ops.length === 1) {
      const op = ops[0] as Op<V>;
      if (op.op === 'put') {
        if (op.key === '') throw new EtcdError('empty-key');
        if (op.lease !== undefined) this.lessor.check(op.lease);
        this.checkQuota(op.key);
      }
      return;
    }
    const put = new Set<string>();
    for (const op of ops) {
      if (op.op !== 'put') continue;
      if (op.key === '') throw new EtcdError('empty-key');
      if (put.has(op.key)) throw new EtcdError('duplicate-key');
      if (op.lease !== undefined) this.lessor.check(op.lease);
      this.checkQuota(op.key);
      put.add(op.key);
    }
    for (const op of ops) {
      if (op.op !== 'delete') continue;
      for (const key of put) if (within(op.key, op.end, key)) throw new EtcdError('duplicate-key');
    }
  }

  private checkQuota(key: string): void {
    if (this.live < (this.options.quotaKeys ?? QUOTA_KEYS)) return;
    if (!currentOf(this.index.get(key))) throw new EtcdError('no-space');
  }

  private put(key: string, value: V, lease: number | undefined, revision: Revision): EtcdEvent<V> {
    const entry = this.index.getOrCreate(key);
    const previous = currentOf(entry);
    if (!previous) this.live++;
    const kv: KeyValue<V> = {
      key,
      value,
      createRevision: previous?.createRevision ?? revision,
      modRevision: revision,
      version: (previous?.version ?? 0) + 1,
      ...(lease !== undefined && { lease }),
    };
    entry.history.push(kv);
    if (previous?.lease !== undefined && previous.lease !== lease) this.lessor.detach(previous.lease, key);
    if (lease !== undefined) this.lessor.attach(lease, key);
    return eventOf(kv, previous);
  }

  private remove(range: KeyRange, revision: Revision): EtcdEvent<V>[] {
    const gone: EtcdEvent<V>[] = [];
    const drop = (entry: KeyEntry<V>) => {
      const previous = currentOf(entry);
      if (!previous) return true;
      this.live--;
      const kv = { key: entry.key, value: previous.value, createRevision: 0, modRevision: revision, version: 0 };
      entry.history.push(kv);
      if (previous.lease !== undefined) this.lessor.detach(previous.lease, entry.key);
      gone.push(eventOf(kv, previous));
      return true;
    };
    if (range.end === undefined) {
      const entry = this.index.get(range.key);
      if (entry) drop(entry);
    } else {
      this.index.scan(range.key, range.end, drop);
    }
    return gone;
  }

  private notify(events: readonly EtcdEvent<V>[], revision: Revision): void {
    for (const { key, end, deliver } of this.watchers) {
      const mine =
        events.length === 1
          ? within(key, end, (events[0] as EtcdEvent<V>).kv.key)
            ? events
            : []
          : events.filter((event) => within(key, end, event.kv.key));
      if (mine.length > 0) deliver(mine, revision);
    }
  }

  private replay({ key, end, deliver }: Watcher<V>, from: Revision): void {
    const { log } = this;
    let batch: EtcdEvent<V>[] = [];
    const length = log.length;
    for (let i = firstAtOrAfter(log, from); i < length; i++) {
      const event = log[i] as EtcdEvent<V>;
      if (batch[0] && batch[0].kv.modRevision !== event.kv.modRevision) {
        deliver(batch, batch[0].kv.modRevision);
        batch = [];
      }
      if (within(key, end, event.kv.key)) batch.push(event);
    }
    if (batch[0]) deliver(batch, batch[0].kv.modRevision);
  }

  /** Keeps what the key was at `revision` and everything later; a key deleted by then is forgotten. */
  private compactKey(key: string, revision: Revision): void {
    const entry = this.index.get(key);
    if (!entry) return;
    let keep = 0;
    for (let i = 0; i < entry.history.length; i++) {
      if ((entry.history[i] as KeyValue<V>).modRevision <= revision) keep = i;
    }
    if ((entry.history[keep] as KeyValue<V>).version === 0) keep++;
    if (keep > 0) {
      for (const kv of entry.history.slice(0, keep)) this.versions?.remove(versionKey(kv));
      entry.history = entry.history.slice(keep);
    }
    if (entry.history.length === 0) this.index.remove(key);
  }
}

function eventOf<V>(kv: KeyValue<V>, previous: KeyValue<V> | undefined): EtcdEvent<V> {
  return { type: kv.version > 0 ? 'PUT' : 'DELETE', kv, ...(previous && { previous }) };
}
