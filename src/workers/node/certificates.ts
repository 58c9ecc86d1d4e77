/** The cluster's authority, made afresh: it signs the server's certificate and one for the person who started it, and goes on inside. */
import { generateKeyPairSync } from 'node:crypto';
import { generate } from 'selfsigned';
import type { PkiFiles } from '#engine/cluster';

interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** All in PEM. */
export interface Certificates {
  /** What the cluster signs with. */
  readonly pki: PkiFiles;
  readonly server: KeyPair;
  readonly client: KeyPair;
}

const DAY = 86_400_000;

/** Fresh certificates for a year. @param user whose common name and organizations the client certificate carries */
export async function createCertificates(user: string, groups: readonly string[]): Promise<Certificates> {
  // Clocks of a machine and its containers differ a little.
  const common = { keyType: 'ec', algorithm: 'sha256', notBeforeDate: new Date(Date.now() - DAY) } as const;
  const authority = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  const server = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...common,
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes' },
          { type: 2, value: 'kubernetes.default' },
          { type: 2, value: 'kubernetes.default.svc' },
          { type: 2, value: 'kubernetes.default.svc.cluster.local' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const organizations = groups.map((value) => ({ name: 'organizationName', value }));
  const client = await generate([...organizations, { name: 'commonName', value: user }], {
    ...common,
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  const pair = (pem: { readonly private: string; readonly cert: string }) => ({ key: pem.private, cert: pem.cert });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pki = {
    'ca.crt': ca.cert,
    'ca.key': ca.key,
    'sa.key': privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  };
  return { pki, server: pair(server), client: pair(client) };
}
