/** describe service, endpoints, endpointslice. */

import type { CoreV1Event, EndpointSlice, Endpoints, Service } from '#engine/api';
import { compareText } from '#engine/apimachinery';
import { annotations, events, labels } from './common.ts';
import { type DescribeContext, list } from './context.ts';
import type { DescriptionWriter } from './writer.ts';

type Events = readonly CoreV1Event[] | undefined;
const SHOWN_ENDPOINTS = 3;

export async function describeService(
  w: DescriptionWriter,
  one: Service,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  const { metadata, spec } = one;
  const slices = (await list(context, 'endpointslices.discovery.k8s.io', metadata.namespace ?? '', {
    labelSelector: `kubernetes.io/service-name=${metadata.name}`,
  })) as unknown as readonly EndpointSlice[];
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  w.write(0, `Selector:\t${selector.sort(compareText).join(',') || '<none>'}\n`);
  w.write(0, `Type:\t${spec.type ?? ''}\n`);
  if (spec.ipFamilyPolicy) w.write(0, `IP Family Policy:\t${spec.ipFamilyPolicy}\n`);
  w.write(0, `IP Families:\t${(spec.ipFamilies ?? []).join(',') || '<none>'}\n`);
  w.write(0, `IP:\t${spec.clusterIP ?? ''}\n`);
  w.write(0, `IPs:\t${(spec.clusterIPs ?? []).join(',') || '<none>'}\n`);
  if (spec.externalIPs?.length) w.write(0, `External IPs:\t${spec.externalIPs.join(',')}\n`);
  if (spec.loadBalancerIP) w.write(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}\n`);
  if (spec.externalName) w.write(0, `External Name:\t${spec.externalName}\n`);
  const ingress = one.status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0) w.write(0, `LoadBalancer Ingress:\t${ingress.map(ingressText).join(', ')}\n`);
  servicePorts(w, one, slices);
  w.write(0, `Session Affinity:\t${spec.sessionAffinity ?? ''}\n`);
  if (spec.externalTrafficPolicy) w.write(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}\n`);
  if (spec.internalTrafficPolicy) w.write(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}\n`);
  if (spec.trafficDistribution) w.write(0, `Traffic Distribution:\t${spec.trafficDistribution}\n`);
  if (spec.healthCheckNodePort) w.write(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}\n`);
  if (spec.loadBalancerSourceRanges?.length)
    w.write(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}\n`);
  events(w, list_);
}

type Ingress = NonNullable<NonNullable<NonNullable<Service['status']>['loadBalancer']>['ingress']>[number];

const ingressText = (one: Ingress): string =>
  one.ip ? `${one.ip}${one.ipMode ? ` (${one.ipMode})` : ''}` : (one.hostname ?? '');

function servicePorts(w: DescriptionWriter, one: Service, slices: readonly EndpointSlice[]): void {
  for (const port of one.spec.ports ?? []) {
    const name = port.name || '<unset>';
    w.write(0, `Port:\t${name}\t${port.port}/${port.protocol}\n`);
    w.write(0, `TargetPort:\t${port.targetPort}/${port.protocol}\n`);
    if (port.appProtocol) w.write(0, `AppProtocol:\t${port.appProtocol}\n`);
    if (port.nodePort) w.write(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol}\n`);
    w.write(0, `Endpoints:\t${endpointsText(slices, port.name ?? '')}\n`);
  }
}

const join = (address: string, port: number | undefined): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port ?? 0}`;

/** The first three ready ones. */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const all: string[] = [];
  for (const slice of slices) {
    for (const port of slice.ports ?? []) {
      if ((port.name ?? '') !== portName) continue;
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.conditions?.ready === false) continue;
        for (const address of endpoint.addresses) all.push(join(address, port.port));
      }
    }
  }
  const shown = all.slice(0, SHOWN_ENDPOINTS).join(',');
  return all.length > SHOWN_ENDPOINTS ? `${shown} + ${all.length - SHOWN_ENDPOINTS} more...` : shown;
}

export function describeEndpoints(w: DescriptionWriter, one: Endpoints, list_: Events): void {
  w.write(0, `Name:\t${one.metadata.name}\n`);
  w.write(0, `Namespace:\t${one.metadata.namespace ?? ''}\n`);
  labels(w, 'Labels', one.metadata.labels);
  annotations(w, 'Annotations', one.metadata.annotations);
  w.write(0, 'Subsets:\n');
  for (const subset of one.subsets ?? []) {
    const ips = (addresses: typeof subset.addresses) =>
      (addresses ?? []).map((address) => address.ip).join(',') || '<none>';
    w.write(1, `Addresses:\t${ips(subset.addresses)}\n`);
    w.write(1, `NotReadyAddresses:\t${ips(subset.notReadyAddresses)}\n`);
    if (subset.ports?.length) {
      w.write(1, 'Ports:\n');
      w.write(2, 'Name\tPort\tProtocol\n');
      w.write(2, '----\t----\t--------\n');
      for (const port of subset.ports) w.write(2, `${port.name || '<unset>'}\t${port.port}\t${port.protocol ?? ''}\n`);
    }
    w.write(0, '\n');
  }
  events(w, list_);
}

export function describeEndpointSlice(w: DescriptionWriter, one: EndpointSlice, list_: Events): void {
  w.write(0, `Name:\t${one.metadata.name}\n`);
  w.write(0, `Namespace:\t${one.metadata.namespace ?? ''}\n`);
  labels(w, 'Labels', one.metadata.labels);
  annotations(w, 'Annotations', one.metadata.annotations);
  w.write(0, `AddressType:\t${one.addressType}\n`);
  if (one.ports?.length) {
    w.write(0, 'Ports:\n');
    w.write(1, 'Name\tPort\tProtocol\n');
    w.write(1, '----\t----\t--------\n');
    for (const port of one.ports)
      w.write(1, `${port.name || '<unset>'}\t${port.port ?? '<unset>'}\t${port.protocol ?? ''}\n`);
  } else w.write(0, 'Ports: <unset>\n');
  if (!one.endpoints?.length) w.write(0, 'Endpoints: <none>\n');
  else w.write(0, 'Endpoints:\n');
  for (const endpoint of one.endpoints ?? []) sliceEndpoint(w, endpoint);
  events(w, list_);
}

function sliceEndpoint(w: DescriptionWriter, one: NonNullable<EndpointSlice['endpoints']>[number]): void {
  w.write(1, `- Addresses:\t${one.addresses.join(',')}\n`);
  w.write(2, 'Conditions:\n');
  w.write(3, `Ready:\t${one.conditions?.ready ?? '<unset>'}\n`);
  w.write(2, `Hostname:\t${one.hostname ?? '<unset>'}\n`);
  if (one.targetRef) w.write(2, `TargetRef:\t${one.targetRef.kind}/${one.targetRef.name}\n`);
  w.write(2, `NodeName:\t${one.nodeName ?? '<unset>'}\n`);
  w.write(2, `Zone:\t${one.zone ?? '<unset>'}\n`);
}
