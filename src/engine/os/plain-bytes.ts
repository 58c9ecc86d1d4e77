/** Bytes as JSON can say them: text where they are text, so that what is exported can be read; base64 else. */
import { fromBase64, toBase64 } from '#engine/sim';

export type PlainBytes = string | { readonly base64: string };

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function bytesToPlain(bytes: Uint8Array): PlainBytes {
  try {
    return strict.decode(bytes);
  } catch {
    // No text, then.
    return { base64: toBase64(bytes) };
  }
}

export function plainToBytes(plain: PlainBytes): Uint8Array {
  if (typeof plain === 'string') return encoder.encode(plain);
  return fromBase64(plain.base64) ?? new Uint8Array();
}
