/** Certificates and requests for them. In a room of their own: most clusters never see one. */
export { type CertificateAuthority, signCertificate } from './certificate.ts';
export { fromBase64, type PemBlock, readPem, toBase64, writePem } from './pem.ts';
export {
  type CertificateNames,
  type CertificateRequest,
  CertificateRequestError,
  parseCertificateRequest,
} from './request.ts';
