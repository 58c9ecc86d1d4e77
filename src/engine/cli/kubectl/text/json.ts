/** JSON values as kubectl handles them (unstructured objects), and Go's way of writing them. */

/** `null` exists on the wire, so it exists here. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isArray = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** The value at a path of field names, or undefined. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let current = value;
  for (const key of path) {
    if (!isObject(current)) return undefined;
    current = current[key];
  }
  return current;
}

/** The text at a path, or ''. */
export function text(value: Json | undefined, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** A copy with the value at a path replaced (undefined removes it); shares what did not change. */
export function withPath(value: JsonObject, path: readonly string[], next: Json | undefined): JsonObject {
  const [head, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    if (next !== undefined) return { ...value, [head]: next };
    const { [head]: _, ...others } = value;
    return others;
  }
  const child = value[head];
  if (!isObject(child) && next === undefined) return value;
  return { ...value, [head]: withPath(isObject(child) ? child : {}, rest, next) };
}

const byBytes = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The same value with every object's keys in order, as Go writes a map. */
export function sortKeys(value: Json): Json {
  if (isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  // By entries: a key may be `__proto__`, and is one like any other.
  const sorted: [string, Json][] = [];
  for (const key of Object.keys(value).sort(byBytes)) {
    const child = value[key];
    if (child !== undefined) sorted.push([key, sortKeys(child)]);
  }
  return Object.fromEntries(sorted);
}

const ESCAPE: { readonly [char: string]: string } = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** A string as encoding/json writes it: with `<`, `>` and `&` escaped. */
const quoteJson = (value: string): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => ESCAPE[char] as string);

/** json.Marshal, keys in the order they have. */
export function marshal(value: Json): string {
  if (typeof value === 'string') return quoteJson(value);
  if (isArray(value)) return `[${value.map(marshal).join(',')}]`;
  if (!isObject(value)) return printNumber(value);
  const parts: string[] = [];
  for (const [key, child] of Object.entries(value)) {
    if (child !== undefined) parts.push(`${quoteJson(key)}:${marshal(child)}`);
  }
  return `{${parts.join(',')}}`;
}

/** json.MarshalIndent, keys in the order they have. */
export function marshalIndent(value: Json, indent: string, prefix = ''): string {
  if (typeof value === 'string') return quoteJson(value);
  const inner = prefix + indent;
  if (isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => inner + marshalIndent(item, indent, inner)).join(',\n')}\n${prefix}]`;
  }
  if (!isObject(value)) return printNumber(value);
  const entries = Object.entries(value).filter(([, child]) => child !== undefined) as [string, Json][];
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, child]) => `${inner}${quoteJson(key)}: ${marshalIndent(child, indent, inner)}`);
  return `{\n${lines.join(',\n')}\n${prefix}}`;
}

/** A number as encoding/json writes it. */
function printNumber(value: number | boolean | null): string {
  if (typeof value !== 'number') return String(value);
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Deep equality of JSON values; key order does not matter. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  const others = Object.keys(b).filter((key) => b[key] !== undefined);
  return keys.length === others.length && keys.every((key) => equalJson(a[key], b[key]));
}

/** fmt.Sprint of a decoded JSON value: `map[a:1 b:[x y]]`, `<nil>`. */
export function sprint(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (isArray(value)) return `[${value.map(sprint).join(' ')}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort(byBytes);
    return `map[${keys.map((key) => `${key}:${sprint(value[key])}`).join(' ')}]`;
  }
  return typeof value === 'number' ? printFloat(value) : String(value);
}

/** Go's %v of a float64 that holds an integer of 21 digits or more uses an exponent; JSON integers come as int64. */
const printFloat = (value: number): string => String(value).replace(/e([+-])(\d)$/, 'e$10$2');
