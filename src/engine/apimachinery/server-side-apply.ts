/**
 * Server-side apply: a configuration merged into the live object, with ownership and conflicts.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/structuredmerge.go
 */
import { zeroStruct } from './decode.ts';
import {
  differenceSets,
  emptyFieldSet,
  type FieldSet,
  intersectionSets,
  isEmptySet,
  printMembers,
  recursiveDifference,
  unionSets,
} from './field-set.ts';
import { compareText, isJsonMap, type JsonMap } from './json-value.ts';
import {
  comparable,
  decodeManagers,
  filterComparison,
  identityManager,
  type Manager,
  type Managers,
  managerKey,
  stripMetadata,
  takeFromOthers,
  trackUpdate,
  type WriteIdentity,
  withManagers,
} from './managed-fields.ts';
import type { KubeObject } from './meta.ts';
import type { StructSchema } from './schema.ts';
import { failure, type StatusError, statusErrors } from './status.ts';
import { mergeTyped, typedFaults } from './typed-merge.ts';
import { compareTyped, ensureNamedFields, removeItems, toFieldSet, unionAll } from './typed-value.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MAX_ANNOTATIONS_BYTES = 262_144;

export interface ApplyIdentity extends WriteIdentity {
  /** Take over fields that others own. */
  readonly force: boolean;
}

interface Conflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

function printManager({ manager, subresource, operation, apiVersion }: Manager): string {
  const name = `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function conflictError(conflicts: readonly Conflict[]): StatusError {
  const parts = conflicts
    .toSorted((a, b) => compareText(managerKey(a.manager), managerKey(b.manager)))
    .map(({ manager, fields }) => ({ name: printManager(manager), paths: printMembers(fields) }));
  const causes = parts.flatMap(({ name, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${name}`, field })),
  );
  const lines = parts.flatMap(({ name, paths }) => [`conflicts with ${name}:`, ...paths.map((path) => `- ${path}`)]);
  const message =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${causes[0]?.message}: ${causes[0]?.field}`
      : `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`;
  return failure(409, message, 'Conflict', { causes });
}

function checkConfiguration(config: JsonMap, schema: StructSchema): void {
  const faults: string[] = [];
  typedFaults(config, schema, '', faults);
  if (faults.length === 0) return;
  const { apiVersion, kind, metadata } = config;
  const { namespace = '', name = '' } = isJsonMap(metadata) ? metadata : {};
  const [version = '', group = ''] = String(apiVersion).split('/').reverse();
  const text = faults.length === 1 ? faults[0] : ['errors:', ...faults.map((fault) => `  ${fault}`)].join('\n');
  throw failure(
    500,
    `failed to create typed patch object (${namespace}/${name}; ${group}/${version}, Kind=${kind}): ${text}`,
  );
}

/** Takes away what this manager applied before, does not apply now, and nobody else owns. */
function prune(merged: JsonMap, lastSet: FieldSet, managers: Managers, schema: StructSchema): JsonMap {
  const named = (set: FieldSet) => ensureNamedFields(set, schema);
  const last = named(lastSet);
  const owned = named(unionAll([...managers.values()].map((manager) => manager.fields)));
  const all = named(toFieldSet(merged, schema));
  const remaining = (value: unknown) => (isJsonMap(value) ? named(toFieldSet(value, schema)) : emptyFieldSet);
  let pruned = removeItems(merged, last, schema);
  pruned = removeItems(merged, differenceSets(all, unionSets(remaining(pruned), owned)), schema);
  pruned = removeItems(merged, intersectionSets(differenceSets(all, remaining(pruned)), last), schema);
  return isJsonMap(pruned) ? pruned : {};
}

interface Applied {
  readonly object: JsonMap;
  readonly managers: Managers;
  readonly conflicts: readonly Conflict[];
}

function applyOnce(
  live: JsonMap,
  config: JsonMap,
  managers: Managers,
  schema: StructSchema,
  identity: ApplyIdentity,
): Applied {
  let claimed = toFieldSet(config, schema);
  if (identity.resetFields) claimed = recursiveDifference(claimed, identity.resetFields);
  const mine = identityManager(identity, 'Apply', claimed);
  const key = managerKey(mine);
  const last = managers.get(key);
  const next = new Map(managers);
  next.set(key, { ...mine, time: last?.time });
  let object = mergeTyped(live, config, schema) as JsonMap;
  if (last && !isEmptySet(last.fields)) object = prune(object, last.fields, next, schema);
  const comparison = filterComparison(compareTyped(live, object, schema), identity.resetFields);
  const changed = unionSets(comparison.modified, comparison.added);
  const conflicts: Conflict[] = [];
  for (const [otherKey, manager] of next) {
    if (otherKey === key) continue;
    const fields = intersectionSets(manager.fields, changed);
    if (!isEmptySet(fields)) conflicts.push({ manager, fields });
  }
  const result = takeFromOthers(next, comparison, key);
  const fields = stripMetadata(claimed);
  const changedAnything = ![comparison.added, comparison.modified, comparison.removed].every(isEmptySet);
  result.delete(key);
  if (!isEmptySet(fields)) result.set(key, { ...mine, fields, time: changedAnything ? identity.time : last?.time });
  return { object, managers: result, conflicts };
}

/** Fields a client-side kubectl apply set and nobody changed since: kubectl may take them over. */
function allowedByLastApplied(live: JsonMap, schema: StructSchema): FieldSet {
  const metadata = isJsonMap(live.metadata) ? live.metadata : {};
  const annotation = isJsonMap(metadata.annotations) ? metadata.annotations[LAST_APPLIED] : undefined;
  if (typeof annotation !== 'string' || annotation === '') return emptyFieldSet;
  let lastApplied: unknown;
  try {
    lastApplied = JSON.parse(annotation);
  } catch (error) {
    if (error instanceof SyntaxError) return emptyFieldSet;
    throw error;
  }
  if (!isJsonMap(lastApplied)) return emptyFieldSet;
  const { added, modified, removed } = compareTyped(lastApplied, live, schema);
  return [added, modified, removed].reduce(differenceSets, toFieldSet(lastApplied, schema));
}

function withLastApplied(object: JsonMap, config: JsonMap): JsonMap {
  const metadata = isJsonMap(object.metadata) ? object.metadata : {};
  const annotations = isJsonMap(metadata.annotations) ? metadata.annotations : {};
  if (annotations[LAST_APPLIED] === undefined) return object;
  const { managedFields: _, annotations: given, ...rest } = isJsonMap(config.metadata) ? config.metadata : {};
  const { [LAST_APPLIED]: __, ...kept } = isJsonMap(given) ? given : {};
  const applied = { ...config, metadata: { ...rest, ...(isJsonMap(given) && { annotations: kept }) } };
  const { [LAST_APPLIED]: ___, ...others } = annotations;
  const text = `${JSON.stringify(sortKeys(applied))}\n`;
  const size = Object.entries(others).reduce(
    (sum, [key, value]) => sum + key.length + String(value).length,
    text.length,
  );
  const next = size > MAX_ANNOTATIONS_BYTES ? others : { ...annotations, [LAST_APPLIED]: text };
  return { ...object, metadata: { ...metadata, annotations: next } };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort(compareText)
      .map((key) => [key, sortKeys(value[key])]),
  );
}

/**
 * The object that results from applying a configuration (as decoded JSON, not defaulted). The caller decodes it, defaults
 * and validates. `live` is absent when apply creates. Throws StatusError: 409 with every conflict, 500 for a configuration
 * the schema does not know, 400 for one that carries managedFields.
 * @fidelity partial: one version per kind
 */
export function serverSideApply(
  live: KubeObject | undefined,
  config: JsonMap,
  schema: StructSchema,
  identity: ApplyIdentity,
): KubeObject {
  const given = isJsonMap(config.metadata) ? config.metadata.managedFields : undefined;
  if (Array.isArray(given) && given.length > 0) {
    throw statusErrors.badRequest('metadata.managedFields must be nil');
  }
  checkConfiguration(config, schema);
  const before = live ? comparable(live) : zeroStruct(schema);
  let managers = decodeManagers(live?.metadata.managedFields);
  if (managers.size === 0 && live) {
    const firstSeen = { ...identity, manager: 'before-first-apply', subresource: undefined };
    managers = trackUpdate(managers, zeroStruct(schema), before, schema, firstSeen);
  }
  const applied = applyOnce(before, config, managers, schema, identity);
  let { object } = applied;
  const isKubectl = identity.manager === 'kubectl';
  if (!identity.force && applied.conflicts.length > 0) {
    const allowed = isKubectl ? allowedByLastApplied(before, schema) : emptyFieldSet;
    const conflicts = applied.conflicts
      .map(({ manager, fields }) => ({ manager, fields: differenceSets(fields, allowed) }))
      .filter(({ fields }) => !isEmptySet(fields));
    if (conflicts.length > 0) throw conflictError(conflicts);
  }
  if (isKubectl) object = withLastApplied(object, config);
  return withManagers(object as unknown as KubeObject, applied.managers);
}
