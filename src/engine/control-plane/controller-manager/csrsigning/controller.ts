/**
 * Signs approved requests for certificates of the signers that Kubernetes itself has.
 * @upstream pkg/controller/certificates/signer/signer.go
 */
import { type CertificateSigningRequest, certificateSigningRequests } from '#engine/api';
import { isConflict, isNotFound } from '#engine/apimachinery';
import {
  type CertificateAuthority,
  parseCertificateRequest,
  readAuthority,
  signCertificate,
} from '#engine/apimachinery/x509';
import { startController, watchWith } from '#engine/client-go';
import { formatTime, type Millis } from '#engine/sim';
import type { ControllerContext } from '../context.ts';
import { hasCondition } from './conditions.ts';
import { signerOf } from './signer.ts';

/** `--cluster-signing-duration`. */
const YEAR_SECONDS = 365 * 24 * 3600;
const MIN_SECONDS = 600;
/** A certificate that lives shorter loses nothing of its time to the backdating. */
const SHORT_SECONDS = 8 * 3600;
const BACKDATE_MS = 5 * 60_000;

/** From when to when a certificate is to be good. @upstream pkg/controller/certificates/authority/policies.go */
function validity(now: Millis, wanted: number | undefined, { notAfter }: CertificateAuthority) {
  const seconds = Math.max(MIN_SECONDS, Math.min(wanted ?? YEAR_SECONDS, YEAR_SECONDS));
  const end = now + seconds * 1000 - (seconds < SHORT_SECONDS ? 0 : BACKDATE_MS);
  return { notBefore: now - BACKDATE_MS, notAfter: Math.min(end, notAfter) };
}

/** @fidelity full */
export function startCertificateSigningController(context: ControllerContext): void {
  const { world, informers, signal, options } = context;
  const { clusterSigning } = options;
  if (!clusterSigning) return;
  const client = context.clientFor('certificate-controller');
  const { lister } = informers.informer(certificateSigningRequests);
  const serials = world.rng.fork('csrsigning');
  let authority: CertificateAuthority | undefined;

  const signed = ({ spec }: CertificateSigningRequest): string => {
    authority ??= readAuthority(clusterSigning.certificate, clusterSigning.key);
    const terms = {
      serial: BigInt(1 + serials.int(2 ** 31)) * BigInt(2 ** 31) + BigInt(serials.int(2 ** 31)),
      ...validity(world.clock.now(), spec?.expirationSeconds, authority),
      usages: spec?.usages ?? [],
    };
    return btoa(signCertificate(parseCertificateRequest(spec?.request ?? ''), terms, authority));
  };

  const reconcile = async (name: string) => {
    const csr = lister.get(name);
    if (!csr || csr.status?.certificate) return undefined;
    const approved = hasCondition(csr, 'Approved') && !hasCondition(csr, 'Denied');
    const fault = signerOf(csr.spec?.signerName ?? '');
    if (!approved || hasCondition(csr, 'Failed') || !fault) return undefined;
    const why = fault(parseCertificateRequest(csr.spec?.request ?? ''), csr.spec?.usages ?? []);
    const lastUpdateTime = formatTime(world.clock.now());
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message: why ?? '',
      lastUpdateTime,
    };
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
