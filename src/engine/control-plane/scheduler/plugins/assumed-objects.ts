/** Objects as this scheduler expects them to be, until the cache has something newer. @upstream pkg/scheduler/util/assumecache/assume_cache.go */
import type { KubeObject } from '#engine/apimachinery';

const versionOf = (object: KubeObject | undefined): number => Number(object?.metadata.resourceVersion ?? '0');

export class AssumedObjects<T extends KubeObject> {
  private readonly assumed = new Map<string, T>();

  constructor(private readonly cached: (key: string) => T | undefined) {}

  assume(key: string, object: T): void {
    this.assumed.set(key, object);
  }

  restore(key: string): void {
    this.assumed.delete(key);
  }

  get(key: string): T | undefined {
    const live = this.cached(key);
    const own = this.assumed.get(key);
    if (!own) return live;
    if (live && versionOf(live) <= versionOf(own)) return own;
    this.assumed.delete(key);
    return live;
  }

  /** The same for an object that the cache has at hand. */
  current(key: string, live: T): T {
    return this.assumed.has(key) ? (this.get(key) ?? live) : live;
  }
}
