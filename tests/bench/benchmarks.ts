/** The whole cluster at work. Every benchmark checks that the work was really done. */
import { type Deployment, deployments, pods } from '#engine/api';
import { createClient } from '#engine/client-go';
import { type Cluster, type ClusterOptions, createCluster } from '#engine/cluster';
import { nodeHost } from '../../src/workers/node/host.ts';
import { crud, fanOut, table } from './api.ts';
import type { Benchmark } from './measure.ts';

const HOUR = 3_600_000;

async function boot(options: ClusterOptions): Promise<Cluster> {
  const cluster = await createCluster(nodeHost(), options);
  if (!(await cluster.loop.runUntil(cluster.loop.now() + HOUR, () => cluster.ready)))
    throw new Error('the cluster did not get ready');
  return cluster;
}

/** Runs the loop until the promise is settled. */
async function complete<T>(cluster: Cluster, promise: Promise<T>): Promise<T> {
  let done = false;
  const settled = promise.finally(() => {
    done = true;
  });
  settled.catch(() => undefined);
  if (!(await cluster.loop.runUntil(cluster.loop.now() + HOUR, () => done)))
    throw new Error('no answer within a virtual hour');
  return settled;
}

const admin = (cluster: Cluster) => createClient(cluster.apiserver, { token: cluster.adminToken, userAgent: 'bench' });

function web(replicas: number): Pick<Deployment, 'spec'> & { metadata: { name: string; namespace: string } } {
  return {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{ name: 'nginx', image: 'nginx:1.27', resources: { requests: { cpu: '10m', memory: '16Mi' } } }],
        },
      },
    },
  };
}

/** A Deployment of that many replicas from nothing to all Ready. */
const rollout =
  (replicas: number, options: ClusterOptions): Benchmark =>
  async () => {
    const cluster = await boot(options);
    const booted = process.cpuUsage();
    const start = cluster.loop.now();
    const client = admin(cluster);
    await complete(cluster, client.create(deployments, web(replicas)));
    const watch = await complete(
      cluster,
      client.watch(deployments, { namespace: 'default', fieldSelector: 'metadata.name=web', resourceVersion: '0' }),
    );
    let ready = 0;
    const ended = watch.forEach(({ object }) => {
      ready = object.status.readyReplicas ?? 0;
    });
    ended.catch((error) => cluster.loop.fail(error));
    if (!(await cluster.loop.runUntil(cluster.loop.now() + HOUR, () => ready === replicas)))
      throw new Error(`only ${ready} Ready`);
    const used = process.cpuUsage(booted);
    const listed = await complete(cluster, client.list(pods, { namespace: 'default' }));
    const running = listed.items.filter((pod) => pod.status.phase === 'Running').length;
    if (running !== replicas) throw new Error(`${running} Pods run instead of ${replicas}`);
    return `all Ready in ${(cluster.loop.now() - start) / 1000} virtual s, ${((used.user + used.system) / 1e6).toFixed(2)} CPU s after boot`;
  };

async function idleHour(): Promise<string> {
  const cluster = await boot({ nodes: 3 });
  await cluster.loop.runUntil(cluster.loop.now() + 60_000);
  const start = performance.now();
  await cluster.loop.runUntil(cluster.loop.now() + HOUR);
  return `one simulated hour in ${((performance.now() - start) / 1000).toFixed(2)} s`;
}

/** A Deployment scaled up and down a thousand times: memory must not grow with history. */
async function scaleCycles(): Promise<string> {
  const cluster = await boot({ nodes: 3 });
  const client = admin(cluster);
  await complete(cluster, client.create(deployments, web(1)));
  const samples: number[] = [];
  for (let cycle = 0; cycle < 1000; cycle++) {
    for (const replicas of [5, 1]) {
      await complete(
        cluster,
        client.patch(deployments, { namespace: 'default', name: 'web' }, 'merge', { spec: { replicas } }),
      );
      await cluster.loop.runUntil(cluster.loop.now() + 40_000);
    }
    if (cycle % 100 === 99) {
      globalThis.gc?.();
      samples.push(Math.round(process.memoryUsage().heapUsed / 1e6));
    }
  }
  const early = samples[2] as number;
  const late = samples.at(-1) as number;
  if (late > early * 1.3 + 10) throw new Error(`the heap grew from ${early} to ${late} MB: ${samples.join(' ')}`);
  return `heap by 100 cycles, MB: ${samples.join(' ')}`;
}

/** `hollow`: containers start at once, without programs. `kubeadm`: a control plane of Pods, an agent or two on each Node, nginx really running. */
const hollow = (replicas: number, nodes: number) => rollout(replicas, { nodes, shape: 'hollow' });
const whole = (replicas: number, nodes: number) => rollout(replicas, { nodes });

export const benchmarks: ReadonlyMap<string, Benchmark> = new Map<string, Benchmark>([
  ['api-crud-2kb', crud],
  ['api-watch-100', fanOut],
  ['api-table-10000', table],
  ['hollow-100-on-10', hollow(100, 10)],
  ['hollow-1000-on-100', hollow(1000, 100)],
  ['hollow-2000-on-100', hollow(2000, 100)],
  ['hollow-4000-on-100', hollow(4000, 100)],
  ['hollow-10000-on-1000', hollow(10_000, 1000)],
  ['kubeadm-100-on-10', whole(100, 10)],
  ['kubeadm-1000-on-100', whole(1000, 100)],
  ['idle-hour-3-nodes', idleHour],
  ['scale-cycles-1000', scaleCycles],
]);
