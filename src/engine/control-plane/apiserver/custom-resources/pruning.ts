/**
 * Drops what a structural schema does not know, sharing what stays.
 * @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm.go
 */
import { compareText, isJsonMap, type JsonMap } from '#engine/apimachinery';
import { itemsOf, type SchemaProps, valuesOf } from './schema-props.ts';

const META: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Collects the paths of what is dropped: `spec.size`. */
interface Pruning {
  readonly unknown: string[];
}

export interface Pruned {
  readonly value: unknown;
  /** Sorted, as upstream reports them. */
  readonly unknown: readonly string[];
}

/** A whole object without unknown fields; its metadata is not looked at. */
export function pruneObject(object: JsonMap, schema: SchemaProps): Pruned {
  const state: Pruning = { unknown: [] };
  const value = prune(object, { ...schema, 'x-kubernetes-embedded-resource': true }, state, '');
  return { value, unknown: state.unknown.sort(compareText) };
}

/** A value of a schema without unknown fields. */
export function pruneValue(value: unknown, schema: SchemaProps): unknown {
  return prune(value, schema, { unknown: [] }, '');
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function prune(value: unknown, schema: SchemaProps, state: Pruning, path: string): unknown {
  if (Array.isArray(value)) return pruneItems(value, schema, state, path);
  return isJsonMap(value) ? pruneFields(value, schema, state, path) : value;
}

function pruneItems(value: readonly unknown[], schema: SchemaProps, state: Pruning, path: string): unknown {
  const items = itemsOf(schema);
  if (!items) return schema['x-kubernetes-preserve-unknown-fields'] ? value : pruneAll(value, state, path);
  let next: unknown[] | undefined;
  for (const [i, item] of value.entries()) {
    const kept = prune(item, items, state, `${path}[${i}]`);
    if (kept === item) continue;
    next ??= [...value];
    next[i] = kept;
  }
  return next ?? value;
}

/** Items that no schema describes lose all their fields. */
function pruneAll(value: readonly unknown[], state: Pruning, path: string): unknown {
  return value.some((item) => typeof item === 'object' && item !== null)
    ? value.map((item, i) => prune(item, {}, state, `${path}[${i}]`))
    : value;
}

function pruneFields(value: JsonMap, schema: SchemaProps, state: Pruning, path: string): unknown {
  const { properties = {}, additionalProperties } = schema;
  const values = valuesOf(schema);
  const isResource = schema['x-kubernetes-embedded-resource'] === true;
  const keepsUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  let next: { [name: string]: unknown } | undefined;
  for (const name in value) {
    if (isResource && META.has(name)) continue;
    const property = Object.hasOwn(properties, name) ? properties[name] : values;
    if (!property && keepsUnknown) continue;
    const kept = property ? prune(value[name], property, state, join(path, name)) : undefined;
    if (property && kept === value[name]) continue;
    next ??= { ...value };
    if (property) next[name] = kept;
    else {
      delete next[name];
      state.unknown.push(join(path, name));
    }
  }
  return next ?? value;
}
