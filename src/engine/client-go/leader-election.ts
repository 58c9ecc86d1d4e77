/** One of many: a Lease says who leads. @upstream staging/src/k8s.io/client-go/tools/leaderelection/leaderelection.go */
import { type Lease, leases } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import { formatMicroTime, type Millis, parseTime, type World } from '#engine/sim';
import type { Client } from './client.ts';
import type { EventRecorder } from './event-recorder.ts';
import { isPanic } from './panic.ts';

export interface LeaderElectionOptions {
  /** The Lease: `kube-system/kube-scheduler`. */
  readonly namespace: string;
  readonly name: string;
  /** Unique among the candidates: `<hostname>_<uuid>`. */
  readonly identity: string;
  /** Default 15 s: how long others wait for a silent leader. */
  readonly leaseDurationMs?: Millis;
  /** Default 10 s: how long the leader tries to renew before it gives up. */
  readonly renewDeadlineMs?: Millis;
  /** Default 2 s. */
  readonly retryPeriodMs?: Millis;
  readonly recorder?: EventRecorder;
}

/**
 * Waits until this candidate leads, then runs `lead` under a signal that aborts when leadership is lost or `signal` aborts.
 * Resolves when leadership is lost or `signal` aborts; upstream's components exit then.
 * @fidelity full
 */
export async function runLeaderElection(
  world: World,
  client: Client,
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => unknown,
  signal: AbortSignal,
): Promise<void> {
  const elector = new LeaderElector(world, client, options, signal);
  if (!(await elector.acquire())) return;
  const leading = new AbortController();
  const stop = () => leading.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  lead(leading.signal);
  await elector.renew();
  signal.removeEventListener('abort', stop);
  leading.abort();
}

class LeaderElector {
  private readonly duration: Millis;
  private readonly deadline: Millis;
  private readonly retry: Millis;
  private observed: Lease | undefined;
  private observedAt = Number.NEGATIVE_INFINITY;
  private readonly rng;

  constructor(
    private readonly world: World,
    private readonly client: Client,
    private readonly options: LeaderElectionOptions,
    private readonly signal: AbortSignal,
  ) {
    this.duration = options.leaseDurationMs ?? 15_000;
    this.deadline = options.renewDeadlineMs ?? 10_000;
    this.retry = options.retryPeriodMs ?? 2_000;
    this.rng = world.rng.fork(`leader election ${options.identity}`);
  }

  /** True once the Lease is ours, false when the signal aborted first. */
  async acquire(): Promise<boolean> {
    while (!this.signal.aborted) {
      if (await this.tryAcquireOrRenew()) {
        this.announce('became leader');
        return !this.signal.aborted;
      }
      await this.sleep(Math.floor(this.retry + this.rng.next() * 1.2 * this.retry));
    }
    return false;
  }

  /** Resolves when the Lease could not be renewed in time, or when the signal aborts. */
  async renew(): Promise<void> {
    let renewedAt = this.world.clock.now();
    while (!this.signal.aborted) {
      await this.sleep(this.retry);
      if (this.signal.aborted) return;
      if (await this.tryAcquireOrRenew()) renewedAt = this.world.clock.now();
      else if (this.world.clock.now() - renewedAt >= this.deadline) {
        this.announce('stopped leading');
        return;
      }
    }
  }

  private sleep(ms: Millis): Promise<void> {
    return this.world.clock.sleep(ms, `leader election ${this.options.name}`, this.signal);
  }

  private announce(what: string): void {
    const { recorder, identity } = this.options;
    if (recorder && this.observed) recorder.event(this.observed, 'Normal', 'LeaderElection', `${identity} ${what}`);
  }

  private async tryAcquireOrRenew(): Promise<boolean> {
    try {
      const mine = this.observed?.spec.holderIdentity === this.options.identity;
      // Upstream's fast path: a valid leader writes over what it knows, and reads again only when that fails.
      if (mine && this.observed && this.valid() && (await this.tryUpdate(this.observed))) return true;
      return await this.tryFromServer();
    } catch (error) {
      if (isPanic(error)) throw error;
      return false;
    }
  }

  private async tryUpdate(current: Lease): Promise<boolean> {
    try {
      this.observe(await this.client.update(leases, { ...current, spec: this.record(current.spec) }));
      return true;
    } catch (error) {
      if (isPanic(error)) throw error;
      return false;
    }
  }

  private async tryFromServer(): Promise<boolean> {
    const { namespace, name, identity } = this.options;
    let current: Lease;
    try {
      current = await this.client.get(leases, { namespace, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.observe(await this.client.create(leases, { metadata: { namespace, name }, spec: this.record(undefined) }));
      return true;
    }
    if (!sameRecord(current, this.observed)) this.observe(current);
    const holder = current.spec.holderIdentity;
    if (holder && holder !== identity && this.valid()) return false;
    return this.tryUpdate(current);
  }

  private valid(): boolean {
    const seconds = this.observed?.spec.leaseDurationSeconds;
    const duration = seconds === undefined ? this.duration : seconds * 1000;
    return this.observedAt + duration > this.world.clock.now();
  }

  private observe(lease: Lease): void {
    this.observed = lease;
    this.observedAt = this.world.clock.now();
  }

  private record(previous: Lease['spec'] | undefined): Lease['spec'] {
    const now = formatMicroTime(this.world.clock.now());
    const mine = previous?.holderIdentity === this.options.identity;
    return {
      holderIdentity: this.options.identity,
      leaseDurationSeconds: Math.floor(this.duration / 1000),
      acquireTime: mine && previous.acquireTime && parseTime(previous.acquireTime) ? previous.acquireTime : now,
      renewTime: now,
      leaseTransitions: previous ? (previous.leaseTransitions ?? 0) + (mine ? 0 : 1) : 0,
    };
  }
}

/** Any change to the record means that its holder is alive. */
const sameRecord = (a: Lease, b: Lease | undefined): boolean =>
  a.spec.holderIdentity === b?.spec.holderIdentity &&
  a.spec.renewTime === b?.spec.renewTime &&
  a.spec.acquireTime === b?.spec.acquireTime &&
  a.spec.leaseTransitions === b?.spec.leaseTransitions;
