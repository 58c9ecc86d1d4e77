/** One Node's part of the network: its own namespace, its Pods' addresses, its forwarding rules. */
import { httpRequest, type Listener, type Net, NetError } from '#engine/http';
import type { Ledger, Saved } from '#engine/sim';
import { AddressPool, parseBlock } from './address.ts';
import { connect } from './dial.ts';
import { HEALTH_CHECK_MS } from './flow.ts';
import { ForwardingTable, type Protocol } from './forwarding.ts';
import type { Medium } from './medium.ts';
import { type HostNet, Namespace } from './namespace.ts';
import type { Resolver } from './resolver.ts';

export interface PodAttachment {
  readonly namespace: string;
  readonly name: string;
  /** Shares the Node's addresses and ports. */
  readonly hostNetwork: boolean;
  readonly hostPorts?: readonly {
    readonly protocol: Protocol;
    readonly hostPort: number;
    readonly containerPort: number;
  }[];
  readonly resolver?: Resolver;
  /** Instead of an address of the Node's block (hollow Pods all have the same one, which routes nowhere). */
  readonly address?: string;
}

/** A Pod's place on the network, from its sandbox's start to its end. */
export interface PodNetwork {
  readonly addresses: readonly string[];
  readonly net: Net;
  /** Its connections are reset. */
  detach(): void;
  /** The machine lost power: its peers are not told. */
  vanish(): void;
}

export interface NodeNetworkSpec {
  readonly name: string;
  readonly addresses: readonly string[];
  /** The Node's disk: the CNI plugin's configuration and which address it gave last. */
  readonly ledger?: Ledger;
  readonly saved?: Saved;
}

/** As /etc/cni/net.d and /var/lib/cni. */
interface CniFiles {
  readonly podCidrs: readonly string[];
  /** Address last given, by block. */
  readonly last: readonly number[];
}

export class NodeNetwork {
  readonly namespace: Namespace;
  readonly net: HostNet;
  readonly forwarding: ForwardingTable;
  powered = true;
  private pools: readonly AddressPool[] = [];
  private podCidrs: readonly string[] = [];
  private readonly pods = new Set<PodNetwork>();
  private listeners: (() => void)[] = [];

  readonly name: string;
  readonly addresses: readonly string[];

  constructor(
    private readonly fabric: Medium,
    private readonly spec: NodeNetworkSpec,
  ) {
    const { name, addresses } = spec;
    this.name = name;
    this.addresses = addresses;
    this.namespace = new Namespace([name], addresses, name, true);
    this.net = fabric.netOf(this.namespace);
    this.forwarding = new ForwardingTable(fabric.world.rng.fork(`forwarding/${name}`));
  }

  /** True once a CNI plugin has told where Pod addresses come from. */
  get configured(): boolean {
    return this.pools.length > 0;
  }

  /** What a CNI agent does on its Node: from now on Pods get addresses from these blocks. */
  configure(podCidrs: readonly string[]): void {
    if (this.configured) return;
    this.pools = podCidrs.filter((cidr) => !cidr.includes(':')).map((cidr) => new AddressPool(parseBlock(cidr)));
    for (const cidr of podCidrs) if (!cidr.includes(':')) this.fabric.addPodBlock(cidr, this);
    this.podCidrs = podCidrs;
    this.note();
    for (const listener of this.listeners.splice(0)) listener();
  }

  /** Finds the configuration that is on the Node's disk. */
  restore(): void {
    const files = this.spec.saved?.get('cni') as CniFiles | undefined;
    if (!files) return;
    this.configure(files.podCidrs);
    for (const [i, pool] of this.pools.entries()) pool.last = files.last[i] ?? pool.last;
  }

  /** Called once when the network becomes ready. Returns a function that forgets the listener. */
  onConfigured(listener: () => void): () => void {
    this.listeners.push(listener);
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  setResolver(resolver: Resolver): void {
    this.net.setResolver(resolver);
  }

  /** Throws NetError EHOSTUNREACH in the CNI plugin's words when there is no address left or no plugin. */
  attachPod(spec: PodAttachment): PodNetwork {
    if (spec.hostNetwork) return this.attachToHost(spec);
    const address = spec.address ?? this.allocate();
    const party = `pod:${spec.namespace}/${spec.name}`;
    const namespace = new Namespace([party, this.name], [address], this.name, false);
    if (spec.address === undefined) this.fabric.claim(namespace);
    for (const port of spec.hostPorts ?? []) {
      this.namespace.hostPorts.set(`${port.protocol} ${port.hostPort}`, { address, port: port.containerPort });
    }
    const pod: PodNetwork = {
      addresses: namespace.addresses,
      net: this.fabric.netOf(namespace, spec.resolver),
      detach: () => {
        if (!this.pods.delete(pod)) return;
        for (const port of spec.hostPorts ?? []) this.namespace.hostPorts.delete(`${port.protocol} ${port.hostPort}`);
        this.fabric.release(namespace);
        for (const pool of this.pools) pool.release(address);
      },
      vanish: () => {
        const resets = namespace.vanish();
        pod.detach();
        if (resets.length === 0) return;
        this.fabric.world.clock.after(HEALTH_CHECK_MS, 'net/given-up', () => {
          for (const reset of resets) reset();
        });
      },
    };
    this.pods.add(pod);
    return pod;
  }

  /** Opens and closes a TCP connection from the Node. Rejects with NetError. */
  connect(authority: string, signal?: AbortSignal): Promise<void> {
    const request = httpRequest('CONNECT', `http://${authority}/`, { ...(signal && { signal }) });
    return connect(this.fabric, this.namespace, this.net, request);
  }

  /** Power off: its packets vanish and whoever talks to it waits. */
  power(on: boolean): void {
    this.powered = on;
    this.fabric.faultsChanged();
  }

  detachAll(): void {
    for (const pod of [...this.pods]) pod.detach();
  }

  private allocate(): string {
    for (const pool of this.pools) {
      const address = pool.allocate();
      if (address === undefined) continue;
      this.note();
      return address;
    }
    throw new NetError(
      'EHOSTUNREACH',
      this.configured
        ? 'plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set'
        : 'cni plugin not initialized',
    );
  }

  private note(): void {
    this.spec.ledger?.put(
      'cni',
      (): CniFiles => ({ podCidrs: this.podCidrs, last: this.pools.map(({ last }) => last) }),
    );
  }

  /** Host network: the sockets of the Pod are the Node's, but end with the Pod. */
  private attachToHost(spec: PodAttachment): PodNetwork {
    const shared = this.fabric.netOf(this.namespace, spec.resolver);
    const open = new Set<Listener>();
    const net: Net = {
      addresses: this.addresses,
      listen: (port, handler, options) => {
        const listener = shared.listen(port, handler, options);
        open.add(listener);
        return {
          close: () => {
            open.delete(listener);
            listener.close();
          },
          abort: () => {
            open.delete(listener);
            listener.abort?.();
          },
        };
      },
      fetch: shared.fetch,
      lookup: (name) => shared.lookup(name),
    };
    const pod: PodNetwork = {
      addresses: this.addresses,
      net,
      detach: () => {
        this.pods.delete(pod);
        for (const listener of open) listener.abort?.();
        open.clear();
      },
      vanish: () => {
        for (const listener of open) listener.close();
        open.clear();
        this.pods.delete(pod);
      },
    };
    this.pods.add(pod);
    return pod;
  }
}
