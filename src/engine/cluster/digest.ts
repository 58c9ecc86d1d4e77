/** One number for the whole state of a cluster: two are the same cluster at the same instant when their digests are equal. */
import { type Etcd, prefixRange, type Revision } from '#engine/control-plane/etcd';
import { type JournalEntry, type Millis, TraceHash } from '#engine/sim';
import type { Input } from './input.ts';

/** A cluster at the end of an instant: with its options, all that brings it back, and the means to see that it is the same. */
export interface Capture {
  readonly journal: readonly JournalEntry<Input>[];
  readonly until: Millis;
  /** See `stateDigest`. */
  readonly digest: string;
}

/**
 * Digest of everything in etcd: every key with its value, revisions and version, and the store's own revision, at a virtual instant (of the past too).
 * Object names, uids, addresses and times come from the seed and the inputs, so that nothing but an exact replay gives the same.
 * To be taken at the end of an instant.
 */
export function stateDigest(store: Etcd, at: Millis, revision: Revision = store.revision): string {
  const hash = new TraceHash();
  hash.add({ at, seq: 0, type: 'revision', detail: revision });
  for (const { key, value, createRevision, modRevision, version } of store.range({
    ...prefixRange(''),
    revision,
  }).kvs) {
    hash.add({ at: modRevision, seq: createRevision, type: key, detail: [createRevision, version, value] });
  }
  return hash.digest();
}
