/** When two values are one, and which comes first. @upstream cel-go common/types, staging/src/k8s.io/apiserver/pkg/cel/common/values.go */
import {
  CelError,
  Duration,
  isMap,
  joinLists,
  keyText,
  ListValue,
  type MapValue,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './values.ts';

/** The number that a value is, whatever its type. */
function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

/** Values of different types are different, but for numbers. */
export function equal(left: Value, right: Value): boolean {
  const leftNumber = numberOf(left);
  if (leftNumber !== undefined) {
    const rightNumber = numberOf(right);
    // biome-ignore lint/suspicious/noDoubleEquals: an int and a double are compared by their value
    return rightNumber !== undefined && leftNumber == rightNumber;
  }
  if (left === null || typeof left !== 'object') return left === right;
  if (right === null || typeof right !== 'object') return false;
  if (left instanceof ListValue) return right instanceof ListValue && equalLists(left, right);
  if (isMap(left)) return isMap(right) && equalMaps(left, right);
  return equalObjects(left, right);
}

function equalObjects(left: Value, right: Value): boolean {
  if (left instanceof Timestamp) return right instanceof Timestamp && left.nanos === right.nanos;
  if (left instanceof Duration) return right instanceof Duration && left.nanos === right.nanos;
  if (left instanceof TypeValue) return right instanceof TypeValue && left.name === right.name;
  if (left instanceof Uint8Array)
    return right instanceof Uint8Array && left.length === right.length && left.every((byte, at) => byte === right[at]);
  if (left instanceof Optional) {
    if (!(right instanceof Optional)) return false;
    if (left.value === undefined || right.value === undefined) return left.value === right.value;
    return equal(left.value, right.value);
  }
  return (
    left instanceof Opaque &&
    right instanceof Opaque &&
    left.type === right.type &&
    opaqueText(left) === opaqueText(right)
  );
}

/** Libraries' values are equal when they print alike. */
const opaqueText = ({ content }: Opaque): string =>
  JSON.stringify(content, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));

/** The text by which items of lists of kind `map` are found. */
function itemKey(item: Value, keys: readonly string[]): string {
  return keys
    .map((key) => {
      const value = isMap(item) ? item.get(key) : undefined;
      return value === undefined || value === null ? '-' : keyText(value);
    })
    .join('\n');
}

function equalLists(left: ListValue, right: ListValue): boolean {
  if (left.size !== right.size) return false;
  const { listKind } = left;
  if (listKind?.listType === 'set') return [...left].every((item) => contains(right, item));
  if (listKind?.mapKeys) {
    const keys = listKind.mapKeys;
    const byKey = new Map([...right].map((item) => [itemKey(item, keys), item]));
    return [...left].every((item) => {
      const other = byKey.get(itemKey(item, keys));
      return other !== undefined && equal(item, other);
    });
  }
  for (let index = 0; index < left.size; index++) if (!equal(left.at(index), right.at(index))) return false;
  return true;
}

function equalMaps(left: MapValue, right: MapValue): boolean {
  if (left.size !== right.size) return false;
  for (const key of left.keys()) {
    const own = left.get(key);
    const other = right.get(key);
    if (own === undefined || other === undefined || !equal(own, other)) return false;
  }
  return true;
}

/** Whether some item equals the value. */
export function contains(list: ListValue, value: Value): boolean {
  for (const item of list) if (equal(item, value)) return true;
  return false;
}

/** One list behind the other; sets and lists with keys merge. */
export function concat(left: ListValue, right: ListValue): ListValue {
  const { listKind } = left;
  if (listKind?.listType === 'set') {
    const items = [...left, ...[...right].filter((item) => !contains(left, item))];
    return new ListValue(items.length, (index) => items[index] as Value, listKind);
  }
  if (listKind?.mapKeys) {
    const keys = listKind.mapKeys;
    const merged = new Map([...left].map((item) => [itemKey(item, keys), item]));
    for (const item of right) merged.set(itemKey(item, keys), item);
    const items = [...merged.values()];
    return new ListValue(items.length, (index) => items[index] as Value, listKind);
  }
  return joinLists(left, right);
}

const order = <T>(left: T, right: T): number => (left < right ? -1 : left > right ? 1 : 0);

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const result = order(left[at] as number, right[at] as number);
    if (result !== 0) return result;
  }
  return order(left.length, right.length);
}

/** Strings are ordered by code points. */
function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  const rest = [...right];
  let at = 0;
  for (const character of left) {
    const other = rest[at++];
    if (other === undefined) return 1;
    if (character !== other) return order(character.codePointAt(0), other.codePointAt(0));
  }
  return -1;
}

/** Negative, 0 or positive; undefined when values of such types have no order. */
export function compare(left: Value, right: Value): number | undefined {
  const leftNumber = numberOf(left);
  const rightNumber = numberOf(right);
  if (leftNumber !== undefined && rightNumber !== undefined) {
    if (Number.isNaN(leftNumber) || Number.isNaN(rightNumber)) throw new CelError('NaN values cannot be ordered');
    return order<bigint | number>(leftNumber, rightNumber);
  }
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return order(left, right);
  if (left instanceof Timestamp && right instanceof Timestamp) return order(left.nanos, right.nanos);
  if (left instanceof Duration && right instanceof Duration) return order(left.nanos, right.nanos);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right);
  return undefined;
}
