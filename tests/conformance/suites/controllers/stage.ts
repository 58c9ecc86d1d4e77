/** The cluster the histories were recorded on: a control plane, six hollow Nodes, and two Nodes that the recorder played. */
import { nodes, type Pod, pods } from '#engine/api';
import { type Client, createClient, createInformerFactory } from '#engine/client-go';
import { createApiServer } from '#engine/control-plane/apiserver/server';
import { runControllerManager } from '#engine/control-plane/controller-manager';
import { createEtcd } from '#engine/control-plane/etcd';
import { runScheduler } from '#engine/control-plane/scheduler';
import type { Handler } from '#engine/http';
import { createFabric, type Fabric } from '#engine/node/cni';
import { createContainerRuntime } from '#engine/node/cri';
import { runKubelet } from '#engine/node/kubelet';
import { createRng, formatTime, Loop, parseTime, type World } from '#engine/sim';
import { createImageRegistry } from '#engine/userland';
import { loadAsset } from '../../../../src/workers/node/assets.ts';

const USERS = [{ token: 'admin', username: 'admin', groups: ['system:masters'] }];

/** The recorder ends a Pod on a Node without kubelet so long after its deletion. */
const VIRTUAL_END_MS = 700;

export class Stage {
  private readonly fabric: Fabric;
  private readonly kubelets = new Map<string, AbortController>();
  private readonly stopped = new AbortController();
  private addresses = 1;

  private constructor(
    readonly loop: Loop,
    private readonly world: World,
    readonly handler: Handler,
    readonly client: Client,
  ) {
    this.fabric = createFabric(world);
  }

  static async start(): Promise<Stage> {
    const host = { settle: () => new Promise<void>((resolve) => setImmediate(resolve)), trace: () => {} };
    const loop = new Loop(host, parseTime('2026-01-01T00:00:00Z') as number);
    const world: World = { clock: loop, rng: createRng(1), trace: loop };
    const { handler } = createApiServer(world, {
      etcd: createEtcd(world),
      load: loadAsset,
      users: USERS,
      freeze: true,
    });
    const client = createClient(handler, { token: 'admin', userAgent: 'recorder' });
    const stage = new Stage(loop, world, handler, client);
    await stage.boot();
    return stage;
  }

  stop(): void {
    for (const kubelet of this.kubelets.values()) kubelet.abort();
    this.stopped.abort();
  }

  private async boot(): Promise<void> {
    const { world, stopped, loop } = this;
    const named = (userAgent: string) => createClient(this.handler, { token: 'admin', userAgent });
    const fail = (error: unknown) => loop.fail(error);
    const periods = {
      nodeMonitorGracePeriodMs: 12_000,
      nodeMonitorPeriodMs: 2_000,
      pvClaimBinderSyncPeriodMs: 5_000,
      horizontalPodAutoscalerSyncPeriodMs: 5_000,
    };
    const manager = { leaderElect: false, ...periods };
    runControllerManager(world, named('kube-controller-manager'), manager, stopped.signal).catch(fail);
    runScheduler(world, named('kube-scheduler'), { identity: 'recorder', leaderElect: false }, stopped.signal).catch(
      fail,
    );
    for (let i = 1; i <= 6; i++)
      this.startNode(`node-${i}`, { 'topology.kubernetes.io/zone': `zone-${((i - 1) % 3) + 1}` });
    // Components begin with more requests than the server takes at one instant.
    await this.pass(10);
    for (const name of ['virtual-1', 'virtual-2']) {
      const taints = [{ key: 'virtual', value: 'true', effect: 'NoSchedule' }];
      await this.client.create(nodes, {
        metadata: { name, labels: { 'node.kubernetes.io/exclude-disruption': '' } },
        spec: { taints },
      });
    }
    this.endVirtualPods();
    await this.pass(3000);
    // Virtual Nodes never fall silent: the recorder posted for them.
    await this.beat();
  }

  pass(ms: number): Promise<unknown> {
    return this.loop.runUntil(this.loop.now() + ms);
  }

  startNode(name: string, labels: { readonly [name: string]: string }): void {
    const address = `172.18.0.${++this.addresses}`;
    const power = new AbortController();
    const world: World = { ...this.world, rng: this.world.rng.fork(`node/${name}`) };
    const network = this.fabric.node(name) ?? this.fabric.addNode({ name, addresses: [address] });
    const runtime = createContainerRuntime(world, {
      nodeName: name,
      network,
      registry: createImageRegistry(),
      hollow: true,
    });
    const client = createClient(this.handler, { token: 'admin', userAgent: 'kubelet' });
    const capacity = { cpu: '1', memory: '3840Mi' };
    const options = { nodeName: name, runtime, net: network.net, addresses: [address], hollow: true, labels, capacity };
    runKubelet(world, client, options, power.signal).catch((error: unknown) => this.loop.fail(error));
    this.kubelets.set(name, power);
  }

  stopNode(name: string): void {
    this.kubelets.get(name)?.abort();
    this.kubelets.delete(name);
  }

  private async beat(): Promise<void> {
    const lastHeartbeatTime = '2026-01-01T00:00:00Z';
    const conditions = [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Virtual',
        message: 'virtual',
        lastHeartbeatTime,
        lastTransitionTime: lastHeartbeatTime,
      },
    ];
    for (const name of ['virtual-1', 'virtual-2']) {
      await this.client.patch(nodes, { name, subresource: 'status' }, 'merge', { status: { conditions } });
    }
    await this.touch();
  }

  private async touch(): Promise<void> {
    for (const name of ['virtual-1', 'virtual-2']) {
      const current = await this.client.get(nodes, { name });
      const lastHeartbeatTime = formatTime(this.loop.now());
      const conditions = (current.status.conditions ?? []).map((condition) => ({ ...condition, lastHeartbeatTime }));
      await this.client.updateStatus(nodes, { ...current, status: { ...current.status, conditions } });
    }
    this.loop.after(5000, 'virtual heartbeat', () => {
      if (!this.stopped.signal.aborted) this.touch().catch((error: unknown) => this.loop.fail(error));
    });
  }

  private endVirtualPods(): void {
    const end = async (pod: Pod) => {
      const { namespace, name } = pod.metadata;
      await this.loop.sleep(VIRTUAL_END_MS, 'virtual kubelet', this.stopped.signal);
      await this.client.patch(pods, { namespace, name, subresource: 'status' }, 'merge', {
        status: { phase: 'Failed' },
      });
      await this.client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0 });
    };
    createInformerFactory(this.world, this.client, this.stopped.signal)
      .informer(pods)
      .addEventHandler({
        updated: (previous, pod) => {
          const began =
            previous.metadata.deletionTimestamp === undefined && pod.metadata.deletionTimestamp !== undefined;
          const held = pod.metadata.annotations?.['recorder/hold'] !== undefined;
          if (began && !held && pod.spec.nodeName?.startsWith('virtual-')) end(pod).catch(() => undefined);
        },
      });
  }
}
