/** SHA-256 (FIPS 180-4), synchronous and incremental: `crypto.subtle` is neither. */

const K = new Uint32Array(64);
const INITIAL = new Uint32Array(8);

// The constants are the first 32 bits of the fractional parts of roots of the first primes.
(function fillConstants() {
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) isPrime = false;
    if (!isPrime) continue;
    const fraction = (root: number) => Math.floor((root - Math.floor(root)) * 0x1_0000_0000);
    if (found < 8) INITIAL[found] = fraction(Math.sqrt(candidate));
    K[found++] = fraction(Math.cbrt(candidate));
  }
})();

const rotate = (x: number, n: number) => (x >>> n) | (x << (32 - n));

/** A hash that is fed piece by piece and asked once. */
export class Sha256 {
  private readonly state = INITIAL.slice();
  private readonly block = new Uint8Array(64);
  private readonly w = new Uint32Array(64);
  private used = 0;
  private total = 0;

  update(bytes: Uint8Array): this {
    this.total += bytes.length;
    for (let i = 0; i < bytes.length; ) {
      const take = Math.min(64 - this.used, bytes.length - i);
      this.block.set(bytes.subarray(i, i + take), this.used);
      this.used += take;
      i += take;
      if (this.used === 64) this.compress();
    }
    return this;
  }

  /** 32 bytes; ends the hash. */
  digest(): Uint8Array {
    const bits = this.total * 8;
    this.update(Uint8Array.of(0x80));
    if (this.used > 56) this.update(new Uint8Array(64 - this.used));
    this.update(new Uint8Array(56 - this.used));
    const length = new Uint8Array(8);
    for (let i = 0; i < 8; i++) length[7 - i] = Math.floor(bits / 2 ** (8 * i)) & 0xff;
    this.update(length);
    const out = new Uint8Array(32);
    const view = new DataView(out.buffer);
    for (const [i, word] of this.state.entries()) view.setUint32(i * 4, word);
    return out;
  }

  /** Sixty-four hexadecimal digits; ends the hash. */
  hex(): string {
    return Array.from(this.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  private compress(): void {
    const { w, block, state } = this;
    for (let i = 0; i < 16; i++) {
      const at = i * 4;
      w[i] =
        ((block[at] as number) << 24) |
        ((block[at + 1] as number) << 16) |
        ((block[at + 2] as number) << 8) |
        (block[at + 3] as number);
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15] as number;
      const y = w[i - 2] as number;
      const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0;
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] as number) + word;
    this.used = 0;
  }
}

/** Of the UTF-8 bytes of a text. */
export const sha256 = (text: string): Uint8Array => new Sha256().update(new TextEncoder().encode(text)).digest();

/** Sixty-four hexadecimal digits. */
export const sha256Hex = (text: string): string => new Sha256().update(new TextEncoder().encode(text)).hex();
