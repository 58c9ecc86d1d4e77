/** The finalizer that keeps a Job's Pods until they are counted. @upstream pkg/controller/job/tracking_utils.go */
import type { Pod } from '#engine/api';

export const TRACKING = 'batch.kubernetes.io/job-tracking';

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(TRACKING) ?? false;

/** The strategic merge patch that lets a Pod go. */
export const UNTRACK = Object.freeze({
  metadata: Object.freeze({ '$deleteFromPrimitiveList/finalizers': Object.freeze([TRACKING]) }),
});

/** Finalizers that were removed, and that the cache may still show: by the Job's key, the Pods' uids. */
export class Untracked {
  private readonly byKey = new Map<string, Set<string>>();

  expect(key: string, uids: readonly string[]): void {
    const known = this.byKey.get(key);
    if (known) for (const uid of uids) known.add(uid);
    else this.byKey.set(key, new Set(uids));
  }

  observed(key: string, uid: string): void {
    const known = this.byKey.get(key);
    if (known?.delete(uid) && known.size === 0) this.byKey.delete(key);
  }

  of(key: string): ReadonlySet<string> {
    return this.byKey.get(key) ?? NONE;
  }

  forget(key: string): void {
    this.byKey.delete(key);
  }
}

const NONE: ReadonlySet<string> = new Set();
