/**
 * PKCS #10 certificate requests: who wants a certificate for which key and names.
 * @upstream pkg/apis/certificates/helpers.go, Go's crypto/x509
 */
import { fromBase64 } from '#engine/sim';
import { DerError, type DerValue, derInteger, derMembers, derObjectId, readDer } from './der.ts';
import { p256Verifies, readSignature } from './p256.ts';
import { readPem } from './pem.ts';
import { rsaVerifies } from './rsa.ts';

/** The name and the alternative names of a request or certificate. */
export interface CertificateNames {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly serialNumber: string;
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  /** Four or sixteen bytes each. */
  readonly ipAddresses: readonly Uint8Array[];
  readonly uris: readonly string[];
}

export interface CertificateRequest extends CertificateNames {
  readonly publicKeyAlgorithm: 'RSA' | 'ECDSA' | 'Ed25519' | 'Unknown';
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Name, DER. */
  readonly subject: Uint8Array;
  /** SubjectAltName's content, DER, when there is one. */
  readonly alternativeNames: Uint8Array | undefined;
}

/** The request cannot be taken; the message is Go's. */
export class CertificateRequestError extends Error {}

const RSA = '1.2.840.113549.1.1.1';
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const SHA256_WITH_ECDSA = '1.2.840.10045.4.3.2';
/** Bytes of an uncompressed point. */
const P256_POINT = 65;
const ALGORITHMS: { readonly [oid: string]: CertificateRequest['publicKeyAlgorithm'] } = {
  [RSA]: 'RSA',
  '1.2.840.10045.2.1': 'ECDSA',
  '1.3.101.112': 'Ed25519',
};
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALT_NAME = '2.5.29.17';
const ATTRIBUTES = 0xa0;

const decoder = new TextDecoder();
const text = (bytes: Uint8Array) => decoder.decode(bytes);

/**
 * Reads `spec.request`: base64 of a PEM block.
 * @throws CertificateRequestError in Go's words
 */
export function parseCertificateRequest(request: string): CertificateRequest {
  const pem = fromBase64(request);
  const block = pem && readPem(text(pem))[0];
  if (block?.type !== 'CERTIFICATE REQUEST') {
    throw new CertificateRequestError('PEM block type must be CERTIFICATE REQUEST');
  }
  try {
    return readRequest(block.bytes);
  } catch (error) {
    if (error instanceof DerError) throw new CertificateRequestError(error.message);
    throw error;
  }
}

const missing = () => new DerError('asn1: structure error: sequence truncated');

function readRequest(bytes: Uint8Array): CertificateRequest {
  const outer = readDer(bytes);
  if (outer.whole.length < bytes.length) throw new DerError('asn1: syntax error: trailing data');
  const [info, algorithm, signature] = derMembers(outer);
  if (!info || !algorithm || !signature) throw missing();
  const [, subject, key, ...rest] = derMembers(info);
  if (!subject || !key) throw missing();
  const alternativeNames = rest.find(({ tag }) => tag === ATTRIBUTES);
  const names = alternativeNames && extensionIn(alternativeNames, SUBJECT_ALT_NAME);
  const [keyAlgorithm, keyBits] = derMembers(key);
  const oid = keyAlgorithm && derMembers(keyAlgorithm)[0];
  if (!oid || !keyBits) throw missing();
  checkSignature(info, algorithm, signature, keyBits);
  return {
    ...readName(subject),
    ...readAlternativeNames(names),
    publicKeyAlgorithm: ALGORITHMS[derObjectId(oid)] ?? 'Unknown',
    publicKey: key.whole,
    subject: subject.whole,
    alternativeNames: names,
  };
}

/** RSA, and ECDSA on P-256, both with SHA-256, are verified; of other signatures only the form is read. */
function checkSignature(info: DerValue, algorithm: DerValue, signature: DerValue, key: DerValue): void {
  const oid = derMembers(algorithm)[0];
  const kind = oid && derObjectId(oid);
  const [bits, keyBits] = [signature, key].map(({ content }) => content.subarray(1)) as [Uint8Array, Uint8Array];
  if (kind === SHA256_WITH_RSA) {
    const [modulus, exponent] = derMembers(readDer(keyBits));
    if (!modulus || !exponent) throw missing();
    if (!rsaVerifies(info.whole, bits, { modulus: derInteger(modulus), exponent: derInteger(exponent) }))
      throw new CertificateRequestError('crypto/rsa: verification error');
  }
  if (
    kind === SHA256_WITH_ECDSA &&
    keyBits.length === P256_POINT &&
    !p256Verifies(info.whole, readSignature(bits), keyBits)
  )
    throw new CertificateRequestError('x509: ECDSA verification failure');
}

/** An extension's content out of the request's attributes. */
function extensionIn(attributes: DerValue, wanted: string): Uint8Array | undefined {
  for (const attribute of derMembers(attributes)) {
    const [oid, values] = derMembers(attribute);
    if (!oid || !values || derObjectId(oid) !== EXTENSION_REQUEST) continue;
    for (const extension of derMembers(readDer(values.content))) {
      const [name, ...rest] = derMembers(extension);
      if (name && derObjectId(name) === wanted) return rest.at(-1)?.content;
    }
  }
  return undefined;
}

/** Common name, organizations and serial number of a Name. */
export function readName(name: DerValue) {
  const found: { [oid: string]: string[] } = {};
  for (const set of derMembers(name)) {
    for (const pair of derMembers(set)) {
      const [oid, value] = derMembers(pair);
      if (!oid || !value) continue;
      const key = derObjectId(oid);
      found[key] = [...(found[key] ?? []), text(value.content)];
    }
  }
  return {
    commonName: found['2.5.4.3']?.at(-1) ?? '',
    organizations: found['2.5.4.10'] ?? [],
    serialNumber: found['2.5.4.5']?.at(-1) ?? '',
  };
}

/** Names out of a SubjectAltName's content. */
export function readAlternativeNames(content: Uint8Array | undefined) {
  const names = content ? derMembers(readDer(content)) : [];
  const of = (tag: number) => names.filter((name) => name.tag === tag).map((name) => name.content);
  return {
    dnsNames: of(0x82).map(text),
    emailAddresses: of(0x81).map(text),
    ipAddresses: of(0x87),
    uris: of(0x86).map(text),
  };
}
