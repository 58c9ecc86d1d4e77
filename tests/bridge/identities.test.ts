/** Who one is to the API server: certificates it signed itself, bootstrap tokens, and tokens that others verify. Needs a real kubectl and openssl. */
import { spawnSync } from 'node:child_process';
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bridge, startBridge } from './bridge.ts';
import { findKubectls, run } from './kubectls.ts';

const newest = findKubectls().at(-1);
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!newest || !hasOpenssl)
  process.stderr.write('notice: no kubectl or no openssl; the tests of identities are skipped\n');

const folder = mkdtempSync(join(tmpdir(), 'podarium-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** A key and the base64 of a request for a certificate. */
function request(name: string, subject: string, key: readonly string[]) {
  const keyFile = join(folder, `${name}.key`);
  const made = spawnSync('openssl', ['req', '-new', ...key, '-nodes', '-keyout', keyFile, '-subj', subject]);
  expect(made.status, String(made.stderr)).toBe(0);
  return { keyFile, request: made.stdout.toString('base64') };
}
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const RSA = ['-newkey', 'rsa:2048'];

const csr = (name: string, spec: object) =>
  JSON.stringify({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name }, spec });

describe.skipIf(!newest || !hasOpenssl)('identities', { timeout: 60_000 }, () => {
  let bridge: Bridge;
  beforeAll(async () => {
    bridge = await startBridge(['--https', '--nodes', '0']);
  }, 60_000);
  afterAll(async () => expect(await bridge.stop()).toBe(0));

  const kubectl = (line: string, input = '') =>
    run('bash', ['-c', `exec ${newest?.path} ${line}`], {
      env: { ...process.env, KUBECONFIG: bridge.kubeconfig, HOME: folder },
      input,
    });
  const ok = async (line: string, input?: string) => {
    const result = await kubectl(line, input);
    expect(result, `kubectl ${line}`).toMatchObject({ code: 0 });
    return result.stdout;
  };
  const certificateOf = async (name: string) => {
    await ok(`wait csr/${name} --for=jsonpath={.status.certificate} --timeout=20s`);
    const text = Buffer.from(await ok(`get csr ${name} -o jsonpath={.status.certificate}`), 'base64').toString();
    return file(`${name}.crt`, text);
  };
  const caFile = async () => file('ca.crt', await ok(`get configmap kube-root-ca.crt -o jsonpath='{.data.ca\\.crt}'`));

  test('there is one authority, which the server, its clients and Pods know', async () => {
    const ca = await ok(`config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}'`);
    const published = readFileSync(await caFile(), 'utf8');
    expect(Buffer.from(ca, 'base64').toString()).toBe(published);
    const line = `-n kube-system get configmap extension-apiserver-authentication -o jsonpath='{.data.client-ca-file}'`;
    expect(await ok(line)).toBe(published);
  });

  test.each([
    ['jane', EC],
    ['joe', RSA],
  ])('a certificate that %s asked for identifies', async (name, keyKind) => {
    const { keyFile, request: pem } = request(name, `/O=dev/O=ops/CN=${name}`, keyKind);
    const spec = { request: pem, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] };
    await ok('create -f -', csr(name, { ...spec, expirationSeconds: 3600 }));
    expect(await ok(`certificate approve ${name}`)).toContain('approved');
    const certificate = await certificateOf(name);
    const checked = spawnSync('openssl', ['verify', '-CAfile', await caFile(), '-purpose', 'sslclient', certificate]);
    expect(String(checked.stdout)).toContain(': OK');
    await ok(
      `config set-credentials ${name} --client-certificate=${certificate} --client-key=${keyFile} --embed-certs`,
    );
    const who = JSON.parse(await ok(`--user=${name} auth whoami -o json`)) as { readonly status: object };
    expect(who.status).toMatchObject({ userInfo: { username: name, groups: ['dev', 'ops', 'system:authenticated'] } });
    expect((await kubectl(`--user=${name} get pods`)).stderr).toContain(`User "${name}" cannot list resource "pods"`);
  });

  test('a certificate of a stranger is refused', async () => {
    const keyFile = join(folder, 'stranger.key');
    const certificate = join(folder, 'stranger.crt');
    const subject = ['-subj', '/O=system:masters/CN=admin'];
    spawnSync('openssl', ['req', '-x509', ...EC, '-nodes', '-keyout', keyFile, '-out', certificate, ...subject]);
    await ok(`config set-credentials stranger --client-certificate=${certificate} --client-key=${keyFile}`);
    expect((await kubectl('--user=stranger get pods')).stderr).toContain('Unauthorized');
  });

  test('a Node joins with a bootstrap token', async () => {
    const token = '07401b.f395accd246ae52d';
    await ok(
      `-n kube-system create secret generic bootstrap-token-07401b --type=bootstrap.kubernetes.io/token --from-literal=token-id=07401b --from-literal=token-secret=f395accd246ae52d --from-literal=usage-bootstrap-authentication=true --from-literal=auth-extra-groups=system:bootstrappers:worker`,
    );
    await ok('create clusterrolebinding may-ask --clusterrole=system:node-bootstrapper --group=system:bootstrappers');
    const role = 'system:certificates.k8s.io:certificatesigningrequests:nodeclient';
    await ok(`create clusterrolebinding approved --clusterrole=${role} --group=system:bootstrappers:worker`);
    const { keyFile, request: pem } = request('node', '/O=system:nodes/CN=system:node:worker', EC);
    const usages = ['digital signature', 'client auth'];
    const spec = { request: pem, signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages };
    await ok(`config set-credentials joining --token=${token}`);
    await ok('--user=joining create -f -', csr('node', spec));
    const certificate = await certificateOf('node');
    const approved = JSON.parse(await ok('get csr node -o json')) as { readonly spec: object; readonly status: object };
    expect(approved.spec).toMatchObject({ username: 'system:bootstrap:07401b' });
    expect(approved.status).toMatchObject({
      conditions: [
        {
          type: 'Approved',
          reason: 'AutoApproved',
          message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
        },
      ],
    });
    await ok(`config set-credentials kubelet --client-certificate=${certificate} --client-key=${keyFile}`);
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker' } };
    expect(await ok('--user=kubelet create -f -', JSON.stringify(node))).toBe('node/worker created\n');
    const other = { ...node, metadata: { name: 'other' } };
    expect((await kubectl('--user=kubelet create -f -', JSON.stringify(other))).stderr).toContain(
      'node "worker" is not allowed to modify node "other"',
    );
  });

  test('what a signer does not sign fails, in its words', async () => {
    const { request: pem } = request('wrong', '/O=dev/CN=wrong', EC);
    const spec = { request: pem, signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: ['client auth'] };
    await ok('create -f -', csr('wrong', spec));
    await ok('certificate approve wrong');
    await ok('wait csr/wrong --for=condition=Failed --timeout=20s');
    const message = `get csr wrong -o jsonpath='{.status.conditions[1].message}'`;
    expect(await ok(message)).toBe('subject organization is not system:nodes');
  });

  test('tokens of ServiceAccounts verify with the keys that the issuer shows', async () => {
    const token = (await ok('create token default --audience=vault')).trim();
    const issuer = JSON.parse(await ok('get --raw /.well-known/openid-configuration'));
    const { keys } = JSON.parse(await ok('get --raw /openid/v1/jwks')) as { readonly keys: readonly JsonWebKey[] };
    const [header = '', payload = '', signature = ''] = token.split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    const key = keys.find(({ kid }) => kid === read(header).kid);
    expect(issuer).toMatchObject({
      issuer: read(payload).iss,
      id_token_signing_alg_values_supported: [read(header).alg],
    });
    const shown = { key: createPublicKey({ key: key ?? {}, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify('sha256', signed, shown, Buffer.from(signature, 'base64url'))).toBe(true);
    const forged = `${header}.${Buffer.from(JSON.stringify({ ...read(payload), sub: 'x' })).toString('base64url')}`;
    const tried = await kubectl(
      `--token=${forged}.${signature} --kubeconfig=/dev/null --server=${bridge.url} --insecure-skip-tls-verify get pods`,
    );
    expect(tried.stderr).toContain('Unauthorized');
  });
});
