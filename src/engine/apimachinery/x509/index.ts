/** Certificates, requests for them, and keys. In a room of their own: a cluster's start needs them for a moment. */
export {
  type CertificateAuthority,
  certificateExpiry,
  createAuthority,
  readAuthority,
  signCertificate,
} from './certificate.ts';
export { DerError } from './der.ts';
export { drawPrivateKey, writePrivateKey } from './keys.ts';
export { type PemBlock, readPem, writePem } from './pem.ts';
export {
  type CertificateNames,
  type CertificateRequest,
  CertificateRequestError,
  parseCertificateRequest,
} from './request.ts';
export { type JsonWebKey, type TokenKey, tokenKey } from './token-key.ts';
export { RootsError, rootsFrom, type TrustedRoots, verifyServer } from './verify.ts';
