/** The bridge's small authority: it signs the server's certificate and one for the person who started it. */
import { generate } from 'selfsigned';

interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** All in PEM. */
export interface Certificates {
  readonly ca: KeyPair;
  readonly server: KeyPair;
  readonly client: KeyPair;
}

const DAY = 86_400_000;

/** Fresh certificates for a year. @param user whose common name and organizations the client certificate carries */
export async function createCertificates(user: string, groups: readonly string[]): Promise<Certificates> {
  // Clocks of a machine and its containers differ a little.
  const common = { keyType: 'ec', algorithm: 'sha256', notBeforeDate: new Date(Date.now() - DAY) } as const;
  const authority = await generate([{ name: 'commonName', value: 'podarium' }], {
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
          { type: 2, value: 'kubernetes.default.svc' },
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
  return { ca, server: pair(server), client: pair(client) };
}
