/** The cache behind an informer: objects by key and by index. @upstream staging/src/k8s.io/client-go/tools/cache/thread_safe_store.go */
import type { KubeObject } from '#engine/apimachinery';
import type { Lister } from './informer.ts';

type IndexFunction<T> = (object: T) => readonly string[];

/** Objects that share an index value; the array is made when first asked for and dropped on the next change. */
interface Bucket<T> {
  readonly members: Map<string, T>;
  array: readonly T[] | undefined;
}

interface Index<T> {
  readonly values: IndexFunction<T>;
  readonly buckets: Map<string, Bucket<T>>;
}

const NONE: readonly never[] = Object.freeze([]);
const NAMESPACE = 'namespace';

/** Every read is O(result), every write O(index values of the object). Arrays handed out are shared: never change one. */
export class Store<T extends KubeObject> implements Lister<T> {
  private readonly objects = new Map<string, T>();
  private readonly indexes = new Map<string, Index<T>>();
  private all: readonly T[] | undefined;

  get size(): number {
    return this.objects.size;
  }

  keys(): Iterable<string> {
    return this.objects.keys();
  }

  get(key: string): T | undefined {
    return this.objects.get(key);
  }

  list(namespace?: string): readonly T[] {
    if (!namespace) {
      this.all ??= [...this.objects.values()];
      return this.all;
    }
    if (!this.indexes.has(NAMESPACE)) this.addIndex(NAMESPACE, (object) => [object.metadata.namespace ?? '']);
    return this.byIndex(NAMESPACE, namespace);
  }

  /** Throws when there is no such index: a bug of the caller's. */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.indexes.get(name);
    if (!index) throw new TypeError(`Index with name ${name} does not exist`);
    const bucket = index.buckets.get(value);
    if (!bucket) return NONE;
    bucket.array ??= [...bucket.members.values()];
    return bucket.array;
  }

  /** Adds an index over what is there and what comes. An index of that name stays as it is. */
  addIndex(name: string, values: IndexFunction<T>): void {
    if (this.indexes.has(name)) return;
    const index: Index<T> = { values, buckets: new Map() };
    this.indexes.set(name, index);
    for (const [key, object] of this.objects) insert(index, key, object);
  }

  /** Returns what was there before. */
  set(key: string, object: T): T | undefined {
    const previous = this.objects.get(key);
    this.objects.set(key, object);
    this.all = undefined;
    for (const index of this.indexes.values()) {
      if (previous && !replaceInPlace(index, key, previous, object)) {
        remove(index, key, previous);
        insert(index, key, object);
      } else if (!previous) insert(index, key, object);
    }
    return previous;
  }

  delete(key: string): T | undefined {
    const previous = this.objects.get(key);
    if (!previous) return undefined;
    this.objects.delete(key);
    this.all = undefined;
    for (const index of this.indexes.values()) remove(index, key, previous);
    return previous;
  }
}

function insert<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    const bucket = index.buckets.get(value);
    if (bucket) {
      bucket.members.set(key, object);
      bucket.array = undefined;
    } else index.buckets.set(value, { members: new Map([[key, object]]), array: undefined });
  }
}

function remove<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    const bucket = index.buckets.get(value);
    if (!bucket?.members.delete(key)) continue;
    bucket.array = undefined;
    if (bucket.members.size === 0) index.buckets.delete(value);
  }
}

/** The usual update keeps its index values: then the object keeps its place too. */
function replaceInPlace<T>(index: Index<T>, key: string, previous: T, object: T): boolean {
  const before = index.values(previous);
  const after = index.values(object);
  if (before.length !== after.length || before.some((value, i) => value !== after[i])) return false;
  for (const value of after) {
    const bucket = index.buckets.get(value);
    if (!bucket) continue;
    bucket.members.set(key, object);
    bucket.array = undefined;
  }
  return true;
}
