/** Operators and conversions. A function answers undefined when it has no overload for its arguments. @upstream cel-go common/types, common/stdlib/standard.go */
import { compare, concat, contains, equal } from './equality.ts';
import { formatDouble } from './numbers.ts';
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp } from './time.ts';
import {
  CelError,
  Duration,
  isMap,
  ListValue,
  Opaque,
  Optional,
  printKey,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from './values.ts';

/** A function over evaluated arguments. */
export type CelFunction = (...args: readonly Value[]) => Value | undefined;

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;
const NANOS = 1_000_000_000n;
const MIN_TIME = -62_135_596_800n * NANOS;
const MAX_TIME = 253_402_300_800n * NANOS;

function int(value: bigint): bigint {
  if (value < MIN_INT || value > MAX_INT) throw new CelError('integer overflow');
  return value;
}

function uint(value: bigint): Uint {
  if (value < 0n || value > MAX_UINT) throw new CelError('unsigned integer overflow');
  return new Uint(value);
}

function timestamp(nanos: bigint): Timestamp {
  if (nanos < MIN_TIME || nanos >= MAX_TIME) throw new CelError('timestamp overflow');
  return new Timestamp(nanos);
}

function duration(nanos: bigint): Duration {
  if (nanos < MIN_INT || nanos > MAX_INT) throw new CelError('duration overflow');
  return new Duration(nanos);
}

/** Both numbers of one type through one of three operations. */
function numeric(
  left: Value,
  right: Value,
  whole: (a: bigint, b: bigint) => bigint,
  real: (a: number, b: number) => number,
): Value | undefined {
  if (typeof left === 'bigint' && typeof right === 'bigint') return int(whole(left, right));
  if (typeof left === 'number' && typeof right === 'number') return real(left, right);
  if (left instanceof Uint && right instanceof Uint) return uint(whole(left.value, right.value));
  return undefined;
}

const nanosOf = (value: Value): bigint | undefined =>
  value instanceof Timestamp || value instanceof Duration ? value.nanos : undefined;

const add: CelFunction = (left = null, right = null) => {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (left instanceof ListValue && right instanceof ListValue) return concat(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Uint8Array.from([...left, ...right]);
  const a = nanosOf(left);
  const b = nanosOf(right);
  if (a !== undefined && b !== undefined) {
    if (left instanceof Duration && right instanceof Duration) return duration(a + b);
    if (left instanceof Timestamp && right instanceof Timestamp) return undefined;
    return timestamp(a + b);
  }
  return numeric(
    left,
    right,
    (x, y) => x + y,
    (x, y) => x + y,
  );
};

const subtract: CelFunction = (left = null, right = null) => {
  const a = nanosOf(left);
  const b = nanosOf(right);
  if (a !== undefined && b !== undefined) {
    if (left instanceof Timestamp) return right instanceof Timestamp ? duration(a - b) : timestamp(a - b);
    return right instanceof Duration ? duration(a - b) : undefined;
  }
  return numeric(
    left,
    right,
    (x, y) => x - y,
    (x, y) => x - y,
  );
};

const nonZero = (value: bigint, message: string): bigint => {
  if (value === 0n) throw new CelError(message);
  return value;
};

const ordering =
  (accept: (order: number) => boolean): CelFunction =>
  (left = null, right = null) => {
    const result = compare(left, right);
    return result === undefined ? undefined : accept(result);
  };

const isIn: CelFunction = (value = null, container = null) => {
  if (container instanceof ListValue) return contains(container, value);
  return isMap(container) ? container.get(value) !== undefined : undefined;
};

/** The element, or cel-go's words for its absence. */
export function elementOf(container: Value, key: Value): Value | undefined {
  if (container instanceof ListValue) {
    const index =
      typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key instanceof Uint ? key.value : key;
    if (typeof index !== 'bigint') throw new CelError(`unsupported index type '${typeNameOf(key)}' in list`);
    if (index < 0n || index >= BigInt(container.size)) throw new CelError(`index out of bounds: ${index}`);
    return container.at(Number(index));
  }
  if (!isMap(container)) return undefined;
  const found = container.get(key);
  if (found === undefined) throw new CelError(`no such key: ${printKey(key)}`);
  return found;
}

const failed = (from: string, to: string) => new CelError(`type conversion error from '${from}' to '${to}'`);

/** A whole number between bounds; undefined when the text is none. */
function wholeNumber(text: string, min: bigint, max: bigint): bigint | undefined {
  if (!(min < 0n ? /^[+-]?\d+$/ : /^\d+$/).test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= min && value <= max ? value : undefined;
}

/** What a text stands for; throws when it stands for nothing. */
function converted<T>(value: T | undefined, to: string): T {
  if (value === undefined) throw failed('string', to);
  return value;
}

function parsed<T>(text: string, parse: (text: string) => T, to: string): T {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof CelError) throw failed('string', to);
    throw error;
  }
}

const toInt: CelFunction = (value = null) => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    if (!(value > -(2 ** 63) && value < 2 ** 63)) throw new CelError('integer overflow');
    return BigInt(Math.trunc(value));
  }
  if (value instanceof Uint) return int(value.value);
  if (typeof value === 'string') return converted(wholeNumber(value, MIN_INT, MAX_INT), 'int');
  if (value instanceof Timestamp) return value.nanos / NANOS - (value.nanos % NANOS < 0n ? 1n : 0n);
  return value instanceof Duration ? value.nanos : undefined;
};

const toUint: CelFunction = (value = null) => {
  if (value instanceof Uint) return value;
  if (typeof value === 'bigint') return uint(value);
  if (typeof value === 'number') {
    if (!(value >= 0 && value < 2 ** 64)) throw new CelError('unsigned integer overflow');
    return new Uint(BigInt(Math.trunc(value)));
  }
  return typeof value === 'string' ? new Uint(converted(wholeNumber(value, 0n, MAX_UINT), 'uint')) : undefined;
};

const toDouble: CelFunction = (value = null) => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (typeof value !== 'string') return undefined;
  const special = /^([+-]?)(?:inf|infinity)$/i.exec(value);
  if (special) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(value)) return Number.NaN;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) throw failed('string', 'double');
  return Number(value);
};

const toText: CelFunction = (value = null) => {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      return formatDouble(value);
    default:
      return objectText(value);
  }
};

function objectText(value: Value): string | undefined {
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Opaque && (value.type === 'net.IP' || value.type === 'net.CIDR'))
    return String((value.content as { text: string }).text);
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const BOOLEANS: { readonly [text: string]: boolean } = {
  '1': true,
  t: true,
  T: true,
  TRUE: true,
  true: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  FALSE: false,
  false: false,
  False: false,
};

const toBool: CelFunction = (value = null) => {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const result = Object.hasOwn(BOOLEANS, value) ? BOOLEANS[value] : undefined;
  if (result === undefined) throw failed('string', 'bool');
  return result;
};

/** Whether the value is its type's own zero: for `optional.ofNonZeroValue`. */
export function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (value instanceof ListValue || isMap(value)) return value.size === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  return value instanceof Optional && value.value === undefined;
}

const size: CelFunction = (value = null) => {
  if (typeof value === 'string') return BigInt([...value].length);
  if (value instanceof Uint8Array) return BigInt(value.length);
  return value instanceof ListValue || isMap(value) ? BigInt(value.size) : undefined;
};

/** Functions by name. */
export const ARITHMETIC: { readonly [name: string]: CelFunction } = {
  '_==_': (left = null, right = null) => equal(left, right),
  '_!=_': (left = null, right = null) => !equal(left, right),
  '_<_': ordering((order) => order < 0),
  '_<=_': ordering((order) => order <= 0),
  '_>_': ordering((order) => order > 0),
  '_>=_': ordering((order) => order >= 0),
  '_+_': add,
  '_-_': subtract,
  '_*_': (left = null, right = null) =>
    numeric(
      left,
      right,
      (x, y) => x * y,
      (x, y) => x * y,
    ),
  '_/_': (left = null, right = null) =>
    numeric(
      left,
      right,
      (x, y) => x / nonZero(y, 'division by zero'),
      (x, y) => x / y,
    ),
  '_%_': (left = null, right = null) =>
    typeof left === 'number'
      ? undefined
      : numeric(
          left,
          right,
          (x, y) => x % nonZero(y, 'modulus by zero'),
          (x) => x,
        ),
  '-_': (value = null) => (typeof value === 'bigint' ? int(-value) : typeof value === 'number' ? -value : undefined),
  '!_': (value = null) => (typeof value === 'boolean' ? !value : undefined),
  '@in': isIn,
  size,
  int: toInt,
  uint: toUint,
  double: toDouble,
  string: toText,
  bool: toBool,
  bytes: (value = null) =>
    typeof value === 'string' ? new TextEncoder().encode(value) : value instanceof Uint8Array ? value : undefined,
  dyn: (value = null) => value,
  type: (value = null) => new TypeValue(typeNameOf(value)),
  timestamp: (value = null) => {
    if (typeof value === 'string') return timestamp(parsed(value, parseTimestamp, 'google.protobuf.Timestamp').nanos);
    if (typeof value === 'bigint') return timestamp(value * NANOS);
    return value instanceof Timestamp ? value : undefined;
  },
  duration: (value = null) => {
    if (typeof value === 'string') return parsed(value, parseDuration, 'google.protobuf.Duration');
    if (typeof value === 'bigint') return new Duration(value);
    return value instanceof Duration ? value : undefined;
  },
};
