/** What etcd refuses, in its words. @upstream etcd api/v3rpc/rpctypes/error.go */
export type EtcdErrorCode =
  | 'compacted'
  | 'future-revision'
  | 'lease-not-found'
  | 'duplicate-key'
  | 'lease-ttl-too-large'
  | 'empty-key'
  | 'no-space'
  | 'no-leader';

const TEXTS: { readonly [Code in EtcdErrorCode]: string } = {
  compacted: 'etcdserver: mvcc: required revision has been compacted',
  'future-revision': 'etcdserver: mvcc: required revision is a future revision',
  'lease-not-found': 'etcdserver: requested lease not found',
  'duplicate-key': 'etcdserver: duplicate key given in txn request',
  'lease-ttl-too-large': 'etcdserver: too large lease TTL',
  'empty-key': 'etcdserver: key is not provided',
  'no-space': 'etcdserver: mvcc: database space exceeded',
  'no-leader': 'etcdserver: no leader',
};

/** A refusal by the store; nothing was written. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  constructor(readonly code: EtcdErrorCode) {
    super(TEXTS[code]);
  }
}
