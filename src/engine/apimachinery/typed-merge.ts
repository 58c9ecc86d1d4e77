/**
 * Server-side apply's merge of a configuration into the live object, and its check against the schema.
 * @upstream vendor/sigs.k8s.io/structured-merge-diff/v6/typed/merge.go
 */

import { printPathElement } from './field-set.ts';
import { compareText, isJsonMap, type JsonMap, jsonEqual } from './json-value.ts';
import type { ListSchema, Schema } from './schema.ts';
import { childSchema, isAbsent, isLeaf, isLeafValue, itemElement } from './typed-value.ts';

function mergeMaps(live: JsonMap, config: JsonMap, schema: Schema): JsonMap {
  let result: { [key: string]: unknown } | undefined;
  for (const key in config) {
    if (config[key] === undefined) continue;
    const merged = mergeTyped(live[key], config[key], childSchema(schema, key));
    if (merged === live[key]) continue;
    result ??= { ...live };
    result[key] = merged;
  }
  return result ?? live;
}

/** Items keep the live order where the configuration has nothing to say, and the configuration's order where it has. */
function mergeLists(live: readonly unknown[], config: readonly unknown[], list: ListSchema): readonly unknown[] {
  const left = live.map((item) => itemElement(item, list));
  const right = config.map((item) => itemElement(item, list));
  const leftIndex = new Map(left.map((element, i) => [element, i]));
  const rightSet = new Set(right);
  const shared = right.filter((element) => leftIndex.has(element));
  let nextShared = shared.shift();
  const done = new Set<string>();
  const out: unknown[] = [];
  const takeRight = (element: string, r: number) => {
    done.add(element);
    const l = leftIndex.get(element);
    out.push(l === undefined ? config[r] : mergeTyped(live[l], config[r], list.items));
    if (nextShared === element) nextShared = shared.shift();
  };
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const mine = left[l];
    const theirs = right[r];
    if (mine !== undefined && theirs !== undefined) {
      if (mine === theirs) {
        takeRight(theirs, r);
        l++;
        r++;
        continue;
      }
      if (rightSet.has(mine) && nextShared !== undefined && nextShared !== mine) {
        l++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!rightSet.has(mine)) {
        out.push(live[l++]);
        continue;
      }
      if (done.has(mine)) l++;
    }
    if (theirs !== undefined) {
      takeRight(theirs, r);
      r++;
    }
  }
  return out.length === live.length && out.every((item, i) => item === live[i]) ? live : out;
}

/** The live value with the configuration's on top. Leaves are replaced; equal ones are kept by reference. */
export function mergeTyped(live: unknown, config: unknown, schema: Schema): unknown {
  if (isAbsent(live)) return config;
  if (!isLeafValue(schema, config)) {
    if (Array.isArray(live) && Array.isArray(config)) return mergeLists(live, config, schema as ListSchema);
    if (isJsonMap(live) && isJsonMap(config)) return mergeMaps(live, config, schema);
  }
  return jsonEqual(live, config) ? live : config;
}

const goValue = (value: unknown) => `&value.valueUnstructured{Value:${goSyntax(value)}}`;

/** Go's `%#v` of a JSON value. */
function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonMap(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort(compareText)
    .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`);
  return `map[string]interface {}{${entries.join(', ')}}`;
}

const looseFormats: ReadonlySet<string | undefined> = new Set(['quantity', 'int-or-string']);

function scalarFault(value: unknown, schema: Schema, path: string): string | undefined {
  if (value === null || schema.type === 'any') return undefined;
  if ('format' in schema && looseFormats.has(schema.format)) {
    return typeof value === 'object' ? `${path}: expected untyped, got ${goValue(value)}` : undefined;
  }
  if (schema.type === 'string')
    return typeof value === 'string' ? undefined : `${path}: expected string, got ${goValue(value)}`;
  if (schema.type === 'boolean')
    return typeof value === 'boolean' ? undefined : `${path}: expected boolean, got ${goValue(value)}`;
  if (schema.type === 'integer' || schema.type === 'number') {
    return typeof value === 'number' ? undefined : `${path}: expected numeric (int or float), got ${goKind(value)}`;
  }
  return undefined;
}

const goKind = (value: unknown) =>
  Array.isArray(value)
    ? '[]interface {}'
    : isJsonMap(value)
      ? 'map[string]interface {}'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;

function listFaults(value: unknown, schema: ListSchema, path: string, faults: string[]): void {
  if (!Array.isArray(value)) {
    faults.push(`${path}: expected list, got &{${String(value)}}`);
    return;
  }
  const seen = new Map<string, number>();
  for (const [i, item] of value.entries()) {
    if (isLeaf(schema)) {
      typedFaults(item, schema.items, `${path}[${i}]`, faults);
      continue;
    }
    const missing = schema.listType === 'map' ? missingKey(item, schema) : undefined;
    if (missing !== undefined) {
      faults.push(
        `${path}: element ${i}: associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`,
      );
      continue;
    }
    const element = itemElement(item, schema);
    const count = (seen.get(element) ?? 0) + 1;
    seen.set(element, count);
    if (count === 2) faults.push(`${path}: duplicate entries for key ${printPathElement(element)}`);
    typedFaults(item, schema.items, `${path}${printPathElement(element)}`, faults);
  }
}

function missingKey(item: unknown, schema: ListSchema): string | undefined {
  if (!isJsonMap(item)) return undefined;
  const fields = schema.items.type === 'struct' ? schema.items.fields : undefined;
  return schema.keys.find((key) => item[key] === undefined && fields?.get(key)?.defaultValue === undefined);
}

/** What in a configuration the schema does not allow, in upstream's words. */
export function typedFaults(value: unknown, schema: Schema, path: string, faults: string[]): void {
  if (isAbsent(value)) return;
  if (schema.type === 'list') {
    listFaults(value, schema, path, faults);
    return;
  }
  if (schema.type !== 'struct' && schema.type !== 'map') {
    const fault = scalarFault(value, schema, path);
    if (fault !== undefined) faults.push(fault);
    return;
  }
  if (!isJsonMap(value)) {
    faults.push(`${path}: expected map, got &{${String(value)}}`);
    return;
  }
  for (const key in value) {
    const unknownField = schema.type === 'struct' && !schema.fields.has(key) && !schema.unknown;
    if (unknownField) faults.push(`${path}.${key}: field not declared in schema`);
    else typedFaults(value[key], childSchema(schema, key), `${path}.${key}`, faults);
  }
}
