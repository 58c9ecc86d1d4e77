/**
 * Etcd seen in one version of a custom resource: what is read is converted, pruned and given its defaults; what is written is
 * kept as the storage version has it.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go crdConversionRESTOptionsGetter
 */
import type { KubeObject } from '#engine/apimachinery';
import type { Etcd, EtcdEvent, KeyValue, Op } from '#engine/control-plane/etcd';

export interface Conversion {
  /** A stored object in this version; the same for the same. */
  readonly decode: (stored: KubeObject) => KubeObject;
  /** Throws when some of these have still to be converted. */
  readonly demand?: (stored: readonly KubeObject[]) => void;
  /** Calls when what is handed over in a watch can be read; one after the other. */
  readonly whenReady?: (stored: readonly KubeObject[], call: () => void) => void;
  /** When the watch has been stopped. */
  readonly close?: () => void;
  /** An object of this version as it is stored. */
  readonly encode: (object: KubeObject) => KubeObject;
}

const objectOf = ({ value }: KeyValue): KubeObject => value as KubeObject;
const objectsOf = ({ kv, previous }: EtcdEvent): readonly KubeObject[] =>
  [kv, ...(previous ? [previous] : [])].map(objectOf);

/** The same etcd through a conversion. */
export function convertingEtcd(etcd: Etcd, { decode, encode, demand, whenReady, close }: Conversion): Etcd {
  const seen = <K extends KeyValue>(kv: K): K => {
    const value = decode(kv.value as KubeObject);
    return value === kv.value ? kv : { ...kv, value };
  };
  const written = (op: Op): Op => (op.op === 'put' ? { ...op, value: encode(op.value as KubeObject) } : op);
  const event = (one: EtcdEvent): EtcdEvent => ({
    ...one,
    kv: seen(one.kv),
    ...(one.previous && { previous: seen(one.previous) }),
  });
  return {
    get revision() {
      return etcd.revision;
    },
    get compactedRevision() {
      return etcd.compactedRevision;
    },
    range(range) {
      const result = etcd.range(range);
      if (result.kvs.length === 0) return result;
      demand?.(result.kvs.map(objectOf));
      return { ...result, kvs: result.kvs.map(seen) };
    },
    txn: (compare, then, otherwise) => etcd.txn(compare, then.map(written), otherwise?.map(written)),
    watch: (range, startRevision, deliver) => {
      const stop = etcd.watch(range, startRevision, (events, revision) => {
        const call = () => deliver(events.map(event), revision);
        if (whenReady) whenReady(events.flatMap(objectsOf), call);
        else call();
      });
      return () => {
        stop();
        close?.();
      };
    },
    compact: (revision) => etcd.compact(revision),
    leaseGrant: (ttl) => etcd.leaseGrant(ttl),
    leaseKeepAlive: (lease) => etcd.leaseKeepAlive(lease),
    leaseRevoke: (lease) => etcd.leaseRevoke(lease),
    leaseTimeToLive: (lease) => etcd.leaseTimeToLive(lease),
  };
}
