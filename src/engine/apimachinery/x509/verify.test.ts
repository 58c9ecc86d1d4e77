import { describe, expect, it } from 'vitest';
import { certificates } from './test-certificates.ts';
import { rootsFrom, verifyServer } from './verify.ts';

const { authority, namesake, ecAuthority, good, named, old, bare, forClients, ec } = certificates;
const NOW = Date.UTC(2026, 0, 1);
const HOST = 'hook.default.svc';
const AUTHORITY = 'certificate signed by unknown authority';
const tampered = (pem: string) => pem.replace(/.{8}(?==*\n-----END)/, 'AAAAAAAA');

describe('a server is verified', () => {
  const cases: readonly (readonly [string, string, string, string, string | undefined])[] = [
    ['an RSA chain', good, authority, HOST, undefined],
    ['an ECDSA chain', ec, ecAuthority, HOST, undefined],
    ['the certificate itself is trusted', old.replace(old, good), good, HOST, undefined],
    ['one of several roots', good, ecAuthority + authority, HOST, undefined],
    ['by an address', named, authority, '10.0.0.7', undefined],
    ['by a wildcard', named, authority, 'x.b.example', undefined],
    ['nobody is trusted', good, '', HOST, AUTHORITY],
    ['somebody else is trusted', good, ecAuthority, HOST, AUTHORITY],
    [
      'somebody of the same name is trusted',
      good,
      namesake,
      HOST,
      `${AUTHORITY} (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "e2e-server-cert-ca")`,
    ],
    [
      'an ECDSA signature that was changed',
      tampered(ec),
      ecAuthority,
      HOST,
      `${AUTHORITY} (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "ec-ca")`,
    ],
    ['another name', good, authority, 'other.default.svc', `certificate is valid for ${HOST}, not other.default.svc`],
    ['two names', named, authority, 'b.example', 'certificate is valid for a.example, *.b.example, not b.example'],
    ['two addresses', named, authority, '10.0.0.8', 'certificate is valid for 10.0.0.7, fd00::7, not 10.0.0.8'],
    [
      'no address',
      good,
      authority,
      '10.0.0.7',
      "cannot validate certificate for 10.0.0.7 because it doesn't contain any IP SANs",
    ],
    [
      'a name in the wrong place',
      bare,
      authority,
      HOST,
      'certificate relies on legacy Common Name field, use SANs instead',
    ],
    ['no names', bare, authority, 'b.example', 'certificate is not valid for any names, but wanted to match b.example'],
    [
      'an old one',
      old,
      authority,
      HOST,
      'certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2000-01-01T00:00:00Z',
    ],
    ["a client's", forClients, authority, HOST, 'certificate specifies an incompatible key usage'],
  ];
  it.each(cases)('%s', (_, chain, trusted, host, why) => {
    const roots = trusted === '' ? [] : rootsFrom(trusted);
    expect(verifyServer(chain, { roots, host, now: NOW })).toBe(
      why && `tls: failed to verify certificate: x509: ${why}`,
    );
  });

  it('after its trust was read', () => {
    expect(() => rootsFrom('placeholder')).toThrow(
      'unable to load root certificates: unable to parse bytes as PEM block',
    );
    expect(rootsFrom(`text before\n${authority}`)).toHaveLength(1);
  });
});
