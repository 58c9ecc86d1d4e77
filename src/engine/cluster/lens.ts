/**
 * etcd as somebody sees it who may look at any instant: a read-only view that passes the store's events on while it shows the present,
 * and delivers what differs when it is moved. It counts revisions of its own, so that they only ever grow.
 */
import {
  type Etcd,
  EtcdError,
  type EtcdEvent,
  type EtcdStore,
  type KeyRange,
  type KeyValue,
  type RangeOptions,
  type RangeResult,
  type Revision,
} from '#engine/control-plane/etcd';
import { InvariantError } from '#engine/sim';

type Deliver = (events: readonly EtcdEvent[], revision: Revision) => void;

interface Watcher {
  readonly range: KeyRange;
  readonly deliver: Deliver;
}

export class Lens implements Etcd {
  private readonly watchers = new Set<Watcher>();
  /** The store's revision on view; undefined: the present. */
  private shown: Revision | undefined;
  /** Own revision of what is shown, while that is the past. */
  private own: Revision = 0;
  /** Own revision minus the store's, while the present is shown. */
  private offset = 0;

  constructor(private readonly store: EtcdStore) {}

  get revision(): Revision {
    return this.shown === undefined ? this.store.revision + this.offset : this.own;
  }

  get compactedRevision(): Revision {
    return this.shown === undefined ? this.store.compactedRevision + this.offset : this.own;
  }

  /** Shows the state at a revision of the store, or from now on the present. Throws EtcdError `compacted`. */
  move(to: Revision | undefined): void {
    const from = this.shown ?? this.store.revision;
    const target = to ?? this.store.revision;
    const own = this.revision + 1;
    const events = this.difference(from, target, own);
    this.shown = to;
    this.own = own;
    if (to === undefined) this.offset = own - this.store.revision;
    for (const { range, deliver } of this.watchers) {
      const mine = events.filter(({ kv }) => within(range, kv.key));
      if (mine.length > 0) deliver(mine, own);
    }
  }

  range(range: RangeOptions): RangeResult {
    const result = this.store.range({ ...range, revision: this.storeRevision(range.revision ?? 0) });
    return { ...result, revision: this.revision };
  }

  watch(range: KeyRange, startRevision: Revision, deliver: Deliver): () => void {
    if (startRevision !== 0) throw new EtcdError('compacted');
    const watcher = { range, deliver };
    this.watchers.add(watcher);
    const stop = this.store.watch(range, 0, (events, revision) => {
      if (this.shown !== undefined) return;
      const { offset } = this;
      deliver(
        offset === 0 ? events : events.map((event) => shifted(event, event.kv.modRevision + offset)),
        revision + offset,
      );
    });
    return () => {
      stop();
      this.watchers.delete(watcher);
    };
  }

  readonly txn = refuse;
  readonly compact = refuse;
  readonly leaseGrant = refuse;
  readonly leaseKeepAlive = refuse;
  readonly leaseRevoke = refuse;

  leaseTimeToLive(lease: number) {
    return this.store.leaseTimeToLive(lease);
  }

  /** What the store calls a revision of ours; 0 is its newest. */
  private storeRevision(revision: Revision): Revision {
    if (this.shown === undefined) return revision === 0 ? 0 : revision - this.offset;
    if (revision !== 0 && revision !== this.own) throw new EtcdError('compacted');
    return this.shown;
  }

  private difference(from: Revision, to: Revision, own: Revision): readonly EtcdEvent[] {
    const events: EtcdEvent[] = [];
    for (const key of this.store.changedKeys(Math.min(from, to), Math.max(from, to))) {
      const before = this.at(key, from);
      const after = this.at(key, to);
      if (before === after) continue;
      if (after) events.push(shifted({ type: 'PUT', kv: after, ...(before && { previous: before }) }, own));
      else if (before) events.push({ type: 'DELETE', kv: gone(before, own), previous: before });
    }
    return events;
  }

  private at(key: string, revision: Revision): KeyValue | undefined {
    return this.store.range({ key, revision }).kvs[0];
  }
}

/** What is read from a disk has its value behind a getter, which a spread would lose. */
function shifted({ type, kv, previous }: EtcdEvent, modRevision: Revision): EtcdEvent {
  const { key, value, createRevision, version, lease } = kv;
  const moved = { key, value, createRevision, modRevision, version, ...(lease !== undefined && { lease }) };
  return { type, kv: moved, ...(previous && { previous }) };
}

const gone = ({ key, value }: KeyValue, revision: Revision): KeyValue => ({
  key,
  value,
  createRevision: 0,
  modRevision: revision,
  version: 0,
});

const within = ({ key, end }: KeyRange, candidate: string): boolean =>
  end === undefined ? candidate === key : candidate >= key && (end === '\0' || candidate < end);

function refuse(): never {
  throw new InvariantError('whoever only looks cannot write');
}
