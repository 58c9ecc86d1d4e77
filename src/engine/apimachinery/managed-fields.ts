/**
 * Who owns which field: the bookkeeping behind metadata.managedFields.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/fieldmanager.go
 */
import { zeroStruct } from './decode.ts';
import {
  differenceSets,
  emptyFieldSet,
  type FieldSet,
  fieldSetOf,
  intersectionSets,
  isEmptySet,
  recursiveDifference,
  unionSets,
} from './field-set.ts';
import { compareText, type JsonMap } from './json-value.ts';
import type { KubeObject, ManagedFieldsEntry, ObjectMeta, Time } from './meta.ts';
import type { StructSchema } from './schema.ts';
import { type Comparison, compareTyped } from './typed-value.ts';

/** One writer's share, under the identity upstream merges by: manager, operation, version, subresource. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly fields: FieldSet;
  readonly time?: Time | undefined;
  /** How it was stored, as long as nothing changed: unchanged entries are shared between versions of an object. */
  readonly entry?: ManagedFieldsEntry | undefined;
}

/** Keyed by managerKey. */
export type Managers = ReadonlyMap<string, Manager>;

export interface WriteIdentity {
  /** The `fieldManager` parameter, or the start of the user agent; empty reads as `unknown`. */
  readonly manager: string;
  /** The version the client spoke. */
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
  readonly time: Time;
  /** Fields this endpoint ignores: `status` for the object, `spec` and more for its status. */
  readonly resetFields?: FieldSet | undefined;
}

/** Names and versions of the object itself belong to nobody. */
const stripped = fieldSetOf(
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'creationTimestamp'],
  ['metadata', 'selfLink'],
  ['metadata', 'uid'],
  ['metadata', 'clusterName'],
  ['metadata', 'generation'],
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
);

/** Never worth tracking, and changing with every write. */
const untracked = fieldSetOf(
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
  ['metadata', 'generation'],
);

const ignoredFields = new WeakMap<FieldSet, FieldSet>();

/** What an endpoint resets, and what nobody tracks. */
function ignoredBy({ resetFields }: WriteIdentity): FieldSet {
  if (!resetFields) return untracked;
  let ignored = ignoredFields.get(resetFields);
  if (!ignored) {
    ignored = unionSets(resetFields, untracked);
    ignoredFields.set(resetFields, ignored);
  }
  return ignored;
}

const MAX_UPDATE_MANAGERS = 10;
const OLD_UPDATES = 'ancient-changes';

/** Upstream's identifier; its order decides ties. */
export const managerKey = ({ manager, operation, apiVersion, subresource }: Omit<Manager, 'fields'>): string =>
  `{"manager":${JSON.stringify(manager)},"operation":"${operation}","apiVersion":"${apiVersion}"${subresource && `,"subresource":"${subresource}"`}}`;

export function decodeManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  if (!entries) return new Map();
  const managers = new Map<string, Manager>();
  for (const entry of entries) {
    const manager: Manager = {
      manager: entry.manager ?? '',
      operation: entry.operation ?? 'Update',
      apiVersion: entry.apiVersion ?? '',
      subresource: entry.subresource ?? '',
      fields: entry.fieldsV1 ?? emptyFieldSet,
      time: entry.time,
      entry,
    };
    managers.set(managerKey(manager), manager);
  }
  return managers;
}

/** Times are whole seconds in UTC, so their texts sort as they do. */
const compareTimes = (a: Time | undefined, b: Time | undefined): number => compareText(a ?? '', b ?? '');

function compareManagers(a: Manager, b: Manager): number {
  return (
    compareText(a.operation, b.operation) ||
    compareTimes(a.time, b.time) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

function entryOf({ manager, operation, apiVersion, time, fields, subresource, entry }: Manager): ManagedFieldsEntry {
  if (entry) return entry;
  const made: { -readonly [Key in keyof ManagedFieldsEntry]: ManagedFieldsEntry[Key] } = {};
  if (manager !== '') made.manager = manager;
  made.operation = operation;
  made.apiVersion = apiVersion;
  if (time !== undefined) made.time = time;
  made.fieldsType = 'FieldsV1';
  made.fieldsV1 = fields;
  if (subresource !== '') made.subresource = subresource;
  return made;
}

/** In upstream's order: Apply before Update, then by time. */
export const encodeManagers = (managers: Managers): readonly ManagedFieldsEntry[] =>
  [...managers.values()].sort(compareManagers).map(entryOf);

/** An empty list, or one empty entry: the client wants tracking to start afresh. */
const isResetManagedFields = (entries: readonly ManagedFieldsEntry[] | undefined): boolean =>
  entries !== undefined &&
  (entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] ?? {}).length === 0));

/** Entries that cannot be read count as none. */
const isReadable = ({ operation, apiVersion, fieldsType }: ManagedFieldsEntry): boolean =>
  (operation === 'Apply' || operation === 'Update') && !!apiVersion && fieldsType === 'FieldsV1';

export function withManagers<T extends { readonly metadata: ObjectMeta }>(object: T, managers: Managers): T {
  if (managers.size > 0)
    return { ...object, metadata: { ...object.metadata, managedFields: encodeManagers(managers) } };
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

export const filterComparison = (
  { added, modified, removed }: Comparison,
  ignored: FieldSet | undefined,
): Comparison =>
  ignored
    ? {
        added: recursiveDifference(added, ignored),
        modified: recursiveDifference(modified, ignored),
        removed: recursiveDifference(removed, ignored),
      }
    : { added, modified, removed };

/** What a change takes from all managers but the one that makes it. */
export function takeFromOthers(managers: Managers, comparison: Comparison, except?: string): Map<string, Manager> {
  const changed = unionSets(unionSets(comparison.modified, comparison.added), comparison.removed);
  const result = new Map<string, Manager>();
  for (const [key, manager] of managers) {
    if (key === except) {
      result.set(key, manager);
      continue;
    }
    const taken = intersectionSets(manager.fields, changed);
    const fields = isEmptySet(taken) ? manager.fields : differenceSets(manager.fields, taken);
    if (!isEmptySet(fields))
      result.set(key, fields === manager.fields ? manager : { ...manager, fields, entry: undefined });
  }
  return result;
}

export const stripMetadata = (fields: FieldSet): FieldSet => differenceSets(fields, stripped);

/** Keeps at most ten Update entries: the oldest are merged into one. */
function capManagers(managers: Map<string, Manager>): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === 'Update');
  if (updaters.length <= MAX_UPDATE_MANAGERS) return;
  updaters.sort(([a, x], [b, y]) => compareTimes(x.time, y.time) || compareText(a, b));
  const firstOfVersion = new Map<string, string>();
  let count = updaters.length;
  for (const [key, manager] of updaters) {
    if (count <= MAX_UPDATE_MANAGERS) return;
    const first = firstOfVersion.get(manager.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(manager.apiVersion, key);
      continue;
    }
    const bucket: Manager = { ...manager, manager: OLD_UPDATES, operation: 'Update', subresource: '' };
    const bucketKey = managerKey(bucket);
    const merged = managers.get(bucketKey) ?? managers.get(first);
    managers.delete(managers.has(bucketKey) ? bucketKey : first);
    managers.delete(key);
    managers.set(bucketKey, {
      ...bucket,
      entry: undefined,
      fields: unionSets(manager.fields, merged?.fields ?? emptyFieldSet),
    });
    count--;
  }
}

export const identityManager = (
  identity: WriteIdentity,
  operation: Manager['operation'],
  fields: FieldSet,
): Manager => ({
  manager: identity.manager || 'unknown',
  operation,
  apiVersion: identity.apiVersion,
  subresource: identity.subresource ?? '',
  fields,
  time: identity.time,
});

/** The managers after `identity` changed `before` into `after`. The same map when nothing was taken. */
export function trackUpdate(
  managers: Managers,
  before: JsonMap,
  after: JsonMap,
  schema: StructSchema,
  identity: WriteIdentity,
): Managers {
  const comparison = filterComparison(compareTyped(before, after, schema), ignoredBy(identity));
  if (isEmptySet(comparison.added) && isEmptySet(comparison.modified) && isEmptySet(comparison.removed))
    return managers;
  const result = takeFromOthers(managers, comparison);
  const taken = stripMetadata(unionSets(comparison.modified, comparison.added));
  if (!isEmptySet(taken)) {
    const mine = identityManager(identity, 'Update', taken);
    const key = managerKey(mine);
    const previous = result.get(key);
    result.set(key, previous ? { ...mine, fields: unionSets(taken, previous.fields) } : mine);
  }
  capManagers(result);
  return result;
}

/** The object without its own bookkeeping, which is no part of a comparison. */
export const comparable = (object: KubeObject): JsonMap => ({
  ...object,
  metadata: { ...object.metadata, managedFields: undefined },
});

/**
 * `next` with the managedFields that result from writing it by create, update or patch; `live` is absent on create.
 * Costs no more than finding what differs: parts shared between `live` and `next` are not looked at.
 * @fidelity partial: one version per kind, so sets are never converted between versions
 */
export function updateManagedFields<T extends KubeObject>(
  live: KubeObject | undefined,
  next: T,
  schema: StructSchema,
  identity: WriteIdentity,
): T {
  const requested = next.metadata.managedFields;
  const mayReset = !identity.subresource;
  let managers = decodeManagers(live?.metadata.managedFields);
  if (mayReset && isResetManagedFields(requested)) managers = new Map();
  else if (mayReset && requested && requested.length > 0 && requested !== live?.metadata.managedFields) {
    if (requested.every(isReadable)) managers = decodeManagers(requested);
  }
  // An object nobody tracks stays untracked until somebody applies it.
  if (live && managers.size === 0) return requested === undefined ? next : withManagers(next, managers);
  const before = live ? comparable(live) : zeroStruct(schema);
  const tracked = trackUpdate(managers, before, comparable(next), schema, identity);
  if (tracked === managers && requested === live?.metadata.managedFields && live) return next;
  return withManagers(next, tracked);
}
