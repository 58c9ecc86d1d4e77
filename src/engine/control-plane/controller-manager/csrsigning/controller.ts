/**
 * Signs approved requests for certificates of the signers that Kubernetes itself has.
 * @upstream pkg/controller/certificates/signer/signer.go
 */
import { type CertificateSigningRequest, certificateSigningRequests } from '#engine/api';
import { isConflict, isNotFound } from '#engine/apimachinery';
import { parseCertificateRequest, signCertificate, toBase64, writePem } from '#engine/apimachinery/x509';
import { startController, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { authority } from './authority.ts';

const PREFIX = 'kubernetes.io/';
/** Usages a signer insists on, and those it allows besides. */
const SIGNERS: {
  readonly [signer: string]: { readonly needs: readonly string[]; readonly allows: readonly string[] };
} = {
  'kube-apiserver-client': { needs: ['client auth'], allows: ['digital signature', 'key encipherment'] },
  'kube-apiserver-client-kubelet': {
    needs: ['client auth', 'digital signature'],
    allows: ['key encipherment'],
  },
  'kubelet-serving': { needs: ['server auth', 'digital signature'], allows: ['key encipherment'] },
};
const YEAR_SECONDS = 365 * 24 * 3600;
const MIN_SECONDS = 600;
const BACKDATE_MS = 5 * 60_000;

const has = ({ status }: CertificateSigningRequest, wanted: string) =>
  status?.conditions?.some(({ type }) => type === wanted) ?? false;

/** Why a signer will not sign, in upstream's words. */
function fault(
  usages: readonly string[],
  { needs, allows }: NonNullable<(typeof SIGNERS)[string]>,
): string | undefined {
  const missing = needs.find((usage) => !usages.includes(usage));
  if (missing) return `usages did not match [${needs.join(' ')}]`;
  return usages.every((usage) => needs.includes(usage) || allows.includes(usage))
    ? undefined
    : `usages did not match [${[...needs, ...allows].join(' ')}]`;
}

/** @fidelity partial: subjects of the kubelets' signers are not looked at; kubelets here ask for no certificates */
export function startCertificateSigningController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('certificate-controller');
  const { lister } = informers.informer(certificateSigningRequests);
  const serials = world.rng.fork('csrsigning');

  const signed = ({ spec }: CertificateSigningRequest): string => {
    const now = world.clock.now();
    const seconds = Math.max(MIN_SECONDS, Math.min(spec?.expirationSeconds ?? YEAR_SECONDS, YEAR_SECONDS));
    const terms = {
      serial: BigInt(1 + serials.int(2 ** 31)) * BigInt(2 ** 31) + BigInt(serials.int(2 ** 31)),
      notBefore: now - BACKDATE_MS,
      notAfter: now - BACKDATE_MS + seconds * 1000,
      usages: spec?.usages ?? [],
    };
    const certificate = signCertificate(parseCertificateRequest(spec?.request ?? ''), terms, authority);
    return toBase64(new TextEncoder().encode(writePem('CERTIFICATE', certificate)));
  };

  const reconcile = async (name: string) => {
    const csr = lister.get(name);
    if (!csr || csr.status?.certificate || !has(csr, 'Approved') || has(csr, 'Denied') || has(csr, 'Failed'))
      return undefined;
    const signerName = csr.spec?.signerName ?? '';
    const signer = signerName.startsWith(PREFIX) ? SIGNERS[signerName.slice(PREFIX.length)] : undefined;
    if (!signer) return undefined;
    const why = fault(csr.spec?.usages ?? [], signer);
    const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: why ?? '' };
    const status = why
      ? { ...csr.status, conditions: [...(csr.status?.conditions ?? []), failed] }
      : { ...csr.status, certificate: signed(csr) };
    try {
      await client.updateStatus(certificateSigningRequests, { ...csr, status });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
    return undefined;
  };
  const watches = [
    watchWith(certificateSigningRequests, (queue) => ({
      added: ({ metadata }) => queue.add(metadata.name),
      updated: (_, { metadata }) => queue.add(metadata.name),
    })),
  ];
  startController(world, informers, { name: 'csrsigning', workers: 1, watches, reconcile }, signal);
}
