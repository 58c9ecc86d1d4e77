/** Bytes as JSON can say them: text where they are text, so that what is exported can be read; base64 else. */
export type PlainBytes = string | { readonly base64: string };

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function bytesToPlain(bytes: Uint8Array): PlainBytes {
  try {
    return strict.decode(bytes);
  } catch {
    // No text, then.
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return { base64: btoa(binary) };
  }
}

export function plainToBytes(plain: PlainBytes): Uint8Array {
  if (typeof plain === 'string') return encoder.encode(plain);
  const binary = atob(plain.base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
