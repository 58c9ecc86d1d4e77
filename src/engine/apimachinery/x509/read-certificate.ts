/** Certificates, read: as much as a TLS client looks at. @upstream Go's crypto/x509/parser.go */
import { type Millis, parseTime } from '#engine/sim';
import { DerError, type DerValue, derInteger, derMembers, derObjectId, derTags, readDer } from './der.ts';
import { type CertificateNames, readAlternativeNames, readName } from './request.ts';
import type { RsaPublicKey } from './rsa.ts';

export interface ReadCertificate extends CertificateNames {
  readonly whole: Uint8Array;
  /** What is signed. */
  readonly signed: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  /** Names, DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Millis;
  readonly notAfter: Millis;
  readonly rsa: RsaPublicKey | undefined;
  /** On P-256: 4, x, y. */
  readonly p256: Uint8Array | undefined;
  /** The basic constraints; undefined when it has none. */
  readonly isCa: boolean | undefined;
  /** Object ids; undefined: for anything. */
  readonly purposes: readonly string[] | undefined;
  readonly hasAlternativeNames: boolean;
}

const RSA = '1.2.840.113549.1.1.1';
const EC = '1.2.840.10045.2.1';
const P256 = '1.2.840.10045.3.1.7';
const ALTERNATIVE_NAMES = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const PURPOSES = '2.5.29.37';
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const BOOLEAN = 1;

const malformed = (what: string) => new DerError(`x509: malformed ${what}`);

/** `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` */
function timeOf({ tag, content }: DerValue): Millis {
  const text = new TextDecoder().decode(content);
  const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20';
  const full = tag === derTags.utcTime ? century + text : text;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  const time = parseTime(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (time === undefined || !Number.isFinite(time)) throw malformed('validity');
  return time;
}

function keyOf(info: DerValue): Pick<ReadCertificate, 'rsa' | 'p256'> {
  const [algorithm, bits] = derMembers(info);
  if (!algorithm || !bits) throw malformed('spki');
  const [oid, parameters] = derMembers(algorithm);
  if (!oid) throw malformed('public key algorithm identifier');
  const key = bits.content.subarray(1);
  if (derObjectId(oid) === RSA) {
    const [modulus, exponent] = derMembers(readDer(key));
    if (!modulus || !exponent) throw malformed('public key');
    return { rsa: { modulus: derInteger(modulus), exponent: derInteger(exponent) }, p256: undefined };
  }
  const isNamed = derObjectId(oid) === EC && parameters?.tag === derTags.objectId;
  return { rsa: undefined, p256: isNamed && derObjectId(parameters) === P256 ? key : undefined };
}

function extensionsOf(wrapped: DerValue | undefined): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const [list] = wrapped ? derMembers(wrapped) : [];
  for (const extension of list ? derMembers(list) : []) {
    const [oid, ...rest] = derMembers(extension);
    const content = rest.at(-1)?.content;
    if (oid && content) found.set(derObjectId(oid), content);
  }
  return found;
}

/** Reads a certificate. Throws DerError. */
export function readCertificate(bytes: Uint8Array): ReadCertificate {
  const outer = readDer(bytes);
  if (outer.whole.length < bytes.length) throw new DerError('x509: trailing data');
  const [body, algorithm, signature] = derMembers(outer);
  if (!body || !algorithm || !signature) throw malformed('certificate');
  const members = derMembers(body);
  // Serial number and algorithm come before the issuer.
  const [, , issuer, validity, subject, key, ...rest] = members[0]?.tag === VERSION ? members.slice(1) : members;
  const [oid] = derMembers(algorithm);
  if (!oid || !issuer || !validity || !subject || !key) throw malformed('tbs certificate');
  return withExtensions(
    {
      whole: outer.whole,
      signed: body.whole,
      signatureAlgorithm: derObjectId(oid),
      signature: signature.content.subarray(1),
    },
    { issuer, validity, subject, key },
    extensionsOf(rest.find(({ tag }) => tag === EXTENSIONS)),
  );
}

function withExtensions(
  base: Pick<ReadCertificate, 'whole' | 'signed' | 'signatureAlgorithm' | 'signature'>,
  parts: { readonly [part in 'issuer' | 'validity' | 'subject' | 'key']: DerValue },
  extensions: ReadonlyMap<string, Uint8Array>,
): ReadCertificate {
  const [from, to] = derMembers(parts.validity);
  if (!from || !to) throw malformed('validity');
  const constraints = extensions.get(BASIC_CONSTRAINTS);
  const [flag] = constraints ? derMembers(readDer(constraints)) : [];
  const purposes = extensions.get(PURPOSES);
  const names = extensions.get(ALTERNATIVE_NAMES);
  return {
    ...base,
    ...readName(parts.subject),
    ...readAlternativeNames(names),
    ...keyOf(parts.key),
    issuer: parts.issuer.whole,
    subject: parts.subject.whole,
    notBefore: timeOf(from),
    notAfter: timeOf(to),
    isCa: constraints && flag?.tag === BOOLEAN && flag.content[0] !== 0,
    purposes: purposes && derMembers(readDer(purposes)).map(derObjectId),
    hasAlternativeNames: names !== undefined,
  };
}
