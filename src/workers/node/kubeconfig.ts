/** A kubeconfig for a client outside, in the form `kubectl config` writes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';

export interface KubeconfigFacts {
  readonly server: string;
  readonly token: string;
  readonly user: string;
  /** PEM of the authority that signed the server's certificate; absent over plain HTTP. */
  readonly certificate?: string;
}

export function writeKubeconfig(file: string, { server, token, user, certificate }: KubeconfigFacts): void {
  const cluster = {
    server,
    ...(certificate && { 'certificate-authority-data': Buffer.from(certificate).toString('base64') }),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'podarium', cluster }],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: `${user}@podarium`, context: { cluster: 'podarium', user } }],
      'current-context': `${user}@podarium`,
    }),
    { mode: 0o600 },
  );
}
