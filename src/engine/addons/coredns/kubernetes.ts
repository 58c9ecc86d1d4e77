/** The kubernetes plugin: Services, their endpoints and Pods as DNS records. @upstream plugin/kubernetes/kubernetes.go (coredns) */
import {
  type Endpoint,
  type EndpointSlice,
  endpointSlices,
  namespaces,
  type Pod,
  pods,
  type Service,
  services,
} from '#engine/api';
import type { Client, Informer } from '#engine/client-go';
import { createInformerFactory } from '#engine/client-go';
import type { DnsRecord, DnsRecordType, DnsResponse } from '#engine/http';
import type { World } from '#engine/sim';
import { CorefileError, type PluginConfig } from './corefile.ts';
import { type DnsPlugin, type Question, SERVFAIL } from './plugin.ts';
import { reverseAddress } from './reverse.ts';

type PodMode = 'disabled' | 'insecure' | 'verified';

interface Settings {
  /** The forward zones; reverse zones are those that end in `arpa`. */
  readonly zones: readonly string[];
  readonly reverse: readonly string[];
  readonly pods: PodMode;
  readonly ttlSeconds: number;
  /** Zones that fall through; undefined none, [] all. */
  readonly fallthrough?: readonly string[];
}

const DNS_SCHEMA_VERSION = '1.1.0';

function parseSettings(config: PluginConfig): Settings {
  const names = config.args.map((zone) => zone.replace(/\.$/, '').toLowerCase());
  const settings = {
    pods: 'disabled' as PodMode,
    ttlSeconds: 5,
    fallthrough: undefined as readonly string[] | undefined,
  };
  for (const [name, ...args] of config.body) {
    if (name === 'pods') {
      if (!['disabled', 'insecure', 'verified'].includes(args[0] ?? '')) {
        throw new CorefileError(
          `plugin/kubernetes: wrong value for pods: ${args[0]}, must be one of: disabled, verified, insecure`,
        );
      }
      settings.pods = args[0] as PodMode;
    } else if (name === 'ttl') settings.ttlSeconds = Number(args[0]);
    else if (name === 'fallthrough') settings.fallthrough = args;
    else if (
      ![
        'endpoint_pod_names',
        'noendpoints',
        'ignore',
        'endpoint',
        'tls',
        'kubeconfig',
        'namespaces',
        'labels',
      ].includes(name ?? '')
    ) {
      throw new CorefileError(`plugin/kubernetes: unknown property '${name}'`);
    }
  }
  const { fallthrough, ...rest } = settings;
  return {
    zones: names.filter((zone) => !zone.endsWith('arpa')),
    reverse: names.filter((zone) => zone.endsWith('arpa')),
    ...rest,
    ...(fallthrough && { fallthrough }),
  };
}

const serviceOf = (slice: EndpointSlice): string =>
  `${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`;

/** Creates the plugin. It answers once `ready()`; before that every name in its zones is SERVFAIL. */
export function kubernetesPlugin(world: World, client: Client, config: PluginConfig, signal: AbortSignal): DnsPlugin {
  const settings = parseSettings(config);
  const informers = createInformerFactory(world, client, signal);
  const all = {
    services: informers.informer(services, { indexers: { ip: (service: Service) => service.spec?.clusterIPs ?? [] } }),
    slices: informers.informer(endpointSlices, {
      labelSelector: 'kubernetes.io/service-name',
      indexers: {
        service: (slice: EndpointSlice) => [serviceOf(slice)],
        ip: (slice: EndpointSlice) => (slice.endpoints ?? []).flatMap(({ addresses }) => addresses),
      },
    }),
    namespaces: informers.informer(namespaces),
    ...(settings.pods === 'verified' && {
      pods: informers.informer(pods, {
        indexers: { ip: (pod: Pod) => (pod.status?.podIPs ?? []).map(({ ip }) => ip ?? '') },
      }),
    }),
  };
  const zone = new KubernetesZone(settings, all);
  const ready = () => Object.values(all).every((informer) => informer.hasSynced);
  return {
    name: 'kubernetes',
    ready,
    synced: () => informers.synced(),
    answer: async (question, next) => {
      const found = zone.find(question);
      if (found === undefined) return next();
      if (found.status === 'NXDOMAIN' && !ready()) return SERVFAIL;
      const through = found.status === 'NXDOMAIN' && settings.fallthrough;
      if (
        through &&
        (through.length === 0 || through.some((name) => question.name.endsWith(name.replace(/\.?$/, '.'))))
      )
        return next();
      return zone.withTarget(found, question, next);
    },
  };
}

interface Informers {
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
  readonly namespaces: Pick<Informer<Service>, 'hasSynced'> & { readonly lister: { get(key: string): unknown } };
  readonly pods?: Informer<Pod>;
}

interface Target {
  /** The name in front of the service's for SRV targets and PTR. */
  readonly label: string;
  readonly address: string;
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
}

class KubernetesZone {
  constructor(
    private readonly settings: Settings,
    private readonly informers: Informers,
  ) {}

  /** Undefined when the name is in none of the zones. */
  find(question: Question): DnsResponse | undefined {
    if (this.settings.reverse.some((zone) => question.name.endsWith(`${zone}.`))) return this.reverse(question);
    const zone = this.settings.zones.find(
      (name) => name === '' || question.name === `${name}.` || question.name.endsWith(`.${name}.`),
    );
    if (zone === undefined) return undefined;
    const rest = question.name.slice(0, -(zone.length + 1)).replace(/\.$/, '');
    const labels = rest === '' ? [] : rest.split('.');
    return this.lookup(question, zone, labels);
  }

  /** Resolves the alias of an ExternalName Service to addresses, as far as the next plugin can. */
  async withTarget(
    response: DnsResponse,
    question: Question,
    next: (question?: Question) => Promise<DnsResponse>,
  ): Promise<DnsResponse> {
    const alias = response.answers[0];
    if (alias?.type !== 'CNAME' || (question.type !== 'A' && question.type !== 'AAAA')) return response;
    const inner: Question = { ...question, name: alias.data };
    const target = this.find(inner) ?? (await next(inner));
    return { ...response, answers: [...response.answers, ...target.answers] };
  }

  private lookup(question: Question, zone: string, labels: readonly string[]): DnsResponse {
    if (labels.length === 0) return this.apex(question, zone);
    const kind = labels[labels.length - 1];
    if (kind === 'dns-version' && labels.length === 1) {
      return question.type === 'TXT' ? this.positive(question, 'TXT', [`"${DNS_SCHEMA_VERSION}"`]) : this.empty(zone);
    }
    if (kind !== 'svc' && kind !== 'pod') return this.missing(zone);
    if (labels.length === 1) return this.empty(zone);
    const namespace = labels[labels.length - 2] as string;
    if (labels.length === 2)
      return this.informers.namespaces.lister.get(namespace) ? this.empty(zone) : this.missing(zone);
    const inner = labels.slice(0, -2);
    return kind === 'pod' ? this.pod(question, zone, namespace, inner) : this.service(question, zone, namespace, inner);
  }

  private apex(question: Question, zone: string): DnsResponse {
    if (question.type === 'SOA') return { status: 'NOERROR', authoritative: true, answers: [this.soa(zone)] };
    if (question.type === 'NS') return this.positive(question, 'NS', [`ns.dns.${zone}.`]);
    return this.empty(zone);
  }

  private pod(question: Question, zone: string, namespace: string, labels: readonly string[]): DnsResponse {
    if (this.settings.pods === 'disabled' || labels.length !== 1 || !this.informers.namespaces.lister.get(namespace))
      return this.missing(zone);
    const label = labels[0] as string;
    const isV4 = /^\d+-\d+-\d+-\d+$/.test(label);
    const address = isV4 ? label.replaceAll('-', '.') : label.replaceAll('-', ':');
    if (!isV4 && !/^[0-9a-f:]+:[0-9a-f:]+$/.test(address)) return this.missing(zone);
    const known = this.informers.pods?.lister
      .byIndex('ip', address)
      .some((pod) => pod.metadata.namespace === namespace);
    if (this.settings.pods === 'verified' && !known) return this.missing(zone);
    return this.addresses(question, zone, [address]);
  }

  private service(question: Question, zone: string, namespace: string, labels: readonly string[]): DnsResponse {
    const name = labels[labels.length - 1] as string;
    const service = this.informers.services.lister.get(`${namespace}/${name}`);
    if (!service) return this.missing(zone);
    const full = `${name}.${namespace}.svc.${zone}.`;
    if (service.spec?.type === 'ExternalName') {
      if (labels.length > 1) return this.missing(zone);
      return this.positive(question, 'CNAME', [`${service.spec.externalName?.replace(/\.$/, '')}.`]);
    }
    const [first, second] = labels;
    if (labels.length === 3 && first?.startsWith('_') && second?.startsWith('_'))
      return this.srv(question, zone, service, full, first.slice(1), second.slice(1));
    if (labels.length === 1) {
      if (question.type === 'SRV') return this.srv(question, zone, service, full, '', '');
      const targets = this.isHeadless(service)
        ? this.targets(service).map(({ address }) => address)
        : (service.spec?.clusterIPs ?? []);
      return targets.length === 0 ? this.missing(zone) : this.addresses(question, zone, targets);
    }
    if (labels.length !== 2 || !this.isHeadless(service)) return this.missing(zone);
    const own = this.targets(service).filter(({ label }) => label === first);
    return own.length === 0
      ? this.missing(zone)
      : this.addresses(
          question,
          zone,
          own.map(({ address }) => address),
        );
  }

  private srv(
    question: Question,
    zone: string,
    service: Service,
    full: string,
    port: string,
    protocol: string,
  ): DnsResponse {
    const matches = (candidate: { readonly name: string; readonly protocol: string }) =>
      (port === '' || candidate.name === port) && (protocol === '' || candidate.protocol.toLowerCase() === protocol);
    const found = this.isHeadless(service)
      ? this.targets(service).flatMap((target) =>
          target.ports
            .filter(matches)
            .map((match) => ({ target: `${target.label}.${full}`, port: match.port, address: target.address })),
        )
      : (service.spec?.ports ?? [])
          .map((entry) => ({ name: entry.name ?? '', protocol: entry.protocol ?? 'TCP', port: entry.port }))
          .filter(matches)
          .map((match) => ({ target: full, port: match.port, address: service.spec?.clusterIP ?? '' }));
    if (found.length === 0) return this.missing(zone);
    if (question.type !== 'SRV')
      return this.isHeadless(service) || port === ''
        ? this.addresses(
            question,
            zone,
            found.map(({ address }) => address),
          )
        : this.addresses(question, zone, [found[0]?.address ?? '']);
    const weight = Math.floor(100 / found.length) || 1;
    const additional = new Map(
      found.map(({ target, address }) => [`${target} ${address}`, this.record(target, typeOf(address), address)]),
    );
    return {
      ...this.positive(
        question,
        'SRV',
        found.map((entry) => `0 ${weight} ${entry.port} ${entry.target}`),
      ),
      additional: [...additional.values()],
    };
  }

  private reverse(question: Question): DnsResponse | undefined {
    const address = reverseAddress(question.name);
    const zone = this.settings.zones[0] ?? '';
    if (address === undefined) return this.missing(this.settings.reverse[0] ?? '');
    const names = this.informers.services.lister
      .byIndex('ip', address)
      .map((service) => `${service.metadata.name}.${service.metadata.namespace}.svc.${zone}.`);
    for (const slice of this.informers.slices.lister.byIndex('ip', address)) {
      const service = this.informers.services.lister.get(serviceOf(slice));
      if (!service || !this.isHeadless(service)) continue;
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.addresses.includes(address))
          names.push(
            `${labelOf(endpoint, address)}.${service.metadata.name}.${service.metadata.namespace}.svc.${zone}.`,
          );
      }
    }
    if (names.length === 0) return this.missing(this.settings.reverse[0] ?? '');
    return question.type === 'PTR'
      ? this.positive(question, 'PTR', [...new Set(names)])
      : this.empty(this.settings.reverse[0] ?? '');
  }

  private isHeadless = (service: Service): boolean => service.spec?.clusterIP === 'None';

  private targets(service: Service): readonly Target[] {
    const found = new Map<string, Target>();
    for (const slice of this.informers.slices.lister.byIndex(
      'service',
      `${service.metadata.namespace}/${service.metadata.name}`,
    )) {
      const ports = (slice.ports ?? []).map(({ name, protocol, port }) => ({
        name: name ?? '',
        protocol: protocol ?? 'TCP',
        port: port ?? 0,
      }));
      for (const endpoint of slice.endpoints ?? []) {
        if (endpoint.conditions?.ready === false) continue;
        for (const address of endpoint.addresses)
          found.set(address, { label: labelOf(endpoint, address), address, ports });
      }
    }
    return [...found.values()];
  }

  private addresses(question: Question, zone: string, addresses: readonly string[]): DnsResponse {
    const wanted = addresses.filter((address) => question.type === 'ANY' || typeOf(address) === question.type);
    return wanted.length === 0 ? this.empty(zone) : this.positive(question, undefined, wanted);
  }

  private positive(question: Question, type: DnsRecordType | undefined, data: readonly string[]): DnsResponse {
    return {
      status: 'NOERROR',
      authoritative: true,
      answers: data.map((value) => this.record(question.name, type ?? typeOf(value), value)),
    };
  }

  private record(name: string, type: DnsRecordType, data: string): DnsRecord {
    return { name, type, ttlSeconds: this.settings.ttlSeconds, data };
  }

  private soa(zone: string): DnsRecord {
    return this.record(
      `${zone}.`,
      'SOA',
      `ns.dns.${zone}. hostmaster.${zone}. 1 7200 1800 86400 ${this.settings.ttlSeconds}`,
    );
  }

  /** NODATA: the name exists, not with this type. */
  private empty(zone: string): DnsResponse {
    return { status: 'NOERROR', authoritative: true, answers: [], authority: [this.soa(zone)] };
  }

  private missing(zone: string): DnsResponse {
    return { ...this.empty(zone), status: 'NXDOMAIN' };
  }
}

const typeOf = (address: string): 'A' | 'AAAA' => (address.includes(':') ? 'AAAA' : 'A');
const labelOf = (endpoint: Endpoint, address: string): string => endpoint.hostname || address.replace(/[.:]/g, '-');
