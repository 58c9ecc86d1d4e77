/** From a Pod behind a Service to an endpoint. @upstream staging/src/k8s.io/endpointslice/utils.go, util/controller_utils.go */
import type { DiscoveryV1EndpointPort, Endpoint, Node, Pod, Service, ServicePort } from '#engine/api';
import { isPodReady, isPodTerminal } from '../pod-status.ts';

export const HEADLESS = 'service.kubernetes.io/headless';

export type AddressType = 'IPv4' | 'IPv6';

const familyOf = (address: string): AddressType => (address.includes(':') ? 'IPv6' : 'IPv4');

export const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None' || !spec.clusterIP;

/** The families of a Service's endpoints; an old Service without families goes by its address. */
export function addressTypes({ spec }: Service): readonly AddressType[] {
  if (spec.ipFamilies && spec.ipFamilies.length > 0) return spec.ipFamilies as readonly AddressType[];
  return spec.clusterIP && spec.clusterIP !== 'None' ? [familyOf(spec.clusterIP)] : ['IPv4'];
}

/** Pods with an address that have not ended; terminating ones only where asked for. */
export function shouldBeInEndpoints(pod: Pod, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod)) return false;
  if (!pod.status.podIP && (pod.status.podIPs ?? []).length === 0) return false;
  return includeTerminating || pod.metadata.deletionTimestamp === undefined;
}

export const podAddresses = (pod: Pod, type: AddressType): readonly string[] =>
  (pod.status.podIPs ?? []).flatMap(({ ip }) => (ip && familyOf(ip) === type ? [ip] : []));

export function hostnameFor(pod: Pod, service: Service): string | undefined {
  const { hostname, subdomain } = pod.spec;
  return hostname && subdomain === service.metadata.name ? hostname : undefined;
}

export function podToEndpoint(pod: Pod, node: Node | undefined, service: Service, type: AddressType): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = Boolean(service.spec.publishNotReadyAddresses) || (serving && !terminating);
  const { namespace = '', name, uid = '' } = pod.metadata;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const hostname = hostnameFor(pod, service);
  return {
    addresses: podAddresses(pod, type),
    conditions: { ready, serving, terminating },
    ...(hostname !== undefined && { hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
    ...(ready && hintsFor(service.spec.trafficDistribution, zone, pod.spec.nodeName)),
  };
}

/** Who should prefer this endpoint. @upstream staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go */
function hintsFor(
  distribution: string | undefined,
  zone: string | undefined,
  node: string | undefined,
): Pick<Endpoint, 'hints'> {
  if (distribution === undefined || !zone) return {};
  const forZones = [{ name: zone }];
  if (distribution !== 'PreferSameNode') return { hints: { forZones } };
  return { hints: { forZones, ...(node && { forNodes: [{ name: node }] }) } };
}

/** Which endpoint of a slice is which, whatever its state. */
export const endpointIdentity = ({ addresses, targetRef, hostname }: Endpoint): string =>
  `${addresses.join()}|${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}|${hostname ?? ''}`;

/** The container port a Service port leads to in this Pod; undefined when the Pod has no port of that name. */
export function findPort({ spec }: Pod, { targetPort, port, protocol = 'TCP' }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  if (targetPort === undefined || targetPort === '') return port;
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...spec.containers, ...sidecars]) {
    const found = container.ports?.find((each) => each.name === targetPort && (each.protocol ?? 'TCP') === protocol);
    if (found) return found.containerPort;
  }
  return undefined;
}

export function endpointPorts(service: Service, pod: Pod): readonly DiscoveryV1EndpointPort[] {
  const ports: DiscoveryV1EndpointPort[] = [];
  for (const servicePort of service.spec.ports ?? []) {
    const port = findPort(pod, servicePort);
    if (port === undefined) continue;
    ports.push({
      name: servicePort.name ?? '',
      protocol: servicePort.protocol ?? 'TCP',
      port,
      ...(servicePort.appProtocol !== undefined && { appProtocol: servicePort.appProtocol }),
    });
  }
  return ports;
}

/** Slices hold endpoints with the same ports. */
export const portsKey = (ports: readonly DiscoveryV1EndpointPort[]): string =>
  ports
    .map(
      ({ name, protocol, port, appProtocol }) => `${name ?? ''}:${protocol ?? ''}:${port ?? ''}:${appProtocol ?? ''}`,
    )
    .sort()
    .join();

/** True when an update of the Pod can show in endpoints. */
export function endpointChanged(previous: Pod, pod: Pod): boolean {
  return (
    previous.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    isPodReady(previous) !== isPodReady(pod) ||
    previous.status.phase !== pod.status.phase ||
    previous.status.podIPs !== pod.status.podIPs ||
    previous.spec.nodeName !== pod.spec.nodeName ||
    previous.metadata.labels !== pod.metadata.labels
  );
}
