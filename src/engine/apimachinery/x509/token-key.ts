/** Signatures of JSON Web Tokens. @upstream pkg/serviceaccount/jwt.go keyIDFromPublicKey, signerFromECDSAPrivateKey */
import { Sha256, toBase64Url } from '#engine/sim';
import { bigIntToBytes } from './der.ts';
import { readPrivateKey } from './keys.ts';
import { p256Sign } from './p256.ts';

/** A key as a key set shows it. */
export interface JsonWebKey {
  readonly use: 'sig';
  readonly kty: 'EC';
  readonly kid: string;
  readonly crv: 'P-256';
  readonly alg: 'ES256';
  readonly x: string;
  readonly y: string;
}

export interface TokenKey {
  readonly jwk: JsonWebKey;
  /** The third part of a token for its first two. */
  sign(text: string): string;
}

const SIZE = 32;
/** @param pem a private key on P-256 */
export function tokenKey(pem: string): TokenKey {
  const { secret, point, publicKey } = readPrivateKey(pem);
  const encoder = new TextEncoder();
  return {
    jwk: {
      use: 'sig',
      kty: 'EC',
      kid: toBase64Url(new Sha256().update(publicKey).digest()),
      crv: 'P-256',
      alg: 'ES256',
      x: toBase64Url(point.subarray(1, 1 + SIZE)),
      y: toBase64Url(point.subarray(1 + SIZE)),
    },
    sign(text) {
      const { r, s } = p256Sign(encoder.encode(text), secret);
      return toBase64Url(Uint8Array.from([...bigIntToBytes(r, SIZE), ...bigIntToBytes(s, SIZE)]));
    },
  };
}
