/**
 * RFC 7386 JSON merge patches: applying them, and creating them from two or three states.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/jsonmergepatch/patch.go
 */
import { isJsonMap, type JsonMap, jsonEqual, type WritableJsonMap } from './json-value.ts';

function withoutNulls(value: unknown): unknown {
  if (!isJsonMap(value)) return value;
  const result: WritableJsonMap = {};
  for (const key in value) if (value[key] !== null && value[key] !== undefined) result[key] = withoutNulls(value[key]);
  return result;
}

/** The patched value, sharing what the patch does not touch. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonMap(patch)) return patch;
  if (!isJsonMap(target)) return withoutNulls(patch);
  let result: WritableJsonMap | undefined;
  for (const key in patch) {
    const before = target[key];
    const after = patch[key] === null ? undefined : applyMergePatch(before, patch[key]);
    if (after === before) continue;
    result ??= { ...target };
    if (after === undefined) delete result[key];
    else result[key] = after;
  }
  return result ?? target;
}

/** What turns `from` into `to`. Lists are replaced whole. */
export function createMergePatch(from: JsonMap, to: JsonMap): JsonMap {
  const patch: WritableJsonMap = {};
  for (const key in to) {
    const before = from[key];
    const after = to[key];
    if (after === undefined || jsonEqual(before, after)) continue;
    if (isJsonMap(before) && isJsonMap(after)) patch[key] = createMergePatch(before, after);
    else patch[key] = after;
  }
  for (const key in from)
    if (from[key] !== undefined && from[key] !== null && (to[key] === undefined || to[key] === null)) patch[key] = null;
  return patch;
}

/** Either only the deletions of a patch, or only the rest. */
function filterNulls(patch: JsonMap, keepNulls: boolean): JsonMap {
  const result: WritableJsonMap = {};
  for (const key in patch) {
    const value = patch[key];
    if (value === null) {
      if (keepNulls) result[key] = null;
    } else if (isJsonMap(value)) {
      const inner = filterNulls(value, keepNulls);
      if (Object.keys(inner).length > 0 || (!keepNulls && Object.keys(value).length === 0)) result[key] = inner;
    } else if (!keepNulls) result[key] = value;
  }
  return result;
}

function mergePatches(first: JsonMap, second: JsonMap): JsonMap {
  const result: WritableJsonMap = { ...first };
  for (const key in second) {
    const a = result[key];
    const b = second[key];
    result[key] = isJsonMap(a) && isJsonMap(b) ? mergePatches(a, b) : b;
  }
  return result;
}

/**
 * What kubectl apply sends for kinds without strategic merge: additions and changes against what is live, deletions against
 * what was applied last.
 * @fidelity full
 */
export function createThreeWayJsonMergePatch(original: JsonMap, modified: JsonMap, current: JsonMap): JsonMap {
  const changes = filterNulls(createMergePatch(current, modified), false);
  const deletions = filterNulls(createMergePatch(original, modified), true);
  return mergePatches(deletions, changes);
}
