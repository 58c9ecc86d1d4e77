/** A kubeconfig for a client outside, in the form `kubectl config` writes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import type { Certificates } from './certificates.ts';

export interface KubeconfigFacts {
  readonly server: string;
  readonly token: string;
  readonly user: string;
  /** Absent over plain HTTP. With them there is a second context, `USER-certificate@podarium`, whose user shows a certificate. */
  readonly certificates?: Certificates;
}

export function writeKubeconfig(file: string, { server, token, user, certificates }: KubeconfigFacts): void {
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  const certified = certificates && {
    name: `${user}-certificate`,
    user: {
      'client-certificate-data': base64(certificates.client.cert),
      'client-key-data': base64(certificates.client.key),
    },
  };
  const cluster = { server, ...(certificates && { 'certificate-authority-data': base64(certificates.pki['ca.crt']) }) };
  const users = [{ name: user, user: { token } }, ...(certified ? [certified] : [])];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'podarium', cluster }],
      users,
      contexts: users.map(({ name }) => ({ name: `${name}@podarium`, context: { cluster: 'podarium', user: name } })),
      'current-context': `${user}@podarium`,
    }),
    { mode: 0o600 },
  );
}
