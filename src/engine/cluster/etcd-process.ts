/** etcd as a process: the store is the member's data directory and outlives it; while the process is down nobody reads or writes. */
import { createEtcd, type Etcd, EtcdError, type EtcdOptions, type EtcdStore } from '#engine/control-plane/etcd';
import { untilAborted, type World } from '#engine/sim';

export class EtcdMember {
  readonly store: EtcdStore;
  private serving = false;

  constructor(world: World, options: EtcdOptions = {}) {
    this.store = createEtcd(world, options);
  }

  get serves(): boolean {
    return this.serving;
  }

  /** Serves until the process dies. */
  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.serving = true;
    await untilAborted(signal);
    this.serving = false;
  }

  /** What an API server's etcd client does: every call fails while nobody serves. */
  connect(): Etcd {
    const store = () => {
      if (!this.serving) throw new EtcdError('no-leader');
      return this.store;
    };
    return {
      get revision() {
        return store().revision;
      },
      get compactedRevision() {
        return store().compactedRevision;
      },
      range: (range) => store().range(range),
      txn: (compare, then, otherwise) => store().txn(compare, then, otherwise),
      watch: (range, startRevision, deliver) => store().watch(range, startRevision, deliver),
      compact: (revision) => store().compact(revision),
      leaseGrant: (ttlSeconds) => store().leaseGrant(ttlSeconds),
      leaseKeepAlive: (lease) => store().leaseKeepAlive(lease),
      leaseRevoke: (lease) => store().leaseRevoke(lease),
      leaseTimeToLive: (lease) => store().leaseTimeToLive(lease),
    };
  }
}
