/** Which requests the signers of Kubernetes itself sign. @upstream pkg/controller/certificates/signer/signer.go, pkg/apis/certificates/helpers.go */
import type { CertificateRequest } from '#engine/apimachinery/x509';

const PREFIX = 'kubernetes.io/';
/** The signer of kubelets' client certificates. */
export const KUBELET_CLIENT = `${PREFIX}kube-apiserver-client-kubelet`;
const NODE = 'system:node:';
const NODES = 'system:nodes';

const isSet = (usages: readonly string[], wanted: readonly string[]) =>
  new Set(usages).size === wanted.length && wanted.every((usage) => usages.includes(usage));

/** With or without key encipherment, which only RSA can do. */
const isKubelets = (usages: readonly string[], purpose: string) =>
  isSet(usages, ['digital signature', purpose]) || isSet(usages, ['digital signature', 'key encipherment', purpose]);

const isOfNodes = ({ organizations }: CertificateRequest) => organizations.length === 1 && organizations[0] === NODES;

function kubeletServingFault(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return `subject organization is not ${NODES}`;
  if (request.dnsNames.length + request.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!isKubelets(usages, 'server auth'))
    return 'usages did not match [digital signature key encipherment server auth]';
  return request.commonName.startsWith(NODE) ? undefined : `subject common name does not begin with ${NODE}`;
}

/** Why this is no request of a kubelet for a client certificate; undefined when it is one. */
export function kubeletClientFault(request: CertificateRequest, usages: readonly string[]): string | undefined {
  if (!isOfNodes(request)) return `subject organization is not ${NODES}`;
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!request.commonName.startsWith(NODE)) return `subject common name does not begin with ${NODE}`;
  if (isKubelets(usages, 'client auth')) return undefined;
  return 'usages did not match [client auth digital signature key encipherment]';
}

function clientFault(_: CertificateRequest, usages: readonly string[]): string | undefined {
  const allowed = ['digital signature', 'key encipherment', 'client auth'];
  const wrong = usages.find((usage) => !allowed.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

type Fault = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

const SIGNERS: { readonly [signer: string]: Fault } = {
  [`${PREFIX}kube-apiserver-client`]: clientFault,
  [KUBELET_CLIENT]: kubeletClientFault,
  [`${PREFIX}kubelet-serving`]: kubeletServingFault,
  [`${PREFIX}legacy-unknown`]: () => undefined,
};

/** Finds why a signer will not sign, in upstream's words. Undefined when it is no signer of Kubernetes. */
export const signerOf = (name: string): Fault | undefined => SIGNERS[name];
