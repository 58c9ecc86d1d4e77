/** Notices Nodes that fell silent, taints them, and says so. @upstream pkg/controller/nodelifecycle/node_lifecycle_controller.go */
import { type Lease, leases, type Node, nodes, type ObjectReference, type Pod, pods } from '#engine/api';
import { isNotFound, keyOf } from '#engine/apimachinery';
import {
  type Client,
  type EventRecorder,
  isPanic,
  type Lister,
  panic,
  startController,
  watchWith,
} from '#engine/client-go';
import { formatTime, type Millis } from '#engine/sim';
import { type ControllerContext, recorderFor } from '../context.ts';
import { hasTaint, NOT_READY, swapTaints, UNREACHABLE } from '../node-taints.ts';
import { NODE_INDEX, nodeIndex } from '../pod-index.ts';
import { isPodReady, podCondition } from '../pod-status.ts';
import { decided } from '../traces.ts';
import { nodeCondition, noScheduleTaints, withUnknownConditions } from './conditions.ts';
import { type NodeHealth, observeHealth } from './health.ts';
import { evictionRate, TaintQueue, type ZoneState, zoneKey, zoneState } from './zones.ts';

const TAINTING_PERIOD_MS = 100;
const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-disruption';

/** @fidelity partial: the beta os and arch labels are left to the kubelet */
export function startNodeLifecycleController(context: ControllerContext): void {
  const { world, informers, options, signal } = context;
  const client = context.clientFor('node-controller');
  const controller = new NodeLifecycle(context, client, recorderFor(context, client, 'node-controller'));
  const nodeList = informers.informer(nodes).lister;
  const watches = [
    watchWith(nodes, (queue) => ({
      added: ({ metadata }) => queue.add(metadata.name),
      updated: (previous, node) => {
        const same =
          previous.status.conditions === node.status.conditions &&
          previous.spec.taints === node.spec.taints &&
          previous.spec.unschedulable === node.spec.unschedulable;
        if (!same) queue.add(node.metadata.name);
      },
    })),
  ];
  const reconcile = async (name: string) => {
    const node = nodeList.get(name);
    if (node) await controller.taintByCondition(node);
    return undefined;
  };
  startController(world, informers, { name: 'node lifecycle', workers: 8, watches, reconcile }, signal);

  const monitor = async () => {
    await informers.synced();
    while (!signal.aborted) {
      await controller.monitor();
      await world.clock.sleep(options.nodeMonitorPeriodMs ?? 5_000, 'node monitor', signal);
    }
  };
  monitor().catch((error: unknown) => panic(world, error));
}

class NodeLifecycle {
  private readonly known = new Map<string, Node>();
  private readonly health = new Map<string, NodeHealth>();
  private readonly zones = new Map<string, ZoneState>();
  private readonly queues = new Map<string, TaintQueue>();
  private readonly retry = new Set<string>();
  private tainting = false;
  private readonly nodes: Lister<Node>;
  private readonly pods: Lister<Pod>;
  private readonly leases: Lister<Lease>;

  constructor(
    private readonly context: ControllerContext,
    private readonly client: Client,
    private readonly recorder: EventRecorder,
  ) {
    const { informers } = context;
    this.nodes = informers.informer(nodes).lister;
    this.pods = informers.informer(pods, { indexers: { [NODE_INDEX]: nodeIndex } }).lister;
    this.leases = informers.informer(leases).lister;
  }

  private get now(): Millis {
    return this.context.world.clock.now();
  }

  async taintByCondition(node: Node): Promise<void> {
    const { add, remove } = noScheduleTaints(node);
    if (add.length === 0 && remove.length === 0) return;
    const taint = (key: string) => ({ key, effect: 'NoSchedule' });
    await swapTaints(this.client, node, add.map(taint), remove.map(taint), this.now);
  }

  async monitor(): Promise<void> {
    const all = this.nodes.list();
    await this.meet(all);
    const ready = new Map<string, boolean[]>();
    for (const node of all) {
      try {
        await this.examine(node, ready);
      } catch (error) {
        if (isPanic(error)) throw error;
      }
    }
    await this.handleDisruption(ready, all);
    this.planTainting();
  }

  private async meet(all: readonly Node[]): Promise<void> {
    for (const node of all) {
      const { name } = node.metadata;
      if (this.known.has(name)) continue;
      this.recordNodeEvent(node, 'RegisteredNode', `Registered Node ${name} in Controller`);
      this.known.set(name, node);
      await this.markReachable(node);
    }
    for (const [name, node] of this.known) {
      if (this.nodes.get(name)) continue;
      this.recordNodeEvent(node, 'RemovingNode', `Removing Node ${name} from Controller`);
      this.known.delete(name);
      this.health.delete(name);
      this.retry.delete(name);
      this.queueOf(node).remove(name);
    }
  }

  private async examine(node: Node, ready: Map<string, boolean[]>): Promise<void> {
    const { name, labels } = node.metadata;
    const before = nodeCondition(node, 'Ready');
    const checked = await this.checkHealth(node);
    const after = nodeCondition(checked, 'Ready');
    if (labels?.[EXCLUDE_LABEL] === undefined) {
      const zone = zoneKey(node);
      const isReady = after?.status === 'True';
      const group = ready.get(zone);
      if (group) group.push(isReady);
      else ready.set(zone, [isReady]);
    }
    if (!after) return;
    await this.taintByReadiness(checked, after.status);
    if (after.status !== 'True' && before?.status === 'True') {
      this.recorder.event(nodeReference(node), 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
      await this.markPodsNotReady(name);
    } else if (this.retry.has(name) && before?.status !== 'True') await this.markPodsNotReady(name);
  }

  /** The Node, with Unknown conditions when it was silent for too long. */
  private async checkHealth(node: Node): Promise<Node> {
    const { name } = node.metadata;
    const { nodeMonitorGracePeriodMs = 50_000, nodeStartupGracePeriodMs = 60_000 } = this.context.options;
    const lease = this.leases.get(keyOf(name, 'kube-node-lease'));
    const health = observeHealth(this.health.get(name), node, lease, this.now);
    this.health.set(name, health);
    const grace = health.ready ? nodeMonitorGracePeriodMs : nodeStartupGracePeriodMs;
    if (this.now <= health.probedAt + grace) return node;
    const unknown = withUnknownConditions(node, this.now);
    if (nodeCondition(unknown, 'Ready') === health.ready) return node;
    decided(this.context.world, {
      controller: 'nodelifecycle',
      about: { name },
      did: 'unknown',
      heardAt: health.probedAt,
      graceMs: grace,
    });
    const written = await this.client.updateStatus(nodes, unknown);
    this.health.set(name, { ...health, ready: nodeCondition(written, 'Ready') });
    return written;
  }

  private async taintByReadiness(node: Node, status: string): Promise<void> {
    const { name } = node.metadata;
    if (status === 'True') {
      await this.markReachable(node);
      return;
    }
    const [wanted, opposite] = status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY];
    if (hasTaint(node, noExecute(opposite))) {
      await swapTaints(this.client, node, [noExecute(wanted)], [noExecute(opposite)], this.now);
      return;
    }
    const queue = this.queueOf(node);
    if (!hasTaint(node, noExecute(wanted))) queue.forget(name);
    queue.add(name);
  }

  private async markReachable(node: Node): Promise<void> {
    const stale = [UNREACHABLE, NOT_READY].map(noExecute).filter((taint) => hasTaint(node, taint));
    if (stale.length > 0) await swapTaints(this.client, node, [], stale, this.now);
    this.queueOf(node).remove(node.metadata.name);
  }

  private queueOf(node: Node): TaintQueue {
    const zone = zoneKey(node);
    let queue = this.queues.get(zone);
    if (!queue) {
      queue = new TaintQueue(this.context.world.clock);
      this.queues.set(zone, queue);
    }
    return queue;
  }

  /** Looks at the queues every 100 ms as upstream does, but only while one has a Node. */
  private planTainting(): void {
    if (this.tainting || [...this.queues.values()].every((queue) => queue.isEmpty)) return;
    this.tainting = true;
    this.context.world.clock.after(TAINTING_PERIOD_MS, 'node tainting', () => {
      this.tainting = false;
      if (this.context.signal.aborted) return;
      this.taintWaiting().catch((error: unknown) => {
        if (isPanic(error)) panic(this.context.world, error);
      });
    });
  }

  private async taintWaiting(): Promise<void> {
    try {
      for (const queue of this.queues.values()) {
        for (let name = queue.next(); name !== undefined; name = queue.next()) {
          const node = this.nodes.get(name);
          const status = node && nodeCondition(node, 'Ready')?.status;
          if (!node || status === undefined || status === 'True') continue;
          const [wanted, opposite] = status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY];
          await swapTaints(this.client, node, [noExecute(wanted)], [noExecute(opposite)], this.now);
        }
      }
    } finally {
      this.planTainting();
    }
  }

  private async handleDisruption(ready: ReadonlyMap<string, readonly boolean[]>, all: readonly Node[]): Promise<void> {
    const next = new Map([...ready].map(([zone, nodes]) => [zone, zoneState(nodes)]));
    for (const zone of next.keys()) if (!this.zones.has(zone)) this.zones.set(zone, 'Initial');
    for (const zone of this.zones.keys()) if (!next.has(zone)) this.zones.delete(zone);
    const allAre = [...next.values()].every((state) => state === 'FullDisruption');
    const allWere = [...this.zones.values()].every((state) => state === 'FullDisruption');
    if (allAre && allWere) return;
    if (allAre) {
      for (const node of all) await this.markReachable(node);
      for (const zone of this.zones.keys()) {
        this.queues.get(zone)?.limit(0);
        this.zones.set(zone, 'FullDisruption');
      }
      return;
    }
    if (allWere) for (const [name, health] of this.health) this.health.set(name, { ...health, probedAt: this.now });
    for (const [zone, state] of next) {
      if (!allWere && this.zones.get(zone) === state) continue;
      this.queues.get(zone)?.limit(evictionRate(state, ready.get(zone)?.length ?? 0));
      this.zones.set(zone, state);
    }
  }

  private async markPodsNotReady(node: string): Promise<void> {
    this.retry.delete(node);
    for (const pod of this.pods.byIndex(NODE_INDEX, node)) {
      if (!isPodReady(pod)) continue;
      const ready = podCondition(pod, 'Ready');
      const conditions = (pod.status.conditions ?? []).map((condition) =>
        condition === ready ? { ...condition, status: 'False', lastTransitionTime: formatTime(this.now) } : condition,
      );
      try {
        await this.client.updateStatus(pods, { ...pod, status: { ...pod.status, conditions } });
        this.recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
      } catch (error) {
        if (isPanic(error)) throw error;
        if (!isNotFound(error)) this.retry.add(node);
      }
    }
  }

  private recordNodeEvent(node: Node, reason: string, event: string): void {
    this.recorder.event(nodeReference(node), 'Normal', reason, `Node ${node.metadata.name} event: ${event}`);
  }
}

const noExecute = (key: string) => ({ key, effect: 'NoExecute' });

const nodeReference = ({ metadata }: Node): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'Node',
  name: metadata.name,
  ...(metadata.uid !== undefined && { uid: metadata.uid }),
});
