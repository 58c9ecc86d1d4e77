/** One Node's kubelet and runtime against the real API server, for the tests of the node rooms. */
import { setImmediate } from 'node:timers/promises';
import { type Pod, pods } from '#engine/api';
import type { WatchEvent } from '#engine/apimachinery';
import { type Client, createClient } from '#engine/client-go';
import { createApiServer } from '#engine/control-plane/apiserver/server';
import { createEtcd } from '#engine/control-plane/etcd';
import { type Handler, NetError } from '#engine/http';
import { createFabric, type Fabric } from '#engine/node/cni';
import { type ContainerRuntime, type ContainerRuntimeOptions, createContainerRuntime } from '#engine/node/cri';
import { type KubeletOptions, runKubelet } from '#engine/node/kubelet';
import { createKernel } from '#engine/os';
import { createRng, Loop, type World } from '#engine/sim';
import { loadAsset } from '../../src/workers/node/assets.ts';
import { testPrograms, testRegistry } from './images.ts';

const START = 1_795_339_860_000;

export interface Machine {
  readonly loop: Loop;
  readonly world: World;
  readonly fabric: Fabric;
  readonly client: Client;
  readonly api: Handler;
  readonly runtime: ContainerRuntime;
  /** Every version of every Pod, in order. */
  readonly history: WatchEvent<Pod>[];
  startKubelet(): AbortController;
  /** Whether the kubelet can reach the API server. */
  setApiDown(down: boolean): void;
  /** Runs `seconds` from now, or until `done`. */
  run(seconds: number, done?: () => boolean): Promise<void>;
  pod(name: string): Promise<Pod>;
  create(pod: { readonly name: string; readonly spec: object; readonly metadata?: object }): Promise<Pod>;
}

export interface MachineOptions {
  readonly runtime?: Partial<ContainerRuntimeOptions>;
  readonly kubelet?: Partial<KubeletOptions>;
  readonly cni?: boolean;
}

export async function startMachine(options: MachineOptions = {}): Promise<Machine> {
  const loop = new Loop({ settle: () => setImmediate() as Promise<void>, trace: () => undefined }, START);
  const world: World = { clock: loop, rng: createRng(7), trace: loop };
  const fabric = createFabric(world);
  const { handler } = createApiServer(world, {
    etcd: createEtcd(world),
    load: loadAsset,
    freeze: true,
    users: [{ token: 'admin', username: 'admin', groups: ['system:masters'] }],
  });
  const certificate = { commonName: 'admin', organizations: ['system:masters'] };
  const client = createClient((request) => handler({ ...request, peer: { address: '', certificate } }));
  let apiDown = false;
  const kubeletClient = createClient((request) => {
    if (apiDown)
      return Promise.reject(new NetError('ECONNREFUSED', 'dial tcp 10.99.0.1:6443: connect: connection refused'));
    return handler({ ...request, peer: { address: '', certificate } });
  });
  const network = fabric.addNode({ name: 'node-1', addresses: ['10.99.0.2'] });
  if (options.cni !== false) network.configure(['10.244.1.0/24']);
  const runtime = createContainerRuntime(world, {
    nodeName: 'node-1',
    network,
    registry: testRegistry,
    kernel: createKernel(world, { programs: testPrograms }),
    ...options.runtime,
  });
  const history: WatchEvent<Pod>[] = [];
  await loop.runUntil(START + 100);
  for (const name of ['default', 'kube-system']) await prepareNamespace(client, name);
  void client.watch(pods).then((source) => source.forEach((event) => void history.push(event)));
  const startKubelet = () => {
    const stop = new AbortController();
    const kubelet = { nodeName: 'node-1', runtime, net: network.net, addresses: ['10.99.0.2'], ...options.kubelet };
    void runKubelet(world, kubeletClient, kubelet, stop.signal).catch((error: unknown) => loop.fail(error));
    return stop;
  };
  const run = async (seconds: number, done?: () => boolean) => {
    await loop.runUntil(loop.now() + seconds * 1000, done);
  };
  return {
    loop,
    world,
    fabric,
    client,
    api: handler,
    runtime,
    history,
    startKubelet,
    setApiDown: (down) => {
      apiDown = down;
    },
    run,
    pod: (name) => client.get(pods, { namespace: 'default', name }),
    create: ({ name, spec, metadata }) =>
      client.create(pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default', ...metadata },
        spec: { nodeName: 'node-1', automountServiceAccountToken: false, ...spec },
      }),
  };
}

async function prepareNamespace(client: Client, namespace: string): Promise<void> {
  const make = async (path: string, body: object) => {
    try {
      await client.request('POST', path, { body });
    } catch {
      // It is there already.
      return;
    }
  };
  await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  await make(`/api/v1/namespaces/${namespace}/configmaps`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt' },
    data: { 'ca.crt': 'PEM' },
  });
}
