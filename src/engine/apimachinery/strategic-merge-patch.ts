/**
 * Strategic merge patch: lists merge by key, with directives to delete, replace, order and retain.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
import { goDynamicType, goPrint, isJsonMap, type JsonMap, type WritableJsonMap } from './json-value.ts';
import type { Schema } from './schema.ts';
import { StrategicMergeError } from './strategic-error.ts';
import {
  applySpecialItems,
  asMap,
  DELETE_FROM_PRIMITIVE_LIST,
  deduplicate,
  dropDirectives,
  findIndex,
  mergeOrders,
  PATCH,
  partition,
  RETAIN_KEYS,
  SET_ELEMENT_ORDER,
  validateElementOrder,
} from './strategic-lists.ts';

export interface PatchMeta {
  readonly schema: Schema;
  /** `merge` or '' for replace */
  readonly strategy: string;
  readonly retainKeys: boolean;
  readonly mergeKey: string;
}

const anything: Schema = { type: 'any' };

/** How a field of a struct, or a value of a map, is merged. */
export function patchMetaOf(schema: Schema, key: string): PatchMeta {
  if (schema.type === 'map') return { schema: schema.values, strategy: '', retainKeys: false, mergeKey: '' };
  if (schema.type !== 'struct') return { schema: anything, strategy: '', retainKeys: false, mergeKey: '' };
  const field = schema.fields.get(key);
  if (!field) {
    throw new StrategicMergeError(
      `unable to find api field in struct ${schema.goName} for the json field ${JSON.stringify(key)}`,
    );
  }
  return {
    schema: field.schema,
    strategy: field.patchStrategies.find((strategy) => strategy !== 'retainKeys') ?? '',
    retainKeys: field.patchStrategies.includes('retainKeys'),
    mergeKey: field.patchMergeKey ?? '',
  };
}

/** The schema of a list's items. */
export const itemSchema = (schema: Schema): Schema => (schema.type === 'list' ? schema.items : anything);

function mergeLists(original: readonly unknown[], patch: readonly unknown[], meta: PatchMeta): readonly unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  const first = original[0] ?? patch[0];
  if (!isJsonMap(first)) {
    const merged = deduplicate([...original, ...patch]);
    const [named, others] = partition(merged, patch, '');
    return mergeOrders(named, others, patch, original, '');
  }
  const { mergeKey } = meta;
  const items = itemSchema(meta.schema);
  if (mergeKey === '') {
    throw new StrategicMergeError(
      `cannot merge lists without merge key for ${items.type === 'struct' ? items.goName : items.type}`,
    );
  }
  const special = applySpecialItems(original, patch, mergeKey);
  const merged = [...special.original];
  for (const item of special.patch) {
    const at = findIndex(merged, item, mergeKey);
    if (at >= 0) merged[at] = mergeMaps(asMap(merged[at]) ?? {}, asMap(item) ?? {}, items);
    else merged.push(dropDirectives(item));
  }
  const [named, others] = partition(merged, special.patch, mergeKey);
  return mergeOrders(named, others, special.patch, special.original, mergeKey);
}

function applyRetainKeys(original: WritableJsonMap, patch: JsonMap): void {
  const retained = patch[RETAIN_KEYS];
  if (retained === undefined) return;
  const wrong = new StrategicMergeError('invalid patch format of retainKeys', true);
  if (!Array.isArray(retained)) throw wrong;
  for (const key in patch) {
    const exempt =
      key === RETAIN_KEYS || key.startsWith(DELETE_FROM_PRIMITIVE_LIST) || key.startsWith(SET_ELEMENT_ORDER);
    if (!exempt && patch[key] !== null && !retained.includes(key)) throw wrong;
  }
  for (const key in original) if (!retained.includes(key)) delete original[key];
}

function listOrFail(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new StrategicMergeError(`expected a []interface {}, but received a ${goDynamicType(value)}`);
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** Merges the lists that come with `$setElementOrder`; answers which keys of the patch are thereby done. */
function applyElementOrders(original: WritableJsonMap, patch: JsonMap, schema: Schema): ReadonlySet<string> {
  let done: Set<string> | undefined;
  for (const directive in patch) {
    if (!directive.startsWith(SET_ELEMENT_ORDER)) continue;
    done ??= new Set();
    const key = directive.slice(SET_ELEMENT_ORDER.length);
    done.add(directive);
    const originalList = original[key] === undefined ? undefined : listOrFail(original[key]);
    const patchList = patch[key] === undefined ? undefined : listOrFail(patch[key]);
    const order = listOrFail(patch[directive]);
    const meta = patchMetaOf(schema, key);
    validateElementOrder(patchList ?? [], order, meta.mergeKey);
    if (!originalList && !patchList) continue;
    done.add(key);
    const merged =
      originalList && patchList
        ? meta.strategy === 'merge'
          ? mergeLists(originalList, patchList, meta)
          : patchList
        : (originalList ?? (dropDirectives(patchList) as readonly unknown[]));
    const [named, others] = partition(merged, order, meta.mergeKey);
    original[key] = mergeOrders(named, others, order, originalList ?? [], meta.mergeKey);
  }
  return done ?? NO_KEYS;
}

function deleteFromList(original: WritableJsonMap, directive: string, patchValue: unknown): void {
  const key = directive.slice(DELETE_FROM_PRIMITIVE_LIST.length);
  const list = original[key];
  if (!Array.isArray(list) || !Array.isArray(patchValue)) return;
  original[key] = list.filter((item) => !patchValue.includes(item));
}

function mergeValue(before: unknown, patch: unknown, meta: PatchMeta): unknown {
  if (isJsonMap(before) && isJsonMap(patch)) {
    return meta.strategy === 'replace' ? patch : mergeMaps(before, patch, meta.schema);
  }
  if (Array.isArray(before) && Array.isArray(patch) && meta.strategy === 'merge')
    return mergeLists(before, patch, meta);
  return dropDirectives(patch);
}

function mergeMaps(original: JsonMap, patch: JsonMap, schema: Schema): JsonMap {
  const directive = patch[PATCH];
  if (directive === 'replace') return dropDirectives(patch) as JsonMap;
  if (directive === 'delete') return {};
  if (directive !== undefined) {
    throw new StrategicMergeError(`unknown patch type: ${goPrint(directive)} in map: ${goPrint(patch)}`);
  }
  const result: WritableJsonMap = { ...original };
  applyRetainKeys(result, patch);
  const done = applyElementOrders(result, patch, schema);
  for (const key in patch) {
    const value = patch[key];
    if (done.has(key) || key === RETAIN_KEYS || value === undefined) continue;
    if (key.startsWith(DELETE_FROM_PRIMITIVE_LIST)) deleteFromList(result, key, value);
    else if (value === null) delete result[key];
    else if (result[key] === undefined) result[key] = dropDirectives(value);
    else if (typeof value === 'object') result[key] = mergeValue(result[key], value, patchMetaOf(schema, key));
    else result[key] = value;
  }
  return result;
}

/**
 * The patched object, sharing what the patch does not touch. Throws StrategicMergeError with upstream's words.
 * @fidelity full
 */
export const applyStrategicMergePatch = (original: JsonMap, patch: JsonMap, schema: Schema): JsonMap =>
  mergeMaps(original, patch, schema);
