/** One machine of the cluster: its place on the network, its container runtime and disk, and the kubelet that runs while it has power. */

import type { NodeNetwork } from '#engine/node/cni';
import { type ContainerRuntime, createContainerRuntime } from '#engine/node/cri';
import { runKubelet } from '#engine/node/kubelet';
import type { Millis, Saved, World } from '#engine/sim';
import { CONTROL_PLANE_ROLE } from './bootstrap.ts';
import { componentImages } from './component-images.ts';
import type { MachineSpec } from './machine-spec.ts';
import { NodeClock } from './node-clock.ts';
import { CLUSTER_DNS, podNetworkOf } from './options.ts';
import { CONTROL_PLANE, type Site } from './site.ts';
import { directorySource } from './static-pod-source.ts';
import { type StaticPod, staticPods } from './static-pods.ts';
import { certificateClient } from './transport.ts';

const MANIFESTS = '/etc/kubernetes/manifests';
const encoder = new TextEncoder();

export class NodeMachine {
  readonly network: NodeNetwork;
  readonly runtime: ContainerRuntime;
  private readonly world: World;
  private readonly written: readonly StaticPod[];
  private readonly clock: NodeClock;
  private power: AbortController | undefined;

  constructor(
    private readonly site: Site,
    readonly spec: MachineSpec,
    /** What is on its disk from before; without it the machine is new. */
    saved?: Saved,
  ) {
    const { rng, trace } = site.world;
    this.clock = new NodeClock(site.world.clock);
    this.world = { clock: this.clock, rng: rng.fork(`node/${spec.name}`), trace };
    const ledger = site.disk.ledger?.section('node').section(spec.name);
    this.network = site.fabric.addNode({
      name: spec.name,
      addresses: [spec.address],
      ...(ledger && { ledger }),
      ...(saved && { saved }),
    });
    this.runtime = createContainerRuntime(this.world, {
      nodeName: spec.name,
      network: this.network,
      registry: site.registry,
      kernel: site.kernel,
      preloaded: componentImages.map(({ name, tag }) => `${name}:${tag}`),
      ...(this.hollow && { hollow: true }),
      ...(ledger && { ledger }),
      ...(saved && { saved }),
    });
    const own = spec.name === CONTROL_PLANE && !this.hollow;
    this.written = own ? staticPods(spec.address, podNetworkOf(site.options)) : [];
    if (saved) return;
    if (own) this.runtime.nodeFs.mkdir(MANIFESTS, { recursive: true });
    for (const { file, text } of this.written)
      this.runtime.nodeFs.writeFile(`${MANIFESTS}/${file}`, encoder.encode(text));
  }

  /** How much the machine's clock shows more than the true time. */
  set skewMs(ms: Millis) {
    this.clock.skewMs = ms;
  }

  get running(): boolean {
    return this.power !== undefined;
  }

  /** Powers the machine on; its kubelet starts and finds the disk as it was left. */
  start(): void {
    if (this.power) return;
    const power = new AbortController();
    this.power = power;
    this.network.power(true);
    this.runtime.powerOn();
    const { name, address, labels, cpu, memory } = this.spec;
    const manifests = {
      fs: this.runtime.nodeFs,
      path: MANIFESTS,
      written: this.written,
      load: this.site.load,
    };
    const tainted = name === CONTROL_PLANE && (this.site.options.nodes ?? 2) > 1;
    const client = certificateClient(
      this.network.net,
      this.site.apiAddress,
      { commonName: `system:node:${name}`, organizations: ['system:nodes'] },
      this.hollow ? 'hollow-kubelet' : 'kubelet',
    );
    const kubelet = runKubelet(
      this.world,
      client,
      {
        nodeName: name,
        runtime: this.runtime,
        net: this.network.net,
        addresses: [address],
        clusterDns: [CLUSTER_DNS],
        extra: () => this.site.load('kubeletstats'),
        ...(this.hollow && { hollow: true }),
        ...(!this.hollow && { staticPods: directorySource(this.world, manifests, power.signal) }),
        ...(tainted && { taints: [{ key: CONTROL_PLANE_ROLE, effect: 'NoSchedule' }] }),
        ...(labels && { labels }),
        ...((cpu || memory) && { capacity: { ...(cpu && { cpu }), ...(memory && { memory }) } }),
      },
      power.signal,
    );
    kubelet.catch((error) =>
      this.world.clock.after(0, `kubelet ${name} failed`, () => {
        throw error;
      }),
    );
  }

  /** Pulls the plug: kubelet and containers are gone at once, packets vanish; the disk stays. */
  crash(): void {
    if (!this.power) return;
    this.power.abort();
    this.power = undefined;
    this.network.power(false);
    this.runtime.crash();
  }

  /** The machine is thrown away, with its disk. */
  scrap(): void {
    this.site.disk.ledger?.section('node').section(this.spec.name).clear();
  }

  private get hollow(): boolean {
    return this.site.options.shape === 'hollow';
  }
}
