/** The memory of the cluster: frozen values under a revision; watching is replaying history. Synchronous: it lives in this heap. */

export type Revision = number;

/** Half-open key range [key, end); without end the one key. */
export interface KeyRange {
  readonly key: string;
  readonly end?: string;
}

export interface KeyValue<V = unknown> {
  readonly key: string;
  readonly value: V;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  /** Times the key was written since it was created, from 1. */
  readonly version: number;
  readonly lease?: number;
}

export interface RangeOptions extends KeyRange {
  /** Read history as of this revision. */
  readonly revision?: Revision;
  readonly limit?: number;
  readonly countOnly?: boolean;
}

export interface RangeResult<V = unknown> {
  readonly revision: Revision;
  readonly kvs: readonly KeyValue<V>[];
  /** Keys in the range, whatever the limit. */
  readonly count: number;
}

export interface Compare {
  readonly key: string;
  readonly target: 'version' | 'create' | 'mod' | 'value';
  readonly result: '=' | '!=' | '>' | '<';
  readonly value: unknown;
}

export type Op<V = unknown> =
  | { readonly op: 'put'; readonly key: string; readonly value: V; readonly lease?: number }
  | ({ readonly op: 'delete' } & KeyRange)
  | ({ readonly op: 'range' } & RangeOptions);

export interface TxnResult<V = unknown> {
  readonly succeeded: boolean;
  readonly revision: Revision;
  readonly results: readonly RangeResult<V>[];
}

export interface EtcdEvent<V = unknown> {
  readonly type: 'PUT' | 'DELETE';
  readonly kv: KeyValue<V>;
  readonly previous?: KeyValue<V>;
}

export interface Etcd<V = unknown> {
  readonly revision: Revision;
  range(range: RangeOptions): RangeResult<V>;
  txn(compare: readonly Compare[], then: readonly Op<V>[], otherwise?: readonly Op<V>[]): TxnResult<V>;
  /**
   * Delivers every event of the range from `startRevision` on (0: only what comes), batches in revision order, synchronously with the write.
   * Throws EtcdError `compacted` when that revision is gone. Returns a function that cancels.
   */
  watch(
    range: KeyRange,
    startRevision: Revision,
    deliver: (events: readonly EtcdEvent<V>[], revision: Revision) => void,
  ): () => void;
  /** Forgets history before `revision`. */
  compact(revision: Revision): void;
  readonly compactedRevision: Revision;
  leaseGrant(ttlSeconds: number): number;
  leaseKeepAlive(lease: number): number;
  leaseRevoke(lease: number): void;
  leaseTimeToLive(
    lease: number,
  ): { readonly ttlSeconds: number; readonly grantedSeconds: number; readonly keys: readonly string[] } | undefined;
}
