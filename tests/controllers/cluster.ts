/** A control plane without scheduler and Nodes: the real API server and controllers, and a kubelet of a few lines. */
import { type Deployment, type Pod, pods } from '#engine/api';
import { type Client, createClient, createInformerFactory } from '#engine/client-go';
import { createApiServer } from '#engine/control-plane/apiserver/server';
import { type ControllerManagerOptions, runControllerManager } from '#engine/control-plane/controller-manager';
import { createEtcd } from '#engine/control-plane/etcd';
import { NetError } from '#engine/http';
import { createRng, formatTime, Loop, type World } from '#engine/sim';
import { loadAsset } from '../../src/workers/node/assets.ts';

export interface TestCluster {
  readonly loop: Loop;
  readonly world: World;
  readonly client: Client;
  /** Runs for so many virtual seconds. */
  run(seconds: number): Promise<void>;
  readonly stop: AbortController;
  /** Writes of the controllers, by method and path. */
  readonly requests: string[];
  /** The controllers' way to the server. */
  readonly network: { down: boolean };
}

export interface TestOptions extends ControllerManagerOptions {
  /** False: Pods stay Pending. */
  readonly kubelet?: boolean;
  readonly readyAfterMs?: number;
  /** Where Pods go: in turn to three Nodes (default), to the first, or where their affinity pins them. */
  readonly bindTo?: 'turn' | 'first' | 'affinity';
  /** Deleted Pods do not end by themselves. */
  readonly holdPods?: boolean;
}

export function startCluster(options: TestOptions = {}): TestCluster {
  const loop = new Loop(
    { settle: () => new Promise((resolve) => setImmediate(resolve)), trace() {} },
    1_767_225_600_000,
  );
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const stop = new AbortController();
  const users = [{ token: 'admin', username: 'admin', groups: ['system:masters'] }];
  const { handler } = createApiServer(world, { etcd: createEtcd(world), load: loadAsset, users, freeze: true });
  const requests: string[] = [];
  const client = createClient(handler, { token: 'admin', userAgent: 'test' });
  const network = { down: false };
  const watched = createClient(
    async (request) => {
      if (network.down) throw new NetError('ECONNREFUSED', 'connect: connection refused');
      if (request.method !== 'GET') requests.push(`${request.method} ${request.path}`);
      return handler(request);
    },
    { token: 'admin', userAgent: 'kube-controller-manager' },
  );
  void runControllerManager(world, watched, { leaderElect: false, ...options }, stop.signal);
  if (options.kubelet !== false) runTinyKubelet(world, client, stop.signal, options);
  const run = async (seconds: number) => {
    await loop.runUntil(loop.now() + seconds * 1000);
  };
  return { loop, world, client, stop, requests, network, run };
}

function chooseNode({ spec }: Pod, options: TestOptions, turn: number): string {
  if (options.bindTo === 'first') return 'node-1';
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const pinned = required?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0];
  return pinned ?? `node-${(turn % 3) + 1}`;
}

/** Binds every Pod, makes it Ready, and lets it go when it is deleted. */
function runTinyKubelet(world: World, client: Client, signal: AbortSignal, options: TestOptions): void {
  let turn = 0;
  const informer = createInformerFactory(world, client, signal).informer(pods);
  const start = async (pod: Pod) => {
    const { namespace, name } = pod.metadata;
    if (!pod.spec.nodeName) {
      const target = { apiVersion: 'v1', kind: 'Node', name: chooseNode(pod, options, turn++) };
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
      await client.createSubresource(pods, { namespace, name }, 'binding', binding);
    }
    if (options.readyAfterMs) await world.clock.sleep(options.readyAfterMs, 'tiny kubelet', signal);
    const bound = await client.get(pods, { namespace, name });
    const time = formatTime(world.clock.now());
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: time });
    const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition);
    const ip = `10.244.${turn >> 8}.${turn & 255}`;
    const status = { ...bound.status, phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions };
    await client.updateStatus(pods, { ...bound, status });
  };
  informer.addEventHandler({
    added: (pod) => void start(pod).catch(() => undefined),
    updated: (previous, pod) => {
      if (options.holdPods || pod.metadata.deletionTimestamp === undefined) return;
      if (previous.metadata.deletionTimestamp !== undefined) return;
      const { namespace, name } = pod.metadata;
      void client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0 }).catch(() => undefined);
    },
  });
}

export const deployment = (name: string, replicas: number, spec: object = {}, image = 'nginx'): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image }] } },
      ...spec,
    },
  }) as unknown as Deployment;
