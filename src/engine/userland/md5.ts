/** MD5 (RFC 1321) and SHA-1 (FIPS 180-4): not for security, for `md5sum` and `sha1sum`. */

const rotate = (x: number, n: number) => (x << n) | (x >>> (32 - n));

/** The message with its padding, as 32-bit words. */
function words(bytes: Uint8Array, littleEndian: boolean): Uint32Array {
  const length = ((bytes.length + 8) >> 6) * 16 + 16;
  const out = new Uint32Array(length);
  const shift = (i: number) => (littleEndian ? (i % 4) * 8 : 24 - (i % 4) * 8);
  for (let i = 0; i < bytes.length; i++) out[i >> 2] = (out[i >> 2] as number) | ((bytes[i] as number) << shift(i));
  out[bytes.length >> 2] = (out[bytes.length >> 2] as number) | (0x80 << shift(bytes.length));
  const bits = bytes.length * 8;
  out[length - (littleEndian ? 2 : 1)] = bits >>> 0;
  out[length - (littleEndian ? 1 : 2)] = Math.floor(bits / 0x1_0000_0000);
  return out;
}

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 0x1_0000_0000) | 0);

export function md5(bytes: Uint8Array): string {
  const message = words(bytes, true);
  let [a, b, c, d] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < message.length; block += 16) {
    const before = [a, b, c, d] as const;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const mix = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] as number;
      const index = [i, (5 * i + 1) % 16, (3 * i + 5) % 16, (7 * i) % 16][round] as number;
      const sum = (a + mix + (SINES[i] as number) + (message[block + index] as number)) | 0;
      [a, d, c, b] = [d, c, b, (b + rotate(sum, SHIFTS[round * 4 + (i % 4)] as number)) | 0];
    }
    a = (a + before[0]) | 0;
    b = (b + before[1]) | 0;
    c = (c + before[2]) | 0;
    d = (d + before[3]) | 0;
  }
  return [a, b, c, d]
    .map((word) => [0, 8, 16, 24].map((shift) => ((word >>> shift) & 0xff).toString(16).padStart(2, '0')).join(''))
    .join('');
}

export function sha1(bytes: Uint8Array): string {
  const message = words(bytes, false);
  const w = new Int32Array(80);
  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  for (let block = 0; block < message.length; block += 16) {
    for (let i = 0; i < 80; i++)
      w[i] =
        i < 16
          ? (message[block + i] as number)
          : rotate((w[i - 3] as number) ^ (w[i - 8] as number) ^ (w[i - 14] as number) ^ (w[i - 16] as number), 1);
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4];
    for (let i = 0; i < 80; i++) {
      const round = Math.floor(i / 20);
      const mix = round === 0 ? (b & c) | (~b & d) : round === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc | 0, 0xca62c1d6 | 0][round] as number;
      [a, b, c, d, e] = [(rotate(a, 5) + mix + e + constant + (w[i] as number)) | 0, a, rotate(b, 30), c, d];
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
  }
  return [h0, h1, h2, h3, h4].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
