/** DER, the bytes certificates are made of: reading and writing, as far as X.509 needs it. */

/** One value: its tag, and where its content lies. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

/** The bytes are no DER. The message is Go's. */
export class DerError extends Error {}

const LONG = 0x80;
const CONSTRUCTED = 0x20;
const truncated = () => new DerError('asn1: syntax error: data truncated');

/** Tags of universal types. */
export const derTags = {
  integer: 2,
  bitString: 3,
  octetString: 4,
  nothing: 5,
  objectId: 6,
  utf8: 12,
  printable: 19,
  ia5: 22,
  utcTime: 23,
  generalizedTime: 24,
  sequence: 0x30,
  set: 0x31,
} as const;

function readLength(bytes: Uint8Array, at: number): { readonly length: number; readonly from: number } {
  const first = bytes[at];
  if (first === undefined) throw truncated();
  if (first < LONG) return { length: first, from: at + 1 };
  const count = first & 0x7f;
  if (count === 0) throw new DerError('asn1: syntax error: indefinite length found (not DER)');
  if (count > 4) throw new DerError('asn1: structure error: length too large');
  let length = 0;
  for (let i = 0; i < count; i++) {
    const byte = bytes[at + 1 + i];
    if (byte === undefined) throw truncated();
    length = length * 256 + byte;
  }
  return { length, from: at + 1 + count };
}

/** The value that starts at an offset. Throws DerError. */
export function readDer(bytes: Uint8Array, at = 0): DerValue {
  const tag = bytes[at];
  if (tag === undefined) throw truncated();
  const { length, from } = readLength(bytes, at + 1);
  if (from + length > bytes.length) throw truncated();
  return { tag, content: bytes.subarray(from, from + length), whole: bytes.subarray(at, from + length) };
}

/** The members of a constructed value. Throws DerError. */
export function derMembers({ tag, content }: DerValue): readonly DerValue[] {
  if ((tag & CONSTRUCTED) === 0) throw new DerError("asn1: structure error: tags don't match");
  const members: DerValue[] = [];
  for (let at = 0; at < content.length; ) {
    const member = readDer(content, at);
    members.push(member);
    at += member.whole.length;
  }
  return members;
}

/** `1.2.840.113549.1.1.1` */
export function derObjectId({ content }: DerValue): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= LONG) continue;
    if (parts.length === 0)
      parts.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else parts.push(value);
    value = 0;
  }
  return parts.join('.');
}

/** A non-negative INTEGER. */
export const derInteger = ({ content }: DerValue): bigint => bytesToBigInt(content);

export function bytesToBigInt(bytes: Uint8Array): bigint {
  let hex = '0x0';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}

/** Big-endian, left-padded to `size` bytes. */
export function bigIntToBytes(value: bigint, size: number): Uint8Array {
  const hex = value.toString(16).padStart(size * 2, '0');
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}

/** A value from its tag and the parts of its content. */
export function writeDer(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const length = size < LONG ? [size] : lengthBytes(size);
  const out = new Uint8Array(1 + length.length + size);
  out[0] = tag;
  out.set(length, 1);
  let at = 1 + length.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function lengthBytes(size: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [LONG | bytes.length, ...bytes];
}

export function writeObjectId(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((value) => {
    const digits = [value % 128];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left % 128) | LONG);
    return digits;
  });
  return writeDer(derTags.objectId, bytes);
}

/** A non-negative INTEGER. */
export function writeInteger(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const bytes = bigIntToBytes(value, Math.ceil(hex.length / 2));
  return writeDer(derTags.integer, (bytes[0] ?? 0) >= LONG ? [0] : [], bytes);
}

export const writeText = (tag: number, text: string): Uint8Array => writeDer(tag, new TextEncoder().encode(text));
