/** What a person outside the cluster can open: NodePorts, load balancers, external addresses. */
import type { Node, Service } from '#engine/api';

export interface Opening {
  readonly namespace: string;
  readonly service: string;
  /** `80`, or its name where the Service has several. */
  readonly port: string;
  readonly url: string;
  readonly through: 'NodePort' | 'LoadBalancer' | 'ExternalIP';
  /** Nothing answers there yet. */
  readonly pending: boolean;
}

const schemeOf = (name: string | undefined, port: number): string =>
  name?.startsWith('https') || port === 443 ? 'https' : 'http';

const at = (scheme: string, host: string, port: number): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}${port === (scheme === 'https' ? 443 : 80) ? '' : `:${port}`}/`;

export const addressOf = (node: Node): string | undefined =>
  node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;

/** @param address of the Node that NodePorts are opened through */
export function openingsOf(services: readonly Service[], address: string | undefined): readonly Opening[] {
  return services.flatMap((service) => [...openingsOfOne(service, address)]);
}

function* openingsOfOne({ metadata, spec, status }: Service, address: string | undefined): Generator<Opening> {
  for (const { name, port, nodePort, protocol = 'TCP' } of spec?.ports ?? []) {
    if (protocol !== 'TCP') continue;
    const shared = { namespace: metadata.namespace ?? '', service: metadata.name ?? '', port: name ?? String(port) };
    const scheme = schemeOf(name, port);
    const balancers = status?.loadBalancer?.ingress ?? [];
    for (const { ip, hostname } of balancers) {
      const host = ip ?? hostname;
      if (host) yield { ...shared, through: 'LoadBalancer', url: at(scheme, host, port), pending: false };
    }
    for (const ip of spec?.externalIPs ?? []) {
      yield { ...shared, through: 'ExternalIP', url: at(scheme, ip, port), pending: false };
    }
    if (nodePort && address) {
      yield { ...shared, through: 'NodePort', url: at(scheme, address, nodePort), pending: false };
    } else if (spec?.type === 'LoadBalancer' && balancers.length === 0) {
      yield { ...shared, through: 'LoadBalancer', url: '', pending: true };
    }
  }
}
