/** Who owns which field: what every write leaves in metadata.managedFields. @upstream staging/src/k8s.io/apimachinery/pkg/util/managedfields */

import { apiVersionOf, schemaForKind } from '#engine/api';
import {
  type FieldSet,
  fieldSetOf,
  jsonEqual,
  type KubeObject,
  type ManagedFieldsEntry,
  managedFieldsFromScale,
  type StructSchema,
  scaleManagedFields,
  updateManagedFields,
} from '#engine/apimachinery';
import { formatTime } from '#engine/sim';
import type { ApiContext } from '../context.ts';
import type { Served, Server } from './endpoint.ts';
import type { Part } from './part.ts';

/** The name a write is recorded under: the client's choice, else the program in its User-Agent. */
export function managerOf({ request }: ApiContext, fieldManager: string): string {
  if (fieldManager !== '') return fieldManager;
  const agent = request.headers['user-agent'] ?? '';
  const slash = agent.indexOf('/');
  const name = slash < 0 ? agent : agent.slice(0, slash);
  return name === '' ? 'unknown' : [...name].filter(isPrintable).join('').slice(0, 128) || 'unknown';
}

const isPrintable = (character: string) => character >= ' ' && character !== '\u007f';

const STATUS = fieldSetOf(['status']);
const SPEC = fieldSetOf(['spec']);
/** What the status endpoint ignores besides spec. */
const STATUS_RESETS: { readonly [groupResource: string]: FieldSet } = {
  '/pods': fieldSetOf(['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']),
  'apps/deployments': fieldSetOf(['spec'], ['metadata', 'labels']),
  'apiextensions.k8s.io/customresourcedefinitions': fieldSetOf(['metadata'], ['spec']),
  'flowcontrol.apiserver.k8s.io/flowschemas': fieldSetOf(['spec'], ['metadata']),
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': fieldSetOf(['spec'], ['metadata']),
  'apiregistration.k8s.io/apiservices': fieldSetOf(['spec'], ['metadata']),
  'resource.k8s.io/resourceclaims': fieldSetOf(['spec'], ['metadata']),
  'certificates.k8s.io/certificatesigningrequests': fieldSetOf(['spec'], ['status', 'conditions']),
};
const CERTIFICATE_REQUESTS = 'certificates.k8s.io/certificatesigningrequests';
/** A request for a certificate is immutable, so that nobody owns it. */
const REQUEST_RESETS: { readonly [subresource: string]: FieldSet } = {
  '': fieldSetOf(['spec'], ['status']),
  approval: fieldSetOf(['spec'], ['status', 'certificate']),
};
const CUSTOM_STATUS_RESETS = fieldSetOf(['apiVersion'], ['kind'], ['metadata'], ['spec']);

/** The fields that a path ignores, so nobody can own them through it. */
export function resetFieldsOf({ store, resource, custom }: Served, subresource: string): FieldSet | undefined {
  if (subresource === 'status' && custom) return CUSTOM_STATUS_RESETS;
  const kind = `${resource.group}/${resource.plural}`;
  if (subresource === 'status') return STATUS_RESETS[kind] ?? SPEC;
  if (kind === CERTIFICATE_REQUESTS) return REQUEST_RESETS[subresource];
  return subresource === '' && store.strategy.status ? STATUS : undefined;
}

/** The object with the ownership that results from writing it over `live`. Both are in the stored version. */
export function manage(
  server: Server,
  context: ApiContext,
  served: Served,
  live: KubeObject | undefined,
  next: KubeObject,
  manager: string,
): KubeObject {
  const { resource, show, view, codec } = served;
  const schema = codec?.schema ?? (schemaForKind(resource) as StructSchema);
  const { subresource } = context.info;
  const shown = view ? show(next) : next;
  const managed = updateManagedFields(live && show(live), shown, schema, {
    manager: managerOf(context, manager),
    apiVersion: apiVersionOf(resource),
    time: formatTime(server.world.clock.now()),
    resetFields: resetFieldsOf(served, subresource),
    ...(subresource && { subresource }),
  });
  const { managedFields } = managed.metadata;
  return keepTimes(live, view ? withManagedFields(next, managedFields) : managed);
}

/** The same for what is not stored, such as reviews. */
export function manageUnstored<T extends KubeObject>(
  server: Server,
  context: ApiContext,
  object: T,
  manager: string,
): T {
  const { kind, apiVersion } = object;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const schema = schemaForKind({ group, version, kind }) as StructSchema;
  const time = formatTime(server.world.clock.now());
  return updateManagedFields(undefined, object, schema, { manager: managerOf(context, manager), apiVersion, time });
}

/** A write that changes nothing but the times of ownership changes nothing. */
export function keepTimes(live: KubeObject | undefined, next: KubeObject): KubeObject {
  if (!live) return next;
  const before = live.metadata.managedFields;
  const after = next.metadata.managedFields;
  if (before === after || !sameOwners(before, after)) return next;
  const kept = withManagedFields(next, before);
  const version = next.metadata.resourceVersion || live.metadata.resourceVersion;
  const comparable =
    version === undefined ? kept : { ...kept, metadata: { ...kept.metadata, resourceVersion: version } };
  return jsonEqual(comparable, live) ? kept : next;
}

function sameOwners(
  before: readonly ManagedFieldsEntry[] | undefined,
  after: readonly ManagedFieldsEntry[] | undefined,
): boolean {
  if (before?.length !== after?.length) return false;
  return (before ?? []).every((entry, i) => {
    const { time: _, ...one } = entry;
    const { time: __, ...other } = (after as readonly ManagedFieldsEntry[])[i] as ManagedFieldsEntry;
    return jsonEqual(one, other);
  });
}

export function withManagedFields<T extends KubeObject>(
  object: T,
  managedFields: readonly ManagedFieldsEntry[] | undefined,
): T {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}

/** The workload with the replicas and the ownership that a Scale asks for. */
export function manageScale(
  server: Server,
  context: ApiContext,
  served: Served,
  part: Part,
  live: KubeObject,
  scale: KubeObject,
  manager: string,
): KubeObject {
  const { schema } = part.codec;
  const parent = live.metadata.managedFields;
  const before = withManagedFields(part.show(live), scaleManagedFields(parent));
  const written = updateManagedFields(before, withManagedFields(scale, before.metadata.managedFields), schema, {
    manager: managerOf(context, manager),
    apiVersion: 'autoscaling/v1',
    subresource: 'scale',
    time: formatTime(server.world.clock.now()),
  });
  return fromScale(served, part, live, written);
}

/** A Scale with its ownership, back on the workload. */
export function fromScale(served: Served, part: Part, live: KubeObject, scale: KubeObject): KubeObject {
  const owners = managedFieldsFromScale(
    live.metadata.managedFields,
    scale.metadata.managedFields,
    apiVersionOf(served.resource),
  );
  return keepTimes(live, withManagedFields(part.into(live, scale), owners.length > 0 ? owners : undefined));
}
