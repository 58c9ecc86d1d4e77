/**
 * Approves what kubelets ask for to join: who may is asked of the API server.
 * @upstream pkg/controller/certificates/approver/sarapprove.go
 */
import { type CertificateSigningRequest, certificateSigningRequests } from '#engine/api';
import { isConflict, isNotFound } from '#engine/apimachinery';
import { type CertificateRequest, parseCertificateRequest } from '#engine/apimachinery/x509';
import { type Client, requestJson, startController, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { hasCondition } from '../csrsigning/conditions.ts';
import { KUBELET_CLIENT, kubeletClientFault } from '../csrsigning/signer.ts';

interface Recognizer {
  /** What the requester must be allowed to create. */
  readonly subresource: string;
  readonly recognizes: (csr: CertificateSigningRequest, request: CertificateRequest) => boolean;
  readonly message: string;
}

const RECOGNIZERS: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    recognizes: ({ spec }, { commonName }) => spec.username === commonName,
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  },
  {
    subresource: 'nodeclient',
    recognizes: () => true,
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  },
];

async function isAllowed(client: Client, { spec }: CertificateSigningRequest, subresource: string): Promise<boolean> {
  const { group, plural } = certificateSigningRequests;
  const { username: user, uid, groups, extra } = spec;
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, uid, groups, extra, resourceAttributes: { group, resource: plural, verb: 'create', subresource } },
  };
  const url = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const review = await requestJson(client, 'POST', url, body);
  return (review as { readonly status: { readonly allowed: boolean } }).status.allowed;
}

/** @fidelity full */
export function startCertificateApprovingController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('certificate-controller');
  const { lister } = informers.informer(certificateSigningRequests);

  const approve = async (csr: CertificateSigningRequest, message: string) => {
    const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
    const status = { ...csr.status, conditions: [...(csr.status?.conditions ?? []), approved] };
    const url = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${csr.metadata.name}/approval`;
    try {
      await requestJson(client, 'PUT', url, { ...csr, status });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  };
  const reconcile = async (name: string) => {
    const csr = lister.get(name);
    if (!csr || csr.status?.certificate || hasCondition(csr, 'Approved') || hasCondition(csr, 'Denied'))
      return undefined;
    if (csr.spec.signerName !== KUBELET_CLIENT) return undefined;
    const request = parseCertificateRequest(csr.spec.request);
    if (kubeletClientFault(request, csr.spec.usages ?? []) !== undefined) return undefined;
    for (const { subresource, recognizes, message } of RECOGNIZERS) {
      if (!recognizes(csr, request) || !(await isAllowed(client, csr, subresource))) continue;
      await approve(csr, message);
      return undefined;
    }
    return undefined;
  };
  const watches = [
    watchWith(certificateSigningRequests, (queue) => ({
      added: ({ metadata }) => queue.add(metadata.name),
      updated: (_, { metadata }) => queue.add(metadata.name),
    })),
  ];
  startController(world, informers, { name: 'csrapproving', workers: 1, watches, reconcile }, signal);
}
