/** The network of the cluster: addresses, links, faults, routes, the rules on each Node, and name resolution. */
export { AddressPool, type Block, contains, formatIpv4, isAddress, parseBlock, parseIpv4 } from './address.ts';
export type { RequestOnTheWire } from './dial.ts';
export { createFabric, Fabric, type FabricOptions, type OutsideHost } from './fabric.ts';
export type { LinkFault } from './faults.ts';
export {
  type ForwardEndpoint,
  type ForwardingRules,
  ForwardingTable,
  type ForwardTarget,
  type Protocol,
} from './forwarding.ts';
export { NodeNetwork, type PodAttachment, type PodNetwork } from './node-network.ts';
export type { Resolver } from './resolver.ts';
