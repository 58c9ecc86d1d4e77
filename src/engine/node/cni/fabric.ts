/** The network of the whole cluster as data: who has which address, what lies between two of them, and what is broken. */
import { httpRequest, type Net, NetError } from '#engine/http';
import { invariant, type Rng, type World } from '#engine/sim';
import { type Block, contains, parseBlock, parseIpv4 } from './address.ts';
import { connect, dial } from './dial.ts';
import { type LinkFault, LinkFaults } from './faults.ts';
import type { Flow } from './flow.ts';
import type { Medium, RoutingNode } from './medium.ts';
import { HostNet, Namespace } from './namespace.ts';
import { NodeNetwork, type NodeNetworkSpec } from './node-network.ts';
import type { Resolver } from './resolver.ts';

export interface FabricOptions {
  /** Round trip inside one Node, ms; 0 unless given: less than the clock shows. */
  readonly sameNodeMs?: number;
  /** Round trip between Nodes, ms; 1 unless given. */
  readonly crossNodeMs?: number;
  /** Round trip between a Node and the outside, ms. */
  readonly outsideMs?: number;
  /** How long a connection attempt without any answer lasts, ms. Linux gives up after 127 s. */
  readonly connectTimeoutMs?: number;
  /** Whether answered requests to a port are worth a `net.request` trace; what fails always is. Default: none. */
  readonly traceRequests?: (port: number) => boolean;
}

/** A machine outside the cluster: the learner's workstation. */
export interface OutsideHost {
  readonly name: string;
  readonly net: Net;
  /** Opens a connection to `address:port` and closes it again. Rejects with NetError when nobody accepts. */
  connect(authority: string, signal?: AbortSignal): Promise<void>;
  remove(): void;
}

/**
 * The fabric. Looking up an address costs one Map access; links have no objects of their own until something is wrong with one.
 * @fidelity partial: requests and streams instead of packets; no MTU, conntrack table, IPv6 or NetworkPolicy
 */
export class Fabric implements Medium {
  readonly latency: { readonly sameNodeMs: number; readonly crossNodeMs: number; readonly outsideMs: number };
  readonly connectTimeoutMs: number;
  readonly traceRequests: (port: number) => boolean;
  readonly loss: Rng;
  private readonly flows = new Map<Flow, readonly [Namespace, Namespace]>();
  private readonly linkFaults = new LinkFaults();
  private readonly byAddress = new Map<string, Namespace>();
  private readonly nodesByName = new Map<string, NodeNetwork>();
  private readonly podBlocks: { readonly block: Block; readonly node: RoutingNode }[] = [];

  constructor(
    readonly world: World,
    options: FabricOptions = {},
  ) {
    this.latency = {
      sameNodeMs: options.sameNodeMs ?? 0,
      crossNodeMs: options.crossNodeMs ?? 1,
      outsideMs: options.outsideMs ?? 5,
    };
    this.connectTimeoutMs = options.connectTimeoutMs ?? 127_000;
    this.loss = world.rng.fork('net/loss');
    this.traceRequests = options.traceRequests ?? (() => false);
  }

  /** A machine joins: its own addresses become reachable. */
  addNode(spec: NodeNetworkSpec): NodeNetwork {
    invariant(!this.nodesByName.has(spec.name), `node ${spec.name} is already on the network`);
    const node = new NodeNetwork(this, spec);
    this.nodesByName.set(spec.name, node);
    this.claim(node.namespace);
    node.restore();
    return node;
  }

  removeNode(name: string): void {
    const node = this.nodesByName.get(name);
    if (!node) return;
    node.detachAll();
    this.nodesByName.delete(name);
    this.release(node.namespace);
    for (let i = this.podBlocks.length - 1; i >= 0; i--)
      if (this.podBlocks[i]?.node === node) this.podBlocks.splice(i, 1);
  }

  addOutside(spec: {
    readonly name: string;
    readonly addresses: readonly string[];
    readonly resolver?: Resolver;
  }): OutsideHost {
    const namespace = new Namespace([spec.name], spec.addresses, undefined, false);
    this.claim(namespace);
    const net = this.netOf(namespace, spec.resolver);
    return {
      name: spec.name,
      net,
      connect: (authority, signal) =>
        connect(this, namespace, net, httpRequest('CONNECT', `http://${authority}/`, signal ? { signal } : {})),
      remove: () => this.release(namespace),
    };
  }

  node(name: string): NodeNetwork | undefined {
    return this.nodesByName.get(name);
  }

  /** In the order they joined. */
  nodes(): Iterable<NodeNetwork> {
    return this.nodesByName.values();
  }

  /** No packet passes between the two any more; connections stall and later break. */
  cut(a: string, b: string): void {
    this.change(a, b, { cut: true });
  }

  /** Every round trip between the two takes `extraMs` longer. */
  slow(a: string, b: string, extraMs: number): void {
    this.change(a, b, { extraMs });
  }

  /** A segment between the two is lost with this probability; each loss costs a retransmission timeout of 1 s, doubling. */
  lose(a: string, b: string, probability: number): void {
    this.change(a, b, { lossProbability: probability });
  }

  /** Undoes the faults between two parties, of one party, or all. */
  heal(a?: string, b?: string): void {
    this.linkFaults.heal(a, b);
    this.faultsChanged();
  }

  faults(): readonly LinkFault[] {
    return this.linkFaults.list();
  }

  // What follows is for the other files of this room.

  netOf(namespace: Namespace, resolver?: Resolver): HostNet {
    return new HostNet(namespace, (from, net, request) => dial(this, from, net, request), resolver);
  }

  claim(namespace: Namespace): void {
    for (const address of namespace.addresses) this.byAddress.set(address, namespace);
  }

  release(namespace: Namespace): void {
    for (const address of namespace.addresses) {
      if (this.byAddress.get(address) === namespace) this.byAddress.delete(address);
    }
    namespace.close('read: connection reset by peer');
  }

  namespaceAt(address: string): Namespace | undefined {
    return this.byAddress.get(address);
  }

  addPodBlock(cidr: string, node: RoutingNode): void {
    this.podBlocks.push({ block: parseBlock(cidr), node });
  }

  /** The Node whose block an unused Pod address belongs to. Only asked when nobody has the address. */
  nodeRouting(address: string): RoutingNode | undefined {
    const value = parseIpv4(address);
    if (value === undefined) return undefined;
    return this.podBlocks.find((route) => contains(route.block, value))?.node;
  }

  /** What is wrong between two ends; a Node without power is cut off from everything. */
  fault(from: Namespace, to: Namespace): LinkFault | undefined {
    if (from === to) return undefined;
    const fault = this.linkFaults.none ? undefined : this.linkFaults.between(from.parties, to.parties);
    if (this.answers(from) && this.answers(to)) return fault;
    return { a: '', b: '', extraMs: 0, lossProbability: 0, ...fault, cut: true };
  }

  /** Tells established connections what changed. */
  faultsChanged(): void {
    for (const [flow, [from, to]] of this.flows) flow.block(this.fault(from, to)?.cut ?? false);
  }

  track(flow: Flow, from: Namespace, to: Namespace): void {
    this.flows.set(flow, [from, to]);
    from.flows.add(flow);
    to.flows.add(flow);
  }

  untrack(flow: Flow): void {
    const ends = this.flows.get(flow);
    if (!ends) return;
    this.flows.delete(flow);
    for (const end of ends) end.flows.delete(flow);
  }

  private answers(namespace: Namespace): boolean {
    if (namespace.vanished) return false;
    return namespace.nodeName === undefined || (this.nodesByName.get(namespace.nodeName)?.powered ?? false);
  }

  private change(a: string, b: string, change: Partial<LinkFault>): void {
    if (a === b) throw new NetError('EHOSTUNREACH', `a link needs two parties, not ${a} twice`);
    this.linkFaults.set(a, b, change);
    this.faultsChanged();
  }
}

export const createFabric = (world: World, options?: FabricOptions): Fabric => new Fabric(world, options);
