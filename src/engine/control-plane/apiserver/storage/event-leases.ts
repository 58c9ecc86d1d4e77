/** One etcd lease shared by the Events of a minute, as upstream's lease manager shares it. @upstream staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go */
import type { Etcd } from '#engine/control-plane/etcd';
import type { World } from '#engine/sim';

const MAX_REUSE_SECONDS = 60;
const MAX_REUSE_SHARE = 0.05;
const MAX_OBJECTS = 1000;

export class EventLeases {
  private lease: number | undefined;
  private grantedAt = 0;
  private used = 0;

  constructor(
    private readonly world: World,
    private readonly etcd: Etcd,
    private readonly ttlSeconds: number,
  ) {}

  /** A lease that lives at least the TTL from now. */
  current(): number {
    const now = this.world.clock.now();
    const reuse = Math.min(MAX_REUSE_SECONDS, this.ttlSeconds * MAX_REUSE_SHARE);
    if (this.lease === undefined || now - this.grantedAt > reuse * 1000 || this.used >= MAX_OBJECTS) {
      this.lease = this.etcd.leaseGrant(this.ttlSeconds + Math.ceil(reuse));
      this.grantedAt = now;
      this.used = 0;
    }
    this.used++;
    return this.lease;
  }
}
