/** Which slices to create, change and delete so that they hold what is desired, touching as few as possible. @upstream staging/src/k8s.io/endpointslice/reconciler.go */
import type { DiscoveryV1EndpointPort, Endpoint, EndpointSlice, Service } from '#engine/api';
import { controllerRef, type Draft, type KubeObject, semanticEqual } from '#engine/apimachinery';
import { without } from '../without.ts';
import { type AddressType, endpointIdentity, HEADLESS, isHeadless, portsKey } from './endpoint.ts';

const MAX_ENDPOINTS_PER_SLICE = 100;
export const MANAGER = 'endpointslice-controller.k8s.io';
export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

export interface SlicePlan {
  readonly create: readonly Draft<EndpointSlice>[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

/** Endpoints that share their ports. */
export interface PortGroup {
  readonly ports: readonly DiscoveryV1EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** Whose slices they are: a Service's, or those that mirror Endpoints. */
export interface SliceOwner {
  readonly object: KubeObject;
  readonly labels: { readonly [name: string]: string };
  readonly annotations?: { readonly [name: string]: string };
  /** One empty slice stays when there is nothing to show. */
  readonly placeholder: boolean;
}

export const serviceOwner = (service: Service): SliceOwner => ({
  object: service,
  labels: sliceLabels(service),
  placeholder: true,
});

/** The Service's labels, and whose slice it is. */
export function sliceLabels(service: Service): { readonly [name: string]: string } {
  const labels = without(service.metadata.labels, HEADLESS);
  return {
    ...labels,
    ...(isHeadless(service) && { [HEADLESS]: '' }),
    [SERVICE_NAME]: service.metadata.name,
    [MANAGED_BY]: MANAGER,
  };
}

function newSlice(owner: SliceOwner, type: AddressType, group: PortGroup): Draft<EndpointSlice> {
  const { name, namespace } = owner.object.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      ...(namespace !== undefined && { namespace }),
      labels: owner.labels,
      ...(owner.annotations && { annotations: owner.annotations }),
      ownerReferences: [controllerRef(owner.object)],
    },
    addressType: type,
    endpoints: group.endpoints,
    ports: group.ports,
  };
}

/** The plan for one address family. */
export function planSlices(
  owner: SliceOwner,
  type: AddressType,
  existing: readonly EndpointSlice[],
  groups: readonly PortGroup[],
): SlicePlan {
  const create: Draft<EndpointSlice>[] = [];
  const update: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = portsKey(slice.ports ?? []);
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice]);
  }
  for (const group of groups) {
    const key = portsKey(group.ports);
    const plan = planGroup(owner, type, byPorts.get(key) ?? [], group);
    byPorts.delete(key);
    create.push(...plan.create);
    update.push(...plan.update);
    remove.push(...plan.remove);
  }
  for (const slices of byPorts.values()) remove.push(...slices);
  const plan = { create, update, remove };
  return reuse(owner.placeholder ? withPlaceholder(owner, type, existing, plan) : plan, owner);
}

/** A Service without endpoints keeps one empty slice. */
function withPlaceholder(
  owner: SliceOwner,
  type: AddressType,
  existing: readonly EndpointSlice[],
  plan: SlicePlan,
): SlicePlan {
  if (existing.length !== plan.remove.length || plan.create.length > 0) return plan;
  const empty = newSlice(owner, type, { ports: [], endpoints: [] });
  const only = plan.remove.length === 1 ? plan.remove[0] : undefined;
  const same =
    only !== undefined &&
    (only.endpoints ?? []).length === 0 &&
    (only.ports ?? []).length === 0 &&
    semanticEqual(only.metadata.labels, empty.metadata.labels);
  return same ? { ...plan, remove: [] } : { ...plan, create: [empty] };
}

/** A slice that would go takes over the content of one that would come. */
function reuse(plan: SlicePlan, owner: SliceOwner): SlicePlan {
  const create = [...plan.create];
  const update = [...plan.update];
  const remove: EndpointSlice[] = [];
  for (const slice of plan.remove) {
    const ours = slice.metadata.ownerReferences?.some(({ uid }) => uid === owner.object.metadata.uid);
    const next = ours ? create.pop() : undefined;
    if (!next) remove.push(slice);
    else {
      const metadata = { ...slice.metadata, labels: next.metadata.labels ?? {} };
      update.push({ ...slice, ...(next as Omit<EndpointSlice, 'metadata'>), metadata });
    }
  }
  return { create, update, remove };
}

interface Filling {
  readonly slice: EndpointSlice;
  endpoints: readonly Endpoint[];
}

function planGroup(
  owner: SliceOwner,
  type: AddressType,
  slices: readonly EndpointSlice[],
  group: PortGroup,
): SlicePlan {
  const desired = new Map(group.endpoints.map((endpoint) => [endpointIdentity(endpoint), endpoint]));
  const { labels } = owner;
  const changed: Filling[] = [];
  const unchanged: Filling[] = [];
  const remove: EndpointSlice[] = [];
  for (const slice of slices) {
    const { endpoints, differs } = keep(slice, desired);
    if (differs && endpoints.length === 0) remove.push(slice);
    else if (differs || !semanticEqual(slice.metadata.labels, labels)) changed.push({ slice, endpoints });
    else unchanged.push({ slice, endpoints });
  }
  const rest = [...desired.values()];
  fill(changed, rest);
  const create: Draft<EndpointSlice>[] = [];
  while (rest.length > 0) {
    const target = rest.length < MAX_ENDPOINTS_PER_SLICE ? fullestWithRoom(unchanged, rest.length) : undefined;
    if (target) {
      unchanged.splice(unchanged.indexOf(target), 1);
      changed.push(target);
      fill([target], rest);
    } else create.push(newSlice(owner, type, { ...group, endpoints: rest.splice(0, MAX_ENDPOINTS_PER_SLICE) }));
  }
  const update = changed.map(({ slice, endpoints }) => ({
    ...slice,
    metadata: { ...slice.metadata, labels },
    endpoints,
    ports: group.ports,
  }));
  return { create, update, remove };
}

/** The desired endpoints that are in the slice already; they leave `desired`. */
function keep(slice: EndpointSlice, desired: Map<string, Endpoint>) {
  const endpoints: Endpoint[] = [];
  const before = slice.endpoints ?? [];
  let differs = false;
  for (const endpoint of before) {
    const identity = endpointIdentity(endpoint);
    const wanted = desired.get(identity);
    if (!wanted) continue;
    desired.delete(identity);
    const same = semanticEqual(wanted, endpoint);
    if (!same) differs = true;
    endpoints.push(same ? endpoint : wanted);
  }
  return { endpoints, differs: differs || endpoints.length !== before.length };
}

function fill(targets: Filling[], rest: Endpoint[]): void {
  for (const target of [...targets].sort((a, b) => b.endpoints.length - a.endpoints.length)) {
    const room = MAX_ENDPOINTS_PER_SLICE - target.endpoints.length;
    if (room > 0 && rest.length > 0) target.endpoints = [...target.endpoints, ...rest.splice(0, room)];
  }
}

function fullestWithRoom(slices: readonly Filling[], count: number): Filling | undefined {
  let best: Filling | undefined;
  for (const slice of slices) {
    if (slice.endpoints.length + count > MAX_ENDPOINTS_PER_SLICE) continue;
    if (!best || slice.endpoints.length > best.endpoints.length) best = slice;
  }
  return best;
}
