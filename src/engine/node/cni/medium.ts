/** What the parts of the fabric need of the whole: who has which address and what is wrong between two ends. */
import type { Rng, World } from '#engine/sim';
import type { LinkFault } from './faults.ts';
import type { Flow } from './flow.ts';
import type { ForwardingTable } from './forwarding.ts';
import type { HostNet, Namespace } from './namespace.ts';
import type { Resolver } from './resolver.ts';

/** A Node as routing sees it. */
export interface RoutingNode {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly namespace: Namespace;
  readonly forwarding: ForwardingTable;
  readonly powered: boolean;
}

export interface Medium {
  readonly world: World;
  readonly latency: { readonly sameNodeMs: number; readonly crossNodeMs: number; readonly outsideMs: number };
  readonly connectTimeoutMs: number;
  readonly loss: Rng;
  traceRequests(port: number): boolean;
  netOf(namespace: Namespace, resolver?: Resolver): HostNet;
  /** Makes the addresses of a namespace reachable. */
  claim(namespace: Namespace): void;
  /** Ends a namespace: its addresses, sockets and connections. */
  release(namespace: Namespace): void;
  namespaceAt(address: string): Namespace | undefined;
  node(name: string): RoutingNode | undefined;
  addPodBlock(cidr: string, node: RoutingNode): void;
  /** The Node whose block an unused Pod address belongs to. */
  nodeRouting(address: string): RoutingNode | undefined;
  /** What is wrong between two ends; undefined when all is well. */
  fault(from: Namespace, to: Namespace): LinkFault | undefined;
  faultsChanged(): void;
  track(flow: Flow, from: Namespace, to: Namespace): void;
  untrack(flow: Flow): void;
}
