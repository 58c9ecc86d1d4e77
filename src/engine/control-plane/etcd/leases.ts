/** Leases: keys that go when nobody keeps them alive. Time is the virtual clock's. @upstream etcd server/lease/lessor.go */
import type { Ledger, Saved, Timer, World } from '#engine/sim';
import { EtcdError } from './etcd-error.ts';

/** etcd's own limit: about 285 years. */
const MAX_TTL_SECONDS = 9_000_000_000;

interface Lease {
  readonly id: number;
  readonly grantedSeconds: number;
  readonly keys: Set<string>;
  expiresAt: number;
  timer: Timer;
}

/** A lease as it is written down, under its id. */
interface LeaseRecord {
  readonly grantedSeconds: number;
  readonly expiresAt: number;
}

export class Lessor {
  private readonly leases = new Map<number, Lease>();
  private lastId = 0;

  /** @param expire deletes the keys of a lease that ran out */
  constructor(
    private readonly world: World,
    private readonly expire: (keys: readonly string[]) => void,
    private readonly ledger?: Ledger,
  ) {}

  grant(ttlSeconds: number): number {
    if (ttlSeconds > MAX_TTL_SECONDS) throw new EtcdError('lease-ttl-too-large');
    const id = ++this.lastId;
    this.start(id, Math.max(1, ttlSeconds), this.world.clock.now() + Math.max(1, ttlSeconds) * 1000);
    this.ledger?.put('last', () => this.lastId);
    this.note(id);
    return id;
  }

  keepAlive(id: number): number {
    const lease = this.find(id);
    lease.timer.cancel();
    lease.expiresAt = this.world.clock.now() + lease.grantedSeconds * 1000;
    lease.timer = this.arm(id, lease.grantedSeconds * 1000);
    this.note(id);
    return lease.grantedSeconds;
  }

  revoke(id: number): void {
    const lease = this.find(id);
    lease.timer.cancel();
    this.leases.delete(id);
    this.ledger?.remove(String(id));
    this.expire([...lease.keys].sort());
  }

  timeToLive(
    id: number,
  ): { readonly ttlSeconds: number; readonly grantedSeconds: number; readonly keys: readonly string[] } | undefined {
    const lease = this.leases.get(id);
    if (!lease) return undefined;
    const ttlSeconds = Math.ceil((lease.expiresAt - this.world.clock.now()) / 1000);
    return { ttlSeconds, grantedSeconds: lease.grantedSeconds, keys: [...lease.keys].sort() };
  }

  has(id: number): boolean {
    return this.leases.has(id);
  }

  attach(id: number, key: string): void {
    this.find(id).keys.add(key);
  }

  detach(id: number, key: string): void {
    this.leases.get(id)?.keys.delete(key);
  }

  /** Throws EtcdError `lease-not-found`. */
  check(id: number): void {
    this.find(id);
  }

  /** Time that passed while nobody ran counts: what is overdue goes at once. */
  restore(saved: Saved): void {
    const ids = [...saved.keys()].filter((key) => key !== 'last').map(Number);
    for (const id of ids.sort((a, b) => a - b)) {
      const { grantedSeconds, expiresAt } = saved.get(String(id)) as LeaseRecord;
      this.start(id, grantedSeconds, expiresAt);
    }
    this.lastId = (saved.get('last') as number | undefined) ?? 0;
  }

  private note(id: number): void {
    this.ledger?.put(String(id), () => {
      const { grantedSeconds, expiresAt } = this.find(id);
      return { grantedSeconds, expiresAt } satisfies LeaseRecord;
    });
  }

  private start(id: number, grantedSeconds: number, expiresAt: number): void {
    const timer = this.arm(id, Math.max(0, expiresAt - this.world.clock.now()));
    this.leases.set(id, { id, grantedSeconds, keys: new Set(), expiresAt, timer });
  }

  private arm(id: number, ms: number): Timer {
    return this.world.clock.after(ms, 'etcd.lease', () => this.revoke(id));
  }

  private find(id: number): Lease {
    const lease = this.leases.get(id);
    if (!lease) throw new EtcdError('lease-not-found');
    return lease;
  }
}
