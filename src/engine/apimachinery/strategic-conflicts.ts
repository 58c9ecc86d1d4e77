/**
 * Whether two strategic merge patches want different things of the same fields.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
import { compareText, goPrint, isJsonMap, type JsonMap, jsonEqual } from './json-value.ts';
import type { Schema } from './schema.ts';
import { findIndex, PATCH } from './strategic-lists.ts';
import { itemSchema, type PatchMeta, patchMetaOf } from './strategic-merge-patch.ts';

export function mapsConflict(left: JsonMap, right: JsonMap, schema: Schema): boolean {
  for (const key in left) {
    if (key.startsWith('$') || !(key in right)) continue;
    if (valuesConflict(left[key], right[key], patchMetaOf(schema, key))) return true;
  }
  return false;
}

function valuesConflict(left: unknown, right: unknown, meta: PatchMeta): boolean {
  if (isJsonMap(left)) {
    if (!isJsonMap(right) || left[PATCH] !== right[PATCH]) return true;
    return meta.strategy !== 'replace' && mapsConflict(left, right, meta.schema);
  }
  if (Array.isArray(left)) return !Array.isArray(right) || listsConflict(left, right, meta);
  return !jsonEqual(left, right);
}

const sorted = (list: readonly unknown[]) => list.toSorted((a, b) => compareText(goPrint(a), goPrint(b)));

function listsConflict(left: readonly unknown[], right: readonly unknown[], meta: PatchMeta): boolean {
  const ofMaps = isJsonMap(left[0] ?? right[0]);
  const items = itemSchema(meta.schema);
  if (meta.strategy !== 'merge') {
    if (left.length !== right.length) return true;
    return ofMaps ? !jsonEqual(left, right) : !jsonEqual(sorted(left), sorted(right));
  }
  // Merging lists of scalars never conflict.
  if (!ofMaps) return false;
  return left.some((item) => {
    const at = findIndex(right, item, meta.mergeKey);
    return at >= 0 && valuesConflict(item, right[at], { ...meta, schema: items, strategy: '' });
  });
}
