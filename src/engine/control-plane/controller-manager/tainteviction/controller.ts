/** Evicts Pods from Nodes with NoExecute taints, after what their tolerations allow. @upstream pkg/controller/tainteviction/taint_eviction.go */
import { type Node, nodes, type ObjectReference, type Pod, pods, type Taint } from '#engine/api';
import { objectKey, splitKey } from '#engine/apimachinery';
import { type Client, type EventRecorder, isPanic, type Lister, panic } from '#engine/client-go';
import type { Millis, Timer } from '#engine/sim';
import { type ControllerContext, recorderFor, SETTLE_MS } from '../context.ts';
import { disruptPod } from '../disrupt-pod.ts';
import { NODE_INDEX, nodeIndex } from '../pod-index.ts';
import { decided } from '../traces.ts';
import { tolerationSeconds } from './tolerations.ts';

/** What "at once" takes: a DaemonSet's controller, which deletes Pods from such a Node itself, is as fast. */
const AT_ONCE_MS = 2 * SETTLE_MS;
const RETRIES = 5;
const RETRY_MS = 10;

interface Eviction {
  readonly createdAt: Millis;
  readonly dueAt: Millis;
  readonly timer: Timer;
}

/** @fidelity full */
export function startTaintEvictionController(context: ControllerContext): void {
  const client = context.clientFor('node-controller');
  const controller = new TaintEviction(context, client, recorderFor(context, client, 'taint-eviction-controller'));
  const { informers, signal } = context;
  informers.informer(nodes).addEventHandler({
    added: (node) => controller.nodeChanged(node),
    updated: (previous, node) => {
      if (previous.spec.taints !== node.spec.taints) controller.nodeChanged(node);
    },
    deleted: (node) => controller.nodeGone(node),
  });
  informers.informer(pods).addEventHandler({
    added: (pod) => controller.podChanged(pod),
    updated: (previous, pod) => {
      if (previous.spec !== pod.spec) controller.podChanged(pod);
    },
    deleted: (pod) => controller.cancel(objectKey(pod)),
  });
  signal.addEventListener('abort', () => controller.stop(), { once: true });
}

class TaintEviction {
  private readonly tainted = new Map<string, readonly Taint[]>();
  private readonly evictions = new Map<string, Eviction>();
  private readonly pods: Lister<Pod>;

  constructor(
    private readonly context: ControllerContext,
    private readonly client: Client,
    private readonly recorder: EventRecorder,
  ) {
    this.pods = context.informers.informer(pods, { indexers: { [NODE_INDEX]: nodeIndex } }).lister;
  }

  stop(): void {
    for (const { timer } of this.evictions.values()) timer.cancel();
    this.evictions.clear();
  }

  nodeChanged({ metadata: { name }, spec }: Node): void {
    const taints = (spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
    if (taints.length > 0) this.tainted.set(name, taints);
    else if (!this.tainted.delete(name)) return;
    for (const pod of this.pods.byIndex(NODE_INDEX, name)) this.consider(pod, taints);
  }

  nodeGone({ metadata }: Node): void {
    this.tainted.delete(metadata.name);
  }

  podChanged(pod: Pod): void {
    const taints = this.tainted.get(pod.spec.nodeName ?? '');
    if (taints) this.consider(pod, taints);
  }

  cancel(key: string): void {
    const eviction = this.evictions.get(key);
    if (!eviction) return;
    eviction.timer.cancel();
    this.evictions.delete(key);
    decided(this.context.world, { controller: 'tainteviction', about: splitKey(key), did: 'cancel' });
    this.say(key, 'Cancelling deletion of');
  }

  private consider(pod: Pod, taints: readonly Taint[]): void {
    const key = objectKey(pod);
    if (taints.length === 0) {
      this.cancel(key);
      return;
    }
    const now = this.context.world.clock.now();
    const seconds = tolerationSeconds(taints, pod.spec.tolerations ?? []);
    if (seconds === 0 || seconds === Number.POSITIVE_INFINITY) {
      this.cancel(key);
      if (seconds === 0) this.schedule(pod, taints, now, AT_ONCE_MS);
      return;
    }
    const planned = this.evictions.get(key);
    // A shorter tolerance than the one that runs counts from when that one began.
    if (planned) {
      if (
        planned.createdAt + seconds * 1000 < planned.dueAt ||
        planned.createdAt + seconds * 1000 >= now + seconds * 1000
      ) {
        this.cancel(key);
      } else return;
    }
    const createdAt = planned?.createdAt ?? now;
    this.schedule(pod, taints, createdAt, Math.max(0, createdAt + seconds * 1000 - now));
  }

  private schedule(pod: Pod, taints: readonly Taint[], createdAt: Millis, ms: Millis): void {
    const { world } = this.context;
    const { clock } = world;
    const key = objectKey(pod);
    const { namespace, name } = pod.metadata;
    decided(world, {
      controller: 'tainteviction',
      about: { namespace, name },
      did: 'plan',
      node: pod.spec.nodeName ?? '',
      taints: taints.map((taint) => `${taint.key}:${taint.effect}`),
      dueAt: clock.now() + ms,
    });
    const timer = clock.after(ms, `taint eviction ${key}`, () => {
      this.evictions.delete(key);
      void this.evict(key);
    });
    this.evictions.set(key, { createdAt, dueAt: clock.now() + ms, timer });
  }

  private async evict(key: string): Promise<void> {
    const { world, signal } = this.context;
    decided(world, { controller: 'tainteviction', about: splitKey(key), did: 'evict' });
    this.say(key, 'Marking for deletion');
    const reason = 'DeletionByTaintManager';
    const message = 'Taint manager: deleting due to NoExecute taint';
    for (let tries = 1; tries <= RETRIES && !signal.aborted; tries++) {
      const pod = this.pods.get(key);
      if (!pod) return;
      try {
        await disruptPod(this.client, pod, { reason, message }, world.clock.now());
        return;
      } catch (error) {
        if (isPanic(error)) panic(world, error);
        await world.clock.sleep(RETRY_MS, 'taint eviction retry', signal);
      }
    }
  }

  private say(key: string, what: string): void {
    const { namespace = '', name } = splitKey(key);
    const reference: ObjectReference = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    this.recorder.event(reference, 'Normal', 'TaintManagerEviction', `${what} Pod ${key}`);
  }
}
