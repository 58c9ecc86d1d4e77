/** etcd: the one memory of a cluster. Frozen values under a revision; watching is replaying history. */
export type {
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
export { EtcdError, type EtcdErrorCode } from './etcd-error.ts';
export { createEtcd, type EtcdOptions, type EtcdStore, prefixRange } from './store.ts';
