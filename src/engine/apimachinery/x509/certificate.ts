/** X.509 certificates, made, signed and read. @upstream Go's crypto/x509, pkg/controller/certificates/authority */
import { civilTime, type Millis, parseTime, Sha256 } from '#engine/sim';
import {
  DerError,
  type DerValue,
  derMembers,
  derObjectId,
  derTags,
  readDer,
  writeDer,
  writeInteger,
  writeObjectId,
  writeText,
} from './der.ts';
import { type PrivateKey, readPrivateKey } from './keys.ts';
import { p256Sign, writeSignature } from './p256.ts';
import { readPem, writePem } from './pem.ts';
import type { CertificateRequest } from './request.ts';

/** Who signs: a certificate and its key. */
export interface CertificateAuthority {
  /** Name, DER. */
  readonly subject: Uint8Array;
  readonly keyId: Uint8Array | undefined;
  readonly notAfter: Millis;
  readonly key: PrivateKey;
}

export interface CertificateTerms {
  readonly serial: bigint;
  readonly notBefore: Millis;
  readonly notAfter: Millis;
  /** As a CertificateSigningRequest names them. */
  readonly usages: readonly string[];
}

const SHA256_WITH_ECDSA = writeDer(derTags.sequence, writeObjectId('1.2.840.10045.4.3.2'));
/** By bit. */
const KEY_USAGES = [
  'digital signature',
  'content commitment',
  'key encipherment',
  'data encipherment',
  'key agreement',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
];
/** In Go's order, which is how they are written. */
const EXTENDED: readonly (readonly [usage: string, oid: string])[] = [
  ['any', '2.5.29.37.0'],
  ['server auth', '1.3.6.1.5.5.7.3.1'],
  ['client auth', '1.3.6.1.5.5.7.3.2'],
  ['code signing', '1.3.6.1.5.5.7.3.3'],
  ['email protection', '1.3.6.1.5.5.7.3.4'],
  ['ipsec end system', '1.3.6.1.5.5.7.3.5'],
  ['ipsec tunnel', '1.3.6.1.5.5.7.3.6'],
  ['ipsec user', '1.3.6.1.5.5.7.3.7'],
  ['timestamping', '1.3.6.1.5.5.7.3.8'],
  ['ocsp signing', '1.3.6.1.5.5.7.3.9'],
  ['microsoft sgc', '1.3.6.1.4.1.311.10.3.3'],
  ['netscape sgc', '2.16.840.1.113730.4.1'],
];
const SAME: { readonly [usage: string]: string } = { signing: 'digital signature', 's/mime': 'email protection' };
const SUBJECT_KEY_ID = '2.5.29.14';
const EXTENSIONS = 0xa3;
const VERSION = 0xa0;

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

/** A BIT STRING without the zeros at its end. */
function keyUsage(usages: ReadonlySet<string>): Uint8Array | undefined {
  const last = KEY_USAGES.findLastIndex((usage) => usages.has(usage));
  if (last < 0) return undefined;
  const bytes = new Array<number>((last >> 3) + 1).fill(0);
  for (const [bit, usage] of KEY_USAGES.entries())
    if (usages.has(usage)) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
  return extension('2.5.29.15', true, writeDer(derTags.bitString, [7 - (last & 7), ...bytes]));
}

interface Content {
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly alternativeNames: Uint8Array | undefined;
  /** Set in an authority's own certificate. */
  readonly ownKeyId?: Uint8Array;
}

function extensions({ alternativeNames, ownKeyId }: Content, named: readonly string[], issuerKeyId?: Uint8Array) {
  const usages = new Set(named.map((usage) => SAME[usage] ?? usage));
  const bits = keyUsage(usages);
  const purposes = EXTENDED.filter(([usage]) => usages.has(usage)).map(([, oid]) => writeObjectId(oid));
  const all = [
    ...(bits ? [bits] : []),
    ...(purposes.length > 0 ? [extension('2.5.29.37', false, writeDer(derTags.sequence, ...purposes))] : []),
    extension('2.5.29.19', true, writeDer(derTags.sequence, ...(ownKeyId ? [writeDer(1, [255])] : []))),
    ...(ownKeyId ? [extension(SUBJECT_KEY_ID, false, writeDer(derTags.octetString, ownKeyId))] : []),
    ...(issuerKeyId ? [extension('2.5.29.35', false, writeDer(derTags.sequence, writeDer(0x80, issuerKeyId)))] : []),
    ...(alternativeNames ? [extension('2.5.29.17', false, alternativeNames)] : []),
  ];
  return writeDer(EXTENSIONS, writeDer(derTags.sequence, ...all));
}

function signed(
  content: Content,
  { serial, notBefore, notAfter, usages }: CertificateTerms,
  { subject, keyId, key }: Pick<CertificateAuthority, 'subject' | 'keyId' | 'key'>,
): string {
  const body = writeDer(
    derTags.sequence,
    writeDer(VERSION, writeInteger(2n)),
    writeInteger(serial),
    SHA256_WITH_ECDSA,
    subject,
    writeDer(derTags.sequence, time(notBefore), time(notAfter)),
    content.subject,
    content.publicKey,
    extensions(content, usages, keyId),
  );
  const signature = writeSignature(p256Sign(body, key.secret));
  const whole = writeDer(derTags.sequence, body, SHA256_WITH_ECDSA, writeDer(derTags.bitString, [0], signature));
  return writePem('CERTIFICATE', whole);
}

/** The certificate for a request, PEM. */
export const signCertificate = (
  request: CertificateRequest,
  terms: CertificateTerms,
  authority: CertificateAuthority,
): string => signed(request, terms, authority);

/** An authority's own certificate, PEM. */
export function createAuthority(
  commonName: string,
  key: PrivateKey,
  validity: Pick<CertificateTerms, 'serial' | 'notBefore' | 'notAfter'>,
): string {
  const name = writeDer(derTags.sequence, writeObjectId('2.5.4.3'), writeText(derTags.utf8, commonName));
  const subject = writeDer(derTags.sequence, writeDer(derTags.set, name));
  const ownKeyId = new Sha256().update(key.publicKey).digest().slice(0, 20);
  const content = { subject, publicKey: key.publicKey, alternativeNames: undefined, ownKeyId };
  const usages = ['digital signature', 'key encipherment', 'cert sign'];
  return signed(content, { ...validity, usages }, { subject, keyId: undefined, key });
}

/** The authority that two files are. Throws when they are none. */
export function readAuthority(certificate: string, key: string): CertificateAuthority {
  const { subject, keyId, notAfter } = parts(certificate);
  return { subject: subject.whole, keyId, notAfter, key: readPrivateKey(key) };
}

/** When a certificate runs out. Throws DerError, or when the text holds none. */
export const certificateExpiry = (certificate: string): Millis => parts(certificate).notAfter;

function parts(pem: string) {
  const block = readPem(pem).find(({ type }) => type === 'CERTIFICATE');
  if (!block) throw new DerError('expected the certificate to be PEM encoded');
  const [body] = derMembers(readDer(block.bytes));
  const members = body ? derMembers(body).filter(({ tag }) => tag !== VERSION) : [];
  const [, , , validity, subject] = members;
  const notAfter = validity && derMembers(validity)[1];
  if (!subject || !notAfter) throw new DerError('x509: malformed certificate');
  return { subject, keyId: keyIdIn(members.find(({ tag }) => tag === EXTENSIONS)), notAfter: readTime(notAfter) };
}

function keyIdIn(list: DerValue | undefined): Uint8Array | undefined {
  for (const one of list ? derMembers(readDer(list.content)) : []) {
    const [oid, ...rest] = derMembers(one);
    const value = rest.at(-1);
    if (oid && value && derObjectId(oid) === SUBJECT_KEY_ID) return readDer(value.content).content;
  }
  return undefined;
}

function readTime({ tag, content }: DerValue): Millis {
  const text = new TextDecoder().decode(content);
  const full = tag === derTags.utcTime ? `${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}` : text;
  const at = parseTime(full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (at === undefined) throw new DerError('x509: invalid time');
  return at;
}
