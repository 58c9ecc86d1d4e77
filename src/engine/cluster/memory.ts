/** What etcd remembers, read beside the API and outside of simulated time: looking never changes the cluster. */
import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { prefixOf } from '#engine/control-plane/apiserver';
import { type EtcdStore, type KeyValue, prefixRange, type Revision } from '#engine/control-plane/etcd';

/** One version of an object, as it was written. */
export interface ObjectVersion<T = KubeObject> {
  readonly revision: Revision;
  readonly object: T;
}

type Named = { readonly namespace?: string | undefined; readonly name: string };

/** Objects of the present and, as far as etcd is not compacted, of the past. Shared and frozen: nothing is copied. */
export interface Memory {
  readonly revision: Revision;
  readonly compactedRevision: Revision;
  /** @param revision absent: the present. Undefined when it did not exist then, or nobody knows any more */
  object<T extends KubeObject>(resource: Resource<T>, name: Named, revision?: Revision): T | undefined;
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string, revision?: Revision): readonly T[];
  /** Every version from its creation (or compaction) up to `revision`, oldest first; at most `limit` of the newest. */
  versions<T extends KubeObject>(
    resource: Resource<T>,
    name: Named,
    revision?: Revision,
    limit?: number,
  ): readonly ObjectVersion<T>[];
}

/** Reads a store. */
export function createMemory(store: EtcdStore): Memory {
  const readable = (revision: Revision | undefined): boolean =>
    revision === undefined || (revision > 0 && revision >= store.compactedRevision && revision <= store.revision);
  const at = (revision: Revision | undefined) => (revision === undefined ? {} : { revision });
  const keyOf = (resource: Resource, { namespace, name }: Named) =>
    `${prefixOf(resource)}${namespace ? `${namespace}/` : ''}${name}`;
  const read = <T>(key: string, revision: Revision | undefined): KeyValue<T> | undefined =>
    readable(revision) ? (store.range({ key, ...at(revision) }).kvs[0] as KeyValue<T> | undefined) : undefined;
  return {
    get revision() {
      return store.revision;
    },
    get compactedRevision() {
      return store.compactedRevision;
    },
    object: <T extends KubeObject>(resource: Resource<T>, name: Named, revision?: Revision) =>
      read<T>(keyOf(resource, name), revision)?.value,
    list<T extends KubeObject>(resource: Resource<T>, namespace?: string, revision?: Revision) {
      if (!readable(revision)) return [];
      const range = prefixRange(`${prefixOf(resource)}${namespace ? `${namespace}/` : ''}`);
      return (store.range({ ...range, ...at(revision) }).kvs as readonly KeyValue<T>[]).map(({ value }) => value);
    },
    versions<T extends KubeObject>(resource: Resource<T>, name: Named, revision?: Revision, limit = 200) {
      const key = keyOf(resource, name);
      const found: ObjectVersion<T>[] = [];
      for (let kv = read<T>(key, revision); kv && found.length < limit; kv = read<T>(key, kv.modRevision - 1)) {
        found.push({ revision: kv.modRevision, object: kv.value });
        if (kv.version === 1) break;
      }
      return found.reverse();
    },
  };
}
