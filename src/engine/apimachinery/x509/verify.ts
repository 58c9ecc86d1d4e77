/**
 * What a TLS client thinks of the certificates a server presents: times, names, and whether somebody it trusts signed them.
 * RSA and P-256 signatures over SHA-256 are computed; of others only issuer and subject are compared.
 * @upstream Go's crypto/x509/verify.go, client-go/transport/transport.go rootCertPool
 */
import { formatTime, type Millis } from '#engine/sim';
import { DerError } from './der.ts';
import { p256Verifies, readSignature } from './p256.ts';
import { readPem } from './pem.ts';
import { type ReadCertificate, readCertificate } from './read-certificate.ts';
import { rsaVerifies } from './rsa.ts';

/** Certificates that a client trusts. */
export type TrustedRoots = readonly ReadCertificate[];

/** What was given to trust is no certificate; the message is client-go's. */
export class RootsError extends Error {}

const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const SHA256_WITH_ECDSA = '1.2.840.10045.4.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_PURPOSE = '2.5.29.37.0';
const MAX_DEPTH = 10;

/** Reads a CA bundle; what is no certificate in it is skipped. Throws RootsError when nothing is left. */
export function rootsFrom(pem: string): TrustedRoots {
  let why = 'unable to parse bytes as PEM block';
  const roots: ReadCertificate[] = [];
  for (const { type, bytes, hasHeaders } of readPem(pem)) {
    if (type !== 'CERTIFICATE' || hasHeaders) continue;
    try {
      roots.push(readCertificate(bytes));
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      why = `failed to parse certificate: ${error.message}`;
    }
  }
  if (roots.length === 0) throw new RootsError(`unable to load root certificates: ${why}`);
  return roots;
}

const same = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i]);

/** Why a client refuses the chain (PEM, the server's own first) for a host; undefined: it does not. The text is Go's. */
export function verifyServer(
  chain: string,
  { roots, host, now }: { readonly roots: TrustedRoots; readonly host: string; readonly now: Millis },
): string | undefined {
  let certificates: readonly ReadCertificate[];
  try {
    certificates = readPem(chain)
      .filter(({ type }) => type === 'CERTIFICATE')
      .map(({ bytes }) => readCertificate(bytes));
  } catch (error) {
    if (error instanceof DerError) return `tls: failed to parse certificate from server: ${error.message}`;
    throw error;
  }
  const [leaf, ...intermediates] = certificates;
  if (!leaf) return 'remote error: tls: internal error';
  const why = timeFault(leaf, now) ?? hostFault(leaf, host) ?? chainFault(leaf, intermediates, roots, now);
  return why && `tls: failed to verify certificate: x509: ${why}`;
}

function timeFault({ notBefore, notAfter }: ReadCertificate, now: Millis): string | undefined {
  const is = (side: string, limit: Millis) =>
    `certificate has expired or is not yet valid: current time ${formatTime(now)} is ${side} ${formatTime(limit)}`;
  if (now < notBefore) return is('before', notBefore);
  return now > notAfter ? is('after', notAfter) : undefined;
}

const isIp = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

function shownIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  const long = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (!long) return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, long.index)}::${text.slice(long.index + long[0].length).replace(/^:/, '')}`;
}

function matchesName(pattern: string, host: string): boolean {
  const wanted = host.toLowerCase().replace(/\.$/, '').split('.');
  const parts = pattern.toLowerCase().split('.');
  return (
    parts.length === wanted.length &&
    parts.every((part, i) => part === wanted[i] || (i === 0 && part === '*' && parts.length > 1))
  );
}

function hostFault(leaf: ReadCertificate, host: string): string | undefined {
  const { dnsNames, ipAddresses, commonName, hasAlternativeNames } = leaf;
  if (!hasAlternativeNames && matchesName(commonName, host))
    return 'certificate relies on legacy Common Name field, use SANs instead';
  const ip = isIp(host);
  const valid = ip ? ipAddresses.map(shownIp) : dnsNames;
  if (ip ? valid.includes(host) : valid.some((name) => matchesName(name, host))) return undefined;
  if (ip && valid.length === 0) return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  if (valid.length === 0) return `certificate is not valid for any names, but wanted to match ${host}`;
  return `certificate is valid for ${valid.join(', ')}, not ${host}`;
}

/** Why a certificate is not signed by another one's key; undefined: it is, or nobody here can tell. */
function signatureFault(child: ReadCertificate, parent: ReadCertificate): string | undefined {
  if (parent.isCa === false) return 'x509: invalid signature: parent certificate cannot sign this kind of certificate';
  const { signed, signature, signatureAlgorithm } = child;
  if (signatureAlgorithm === SHA256_WITH_RSA)
    return parent.rsa && rsaVerifies(signed, signature, parent.rsa) ? undefined : 'crypto/rsa: verification error';
  if (signatureAlgorithm === SHA256_WITH_ECDSA && parent.p256) {
    const verifies = p256Verifies(signed, readSignature(signature), parent.p256);
    return verifies ? undefined : 'x509: ECDSA verification failure';
  }
  return undefined;
}

function chainFault(
  leaf: ReadCertificate,
  intermediates: readonly ReadCertificate[],
  roots: TrustedRoots,
  now: Millis,
): string | undefined {
  let hint = '';
  const isTrusted = (certificate: ReadCertificate): boolean =>
    roots.some(({ whole }) => same(whole, certificate.whole));
  const reaches = (child: ReadCertificate, depth: number): boolean => {
    for (const parent of [...roots, ...intermediates]) {
      if (!same(parent.subject, child.issuer) || parent === child) continue;
      const expired = timeFault(parent, now);
      const why = signatureFault(child, parent) ?? (expired && `x509: ${expired}`);
      if (why === undefined && (isTrusted(parent) || (depth < MAX_DEPTH && reaches(parent, depth + 1)))) return true;
      if (why !== undefined && hint === '') {
        const name = parent.commonName || parent.organizations[0] || 'serial';
        hint = ` (possibly because of ${JSON.stringify(why)} while trying to verify candidate authority certificate ${JSON.stringify(name)})`;
      }
    }
    return false;
  };
  if (!isTrusted(leaf) && !reaches(leaf, 0)) return `certificate signed by unknown authority${hint}`;
  const { purposes } = leaf;
  if (!purposes || purposes.includes(SERVER_AUTH) || purposes.includes(ANY_PURPOSE)) return undefined;
  return 'certificate specifies an incompatible key usage';
}
