/** What a request for a certificate has come to. @upstream pkg/controller/certificates/certificate_controller_utils.go */
import type { CertificateSigningRequest } from '#engine/api';

export const hasCondition = ({ status }: CertificateSigningRequest, wanted: string): boolean =>
  status?.conditions?.some(({ type }) => type === wanted) ?? false;
