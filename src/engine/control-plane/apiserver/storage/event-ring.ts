/**
 * The last events of a resource, so that a watch can start in the recent past. It holds what is younger than 75 s, at least
 * 100 and at most 102,400 events.
 * @upstream staging/src/k8s.io/apiserver/pkg/storage/cacher/watch_cache.go
 */
import type { KubeObject } from '#engine/apimachinery';

/** What happened to an object, with what it was before. */
export interface CacheEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** For DELETED the last state with the revision of the deletion. */
  readonly object: T;
  readonly previous: T | undefined;
  readonly revision: number;
  readonly at: number;
}

const FRESH_MS = 75_000;
const MINIMUM = 100;
const MAXIMUM = 102_400;

export class EventRing<T extends KubeObject> {
  private events: CacheEvent<T>[] = [];
  private head = 0;

  /** @param horizon revisions from here on are known completely */
  constructor(private horizon: number) {}

  /** The oldest revision a watch may start from. */
  get oldest(): number {
    return this.horizon;
  }

  push(event: CacheEvent<T>): void {
    this.events.push(event);
    for (;;) {
      const length = this.events.length - this.head;
      const first = this.events[this.head] as CacheEvent<T>;
      if (length <= MINIMUM || (length <= MAXIMUM && event.at - first.at < FRESH_MS)) break;
      this.horizon = first.revision;
      this.head++;
    }
    if (this.head > 1024 && this.head * 2 > this.events.length) {
      this.events = this.events.slice(this.head);
      this.head = 0;
    }
  }

  /** Events after `revision`, oldest first. The caller has checked `oldest`. */
  after(revision: number): readonly CacheEvent<T>[] {
    let low = this.head;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle] as CacheEvent<T>).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low === this.events.length ? [] : this.events.slice(low);
  }
}
