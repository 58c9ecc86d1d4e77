import { expect, test } from 'vitest';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '#engine/api';
import { createAuthority, drawPrivateKey } from '#engine/apimachinery/x509';
import { createRng, formatTime } from '#engine/sim';
import { isPastDeadline } from './controller.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const lasts = (hours: number) =>
  btoa(
    createAuthority('x', drawPrivateKey(createRng(1)), {
      serial: 1n,
      notBefore: START,
      notAfter: START + hours * HOUR,
    }),
  );
const csr = (type?: string, certificate?: string): CertificateSigningRequest => {
  const condition = { type, status: 'True', lastUpdateTime: formatTime(START) } as CertificateSigningRequestCondition;
  const status = { conditions: type === undefined ? [] : [condition], ...(certificate && { certificate }) };
  const metadata = { name: 'x', creationTimestamp: formatTime(START) };
  const spec = { request: '', signerName: '' };
  return { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata, spec, status };
};

test.each([
  ['nobody answers', csr(), 24],
  ['was denied', csr('Denied'), 1],
  ['failed', csr('Failed'), 1],
  ['has its certificate', csr('Approved', lasts(100)), 1],
  ['has a certificate that has run out', csr('Approved', lasts(0.5)), 0.5],
  ['waits for its certificate', csr('Approved'), 24],
  ['has what is no certificate', csr('Approved', btoa('nothing')), 1],
])('a request that %s goes', (_, request, hours) => {
  expect(isPastDeadline(request, START + hours * HOUR)).toBe(false);
  expect(isPastDeadline(request, START + hours * HOUR + 1)).toBe(true);
});
