/** Own writes that the cache has not shown yet. @upstream pkg/controller/util/endpointslice/endpointslice_tracker.go */
import type { KubeObject } from '#engine/apimachinery';

/** The cache lags behind what this controller wrote: look again shortly. */
export class StaleCacheError extends Error {
  override readonly name = 'StaleCacheError';
  constructor(what: string) {
    super(`${what} informer cache is out of date`);
  }
}

/** Remembers writes by a group key (a Service, a DaemonSet) until the watch confirms them. */
export class WriteTracker {
  private readonly expected = new Map<string, Map<string, number>>();

  wrote(group: string, object: KubeObject): void {
    const { uid = '', resourceVersion = '0' } = object.metadata;
    const writes = this.expected.get(group);
    if (writes) writes.set(uid, Number(resourceVersion));
    else this.expected.set(group, new Map([[uid, Number(resourceVersion)]]));
  }

  /** The watch showed the object in this state. */
  saw(group: string, object: KubeObject): void {
    const writes = this.expected.get(group);
    const { uid = '', resourceVersion = '0' } = object.metadata;
    const expected = writes?.get(uid);
    if (!writes || expected === undefined || Number(resourceVersion) < expected) return;
    this.settle(group, writes, uid);
  }

  sawDeletion(group: string, object: KubeObject): void {
    const writes = this.expected.get(group);
    if (writes) this.settle(group, writes, object.metadata.uid ?? '');
  }

  isStale(group: string): boolean {
    return this.expected.has(group);
  }

  forget(group: string): void {
    this.expected.delete(group);
  }

  private settle(group: string, writes: Map<string, number>, uid: string): void {
    writes.delete(uid);
    if (writes.size === 0) this.expected.delete(group);
  }
}
