/**
 * Reads objects in Kubernetes' protobuf encoding: `k8s\0`, then runtime.Unknown around the message of the kind.
 * What it yields is the JSON value of the object, for decodeObject to judge. Fields without a known number are skipped,
 * as protobuf demands.
 * @upstream staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go
 */
import { formatMicroTime, formatTime, toBase64 } from '#engine/sim';
import type { FieldSchema, ScalarSchema, Schema, StructSchema } from './schema.ts';

export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** One field on the wire: a varint as bigint, or bytes. */
interface WireField {
  readonly number: number;
  readonly varint: bigint;
  readonly bytes: Uint8Array;
}

const noBytes = new Uint8Array();

class WireReader {
  #at = 0;
  constructor(readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new ProtobufError('proto: integer overflow');
  }

  #take(length: number): Uint8Array {
    if (length < 0 || this.#at + length > this.bytes.length) throw new ProtobufError('unexpected EOF');
    const part = this.bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  field(): WireField {
    const tag = Number(this.varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0:
        return { number, varint: this.varint(), bytes: noBytes };
      case 1:
        return { number, varint: 0n, bytes: this.#take(8) };
      case 2:
        return { number, varint: 0n, bytes: this.#take(Number(this.varint())) };
      case 5:
        return { number, varint: 0n, bytes: this.#take(4) };
      default:
        throw new ProtobufError(`proto: illegal wireType ${tag & 7}`);
    }
  }
}

function fieldsOf(bytes: Uint8Array): WireField[] {
  const reader = new WireReader(bytes);
  const fields: WireField[] = [];
  while (!reader.done) fields.push(reader.field());
  return fields;
}

const decoder = new TextDecoder();
const text = (bytes: Uint8Array) => decoder.decode(bytes);

/** The field with that number in a message of few fields, the last one winning. */
const pick = (fields: readonly WireField[], number: number) => fields.findLast((field) => field.number === number);

function readTime(bytes: Uint8Array, micro: boolean): string | undefined {
  const fields = fieldsOf(bytes);
  const seconds = Number(pick(fields, 1)?.varint ?? 0n);
  const nanos = Number(pick(fields, 2)?.varint ?? 0n);
  if (seconds === 0 && nanos === 0) return undefined;
  if (!micro) return formatTime(seconds * 1000);
  const fraction = String(Math.floor(nanos / 1000)).padStart(6, '0');
  return `${formatMicroTime(seconds * 1000).slice(0, -8)}.${fraction}Z`;
}

function readScalar(field: WireField, schema: ScalarSchema): unknown {
  switch (schema.format) {
    case 'byte':
      return toBase64(field.bytes);
    case 'quantity':
      return text(pick(fieldsOf(field.bytes), 1)?.bytes ?? noBytes) || '0';
    case 'date-time':
      return readTime(field.bytes, false);
    case 'micro-time':
      return readTime(field.bytes, true);
    case 'int-or-string': {
      const parts = fieldsOf(field.bytes);
      if (pick(parts, 1)?.varint === 1n) return text(pick(parts, 3)?.bytes ?? noBytes);
      return Number(pick(parts, 2)?.varint ?? 0n);
    }
    case 'double':
      return new DataView(field.bytes.buffer, field.bytes.byteOffset, field.bytes.byteLength).getFloat64(0, true);
    default:
      break;
  }
  if (schema.type === 'boolean') return field.varint !== 0n;
  return schema.type === 'integer' ? Number(field.varint) : text(field.bytes);
}

/** RawExtension and FieldsV1: JSON inside a message of one field. */
function readAny(bytes: Uint8Array): unknown {
  const raw = pick(fieldsOf(bytes), 1)?.bytes;
  return raw && raw.length > 0 ? JSON.parse(text(raw)) : undefined;
}

function readValue(field: WireField, schema: Schema, all: ProtobufNumbers): unknown {
  switch (schema.type) {
    case 'struct':
      return readStruct(field.bytes, schema, all);
    case 'any':
      return readAny(field.bytes);
    case 'list':
      // A list inside a map: a message whose field 1 repeats.
      return fieldsOf(field.bytes).map((item) => readValue(item, schema.items, all));
    case 'map':
      return {};
    default:
      return readScalar(field, schema);
  }
}

/** A value JSON writes in several ways, as schemas of custom resources have them: a struct like the one around it, or else this. */
type Alternative = 'list' | 'bool' | 'texts' | 'empty';

interface NumberedField {
  readonly field?: FieldSchema;
  readonly or?: Alternative;
  readonly around?: StructSchema;
  /** The message is a Go struct embedded in JSON: its fields belong to the object around it. */
  readonly embedded?: ReadonlyMap<number, NumberedField>;
}

/** Field numbers on the wire, per Go package and struct: `name=1 volumeSource=2>VolumeSource items=24|list`. */
export interface ProtobufNumbers {
  readonly [goPackage: string]: { readonly [struct: string]: string };
}

const numbered = new WeakMap<StructSchema, ReadonlyMap<number, NumberedField>>();

const structsBeside = (schema: StructSchema, numbers: ProtobufNumbers) =>
  numbers[schema.definition.slice(0, schema.definition.lastIndexOf('.'))];

function parseNumbers(
  schema: StructSchema,
  line: string,
  beside: ProtobufNumbers[string] | undefined,
): ReadonlyMap<number, NumberedField> {
  const result = new Map<number, NumberedField>();
  for (const entry of line.split(' ')) {
    if (entry === '') continue;
    const [name = '', rest = ''] = entry.split('=');
    const [number = '', embedded] = rest.split('>');
    const inner = embedded === undefined ? undefined : beside?.[embedded];
    const field = schema.fields.get(name);
    const [plain, or] = number.split('|');
    if (inner !== undefined) result.set(Number(number), { embedded: parseNumbers(schema, inner, beside) });
    else if (field) result.set(Number(plain), { field, ...(or && { or: or as Alternative, around: schema }) });
  }
  return result;
}

function numbersOf(schema: StructSchema, all: ProtobufNumbers): ReadonlyMap<number, NumberedField> {
  let numbers = numbered.get(schema);
  if (!numbers) {
    const beside = structsBeside(schema, all);
    numbers = parseNumbers(schema, beside?.[schema.goName] ?? '', beside);
    numbered.set(schema, numbers);
  }
  return numbers;
}

/** Number 1 of such a message is the struct; of a boolean it is number 2. */
function readAlternative(bytes: Uint8Array, or: Alternative, around: StructSchema, all: ProtobufNumbers): unknown {
  if (or === 'empty') return {};
  const fields = fieldsOf(bytes);
  const struct = pick(fields, or === 'bool' ? 2 : 1);
  if (or === 'bool') return struct ? readStruct(struct.bytes, around, all) : pick(fields, 1)?.varint === 1n;
  const list = fields.filter(({ number }) => number === 2).map((item) => item.bytes);
  if (struct && list.length === 0) return readStruct(struct.bytes, around, all);
  return or === 'texts' ? list.map(text) : list.map((item) => readStruct(item, around, all));
}

function readMapEntry(
  target: { [key: string]: unknown },
  name: string,
  bytes: Uint8Array,
  read: (value: WireField) => unknown,
): void {
  const entry = fieldsOf(bytes);
  const value = pick(entry, 2) ?? { number: 2, varint: 0n, bytes: noBytes };
  target[name] ??= {};
  const map = target[name] as { [key: string]: unknown };
  map[text(pick(entry, 1)?.bytes ?? noBytes)] = read(value);
}

function readInto(
  target: { [field: string]: unknown },
  bytes: Uint8Array,
  numbers: ReadonlyMap<number, NumberedField>,
  all: ProtobufNumbers,
): void {
  for (const wire of fieldsOf(bytes)) {
    const known = numbers.get(wire.number);
    if (known?.embedded) readInto(target, wire.bytes, known.embedded, all);
    const field = known?.field;
    if (!field) continue;
    const { or, around } = known;
    const read = (value: WireField, schema: Schema) =>
      or && around ? readAlternative(value.bytes, or, around, all) : readValue(value, schema, all);
    if (field.schema.type === 'map') {
      const { values } = field.schema;
      readMapEntry(target, field.name, wire.bytes, (value) => read(value, values));
    } else if (field.schema.type === 'list') {
      target[field.name] ??= [];
      (target[field.name] as unknown[]).push(read(wire, field.schema.items));
    } else {
      const value = read(wire, field.schema);
      if (value !== undefined) target[field.name] = value;
    }
  }
}

function readStruct(bytes: Uint8Array, schema: StructSchema, all: ProtobufNumbers): { [field: string]: unknown } {
  const target: { [field: string]: unknown } = {};
  readInto(target, bytes, numbersOf(schema, all), all);
  return target;
}

const MAGIC = [0x6b, 0x38, 0x73, 0];

/** Whether the bytes carry the envelope. */
const isProtobuf = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/**
 * The JSON value of an enveloped object. Throws ProtobufError.
 * @fidelity partial: reads the kinds whose field numbers the api room knows; never writes protobuf
 */
export function decodeProtobuf(
  bytes: Uint8Array,
  numbers: ProtobufNumbers,
  schemaOf: (kind: KindName) => StructSchema | undefined,
): unknown {
  if (!isProtobuf(bytes)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const envelope = fieldsOf(bytes.subarray(MAGIC.length));
  const typeMeta = fieldsOf(pick(envelope, 1)?.bytes ?? noBytes);
  const apiVersion = text(pick(typeMeta, 1)?.bytes ?? noBytes);
  const kind = text(pick(typeMeta, 2)?.bytes ?? noBytes);
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const schema = schemaOf({ group, version, kind });
  if (!schema) return { apiVersion, kind };
  if (structsBeside(schema, numbers)?.[schema.goName] === undefined) {
    throw new ProtobufError(
      `protobuf bodies of kind ${JSON.stringify(kind)} in ${JSON.stringify(apiVersion)} are not supported`,
    );
  }
  return { ...readStruct(pick(envelope, 2)?.bytes ?? noBytes, schema, numbers), apiVersion, kind };
}
