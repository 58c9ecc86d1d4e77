/** X.509 certificates, made and signed. @upstream Go's crypto/x509, pkg/controller/certificates/authority/authority.go */
import { civilTime, type Millis } from '#engine/sim';
import { derTags, writeDer, writeInteger, writeObjectId, writeText } from './der.ts';
import type { CertificateRequest } from './request.ts';
import { rsaSign } from './rsa.ts';

export interface CertificateAuthority {
  readonly name: string;
  readonly modulus: bigint;
  /** The private exponent. */
  readonly secret: bigint;
}

export interface CertificateTerms {
  readonly serial: bigint;
  readonly notBefore: Millis;
  readonly notAfter: Millis;
  /** As a CertificateSigningRequest names them. */
  readonly usages: readonly string[];
}

const SHA256_WITH_RSA = writeDer(derTags.sequence, writeObjectId('1.2.840.113549.1.1.11'), writeDer(derTags.nothing));
const KEY_USAGES = [
  'digital signature',
  'content commitment',
  'key encipherment',
  'data encipherment',
  'key agreement',
  'cert sign',
  'crl sign',
  'encipher only',
];
const EXTENDED: { readonly [usage: string]: string } = {
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
};

function time(at: Millis): Uint8Array {
  const { year, month, day, hour, minute, second } = civilTime(at);
  const digits = [month, day, hour, minute, second].map((part) => String(part).padStart(2, '0')).join('');
  return year < 2050
    ? writeText(derTags.utcTime, `${String(year % 100).padStart(2, '0')}${digits}Z`)
    : writeText(derTags.generalizedTime, `${year}${digits}Z`);
}

function extension(oid: string, critical: boolean, content: Uint8Array): Uint8Array {
  const flag = critical ? [writeDer(1, [255])] : [];
  return writeDer(derTags.sequence, writeObjectId(oid), ...flag, writeDer(derTags.octetString, content));
}

function extensions(request: CertificateRequest, usages: readonly string[]): Uint8Array {
  const bits = KEY_USAGES.reduce((sum, usage, i) => (usages.includes(usage) ? sum | (0x80 >> i) : sum), 0);
  const purposes = usages.flatMap((usage) => EXTENDED[usage] ?? []).map(writeObjectId);
  const all = [
    ...(bits ? [extension('2.5.29.15', true, writeDer(derTags.bitString, [0, bits]))] : []),
    ...(purposes.length > 0 ? [extension('2.5.29.37', false, writeDer(derTags.sequence, ...purposes))] : []),
    extension('2.5.29.19', true, writeDer(derTags.sequence)),
    ...(request.alternativeNames ? [extension('2.5.29.17', false, request.alternativeNames)] : []),
  ];
  return writeDer(0xa3, writeDer(derTags.sequence, ...all));
}

/** The certificate for a request, DER. */
export function signCertificate(
  request: CertificateRequest,
  { serial, notBefore, notAfter, usages }: CertificateTerms,
  { name, modulus, secret }: CertificateAuthority,
): Uint8Array {
  const commonName = writeDer(derTags.sequence, writeObjectId('2.5.4.3'), writeText(derTags.utf8, name));
  const body = writeDer(
    derTags.sequence,
    writeDer(0xa0, writeInteger(2n)),
    writeInteger(serial),
    SHA256_WITH_RSA,
    writeDer(derTags.sequence, writeDer(derTags.set, commonName)),
    writeDer(derTags.sequence, time(notBefore), time(notAfter)),
    request.subject,
    request.publicKey,
    extensions(request, usages),
  );
  const signature = rsaSign(body, modulus, secret);
  return writeDer(derTags.sequence, body, SHA256_WITH_RSA, writeDer(derTags.bitString, [0], signature));
}
