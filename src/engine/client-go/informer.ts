/** A cache of one resource kept by a watch, shared by all who ask for the same. */

import type { Resource } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';

/** Reads from the cache. Objects are shared and frozen. */
export interface Lister<T> {
  /** By key: `namespace/name` or `name`. */
  get(key: string): T | undefined;
  list(namespace?: string): readonly T[];
  byIndex(index: string, value: string): readonly T[];
}

/** Called in order of revisions, synchronously with the cache's own change. */
export interface ResourceEventHandler<T> {
  added?(object: T, isInInitialList: boolean): void;
  updated?(previous: T, object: T): void;
  deleted?(object: T): void;
}

export interface InformerOptions<T> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Index name -> the values an object is found under. */
  readonly indexers?: { readonly [name: string]: (object: T) => readonly string[] };
}

export interface Informer<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly lister: Lister<T>;
  /** True once the first list has been delivered to the cache. */
  readonly hasSynced: boolean;
  readonly synced: Promise<void>;
  /** A late handler first gets `added` for all there is. Returns a function that removes it. */
  addEventHandler(handler: ResourceEventHandler<T>): () => void;
  addIndexers(indexers: { readonly [name: string]: (object: T) => readonly string[] }): void;
}
