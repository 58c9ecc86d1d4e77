/** Addresses by the ports they serve. @upstream pkg/api/v1/endpoints/util.go, pkg/controller/endpoint/endpoints_controller.go */
import type { CoreV1EndpointPort, EndpointAddress, EndpointSubset, Pod, Service } from '#engine/api';
import {
  addressTypes,
  findPort,
  hostnameFor,
  isHeadless,
  podAddresses,
  shouldBeInEndpoints,
} from '../endpointslice/endpoint.ts';
import { isPodReady } from '../pod-status.ts';

/** More addresses than this are cut off: the EndpointSlices have them all. */
const MAX_ADDRESSES = 1000;

interface Member {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

/** One subset per distinct set of ports, in canonical order. */
export function endpointSubsets(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const byAddress = new Map<string, { member: Member; ports: CoreV1EndpointPort[] }>();
  const type = addressTypes(service)[0] ?? 'IPv4';
  const tolerateUnready = Boolean(service.spec.publishNotReadyAddresses);
  for (const pod of pods) {
    const [ip] = podAddresses(pod, type);
    if (ip === undefined || !shouldBeInEndpoints(pod, tolerateUnready)) continue;
    const ready = tolerateUnready || isPodReady(pod);
    const address = addressOf(pod, ip, service);
    const ports = portsFor(service, pod);
    if (ports.length === 0 && !(isHeadless(service) && (service.spec.ports ?? []).length === 0)) continue;
    byAddress.set(`${ip}|${address.targetRef?.uid ?? ''}`, { member: { address, ready }, ports });
  }
  const groups = new Map<string, { ports: CoreV1EndpointPort[]; members: Member[] }>();
  for (const { member, ports } of byAddress.values()) {
    const key = JSON.stringify(ports);
    const group = groups.get(key);
    if (group) group.members.push(member);
    else groups.set(key, { ports, members: [member] });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { ports, members }]) => subsetOf(ports, members));
}

function addressOf(pod: Pod, ip: string, service: Service): EndpointAddress {
  const { namespace = '', name, uid = '' } = pod.metadata;
  const hostname = hostnameFor(pod, service);
  return {
    ip,
    ...(hostname !== undefined && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function portsFor(service: Service, pod: Pod): CoreV1EndpointPort[] {
  const ports: CoreV1EndpointPort[] = [];
  for (const servicePort of service.spec.ports ?? []) {
    const port = findPort(pod, servicePort);
    if (port === undefined) continue;
    ports.push({
      ...(servicePort.name && { name: servicePort.name }),
      port,
      protocol: servicePort.protocol ?? 'TCP',
      ...(servicePort.appProtocol !== undefined && { appProtocol: servicePort.appProtocol }),
    });
  }
  return ports;
}

function subsetOf(ports: readonly CoreV1EndpointPort[], members: readonly Member[]): EndpointSubset {
  const sorted = [...members].sort((a, b) => compareAddress(a.address, b.address));
  const ready = sorted.filter((member) => member.ready).map(({ address }) => address);
  const notReady = sorted.filter((member) => !member.ready).map(({ address }) => address);
  return {
    ...(ready.length > 0 && { addresses: ready }),
    ...(notReady.length > 0 && { notReadyAddresses: notReady }),
    ...(ports.length > 0 && { ports }),
  };
}

const compareAddress = (a: EndpointAddress, b: EndpointAddress): number => {
  if (a.ip !== b.ip) return a.ip < b.ip ? -1 : 1;
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1;
};

/** Cuts to the limit, in proportion to what each subset has. Returns the same array when nothing is cut. */
export function truncate(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const count = (of: 'addresses' | 'notReadyAddresses') =>
    subsets.reduce((sum, each) => sum + (each[of]?.length ?? 0), 0);
  if (count('addresses') + count('notReadyAddresses') <= MAX_ADDRESSES) return subsets;
  let room = MAX_ADDRESSES;
  const take = (addresses: readonly EndpointAddress[] | undefined) => {
    const taken = (addresses ?? []).slice(0, room);
    room -= taken.length;
    return taken;
  };
  const ready = subsets.map(({ addresses }) => take(addresses));
  return subsets.map(({ notReadyAddresses, ports }, i) => {
    const notReady = take(notReadyAddresses);
    return {
      ...((ready[i] ?? []).length > 0 && { addresses: ready[i] ?? [] }),
      ...(notReady.length > 0 && { notReadyAddresses: notReady }),
      ...(ports && { ports }),
    };
  });
}
