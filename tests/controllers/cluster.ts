/** A control plane without scheduler and Nodes: the real API server and controllers, and a kubelet of a few lines. */
import { type Deployment, type Pod, pods } from '#engine/api';
import { type Client, createClient, createInformerFactory } from '#engine/client-go';
import { createApiServer } from '#engine/control-plane/apiserver';
import { type ControllerManagerOptions, runControllerManager } from '#engine/control-plane/controller-manager';
import { createEtcd } from '#engine/control-plane/etcd';
import { createRng, formatTime, Loop, type World } from '#engine/sim';

export interface TestCluster {
  readonly loop: Loop;
  readonly world: World;
  readonly client: Client;
  /** Runs for so many virtual seconds. */
  run(seconds: number): Promise<void>;
  readonly stop: AbortController;
  /** Answers to requests of the controllers, by method and path. */
  readonly requests: string[];
}

export function startCluster(
  options: ControllerManagerOptions & { readonly kubelet?: boolean; readonly readyAfterMs?: number } = {},
): TestCluster {
  const loop = new Loop(
    { settle: () => new Promise((resolve) => setImmediate(resolve)), trace() {} },
    1_767_225_600_000,
  );
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const stop = new AbortController();
  const users = [{ token: 'admin', username: 'admin', groups: ['system:masters'] }];
  const { handler } = createApiServer(world, { etcd: createEtcd(world), users, freeze: true }, stop.signal);
  const requests: string[] = [];
  const client = createClient(handler, { token: 'admin', userAgent: 'test' });
  const watched = createClient(
    (request) => {
      if (request.method !== 'GET') requests.push(`${request.method} ${request.path}`);
      return handler(request);
    },
    { token: 'admin', userAgent: 'kube-controller-manager' },
  );
  void runControllerManager(world, watched, { leaderElect: false, ...options }, stop.signal);
  if (options.kubelet !== false) runTinyKubelet(world, client, stop.signal, options.readyAfterMs ?? 0);
  return {
    loop,
    world,
    client,
    stop,
    requests,
    run: async (seconds) => void (await loop.runUntil(loop.now() + seconds * 1000)),
  };
}

/** Binds every Pod to one of three Nodes, makes it Ready, and lets it go when it is deleted. */
function runTinyKubelet(world: World, client: Client, signal: AbortSignal, readyAfterMs: number): void {
  let turn = 0;
  const informer = createInformerFactory(world, client, signal).informer(pods);
  const start = async (pod: Pod) => {
    const { namespace, name } = pod.metadata;
    if (!pod.spec.nodeName) {
      const target = { apiVersion: 'v1', kind: 'Node', name: `node-${(turn++ % 3) + 1}` };
      await client.createSubresource(pods, { namespace, name }, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target,
      });
    }
    await world.clock.sleep(readyAfterMs, 'tiny kubelet', signal);
    const bound = await client.get(pods, { namespace, name });
    const time = formatTime(world.clock.now());
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: time });
    const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition);
    const ip = `10.244.0.${(turn % 250) + 1}`;
    await client.updateStatus(pods, {
      ...bound,
      status: { ...bound.status, phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions },
    });
  };
  informer.addEventHandler({
    added: (pod) => void start(pod).catch(() => undefined),
    updated: (previous, pod) => {
      if (pod.metadata.deletionTimestamp === undefined || previous.metadata.deletionTimestamp !== undefined) return;
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
