/** From Endpoints that somebody wrote to the EndpointSlices that say the same. @upstream pkg/controller/endpointslicemirroring */
import type { Endpoint, EndpointAddress, Endpoints, Service } from '#engine/api';
import type { AddressType } from '../endpointslice/endpoint.ts';
import { MANAGED_BY, type PortGroup, SERVICE_NAME, type SliceOwner } from '../endpointslice/plan-slices.ts';
import { TRIGGER_TIME } from '../endpointslice/trigger-time.ts';
import { without } from '../without.ts';

export const MIRRORING_MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** More addresses of one subset are not mirrored. */
const MAX_PER_SUBSET = 1000;

/** Endpoints of a Service without a selector, unless they say otherwise. */
export function shouldMirror({ metadata }: Endpoints, service: Service | undefined): boolean {
  if (metadata.labels?.[SKIP_MIRROR] === 'true' || metadata.annotations?.[LEADER] !== undefined) return false;
  return service !== undefined && !service.spec.selector;
}

export function mirrorOwner(endpoints: Endpoints): SliceOwner {
  const { name, labels, annotations } = endpoints.metadata;
  const kept = without(annotations, TRIGGER_TIME, LAST_APPLIED);
  return {
    object: endpoints,
    labels: { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: MIRRORING_MANAGER },
    ...(Object.keys(kept).length > 0 && { annotations: kept }),
    placeholder: false,
  };
}

export function mirrorGroups({ subsets = [] }: Endpoints, type: AddressType): readonly PortGroup[] {
  const groups: PortGroup[] = [];
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const endpoints = [
      ...addresses.map((address) => mirrorAddress(address, true)),
      ...notReadyAddresses.map((address) => mirrorAddress(address, false)),
    ]
      .slice(0, MAX_PER_SUBSET)
      .filter(({ addresses: [ip = ''] }) => ip.includes(':') === (type === 'IPv6'));
    if (endpoints.length === 0) continue;
    groups.push({ ports: ports.map((port) => ({ ...port, name: port.name ?? '' })), endpoints });
  }
  return groups;
}

const mirrorAddress = ({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname && { hostname }),
  ...(nodeName && { nodeName }),
  ...(targetRef && { targetRef }),
});
