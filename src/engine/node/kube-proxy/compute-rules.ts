/** Services and EndpointSlices -> the rules of a Node, shaped as iptables mode shapes them. */
import type { EndpointSlice, Service, ServicePort } from '#engine/api';
import type { ForwardEndpoint, ForwardingRules, ForwardTarget, Protocol } from '#engine/node/cni';
import { endpointChain, serviceChain } from './chain-name.ts';
import { type Backend, backends, localBackends } from './endpoints.ts';

/** One port of one Service, with everything its chains need. */
export interface ServicePortRules {
  /** `default/web:http` */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly nodePort: number | undefined;
  readonly clusterIps: readonly string[];
  /** externalIPs and load balancer addresses. */
  readonly externalIps: readonly string[];
  readonly affinitySeconds: number | undefined;
  /** For traffic inside the cluster, under the internal policy. */
  readonly internal: readonly ForwardEndpoint[];
  /** For traffic from outside, under the external policy. */
  readonly external: readonly ForwardEndpoint[];
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
  /** Some Node has endpoints: without local ones packets are dropped, not refused. */
  readonly anyEndpoints: boolean;
}

export interface RuleSet {
  readonly ports: readonly ServicePortRules[];
  readonly forwarding: ForwardingRules;
}

export interface RuleInput {
  readonly services: readonly Service[];
  readonly slicesOf: (namespace: string, service: string) => readonly EndpointSlice[];
  readonly nodeName: string;
}

interface Memo {
  readonly slices: readonly EndpointSlice[];
  readonly nodeName: string | undefined;
  readonly ports: readonly ServicePortRules[];
}

/** Results of the last computation per Service object: equal inputs are the same objects, on whichever Node. */
const memos = new WeakMap<Service, Memo>();
const PROTOCOLS: readonly string[] = ['TCP', 'UDP', 'SCTP'];
let lastAssembly: { readonly parts: readonly (readonly ServicePortRules[])[]; readonly rules: RuleSet } | undefined;

/**
 * Pure; what was computed for the same objects is shared, so that a thousand Nodes cost little more than one.
 * @upstream pkg/proxy/iptables/proxier.go
 * @fidelity partial: IPv4; no topology hints, no loadBalancerSourceRanges, no health check node ports
 */
export function computeRules(input: RuleInput): RuleSet {
  const parts: (readonly ServicePortRules[])[] = [];
  for (const service of input.services) {
    const ports = servicePorts(service, input);
    if (ports.length > 0) parts.push(ports);
  }
  if (
    lastAssembly &&
    lastAssembly.parts.length === parts.length &&
    lastAssembly.parts.every((part, i) => part === parts[i])
  ) {
    return lastAssembly.rules;
  }
  const ports = parts.flat();
  const rules: RuleSet = { ports, forwarding: forwardingOf(ports) };
  lastAssembly = { parts, rules };
  return rules;
}

function servicePorts(service: Service, input: RuleInput): readonly ServicePortRules[] {
  const { spec, metadata } = service;
  if (spec.type === 'ExternalName' || !spec.clusterIP || spec.clusterIP === 'None') return [];
  const slices = input.slicesOf(metadata.namespace ?? '', metadata.name);
  const nodeName =
    spec.internalTrafficPolicy === 'Local' || spec.externalTrafficPolicy === 'Local' ? input.nodeName : undefined;
  const memo = memos.get(service);
  if (memo && memo.nodeName === nodeName && sameItems(memo.slices, slices)) return memo.ports;
  const ports = (spec.ports ?? [])
    .filter((port) => PROTOCOLS.includes(port.protocol ?? 'TCP'))
    .map((port) => portRules(service, port, slices, input.nodeName));
  memos.set(service, { slices, nodeName, ports });
  return ports;
}

const sameItems = <T>(a: readonly T[], b: readonly T[]) =>
  a === b || (a.length === b.length && a.every((item, i) => item === b[i]));

function portRules(
  { spec, status, metadata }: Service,
  port: ServicePort,
  slices: readonly EndpointSlice[],
  nodeName: string,
): ServicePortRules {
  const portName = port.name ?? '';
  const name = `${metadata.namespace}/${metadata.name}${portName && `:${portName}`}`;
  const protocol = (port.protocol ?? 'TCP') as Protocol;
  const all = backends(slices, portName);
  const local = () => localBackends(slices, portName, nodeName);
  const chained = (list: readonly Backend[]): readonly ForwardEndpoint[] =>
    list.map(({ address, port: target }) => ({
      chain: endpointChain(name, protocol, `${address}:${target}`),
      address,
      port: target,
    }));
  const internalLocal = spec.internalTrafficPolicy === 'Local';
  const externalLocal = spec.externalTrafficPolicy === 'Local';
  const ingress = (status?.loadBalancer?.ingress ?? [])
    .filter((entry) => entry.ip && entry.ipMode !== 'Proxy')
    .map((entry) => entry.ip as string);
  return {
    name,
    protocol,
    port: port.port,
    nodePort: port.nodePort || undefined,
    clusterIps: (spec.clusterIPs ?? [spec.clusterIP ?? '']).filter((ip) => !ip.includes(':')),
    externalIps: [...(spec.externalIPs ?? []), ...ingress],
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP'
        ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800)
        : undefined,
    internal: chained(internalLocal ? local() : all),
    external: chained(externalLocal ? local() : all),
    internalLocal,
    externalLocal,
    anyEndpoints: all.length > 0,
  };
}

function forwardingOf(ports: readonly ServicePortRules[]): ForwardingRules {
  const virtual = new Map<string, ForwardTarget>();
  const nodePorts = new Map<string, ForwardTarget>();
  for (const rules of ports) {
    const { name, protocol, port } = rules;
    const affinity = rules.affinitySeconds === undefined ? {} : { affinitySeconds: rules.affinitySeconds };
    const target = (
      prefix: 'SVC' | 'SVL' | 'EXT',
      endpoints: readonly ForwardEndpoint[],
      masquerade: boolean,
    ): ForwardTarget => ({
      service: name,
      chain: serviceChain(prefix, name, protocol),
      endpoints,
      reject: !rules.anyEndpoints,
      masquerade,
      ...affinity,
    });
    const internal = target(rules.internalLocal ? 'SVL' : 'SVC', rules.internal, false);
    for (const ip of rules.clusterIps) virtual.set(`${protocol} ${ip}:${port}`, internal);
    if (rules.externalIps.length === 0 && rules.nodePort === undefined) continue;
    const external = target(rules.externalLocal ? 'SVL' : 'EXT', rules.external, !rules.externalLocal);
    // Inside the cluster external addresses are short-cut to every endpoint.
    const shortcut = target('EXT', rules.externalLocal ? rules.internal : rules.external, !rules.externalLocal);
    for (const ip of rules.externalIps) virtual.set(`${protocol} ${ip}:${port}`, shortcut);
    if (rules.nodePort !== undefined) nodePorts.set(`${protocol} ${rules.nodePort}`, external);
  }
  return { virtual, nodePorts };
}
