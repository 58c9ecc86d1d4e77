/**
 * Creating strategic merge patches from two or three states: what kubectl apply sends.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
import { compareText, goPrint, isJsonMap, type JsonMap, jsonEqual, type WritableJsonMap } from './json-value.ts';
import type { Schema } from './schema.ts';
import { mapsConflict } from './strategic-conflicts.ts';
import { StrategicConflictError } from './strategic-error.ts';
import {
  asMap,
  DELETE_FROM_PRIMITIVE_LIST,
  deduplicate,
  findIndex,
  identityOf,
  mergeOrders,
  normalizeOrder,
  PATCH,
  partition,
  RETAIN_KEYS,
  SET_ELEMENT_ORDER,
} from './strategic-lists.ts';
import { itemSchema, type PatchMeta, patchMetaOf } from './strategic-merge-patch.ts';

interface DiffOptions {
  readonly deletions: boolean;
  readonly changes: boolean;
  readonly retainKeys?: boolean;
}

interface ListDiff {
  readonly patch: readonly unknown[];
  readonly deletions: readonly unknown[];
  readonly order: readonly unknown[];
}

const noDiff: ListDiff = { patch: [], deletions: [], order: [] };

function diffMapLists(
  original: readonly unknown[],
  modified: readonly unknown[],
  meta: PatchMeta,
  options: DiffOptions,
): ListDiff {
  const { mergeKey } = meta;
  const items = itemSchema(meta.schema);
  const patch: unknown[] = [];
  const removed: unknown[] = [];
  for (const item of modified) {
    const at = findIndex(original, item, mergeKey);
    if (at < 0) {
      if (options.changes) patch.push(item);
      continue;
    }
    const diff = diffMaps(asMap(original[at]) ?? {}, asMap(item) ?? {}, items, {
      ...options,
      retainKeys: meta.retainKeys,
    });
    if (Object.keys(diff).length > 0) patch.push({ ...diff, [mergeKey]: identityOf(item, mergeKey) });
  }
  if (options.deletions) {
    const gone = original
      .filter((item) => findIndex(modified, item, mergeKey) < 0)
      .map((item) => identityOf(item, mergeKey));
    gone.sort((a, b) => compareText(goPrint(a), goPrint(b)));
    removed.push(...gone.map((identity) => ({ [PATCH]: 'delete', [mergeKey]: identity })));
  }
  const list = [...normalizeOrder(patch, modified, mergeKey), ...removed];
  const shared = (from: readonly unknown[], other: readonly unknown[]) =>
    from.filter((item) => findIndex(other, item, mergeKey) >= 0).map((item) => goPrint(identityOf(item, mergeKey)));
  const orderSame = jsonEqual(shared(original, modified), shared(modified, original));
  const needsOrder = (options.changes && (list.length > 0 || !orderSame)) || (options.deletions && list.length > 0);
  const order = needsOrder ? modified.map((item) => ({ [mergeKey]: identityOf(item, mergeKey) })) : [];
  return { patch: list, deletions: [], order };
}

function diffScalarLists(original: readonly unknown[], modified: readonly unknown[], options: DiffOptions): ListDiff {
  const has = (list: readonly unknown[], item: unknown) => list.some((other) => jsonEqual(other, item));
  const patch = options.changes ? modified.filter((item) => !has(original, item)) : [];
  const deletions = options.deletions ? original.filter((item) => !has(modified, item)) : [];
  const needsOrder = (options.deletions && deletions.length > 0) || (options.changes && !jsonEqual(original, modified));
  return { patch: deduplicate(patch), deletions: deduplicate(deletions), order: needsOrder ? modified : [] };
}

function diffLists(
  original: readonly unknown[],
  modified: readonly unknown[],
  meta: PatchMeta,
  options: DiffOptions,
): ListDiff {
  if (original.length === 0) return options.changes ? { ...noDiff, patch: modified } : noDiff;
  return isJsonMap(original[0] ?? modified[0])
    ? diffMapLists(original, modified, meta, options)
    : diffScalarLists(original, modified, options);
}

function diffField(
  key: string,
  before: unknown,
  after: unknown,
  schema: Schema,
  patch: WritableJsonMap,
  options: DiffOptions,
): void {
  if (jsonEqual(before, after)) return;
  if (isJsonMap(before) && isJsonMap(after)) {
    const meta = patchMetaOf(schema, key);
    if (meta.strategy === 'replace') {
      if (options.changes) patch[key] = after;
      return;
    }
    const diff = diffMaps(before, after, meta.schema, { ...options, retainKeys: meta.retainKeys });
    if (Object.keys(diff).length > 0) patch[key] = diff;
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const meta = patchMetaOf(schema, key);
    if (meta.strategy === 'merge') {
      const diff = diffLists(before, after, meta, options);
      if (diff.patch.length > 0) patch[key] = diff.patch;
      if (diff.deletions.length > 0) patch[DELETE_FROM_PRIMITIVE_LIST + key] = diff.deletions;
      if (diff.order.length > 0) patch[SET_ELEMENT_ORDER + key] = diff.order;
      return;
    }
  }
  if (options.changes) patch[key] = after;
}

function diffMaps(original: JsonMap, modified: JsonMap, schema: Schema, options: DiffOptions): JsonMap {
  const patch: WritableJsonMap = {};
  const retained: string[] = [];
  for (const key in modified) {
    const after = modified[key];
    if (after === undefined) continue;
    if (options.retainKeys && after !== null) retained.push(key);
    const before = original[key];
    if (before === undefined) {
      if (options.changes) patch[key] = after;
    } else diffField(key, before, after, schema, patch, options);
  }
  const gone = Object.keys(original).filter((key) => original[key] !== undefined && modified[key] === undefined);
  if (options.deletions) for (const key of gone) patch[key] = null;
  if (retained.length > 0 && (Object.keys(patch).length > 0 || gone.length > 0))
    patch[RETAIN_KEYS] = retained.sort(compareText);
  return patch;
}

function mergePatchLists(first: readonly unknown[], second: readonly unknown[], meta: PatchMeta): readonly unknown[] {
  const { mergeKey } = meta;
  if (!isJsonMap(first[0] ?? second[0])) return deduplicate([...first, ...second]);
  const merged = [...first];
  for (const item of second) {
    const at = findIndex(merged, item, mergeKey);
    if (at < 0) merged.push(item);
    else merged[at] = mergePatches(asMap(merged[at]) ?? {}, asMap(item) ?? {}, itemSchema(meta.schema));
  }
  const [named, others] = partition(merged, second, mergeKey);
  return mergeOrders(named, others, second, first, mergeKey);
}

function mergeField(key: string, before: unknown, after: unknown, schema: Schema): unknown {
  if (before === undefined || before === null || after === null) return after;
  if (isJsonMap(before) && isJsonMap(after)) return mergePatches(before, after, patchMetaOf(schema, key).schema);
  if (!Array.isArray(before) || !Array.isArray(after)) return after;
  const meta = patchMetaOf(schema, key);
  return meta.strategy === 'merge' ? mergePatchLists(before, after, meta) : after;
}

/** One patch on top of another, keeping nulls and directives; lists with an order directive follow it. */
function mergePatches(first: JsonMap, second: JsonMap, schema: Schema): JsonMap {
  const result: WritableJsonMap = { ...first };
  for (const key in second) {
    result[key] = key.startsWith('$') ? second[key] : mergeField(key, result[key], second[key], schema);
  }
  for (const directive in second) {
    if (!directive.startsWith(SET_ELEMENT_ORDER)) continue;
    const key = directive.slice(SET_ELEMENT_ORDER.length);
    const list = result[key];
    const order = second[directive];
    if (!Array.isArray(list) || !Array.isArray(order)) continue;
    const { mergeKey } = patchMetaOf(schema, key);
    const [named, others] = partition(list, order, mergeKey);
    result[key] = mergeOrders(named, others, order, Array.isArray(first[key]) ? first[key] : [], mergeKey);
  }
  return result;
}

/**
 * The patch that turns `original` into `modified`. Throws StrategicMergeError for a field the schema does not know.
 * @fidelity full
 */
export const createTwoWayStrategicMergePatch = (original: JsonMap, modified: JsonMap, schema: Schema): JsonMap =>
  diffMaps(original, modified, schema, { deletions: true, changes: true });

/**
 * What kubectl apply sends: changes and additions from `current` to `modified`, deletions from `original` (last applied)
 * to `modified`. Without `overwrite`, throws StrategicConflictError when others changed the same fields since.
 * @fidelity full
 */
export function createThreeWayStrategicMergePatch(
  original: JsonMap,
  modified: JsonMap,
  current: JsonMap,
  schema: Schema,
  { overwrite = true }: { readonly overwrite?: boolean } = {},
): JsonMap {
  const changes = diffMaps(current, modified, schema, { deletions: false, changes: true });
  const deletions = diffMaps(original, modified, schema, { deletions: true, changes: false });
  const patch = mergePatches(deletions, changes, schema);
  if (!overwrite) {
    const changed = createTwoWayStrategicMergePatch(original, current, schema);
    if (mapsConflict(patch, changed, schema)) throw new StrategicConflictError(patch, changed);
  }
  return patch;
}
