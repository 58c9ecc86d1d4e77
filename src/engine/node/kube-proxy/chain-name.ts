/** Names of chains: a prefix and 16 letters of a hash, as iptables allows 28 characters. @upstream pkg/proxy/iptables/proxier.go */

const ROUND = /* @__PURE__ */ fractions(64, 1 / 3);
const INITIAL = /* @__PURE__ */ fractions(8, 1 / 2);
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first 32 bits of the fractional parts of a root of the first primes. */
function fractions(count: number, power: number): Uint32Array {
  const out = new Uint32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let prime = true;
    for (let i = 2; i * i <= candidate; i++) if (candidate % i === 0) prime = false;
    if (!prime) continue;
    const root = candidate ** power;
    out[found++] = Math.floor((root - Math.floor(root)) * 0x1_0000_0000);
  }
  return out;
}

const rotate = (value: number, by: number) => (value >>> by) | (value << (32 - by));

/** SHA-256, FIPS 180-4. */
export function sha256(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array(((data.length + 8) >> 6) * 64 + 64);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor((data.length * 8) / 0x1_0000_0000));
  view.setUint32(padded.length - 4, (data.length * 8) >>> 0);
  const state = INITIAL.slice();
  const words = new Uint32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(offset + i * 4);
    block(state, words);
  }
  const out = new Uint8Array(32);
  const result = new DataView(out.buffer);
  for (const [i, word] of state.entries()) result.setUint32(i * 4, word);
  return out;
}

function block(state: Uint32Array, w: Uint32Array): void {
  const at = (array: Uint32Array, i: number) => array[i] as number;
  for (let i = 16; i < 64; i++) {
    const a = at(w, i - 15);
    const b = at(w, i - 2);
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w[i] = at(w, i - 16) + s0 + at(w, i - 7) + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(ROUND, i) + at(w, i)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = at(state, i) + value;
}

const encoder = new TextEncoder();

function hash16(text: string): string {
  const bytes = sha256(encoder.encode(text));
  let out = '';
  for (let i = 0; i < 16; i++) {
    const bit = i * 5;
    const word = ((bytes[bit >> 3] as number) << 8) | (bytes[(bit >> 3) + 1] as number);
    out += BASE32[(word >> (11 - (bit & 7))) & 31];
  }
  return out;
}

/** `ns/name:port`. */
export const serviceChain = (prefix: 'SVC' | 'SVL' | 'EXT' | 'FW', servicePort: string, protocol: string): string =>
  `KUBE-${prefix}-${hash16(servicePort + protocol.toLowerCase())}`;

export const endpointChain = (servicePort: string, protocol: string, endpoint: string): string =>
  `KUBE-SEP-${hash16(servicePort + protocol.toLowerCase() + endpoint)}`;
