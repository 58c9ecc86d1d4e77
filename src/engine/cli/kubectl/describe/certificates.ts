/** describe csr. @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go CertificateSigningRequestDescriber */
import type { CertificateSigningRequest, CoreV1Event } from '#engine/api';
import { CertificateRequestError, parseCertificateRequest } from '#engine/apimachinery/x509';
import { CommandError } from '../errors.ts';
import { humanDuration } from '../text/duration.ts';
import { annotations, events, labels } from './common.ts';
import { type DescriptionWriter, rfc1123 } from './writer.ts';

function stateOf({ status }: CertificateSigningRequest): string {
  const has = (wanted: string) => status?.conditions?.some(({ type }) => type === wanted) ?? false;
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${verdict}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}

function parsed(request: string) {
  try {
    return parseCertificateRequest(request);
  } catch (error) {
    if (error instanceof CertificateRequestError) throw new CommandError(`Error parsing CSR: ${error.message}`);
    throw error;
  }
}

const ipText = (bytes: Uint8Array): string =>
  bytes.length === 4
    ? bytes.join('.')
    : Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16)).join(':');

/** A part of the subject that may have several values: one a line. */
function several(w: DescriptionWriter, title: string, values: readonly string[]): void {
  if (values.length > 0) w.write(0, `\t${title}:\t${values.join('\n\t\t')}\n`);
}

export function describeCertificateSigningRequest(
  w: DescriptionWriter,
  one: CertificateSigningRequest,
  list: readonly CoreV1Event[] | undefined,
): void {
  const { metadata, spec } = one;
  const request = parsed(spec?.request ?? '');
  w.write(0, `Name:\t${metadata.name}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp)}\n`);
  w.write(0, `Requesting User:\t${spec?.username ?? ''}\n`);
  if (spec?.signerName) w.write(0, `Signer:\t${spec.signerName}\n`);
  if (spec?.expirationSeconds !== undefined) {
    w.write(0, `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1000)}\n`);
  }
  w.write(0, `Status:\t${stateOf(one)}\n`);
  w.write(0, 'Subject:\n');
  w.write(0, `\tCommon Name:\t${request.commonName}\n`);
  w.write(0, `\tSerial Number:\t${request.serialNumber}\n`);
  several(w, 'Organization', request.organizations);
  const { dnsNames, emailAddresses, uris, ipAddresses } = request;
  if (dnsNames.length + emailAddresses.length + uris.length + ipAddresses.length > 0) {
    w.write(0, 'Subject Alternative Names:\n');
    several(w, 'DNS Names', dnsNames);
    several(w, 'Email Addresses', emailAddresses);
    several(w, 'URIs', uris);
    several(w, 'IP Addresses', ipAddresses.map(ipText));
  }
  events(w, list);
}
