/**
 * What the API holds as values of CEL, by the type that is declared for it.
 * @upstream staging/src/k8s.io/apiserver/pkg/cel/common/values.go, library/format.go
 */
import { fromBase64, toBase64 } from '#engine/sim';
import { parseDuration, parseTimestamp } from './time.ts';
import { type CelType, DYN, type ObjectType, optionalOf, unescapeField } from './types.ts';
import {
  CelError,
  Duration,
  isMap,
  ListValue,
  type MapValue,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './values.ts';

const DAYS = /^\d{4}-\d{2}-\d{2}$/;

function textOf(raw: string, kind: CelType['kind']): Value {
  if (kind === 'timestamp') return parseTimestamp(DAYS.test(raw) ? `${raw}T00:00:00Z` : raw);
  if (kind === 'duration') return parseDuration(raw);
  if (kind === 'bytes') return bytesOf(raw);
  return raw;
}

function bytesOf(raw: string): Uint8Array {
  const bytes = fromBase64(raw);
  if (!bytes) throw new CelError('illegal base64 data');
  return bytes;
}

const isValue = (raw: object): boolean =>
  raw instanceof ListValue ||
  raw instanceof Opaque ||
  raw instanceof Optional ||
  raw instanceof Timestamp ||
  raw instanceof Duration ||
  raw instanceof Uint ||
  raw instanceof TypeValue ||
  raw instanceof Uint8Array ||
  isMap(raw as Value);

/** A JSON value as a value of the type; what is a value already stays. */
export function celValue(raw: unknown, type: CelType): Value {
  if (raw === undefined || raw === null) return null;
  switch (typeof raw) {
    case 'string':
      return textOf(raw, type.kind);
    case 'number':
      return Number.isInteger(raw) && type.kind !== 'double' ? BigInt(raw) : raw;
    case 'boolean':
    case 'bigint':
      return raw;
    default:
      return isValue(raw) ? (raw as Value) : containerOf(raw, type);
  }
}

function containerOf(raw: object, type: CelType): Value {
  const inner = optionalOf(type);
  if (inner) return containerOf(raw, inner);
  if (Array.isArray(raw)) {
    const item = type.kind === 'list' ? type.item : DYN;
    const kind =
      type.kind === 'list' && type.listType
        ? { listType: type.listType, ...(type.mapKeys && { mapKeys: type.mapKeys }) }
        : undefined;
    return new ListValue(raw.length, (index) => celValue(raw[index], item), kind);
  }
  if (type.kind === 'object') return objectValue(raw as JsonRecord, type);
  return recordValue(raw as JsonRecord, type.kind === 'map' ? type.value : DYN);
}

type JsonRecord = { readonly [name: string]: unknown };

function recordValue(raw: JsonRecord, type: CelType): MapValue {
  let names: readonly string[] | undefined;
  const present = (): readonly string[] => {
    names ??= Object.keys(raw).filter((name) => raw[name] !== undefined);
    return names;
  };
  return {
    kind: 'map',
    get size() {
      return present().length;
    },
    get: (key) =>
      typeof key === 'string' && Object.hasOwn(raw, key) && raw[key] !== undefined
        ? celValue(raw[key], type)
        : undefined,
    keys: present,
  };
}

/** Fields are reached by their escaped names. */
function objectValue(raw: JsonRecord, type: ObjectType): MapValue {
  return {
    kind: 'map',
    typeName: type.name,
    get size() {
      return Object.keys(raw).length;
    },
    get(key) {
      if (typeof key !== 'string') return undefined;
      const name = Object.hasOwn(raw, key) ? key : unescapeField(key);
      const field = type.fields.get(name);
      if (!field || !Object.hasOwn(raw, name) || raw[name] === undefined) return undefined;
      return celValue(raw[name], field.type);
    },
    keys: () => Object.keys(raw),
  };
}

/** A value as JSON: for messages, patches and objects that an expression makes. */
export function jsonOf(value: Value): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof ListValue) return [...value].map(jsonOf);
  if (value instanceof Optional) return value.value === undefined ? null : jsonOf(value.value);
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof Uint8Array) return toBase64(value);
  if (isMap(value)) {
    const result: { [name: string]: unknown } = {};
    for (const key of value.keys()) {
      const member = value.get(key);
      if (member !== undefined) result[typeof key === 'string' ? key : String(key)] = jsonOf(member);
    }
    return result;
  }
  if (value instanceof Opaque && typeof value.content === 'object') return value.content;
  throw new CelError(`unsupported conversion to JSON`);
}
