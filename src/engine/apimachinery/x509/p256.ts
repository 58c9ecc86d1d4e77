/**
 * The elliptic curve P-256 in plain arithmetic: keys, and ECDSA with SHA-256. The nonce of a signature follows from key and message
 * (RFC 6979), so that the same message is always signed the same. Not in constant time: for clusters that are played with.
 */
import { Sha256 } from '#engine/sim';
import {
  bigIntToBytes,
  bytesToBigInt,
  DerError,
  derInteger,
  derMembers,
  derTags,
  readDer,
  writeDer,
  writeInteger,
} from './der.ts';

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const SIZE = 32;

interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

/** Jacobian: x / z², y / z³; z = 0 is the point at infinity. */
interface Point extends Affine {
  readonly z: bigint;
}

const GENERATOR: Affine = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};
const INFINITY: Point = { x: 1n, y: 1n, z: 0n };

const mod = (value: bigint, modulus: bigint): bigint => {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
};

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, u, v] = [mod(value, modulus), modulus, 1n, 0n];
  while (a > 1n) {
    const times = b / a;
    [a, b, u, v] = [b - times * a, a, v - times * u, u];
  }
  return mod(u, modulus);
}

function double({ x, y, z }: Point): Point {
  if (z === 0n || y === 0n) return INFINITY;
  const zz = (z * z) % P;
  const yy = (y * y) % P;
  const s = (4n * x * yy) % P;
  const m = (3n * (x - zz) * (x + zz)) % P;
  const nx = mod(m * m - 2n * s, P);
  return { x: nx, y: mod(m * (s - nx) - 8n * yy * yy, P), z: (2n * y * z) % P };
}

function add(a: Point, b: Affine): Point {
  if (a.z === 0n) return { ...b, z: 1n };
  const zz = (a.z * a.z) % P;
  const h = mod(b.x * zz - a.x, P);
  const r = mod(((b.y * zz) % P) * a.z - a.y, P);
  if (h === 0n) return r === 0n ? double(a) : INFINITY;
  const hh = (h * h) % P;
  const hhh = (hh * h) % P;
  const v = (a.x * hh) % P;
  const x = mod(r * r - hhh - 2n * v, P);
  return { x, y: mod(r * (v - x) - a.y * hhh, P), z: (a.z * h) % P };
}

function affine({ x, y, z }: Point): Affine {
  const inv = inverse(z, P);
  const square = (inv * inv) % P;
  return { x: (x * square) % P, y: (y * ((square * inv) % P)) % P };
}

function multiply(point: Affine, factor: bigint): Point {
  let sum = INFINITY;
  for (const bit of factor.toString(2)) {
    sum = double(sum);
    if (bit === '1') sum = add(sum, point);
  }
  return sum;
}

const WINDOW = 4n;
let multiples: readonly (readonly Affine[])[] | undefined;

/** For each hexadecimal digit of a factor, the lowest first: the generator times 1 to 15 of it. Made once: a signature is then 64 additions. */
function generatorTable(): readonly (readonly Affine[])[] {
  const rows: Affine[][] = [];
  let base = GENERATOR;
  for (let digit = 0; digit < 64; digit++) {
    const row = [base];
    while (row.length < 15) row.push(affine(add({ ...(row.at(-1) as Affine), z: 1n }, base)));
    rows.push(row);
    base = affine(double({ ...(row[7] as Affine), z: 1n }));
  }
  return rows;
}

function timesGenerator(factor: bigint): Affine {
  multiples ??= generatorTable();
  let sum = INFINITY;
  let left = factor;
  for (const row of multiples) {
    const digit = Number(left & 15n);
    if (digit > 0) sum = add(sum, row[digit - 1] as Affine);
    left >>= WINDOW;
  }
  return affine(sum);
}

/** HMAC with SHA-256. */
function mac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const padded = new Uint8Array(64);
  padded.set(key);
  const inner = new Sha256().update(padded.map((byte) => byte ^ 0x36));
  for (const part of parts) inner.update(part);
  return new Sha256()
    .update(padded.map((byte) => byte ^ 0x5c))
    .update(inner.digest())
    .digest();
}

/** @upstream RFC 6979, 3.2 */
function nonce(secret: bigint, digest: bigint): bigint {
  const seed = [bigIntToBytes(secret, SIZE), bigIntToBytes(mod(digest, ORDER), SIZE)];
  let value: Uint8Array = new Uint8Array(SIZE).fill(1);
  let key: Uint8Array = new Uint8Array(SIZE);
  for (const step of [0, 1]) {
    key = mac(key, value, Uint8Array.of(step), ...seed);
    value = mac(key, value);
  }
  for (;;) {
    value = mac(key, value);
    const candidate = bytesToBigInt(value);
    if (candidate > 0n && candidate < ORDER) return candidate;
    key = mac(key, value, Uint8Array.of(0));
    value = mac(key, value);
  }
}

const digestOf = (message: Uint8Array): bigint => bytesToBigInt(new Sha256().update(message).digest());

export interface P256Signature {
  readonly r: bigint;
  readonly s: bigint;
}

/** An ECDSA signature as certificates and requests hold it. */
export function readSignature(bytes: Uint8Array): P256Signature {
  const [r, s] = derMembers(readDer(bytes));
  if (!r || !s) throw new DerError('asn1: structure error: sequence truncated');
  return { r: derInteger(r), s: derInteger(s) };
}

/** @see readSignature */
export const writeSignature = ({ r, s }: P256Signature): Uint8Array =>
  writeDer(derTags.sequence, writeInteger(r), writeInteger(s));

/** ECDSA with SHA-256. @param secret from 1 to the curve's order, exclusive */
export function p256Sign(message: Uint8Array, secret: bigint): P256Signature {
  const digest = digestOf(message);
  const k = nonce(secret, digest);
  const r = mod(timesGenerator(k).x, ORDER);
  return { r, s: mod(inverse(k, ORDER) * (digest + r * secret), ORDER) };
}

/** @param publicKey the uncompressed point: 4, x, y */
export function p256Verifies(message: Uint8Array, { r, s }: P256Signature, publicKey: Uint8Array): boolean {
  const key = readPoint(publicKey);
  if (!key || r <= 0n || s <= 0n || r >= ORDER || s >= ORDER) return false;
  const w = inverse(s, ORDER);
  const ofKey = multiply(key, mod(r * w, ORDER));
  const sum = add(ofKey, timesGenerator(mod(digestOf(message) * w, ORDER)));
  return sum.z !== 0n && mod(affine(sum).x, ORDER) === r;
}

/** A point of the curve; undefined when these bytes are none. */
function readPoint(bytes: Uint8Array): Affine | undefined {
  if (bytes.length !== 1 + 2 * SIZE || bytes[0] !== 4) return undefined;
  const [x, y] = [bytesToBigInt(bytes.subarray(1, 1 + SIZE)), bytesToBigInt(bytes.subarray(1 + SIZE))];
  return x < P && y < P && mod(y * y - x * x * x + 3n * x - B, P) === 0n ? { x, y } : undefined;
}

/** The uncompressed point: 4, x, y. */
export function p256PublicKey(secret: bigint): Uint8Array {
  const { x, y } = timesGenerator(secret);
  return Uint8Array.from([4, ...bigIntToBytes(x, SIZE), ...bigIntToBytes(y, SIZE)]);
}

/** A secret out of any number: as good as that is. */
export const p256Secret = (entropy: bigint): bigint => 1n + mod(entropy, ORDER - 1n);
