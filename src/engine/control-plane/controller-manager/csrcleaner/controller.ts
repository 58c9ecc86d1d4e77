/** Removes requests for certificates that nobody needs any more. @upstream pkg/controller/certificates/cleaner/cleaner.go */
import { type CertificateSigningRequest, certificateSigningRequests } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import { certificateExpiry, DerError } from '#engine/apimachinery/x509';
import { panic } from '#engine/client-go';
import { type Millis, parseTime } from '#engine/sim';
import type { ControllerContext } from '../context.ts';

const HOUR_MS = 3_600_000;
const POLLING_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;

const isOlder = (time: string | undefined, ageMs: Millis, now: Millis): boolean => {
  const at = time === undefined ? undefined : parseTime(time);
  return at !== undefined && now - at > ageMs;
};

/** A certificate that cannot be read keeps its request. */
function hasRunOut(certificate: string, now: Millis): boolean {
  try {
    return now > certificateExpiry(atob(certificate));
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

/** Whether a request's time is over: an hour after it was answered, a day after nobody did, or with its certificate. */
export function isPastDeadline({ metadata, status }: CertificateSigningRequest, now: Millis): boolean {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return isOlder(metadata.creationTimestamp, PENDING_MS, now);
  const since = (wanted: string, ageMs: Millis) =>
    conditions.some(({ type, lastUpdateTime }) => type === wanted && isOlder(lastUpdateTime, ageMs, now));
  if (since('Denied', HOUR_MS) || since('Failed', HOUR_MS)) return true;
  const { certificate } = status ?? {};
  if (!conditions.some(({ type }) => type === 'Approved')) return false;
  if (certificate) return since('Approved', HOUR_MS) || hasRunOut(certificate, now);
  return since('Approved', PENDING_MS);
}

/** @fidelity full */
export function startCertificateCleaner(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('certificate-controller');
  const { lister } = informers.informer(certificateSigningRequests);
  const run = async () => {
    await informers.synced();
    while (!signal.aborted) {
      for (const csr of lister.list()) {
        if (!isPastDeadline(csr, world.clock.now())) continue;
        try {
          await client.delete(certificateSigningRequests, { name: csr.metadata.name });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }
      await world.clock.sleep(POLLING_MS, 'csr cleaner', signal);
    }
  };
  run().catch((error: unknown) => panic(world, error));
}
