/**
 * Who may approve and sign which requests for certificates, and what no client may ask for.
 * @upstream plugin/pkg/admission/certificates
 */
import { type CertificateSigningRequest, certificateSigningRequests } from '#engine/api';
import { semanticEqual, statusErrors } from '#engine/apimachinery';
import { CertificateRequestError, parseCertificateRequest } from '#engine/apimachinery/x509';
import type { Authorizer } from '../authorization/authorizer.ts';
import { nodeIdentity } from '../authorization/node/node-identity.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

interface Asking {
  readonly authorizer: () => Authorizer;
}

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
const SUPERUSERS = 'system:masters';

const concerns = ({ resource, subresource, operation }: AdmissionAttributes, wanted: string, on: string) =>
  resource.group === certificateSigningRequests.group &&
  resource.plural === certificateSigningRequests.plural &&
  subresource === wanted &&
  operation === on;

const requestOf = ({ object }: AdmissionAttributes) => object as CertificateSigningRequest;

function refuse({ resource, name }: AdmissionAttributes, why: string): never {
  throw statusErrors.forbidden({ group: resource.group, resource: resource.plural }, name, why);
}

/** By the signer's own name, or by all of its domain. @upstream pkg/certauthorization/certauthorization.go */
async function mayUseSigner(authorizer: Authorizer, { user }: AdmissionAttributes, verb: string, signer: string) {
  for (const name of [signer, `${signer.split('/')[0]}/*`]) {
    const { allowed } = await authorizer.authorize({
      user,
      verb,
      isResourceRequest: true,
      path: '',
      apiGroup: certificateSigningRequests.group,
      apiVersion: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
    });
    if (allowed) return true;
  }
  return false;
}

/** @fidelity full */
export const certificateApproval = ({ authorizer }: Asking): AdmissionPlugin => ({
  name: 'CertificateApproval',
  async validate(attributes) {
    if (!concerns(attributes, 'approval', 'UPDATE')) return;
    const signer = requestOf(attributes).spec?.signerName ?? '';
    if (await mayUseSigner(authorizer(), attributes, 'approve', signer)) return;
    refuse(attributes, `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`);
  },
});

/** @fidelity full */
export const certificateSigning = ({ authorizer }: Asking): AdmissionPlugin => ({
  name: 'CertificateSigning',
  async validate(attributes) {
    if (!concerns(attributes, 'status', 'UPDATE')) return;
    const { status, spec } = requestOf(attributes);
    const before = (attributes.oldObject as CertificateSigningRequest | undefined)?.status;
    const same =
      status?.certificate === before?.certificate && semanticEqual(status?.conditions ?? [], before?.conditions ?? []);
    const signer = spec?.signerName ?? '';
    if (same || (await mayUseSigner(authorizer(), attributes, 'sign', signer))) return;
    refuse(attributes, `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`);
  },
});

/** @fidelity full */
export const certificateSubjectRestriction = (): AdmissionPlugin => ({
  name: 'CertificateSubjectRestriction',
  validate(attributes) {
    if (!concerns(attributes, '', 'CREATE')) return;
    const { signerName, request = '' } = requestOf(attributes).spec ?? {};
    if (signerName !== CLIENT_SIGNER || !organizations(attributes, request).includes(SUPERUSERS)) return;
    refuse(attributes, `use of ${CLIENT_SIGNER} signer with ${SUPERUSERS} group is not allowed`);
  },
});

function organizations(attributes: AdmissionAttributes, request: string): readonly string[] {
  return parsed(attributes, request).organizations;
}

function parsed(attributes: AdmissionAttributes, request: string) {
  try {
    return parseCertificateRequest(request);
  } catch (error) {
    if (error instanceof CertificateRequestError) refuse(attributes, `unable to parse csr: ${error.message}`);
    throw error;
  }
}

const KUBELET_SIGNERS = ['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'];

/**
 * Kubelets ask for certificates of their own Node only: NodeRestriction's part.
 * @upstream plugin/pkg/admission/noderestriction/admission.go admitCSR
 * @fidelity full
 */
export const kubeletCertificates = (): AdmissionPlugin => ({
  name: 'NodeRestriction',
  validate(attributes) {
    const node = nodeIdentity(attributes.user);
    if (node === undefined || !concerns(attributes, '', 'CREATE')) return;
    const { signerName = '', request = '' } = requestOf(attributes).spec ?? {};
    if (!KUBELET_SIGNERS.includes(signerName)) return;
    const wanted = `system:node:${node}`;
    if (parsed(attributes, request).commonName === wanted) return;
    refuse(attributes, `can only create a node CSR with CN=${wanted}`);
  },
});
