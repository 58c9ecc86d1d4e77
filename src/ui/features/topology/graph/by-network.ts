/** Services beside the Pods that their EndpointSlices name. */
import type { EndpointSlice, Service } from '#engine/api';
import { keyOf } from '#engine/apimachinery';
import type { Buckets, PlaceOf } from './buckets.ts';
import type { Group, Grouping, Head, Relation, Trouble } from './group.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';

/** Whether traffic is sent there, by the Pod's `namespace/name`. */
type Backends = ReadonlyMap<string, boolean>;

export interface Network {
  readonly placeOf: PlaceOf;
  readonly groups: readonly Omit<Group, 'sections'>[];
  readonly relations: readonly Relation[];
}

function backendsOf(slices: readonly EndpointSlice[]): ReadonlyMap<string, Backends> {
  const services = new Map<string, Map<string, boolean>>();
  for (const { metadata, endpoints } of slices) {
    const service = keyOf(metadata.labels?.[SERVICE_NAME] ?? '', metadata.namespace);
    let backends = services.get(service);
    if (!backends) {
      backends = new Map();
      services.set(service, backends);
    }
    for (const { targetRef, conditions } of endpoints ?? []) {
      if (targetRef?.kind !== 'Pod') continue;
      backends.set(keyOf(targetRef.name ?? '', targetRef.namespace), conditions?.ready !== false);
    }
  }
  return services;
}

function describe({ spec }: Service): string {
  const ports = (spec?.ports ?? [])
    .map(({ port, nodePort }) => (nodePort ? `${port}:${nodePort}` : `${port}`))
    .join(',');
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  const address = spec?.clusterIP === 'None' ? 'headless' : (spec?.clusterIP ?? '');
  return ports ? `${address}:${ports}` : address;
}

function headOf(service: Service, backends: Backends): Head {
  const { name = '', namespace = '', uid = `${namespace}/${name}` } = service.metadata;
  const reached = [...backends.values()].some(Boolean);
  const wantsPods = Object.keys(service.spec?.selector ?? {}).length > 0;
  return {
    id: `service/${uid}`,
    ref: { apiVersion: 'v1', kind: 'Service', namespace, name },
    detail: describe(service),
    health: reached ? 'good' : wantsPods ? 'warn' : 'idle',
  };
}

/** Why a Service that wants Pods reaches none of them. @upstream pkg/controller/endpointslice */
function troubleOf({ spec }: Service, backends: Backends, hasPorts: boolean): Trouble | undefined {
  const selector = Object.entries(spec?.selector ?? {});
  if (selector.length === 0 || spec?.type === 'ExternalName') return undefined;
  if (backends.size === 0) return { kind: 'no-endpoints', about: selector.map(([k, v]) => `${k}=${v}`).join(',') };
  if (![...backends.values()].some(Boolean)) return { kind: 'none-ready', about: String(backends.size) };
  const named = spec?.ports?.find(({ targetPort }) => typeof targetPort === 'string' && !/^\d+$/.test(targetPort));
  return named && !hasPorts ? { kind: 'no-port', about: String(named.targetPort) } : undefined;
}

/** Services of which some slice knows a port, by `namespace/name`. */
function withPorts(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  const known = new Set<string>();
  for (const { metadata, ports } of slices)
    if (ports && ports.length > 0) known.add(keyOf(metadata.labels?.[SERVICE_NAME] ?? '', metadata.namespace));
  return known;
}

const APART = 'apart';

/** A Pod stands in the room of the first Service that names it; the others reach it by a line. Pods are not looked at yet. */
export function networkOf(services: readonly Service[], slices: readonly EndpointSlice[]): Network {
  const backends = backendsOf(slices);
  const ported = withPorts(slices);
  const homes = new Map<string, string>();
  const groups: Omit<Group, 'sections'>[] = [];
  const relations: Relation[] = [];
  for (const service of services) {
    const { namespace = '', name = '' } = service.metadata;
    const reached = backends.get(keyOf(name, namespace)) ?? new Map<string, boolean>();
    const head = headOf(service, reached);
    const id = `group/${head.id}`;
    const trouble = troubleOf(service, reached, ported.has(keyOf(name, namespace)));
    const shut = new Set<string>();
    for (const [path, ready] of reached) {
      if (homes.has(path)) relations.push({ id: `${head.id}>${path}`, from: head.id, to: path, broken: !ready });
      else {
        homes.set(path, id);
        if (!ready) shut.add(path);
      }
    }
    groups.push({
      id,
      kind: 'service',
      title: `${namespace}/${name}`,
      detail: service.spec?.type ?? 'ClusterIP',
      health: head.health,
      ref: head.ref,
      head,
      ...(shut.size > 0 && { shut }),
      ...(trouble && { trouble }),
    });
  }
  return { placeOf: ({ path }) => homes.get(path) ?? APART, groups, relations };
}

export function groupByNetwork({ groups, relations }: Network, buckets: Buckets): Grouping {
  const rooms = groups.map((group): Group => {
    const pods = buckets.get(group.id) ?? [];
    return { ...group, sections: [{ id: group.id, pods }] };
  });
  const apart = buckets.get(APART) ?? [];
  if (apart.length > 0) {
    const sections = [{ id: APART, pods: apart }];
    rooms.push({ id: APART, kind: 'rest', title: '', detail: '', health: 'idle', sections });
  }
  return { groups: rooms, relations };
}
