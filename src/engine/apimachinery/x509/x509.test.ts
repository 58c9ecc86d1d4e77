import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  verify,
  X509Certificate,
} from 'node:crypto';
import { expect, test } from 'vitest';
import { createRng } from '#engine/sim';
import { certificateExpiry, createAuthority, readAuthority, signCertificate } from './certificate.ts';
import { drawPrivateKey, privateKey, readPrivateKey, writePrivateKey } from './keys.ts';
import { p256Sign, p256Verifies, writeSignature } from './p256.ts';
import { CertificateRequestError, parseCertificateRequest } from './request.ts';
import { tokenKey } from './token-key.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const YEAR = 365 * 86_400_000;
const START = Date.UTC(2026, 0, 1);

test('signatures are those of RFC 6979, and others know them', () => {
  const secret = 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721n;
  const signature = p256Sign(bytes('sample'), secret);
  expect(signature).toEqual({
    r: 0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716n,
    s: 0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n,
  });
  const { point } = privateKey(secret);
  expect(p256Verifies(bytes('sample'), signature, point)).toBe(true);
  expect(p256Verifies(bytes('simple'), signature, point)).toBe(false);
  const theirs = createPublicKey(writePrivateKey(privateKey(secret)));
  expect(verify('sha256', bytes('sample'), theirs, writeSignature(signature))).toBe(true);
});

test('keys of others are read in both forms', () => {
  const { privateKey: made } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [sec1, pkcs8] = (['sec1', 'pkcs8'] as const).map((type) => made.export({ type, format: 'pem' }) as string);
  const key = readPrivateKey(sec1 ?? '');
  expect(readPrivateKey(pkcs8 ?? '')).toEqual(key);
  expect(createPrivateKey(writePrivateKey(key)).equals(made)).toBe(true);
});

test('tokens verify with the key that is shown', () => {
  const pem = writePrivateKey(drawPrivateKey(createRng(1)));
  const { jwk, sign } = tokenKey(pem);
  const shown = createPublicKey({ key: { ...jwk }, format: 'jwk' });
  const signature = Buffer.from(sign('a.b'), 'base64url');
  expect(verify('sha256', bytes('a.b'), { key: shown, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  const spki = shown.export({ type: 'spki', format: 'der' });
  expect(jwk.kid).toBe(createHash('sha256').update(spki).digest('base64url'));
});

// openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /O=dev/O=ops/CN=jane
const REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIHlMIGNAgEAMCsxDDAKBgNVBAoMA2RldjEMMAoGA1UECgwDb3BzMQ0wCwYDVQQD
DARqYW5lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEus6H9E0Adg4YmeG39oXf
4lk/3JMbtBlVX24IkAtKJuwb7FROMhMcK80bWHlfmnxAiZ2qX3w8nSQTEQ4b84U8
DqAAMAoGCCqGSM49BAMCA0cAMEQCIAcGRcK9AKjxCNqYISsnPLWNSn1Fs+dx+w5m
tXMPjrwMAiACkGsRqPvwsrJLi+J5Sk3ga4BzpENiQndiW/XzTdbnRA==
-----END CERTIFICATE REQUEST-----
`;

test('an authority signs what others trust', () => {
  const key = drawPrivateKey(createRng(2));
  const pem = createAuthority('kubernetes', key, { serial: 1n, notBefore: START, notAfter: START + 10 * YEAR });
  const authority = readAuthority(pem, writePrivateKey(key));
  const own = new X509Certificate(pem);
  expect(own).toMatchObject({ ca: true, subject: 'CN=kubernetes' });
  expect(own.verify(own.publicKey)).toBe(true);
  const request = parseCertificateRequest(btoa(REQUEST));
  const terms = { serial: 5n, notBefore: START, notAfter: START + YEAR, usages: ['client auth', 'digital signature'] };
  const made = signCertificate(request, terms, authority);
  const certificate = new X509Certificate(made);
  expect(certificate.verify(own.publicKey) && certificate.checkIssued(own)).toBe(true);
  expect(certificate).toMatchObject({ subject: 'O=dev\nO=ops\nCN=jane', keyUsage: ['1.3.6.1.5.5.7.3.2'] });
  expect(certificateExpiry(made)).toBe(START + YEAR);
});

test('a request that is not signed by its key is none', () => {
  const [first, ...rest] = REQUEST.split('\n');
  const body = rest.join('').replace(/-.*/, '');
  const forged = Buffer.from(body, 'base64');
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  const text = `${first}\n${forged.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  expect(() => parseCertificateRequest(btoa(text))).toThrow(CertificateRequestError);
});
