/** Objects as client-go puts them on the wire in protobuf: what Go holds by value is always written, also when it is zero. */
import { schemaForKind } from '#engine/api';
import { protobufNumbers } from '#engine/api/openapi';
import type { FieldSchema, ScalarSchema, Schema, StructSchema } from '#engine/apimachinery';

type Json = { readonly [name: string]: unknown };

const utf8 = new TextEncoder();

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

const tagged = (number: number, wire: number, bytes: Iterable<number>): number[] => [
  ...varint(BigInt(number * 8 + wire)),
  ...bytes,
];
const bytes = (number: number, value: ArrayLike<number>): number[] =>
  tagged(number, 2, [...varint(BigInt(value.length)), ...Array.from(value)]);
const text = (number: number, value: string): number[] => bytes(number, utf8.encode(value));
const integer = (number: number, value: number | bigint): number[] => tagged(number, 0, varint(BigInt(value)));

function time(value: string): number[] {
  const seconds = Math.floor(Date.parse(value) / 1000);
  const fraction = /\.(\d+)/.exec(value)?.[1] ?? '';
  return [...integer(1, seconds), ...integer(2, Number(fraction.padEnd(9, '0')))];
}

function scalar(number: number, value: unknown, schema: ScalarSchema): number[] {
  switch (schema.format) {
    case 'byte':
      return bytes(number, Buffer.from(String(value), 'base64'));
    case 'quantity':
      return bytes(number, text(1, String(value)));
    case 'date-time':
    case 'micro-time':
      return bytes(number, value === null || value === '' ? [] : time(String(value)));
    case 'int-or-string': {
      const isText = typeof value === 'string';
      const parts = [integer(1, isText ? 1 : 0), integer(2, isText ? 0 : Number(value)), text(3, isText ? value : '')];
      return bytes(number, parts.flat());
    }
    case 'double':
      return tagged(number, 1, new Uint8Array(new Float64Array([Number(value)]).buffer));
    default:
      if (schema.type === 'boolean') return integer(number, value ? 1 : 0);
      return schema.type === 'integer' ? integer(number, Number(value)) : text(number, String(value));
  }
}

function alternative(value: unknown, or: string, around: StructSchema): number[] {
  if (or === 'empty') return [];
  if (or === 'bool') {
    return typeof value === 'boolean'
      ? integer(1, value ? 1 : 0)
      : [...integer(1, 1), ...bytes(2, struct(value as Json, around))];
  }
  if (!Array.isArray(value)) return bytes(1, struct(value as Json, around));
  return value.flatMap((item) => (or === 'texts' ? text(2, String(item)) : bytes(2, struct(item as Json, around))));
}

function one(number: number, value: unknown, schema: Schema, or: string | undefined, around: StructSchema): number[] {
  if (or !== undefined) return bytes(number, alternative(value, or, around));
  switch (schema.type) {
    case 'struct':
      return bytes(number, struct(value as Json, schema));
    case 'any':
      return bytes(number, text(1, JSON.stringify(value)));
    case 'list':
      return bytes(
        number,
        (value as readonly unknown[]).flatMap((item) => one(1, item, schema.items, or, around)),
      );
    case 'map':
      throw new Error('no map lies in a map or list');
    default:
      return scalar(number, value, schema);
  }
}

const zeroes: { readonly [type: string]: unknown } = { string: '', boolean: false, integer: 0, number: 0 };

/** What Go writes for a field that the object does not have: nothing for a pointer. */
function absent({ schema, omitEmpty, required, byValue }: FieldSchema): unknown {
  if (schema.type === 'struct') return byValue ? {} : undefined;
  if ('format' in schema && schema.format !== 'int32' && schema.format !== 'int64') return undefined;
  return omitEmpty || required ? zeroes[schema.type] : undefined;
}

function field(number: number, value: unknown, found: FieldSchema, or: string | undefined, around: StructSchema) {
  const { schema } = found;
  const held = value ?? absent(found);
  if (held === undefined || held === null) return [];
  if (schema.type === 'list')
    return (held as readonly unknown[]).flatMap((item) => one(number, item, schema.items, or, around));
  if (schema.type !== 'map') return one(number, held, schema, or, around);
  return Object.entries(held as Json).flatMap(([key, item]) =>
    bytes(number, [...text(1, key), ...one(2, item, schema.values, or, around)]),
  );
}

function numbered(value: Json, schema: StructSchema, name: string): number[] {
  const beside = protobufNumbers[schema.definition.slice(0, schema.definition.lastIndexOf('.'))];
  return (beside?.[name] ?? '').split(' ').flatMap((entry) => {
    const [fieldName = '', rest = ''] = entry.split('=');
    const [number = '', embedded] = rest.split('>');
    if (embedded !== undefined) return bytes(Number(number), numbered(value, schema, embedded));
    const [plain, or] = number.split('|');
    const found = schema.fields.get(fieldName);
    return found ? field(Number(plain), value[fieldName], found, or, schema) : [];
  });
}

const struct = (value: Json, schema: StructSchema): number[] => numbered(value, schema, schema.goName);

/** The bytes of a request's body. Throws for a kind without schema. */
export function goProtobuf(object: { readonly apiVersion: string; readonly kind: string }): Uint8Array {
  const { apiVersion, kind } = object;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const schema = schemaForKind({ group, version, kind });
  if (!schema) throw new Error(`no schema for ${kind} in ${apiVersion}`);
  const typeMeta = [...text(1, apiVersion), ...text(2, kind)];
  const unknown = [bytes(1, typeMeta), bytes(2, struct(object, schema)), text(3, ''), text(4, '')];
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...unknown.flat()]);
}
