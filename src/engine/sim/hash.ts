/** FNV-1a, 32 bit, over the UTF-8 bytes of a text: what Kubernetes hashes names with, and what seeds our streams. */
const encoder = new TextEncoder();

export function fnv1a32(data: string | Uint8Array, start = 0x811c9dc5): number {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data;
  let hash = start;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >>> 0;
}
