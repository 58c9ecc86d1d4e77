/** /etc/kubernetes/pki: what the cluster signs with. */
import type * as x509 from '#engine/apimachinery/x509';
import type { Millis, Rng } from '#engine/sim';

/** Files by kubeadm's names, PEM; keys are on P-256. */
export interface PkiFiles {
  readonly 'ca.crt': string;
  readonly 'ca.key': string;
  readonly 'sa.key': string;
}

const TEN_YEARS_MS = 10 * 365 * 86_400_000;

/**
 * Files drawn from the cluster's seed: the same after a power cut and in every replay. Who knows the seed knows the keys, so they prove
 * nothing outside; a host whose clients are real brings files of its own (`ClusterOptions.pki`).
 * @upstream cmd/kubeadm/app/phases/certs
 */
export function drawPki(
  { drawPrivateKey, writePrivateKey, createAuthority }: typeof x509,
  keys: Rng,
  since: Millis,
): PkiFiles {
  const key = drawPrivateKey(keys.fork('pki/ca'));
  return {
    'ca.crt': createAuthority('kubernetes', key, { serial: 1n, notBefore: since, notAfter: since + TEN_YEARS_MS }),
    'ca.key': writePrivateKey(key),
    'sa.key': writePrivateKey(drawPrivateKey(keys.fork('pki/sa'))),
  };
}
