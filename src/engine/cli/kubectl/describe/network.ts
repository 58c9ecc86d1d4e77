/** describe networkpolicy, ingressclass, ingress. */
import type {
  CoreV1Event,
  EndpointSlice,
  Ingress,
  IngressBackend,
  IngressClass,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Service,
} from '#engine/api';
import { formatLabelSelector } from '#engine/apimachinery';
import { civilTime, parseTime } from '#engine/sim';
import { annotations, events, labels } from './common.ts';
import { type DescribeContext, list } from './context.ts';
import { endpointsText } from './service.ts';
import type { DescriptionWriter } from './writer.ts';

type Events = readonly CoreV1Event[] | undefined;

export function describeIngressClass(w: DescriptionWriter, one: IngressClass, list_: Events): void {
  w.write(0, `Name:\t${one.metadata.name}\n`);
  labels(w, 'Labels', one.metadata.labels);
  annotations(w, 'Annotations', one.metadata.annotations);
  w.write(0, `Controller:\t${one.spec?.controller ?? ''}\n`);
  const parameters = one.spec?.parameters;
  if (parameters) {
    w.write(0, 'Parameters:\n');
    if (parameters.apiGroup !== undefined) w.write(1, `APIGroup:\t${parameters.apiGroup}\n`);
    w.write(1, `Kind:\t${parameters.kind}\n`);
    w.write(1, `Name:\t${parameters.name}\n`);
  }
  events(w, list_);
}

/** As Go prints a time: `2026-11-22 09:57:10 +0000 UTC`. */
function goTime(time: string | undefined): string {
  const at = time === undefined ? undefined : parseTime(time);
  if (at === undefined) return '0001-01-01 00:00:00 +0000 UTC';
  const t = civilTime(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${t.year}-${two(t.month)}-${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000 UTC`;
}

export function describeNetworkPolicy(w: DescriptionWriter, one: NetworkPolicy): void {
  const { metadata, spec } = one;
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  w.write(0, `Created on:\t${goTime(metadata.creationTimestamp)}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, 'Spec:\n');
  const { matchLabels = {}, matchExpressions = [] } = spec?.podSelector ?? {};
  const isAll = Object.keys(matchLabels).length + matchExpressions.length === 0;
  w.write(1, 'PodSelector: ');
  w.write(
    2,
    `${isAll ? '<none> (Allowing the specific traffic to all pods in this namespace)' : formatLabelSelector(spec?.podSelector)}\n`,
  );
  const types = spec?.policyTypes ?? [];
  if (types.includes('Ingress')) {
    w.write(1, 'Allowing ingress traffic:\n');
    rules(
      w,
      (spec?.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from })),
      INGRESS,
    );
  } else w.write(1, 'Not affecting ingress traffic\n');
  if (types.includes('Egress')) {
    w.write(1, 'Allowing egress traffic:\n');
    rules(
      w,
      (spec?.egress ?? []).map(({ ports, to }) => ({ ports, peers: to })),
      EGRESS,
    );
  } else w.write(1, 'Not affecting egress traffic\n');
  w.write(1, `Policy Types: ${types.join(', ')}\n`);
}

interface Direction {
  readonly none: string;
  readonly word: 'From' | 'To';
  readonly end: string;
}

const INGRESS: Direction = {
  none: '<none> (Selected pods are isolated for ingress connectivity)',
  word: 'From',
  end: 'source',
};
const EGRESS: Direction = {
  none: '<none> (Selected pods are isolated for egress connectivity)',
  word: 'To',
  end: 'destination',
};

interface PolicyEntry {
  readonly ports: readonly NetworkPolicyPort[] | undefined;
  readonly peers: readonly NetworkPolicyPeer[] | undefined;
}

function rules(w: DescriptionWriter, entries: readonly PolicyEntry[], { none, word, end }: Direction): void {
  if (entries.length === 0) w.write(2, `${none}\n`);
  for (const [i, { ports = [], peers = [] }] of entries.entries()) {
    if (ports.length === 0) w.write(2, 'To Port: <any> (traffic allowed to all ports)\n');
    for (const { port, endPort, protocol = 'TCP' } of ports) {
      if (endPort === undefined) w.write(2, `To Port: ${port ?? '<nil>'}/${protocol}\n`);
      else w.write(2, `To Port Range: ${port}-${endPort}/${protocol}\n`);
    }
    if (peers.length === 0) w.write(2, `${word}: <any> (traffic not restricted by ${end})\n`);
    for (const peer of peers) {
      w.write(2, `${word}:\n`);
      peerLines(w, peer);
    }
    if (i < entries.length - 1) w.write(2, '----------\n');
  }
}

function peerLines(w: DescriptionWriter, { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): void {
  if (namespaceSelector) w.write(3, `NamespaceSelector: ${formatLabelSelector(namespaceSelector)}\n`);
  if (podSelector) w.write(3, `PodSelector: ${formatLabelSelector(podSelector)}\n`);
  if (namespaceSelector || podSelector || !ipBlock) return;
  w.write(3, 'IPBlock:\n');
  w.write(4, `CIDR: ${ipBlock.cidr}\n`);
  w.write(4, `Except: ${(ipBlock.except ?? []).join(', ')}\n`);
}

export async function describeIngress(
  w: DescriptionWriter,
  one: Ingress,
  list_: Events,
  context: DescribeContext,
): Promise<void> {
  const { metadata, spec, status } = one;
  const namespace = metadata.namespace ?? '';
  const fallback = spec?.defaultBackend ? await backendText(context, namespace, spec.defaultBackend) : '<default>';
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  w.write(0, `Name:\t${metadata.name}\n`);
  labels(w, 'Labels', metadata.labels);
  w.write(0, `Namespace:\t${namespace}\n`);
  w.write(0, `Address:\t${addresses.join(',')}\n`);
  w.write(0, `Ingress Class:\t${spec?.ingressClassName ?? '<none>'}\n`);
  w.write(0, `Default backend:\t${fallback}\n`);
  if (spec?.tls?.length) {
    w.write(0, 'TLS:\n');
    for (const { secretName = '', hosts = [] } of spec.tls) {
      const secret = secretName === '' ? 'SNI routes' : `${secretName} terminates`;
      w.write(1, `${secret} ${hosts.join(',')}\n`);
    }
  }
  w.write(0, 'Rules:\n  Host\tPath\tBackends\n');
  w.write(1, '----\t----\t--------\n');
  const withPaths = (spec?.rules ?? []).filter(({ http }) => http);
  for (const { host, http } of withPaths) {
    w.write(1, `${host || '*'}\t\n`);
    for (const { path = '', backend } of http?.paths ?? [])
      w.write(2, `\t${path} \t${await backendText(context, namespace, backend)}\n`);
  }
  if (withPaths.length === 0) w.write(1, `*\t*\t${fallback}\n`);
  annotations(w, 'Annotations', metadata.annotations);
  events(w, list_);
}

/** `svc:80 (10.244.1.2:8080)` */
async function backendText(context: DescribeContext, namespace: string, backend: IngressBackend): Promise<string> {
  const { service, resource } = backend;
  if (resource) return `APIGroup: ${resource.apiGroup ?? ''}, Kind: ${resource.kind}, Name: ${resource.name}`;
  if (!service) return '';
  const { name, port } = service;
  const text = `${name}:${port?.name || (port?.number ?? 0)}`;
  const [found] = (await list(context, 'services', namespace, {
    fieldSelector: `metadata.name=${name}`,
  })) as unknown as readonly Service[];
  if (!found) return `${text} (<error: services "${name}" not found>)`;
  const match = found.spec.ports?.find((one) => (port?.number ? one.port === port.number : one.name === port?.name));
  const slices = (await list(context, 'endpointslices.discovery.k8s.io', namespace, {
    labelSelector: `kubernetes.io/service-name=${name}`,
  })) as unknown as readonly EndpointSlice[];
  return `${text} (${endpointsText(slices, match?.name ?? '')})`;
}
