/**
 * Objects of one resource in etcd, by reference. The object's resourceVersion is the revision it is written at, known
 * beforehand because etcd is synchronous.
 * @upstream staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go
 */
import { deepFreeze, type KubeObject } from '#engine/apimachinery';
import { type Etcd, type KeyRange, type KeyValue, prefixRange } from '#engine/control-plane/etcd';

export class ObjectStorage<T extends KubeObject> {
  constructor(
    private readonly etcd: Etcd,
    /** Ends in a slash: `/registry/pods/`. */
    readonly prefix: string,
    private readonly freeze: boolean,
  ) {}

  get revision(): number {
    return this.etcd.revision;
  }

  key(namespace: string | undefined, name: string): string {
    return namespace ? `${this.prefix}${namespace}/${name}` : this.prefix + name;
  }

  /** All keys, or those of one namespace. */
  keys(namespace?: string): KeyRange {
    return prefixRange(namespace ? `${this.prefix}${namespace}/` : this.prefix);
  }

  get(key: string): KeyValue<T> | undefined {
    return this.etcd.range({ key }).kvs[0] as KeyValue<T> | undefined;
  }

  has(key: string): boolean {
    return this.etcd.range({ key, countOnly: true }).count > 0;
  }

  /** Everything, or one namespace, in order of keys. */
  list(namespace?: string): readonly KeyValue<T>[] {
    return this.etcd.range(this.keys(namespace)).kvs as readonly KeyValue<T>[];
  }

  count(): number {
    return this.etcd.range({ ...this.keys(), countOnly: true }).count;
  }

  /** Undefined when the key exists. */
  create(key: string, object: T, lease?: number): T | undefined {
    const value = this.stamp(object);
    const put = { op: 'put', key, value, ...(lease !== undefined && { lease }) } as const;
    const { succeeded } = this.etcd.txn([{ key, target: 'mod', result: '=', value: 0 }], [put]);
    return succeeded ? value : undefined;
  }

  /** Undefined when somebody else wrote or deleted the key since `current` was read. */
  replace(current: KeyValue<T>, object: T, lease?: number): T | undefined {
    const { key } = current;
    const value = this.stamp(object);
    const put = { op: 'put', key, value, ...(lease !== undefined && { lease }) } as const;
    const { succeeded } = this.etcd.txn([{ key, target: 'mod', result: '=', value: current.modRevision }], [put]);
    return succeeded ? value : undefined;
  }

  /** False when somebody else wrote or deleted the key since `current` was read. */
  remove({ key, modRevision }: KeyValue<T>): boolean {
    return this.etcd.txn([{ key, target: 'mod', result: '=', value: modRevision }], [{ op: 'delete', key }]).succeeded;
  }

  private stamp(object: T): T {
    const stamped = withResourceVersion(object, this.etcd.revision + 1);
    return this.freeze ? deepFreeze(stamped) : stamped;
  }
}

/** The same object at another revision. */
export function withResourceVersion<T extends KubeObject>(object: T, revision: number): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}
