/**
 * Values of CEL. int is bigint and double is number, so that both keep apart; lists and maps of the API are read where
 * they are, element by element.
 * @upstream cel-go common/types, staging/src/k8s.io/apiserver/pkg/cel/common/values.go
 */

/** An unsigned integer. */
export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** Nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A length of time in nanoseconds. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A type as a value: `type(1)`. */
export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value that may be absent. */
export class Optional {
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** A value of a library's own type: a URL, a quantity, the authorizer. */
export class Opaque {
  readonly type: string;
  readonly content: unknown;
  constructor(type: string, content: unknown) {
    this.type = type;
    this.content = content;
  }
}

/** How elements of two lists are told apart: by place, as a set, or by keys (x-kubernetes-list-type). */
export interface ListKind {
  readonly listType: 'set' | 'map';
  readonly mapKeys?: readonly string[];
}

/** A list; `at` is only asked for indexes below `size`. */
export class ListValue {
  readonly size: number;
  readonly at: (index: number) => Value;
  readonly listKind: ListKind | undefined;
  constructor(size: number, at: (index: number) => Value, listKind?: ListKind) {
    this.size = size;
    this.at = at;
    this.listKind = listKind;
  }
  *[Symbol.iterator](): Iterator<Value> {
    for (let index = 0; index < this.size; index++) yield this.at(index);
  }
}

/** A map, or an object whose fields are known. */
export interface MapValue {
  readonly kind: 'map';
  /** The name of the type of an object; absent for a map. */
  readonly typeName?: string;
  readonly size: number;
  get(key: Value): Value | undefined;
  keys(): Iterable<Value>;
}

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | Opaque
  | ListValue
  | MapValue;

/** An expression failed; the message is cel-go's. */
export class CelError extends Error {}

export const isMap = (value: Value): value is MapValue =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'map';

/** Lists that are at hand share the array behind them: a list that grows in a loop is copied once, not once a round. */
class PlainList extends ListValue {
  readonly items: Value[];
  constructor(items: Value[], size: number) {
    super(size, (index) => items[index] as Value);
    this.items = items;
  }
}

/** A list of values that are at hand. */
export const listOf = (items: readonly Value[]): ListValue => new PlainList([...items], items.length);

/** One list behind the other. */
export function joinLists(left: ListValue, right: ListValue): ListValue {
  const isLast = left instanceof PlainList && left.items.length === left.size;
  const items = isLast ? left.items : [...left];
  items.push(...right);
  return new PlainList(items, items.length);
}

/** The text by which equal keys are found: 1, 1u and 1.0 are one key. */
export function keyText(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'bigint') return `n${key}`;
  if (key instanceof Uint) return `n${key.value}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `d${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  throw new CelError(`unsupported key type: ${typeNameOf(key)}`);
}

/** A map from entries; of a key that comes twice the last one stays, or it is an error. */
export function mapOf(entries: Iterable<readonly [Value, Value]>, isUnique = false): MapValue {
  const content = new Map<string, readonly [Value, Value]>();
  for (const entry of entries) {
    const text = keyText(entry[0]);
    if (isUnique && content.has(text)) throw new CelError(`insert failed: key ${printKey(entry[0])} already exists`);
    content.set(text, entry);
  }
  return {
    kind: 'map',
    size: content.size,
    get: (key) => content.get(keyText(key))?.[1],
    keys: () => [...content.values()].map(([key]) => key),
  };
}

/** A key inside an error text. */
export function printKey(key: Value): string {
  if (typeof key === 'string') return key;
  if (key instanceof Uint) return String(key.value);
  return String(key);
}

/** The name of a value's type at run time. */
export function typeNameOf(value: Value): string {
  if (value === null) return 'null_type';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      return objectTypeName(value);
  }
}

function objectTypeName(value: Exclude<Value, null | boolean | bigint | number | string>): string {
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof Opaque) return value.type;
  if (value instanceof ListValue) return 'list';
  return value.typeName ?? 'map';
}
