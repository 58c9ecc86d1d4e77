/** Registers the Node, keeps its Lease fresh and its status true. @upstream pkg/kubelet/kubelet_node_status.go, staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go */
import { type Lease, leases, type Node, type NodeStatus, nodes } from '#engine/api';
import { isAlreadyExists, isConflict, isNotFound, StatusError } from '#engine/apimachinery';
import type { Client, EventRecorder } from '#engine/client-go';
import { NetError } from '#engine/http';
import type { ContainerRuntime } from '#engine/node/cri';
import { formatMicroTime, formatTime, type Millis, type Rng, type Timer, type World } from '#engine/sim';
import { initialNode, nodeStatus } from './node-status.ts';
import { equal } from './status-manager.ts';
import type { KubeletOptions } from './types.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
/** A gap between renewals that others may have noticed. */
const MISSED_MS = 25_000;
/** How often upstream's eviction manager looks. */
const PRESSURE_MONITOR_MS = 10_000;
const REPORT_MS = 300_000;
const CSI_READY_MS = 250;
const MAX_RETRY_MS = 7_000;
const CNI_NOT_READY =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/** @fidelity partial: status is computed when something changes instead of every 10 s; reported every 5 min as upstream */
export class NodeAgent {
  node: Node | undefined;
  private lease: Lease | undefined;
  private reported: NodeStatus | undefined;
  private csiReady = false;
  private sending = false;
  private dirty = false;
  private reportTimer: Timer | undefined;
  private readonly rng: Rng;

  constructor(
    private readonly world: World,
    private readonly client: Client,
    private readonly options: KubeletOptions,
    private readonly runtime: ContainerRuntime,
    private readonly recorder: EventRecorder,
    private readonly signal: AbortSignal,
  ) {
    this.rng = world.rng.fork(`kubelet/${options.nodeName}/agent`);
  }

  /** Resolves when the Node is registered; leases and statuses go on until the signal aborts. */
  async start(): Promise<void> {
    await this.register();
    if (this.signal.aborted) return;
    this.event('Starting', 'Starting kubelet.');
    for (const [reason, what] of [
      ['NodeHasSufficientMemory', 'NodeHasSufficientMemory'],
      ['NodeHasNoDiskPressure', 'NodeHasNoDiskPressure'],
      ['NodeHasSufficientPID', 'NodeHasSufficientPID'],
    ] as const) {
      this.event(reason, `Node ${this.options.nodeName} status is now: ${what}`);
    }
    this.event('NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    void this.renewLoop();
    const stopListening = this.runtime.onNetworkReady(() => this.changed());
    this.signal.addEventListener('abort', stopListening, { once: true });
    const stopWatching = this.runtime.onDiskChanged(() => {
      this.world.clock.after(PRESSURE_MONITOR_MS, 'kubelet/pressure', () => this.changed());
    });
    this.signal.addEventListener('abort', stopWatching, { once: true });
    this.world.clock.after(CSI_READY_MS, 'kubelet/csinode', () => {
      this.csiReady = true;
      this.changed();
    });
    this.schedule();
  }

  /** Reads the Node as it is now in the API, if that can be reached. */
  async refresh(): Promise<void> {
    try {
      this.node = await this.client.get(nodes, { name: this.options.nodeName });
    } catch (error) {
      if (!isRemote(error)) throw error;
    }
  }

  /** Something the status tells of has changed. */
  changed(): void {
    if (this.signal.aborted || !this.node) return;
    this.dirty = true;
    if (!this.sending) void this.send();
  }

  private get notReady(): readonly string[] {
    const reasons: string[] = [];
    if (!this.options.hollow && !this.runtime.networkReady) reasons.push(CNI_NOT_READY);
    if (!this.csiReady) reasons.push('CSINode is not yet initialized');
    return reasons;
  }

  private compute(): NodeStatus {
    return nodeStatus({
      options: this.options,
      notReady: this.notReady,
      diskFull: this.runtime.disk.full,
      images: this.options.hollow ? [] : this.runtime.images.list(),
      previous: this.reported?.conditions ?? [],
      now: formatTime(this.world.clock.now()),
    });
  }

  private async register(): Promise<void> {
    await this.runtime.ready;
    for (let delay = 100; !this.signal.aborted; delay = Math.min(delay * 2, MAX_RETRY_MS)) {
      try {
        const status = this.compute();
        const draft = initialNode(this.options, status);
        try {
          this.node = await this.client.create(nodes, draft);
        } catch (error) {
          if (!isAlreadyExists(error)) throw error;
          this.node = await this.reconcile(draft);
        }
        this.reported = this.node.status;
        return;
      } catch (error) {
        if (!isRemote(error)) throw error;
      }
      await this.world.clock.sleep(delay, 'kubelet/register', this.signal);
    }
  }

  /** A Node of that name is there already: after a restart its labels are brought up to date. */
  private async reconcile(draft: Node): Promise<Node> {
    const existing = await this.client.get(nodes, { name: draft.metadata.name });
    const missing = Object.entries(draft.metadata.labels ?? {}).filter(
      ([key, value]) => existing.metadata.labels?.[key] !== value,
    );
    if (missing.length === 0) return existing;
    return this.client.patch(nodes, { name: draft.metadata.name }, 'strategic', {
      metadata: { labels: Object.fromEntries(missing) },
    });
  }

  private async send(): Promise<void> {
    this.sending = true;
    while (this.dirty && !this.signal.aborted) {
      this.dirty = false;
      try {
        await this.report(false);
      } catch (error) {
        if (!isRemote(error)) throw error;
        this.world.clock.after(RENEW_MS, 'kubelet/status-retry', () => this.changed());
      }
    }
    this.sending = false;
  }

  private async report(heartbeat: boolean): Promise<void> {
    const wasReady = this.reported?.conditions?.some(
      (condition) => condition.type === 'Ready' && condition.status === 'True',
    );
    const next = this.compute();
    if (!heartbeat && sameButForHeartbeats(this.reported, next)) return;
    const patch = { status: { ...changedFields(this.reported, next), conditions: next.conditions } };
    this.node = await this.client.patch(
      nodes,
      { name: this.options.nodeName, subresource: 'status' },
      'strategic',
      patch,
    );
    this.reported = this.node.status;
    if (!wasReady && this.notReady.length === 0)
      this.event('NodeReady', `Node ${this.options.nodeName} status is now: NodeReady`);
  }

  /** Unchanged statuses are still reported every five minutes, at a time of each Node's own. */
  private schedule(): void {
    const delay: Millis = REPORT_MS * 0.75 + this.rng.int(REPORT_MS / 2);
    this.reportTimer?.cancel();
    this.reportTimer = this.world.clock.after(delay, 'kubelet/node-status', () => {
      if (this.signal.aborted) return;
      this.schedule();
      this.report(true).catch((error: unknown) => {
        if (!isRemote(error)) throw error;
        this.changed();
      });
    });
  }

  private async renewLoop(): Promise<void> {
    let lastMs = this.world.clock.now();
    while (!this.signal.aborted) {
      try {
        await this.inTime(this.renew());
        const now = this.world.clock.now();
        // Out of reach for a while: the control plane may have written us off.
        if (now - lastMs > MISSED_MS) void this.restate();
        lastMs = now;
      } catch (error) {
        if (!isRemote(error)) throw error;
        if (isConflict(error) || isNotFound(error)) this.lease = undefined;
      }
      await this.world.clock.sleep(RENEW_MS + this.rng.int(RENEW_MS * 0.04), 'kubelet/lease', this.signal);
    }
  }

  /** Compares with what the API says now, and reports again what somebody else has changed. */
  private async restate(): Promise<void> {
    await this.refresh();
    this.reported = this.node?.status;
    this.changed();
  }

  /** Like upstream's heartbeat client, gives a request up after ten seconds. */
  private inTime(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.world.clock.after(RENEW_MS, 'kubelet/lease-timeout', () =>
        reject(new NetError('ETIMEDOUT', 'context deadline exceeded')),
      );
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  private async renew(): Promise<void> {
    const name = this.options.nodeName;
    const renewTime = formatMicroTime(this.world.clock.now());
    this.lease ??= await this.findLease(name);
    if (this.lease) {
      this.lease = await this.client.update(leases, { ...this.lease, spec: { ...this.lease.spec, renewTime } });
      return;
    }
    const uid = this.node?.metadata.uid ?? '';
    this.lease = await this.client.create(leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: LEASE_NAMESPACE, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
      spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime },
    });
  }

  private async findLease(name: string): Promise<Lease | undefined> {
    try {
      return await this.client.get(leases, { namespace: LEASE_NAMESPACE, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private event(reason: string, message: string): void {
    if (this.options.hollow || !this.node) return;
    // Upstream's events about Nodes carry the name in place of the uid.
    const name = this.options.nodeName;
    this.recorder.event({ kind: 'Node', name, uid: name, apiVersion: 'v1' }, 'Normal', reason, message);
  }
}

export const isRemote = (error: unknown): boolean => error instanceof StatusError || error instanceof NetError;

function changedFields(from: NodeStatus | undefined, to: NodeStatus): { readonly [field: string]: unknown } {
  const before: { readonly [field: string]: unknown } = { ...from };
  return Object.fromEntries(
    Object.entries(to).filter(([field, value]) => field !== 'conditions' && !equal(before[field], value)),
  );
}

function sameButForHeartbeats(from: NodeStatus | undefined, to: NodeStatus): boolean {
  if (!from || Object.keys(changedFields(from, to)).length > 0) return false;
  return (to.conditions ?? []).every((next) => {
    const old = from.conditions?.find((condition) => condition.type === next.type);
    return old?.status === next.status && old.reason === next.reason && old.message === next.message;
  });
}
