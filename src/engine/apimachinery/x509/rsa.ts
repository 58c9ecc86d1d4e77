/** RSA with SHA-256 as requests for certificates are signed (PKCS #1 v1.5). */
import { Sha256 } from '#engine/sim';
import { bytesToBigInt } from './der.ts';

export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

/** DigestInfo of SHA-256 up to the digest. */
const SHA256_PREFIX = [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

const sizeOf = (modulus: bigint) => Math.ceil(modulus.toString(16).length / 2);

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let factor = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

/** What is signed: the digest in its padding, as a number. */
function padded(message: Uint8Array, size: number): bigint {
  const digest = new Sha256().update(message).digest();
  const filler = new Array<number>(Math.max(0, size - 3 - SHA256_PREFIX.length - digest.length)).fill(255);
  return bytesToBigInt(Uint8Array.from([0, 1, ...filler, 0, ...SHA256_PREFIX, ...digest]));
}

export function rsaVerifies(message: Uint8Array, signature: Uint8Array, { modulus, exponent }: RsaPublicKey): boolean {
  return power(bytesToBigInt(signature), exponent, modulus) === padded(message, sizeOf(modulus));
}
