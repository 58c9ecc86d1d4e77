/** What upstream's conformance tests ask of webhooks, with upstream's own image answering in Pods. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpRequest } from '#engine/http';
import { certificates } from '../../src/engine/apimachinery/x509/test-certificates.ts';
import { Lab } from './lab.ts';
import {
  ca,
  client,
  cm,
  collection,
  crd,
  DEFINITIONS,
  hook,
  inNs,
  type Kind,
  MERGE,
  NS,
  pod,
  rule,
  START,
  secret,
  served,
  UNDELETABLE,
  UNWANTED,
} from './webhook-manifests.ts';

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
const CERTS = '/webhook.local.config/certificates';
type Json = ReturnType<typeof JSON.parse>;
let lab: Lab;
async function call(method: string, url: string, value?: unknown, type = 'application/json') {
  const headers = { authorization: `Bearer ${lab.cluster.adminToken}`, 'content-type': type };
  const body = value !== undefined && { body: { kind: 'json' as const, value } };
  const response = await lab.settled(lab.cluster.apiserver(httpRequest(method, url, { headers, ...body })));
  const object: Json = response.body?.kind === 'json' ? JSON.parse(JSON.stringify(response.body.value)) : {};
  return { code: response.status, object, message: object.message as string, warnings: response.warnings };
}

async function made(url: string, value: object): Promise<Json> {
  const { code, object, message } = await call('POST', url, value);
  expect(message ?? code).toBe(201);
  return object;
}

/** A Pod of upstream's image that serves a webhook with a certificate, and a Service for it. */
async function deploy(name: string, command: string, certificate: string, port: number): Promise<void> {
  await made(inNs('secrets'), secret(name, certificate));
  const files = [`--tls-cert-file=${CERTS}/tls.crt`, `--tls-private-key-file=${CERTS}/tls.key`];
  const probe = { httpGet: { scheme: 'HTTPS', port: 8444, path: '/readyz' }, periodSeconds: 1 };
  const server = pod(
    name,
    { app: name },
    {
      image: IMAGE,
      args: [command, ...files, '--port=8444', '-v=4'],
      readinessProbe: probe,
      volumeMounts: [{ name: 'certs', mountPath: CERTS, readOnly: true }],
    },
  );
  await made(inNs('pods'), {
    ...server,
    spec: { ...server.spec, volumes: [{ name: 'certs', secret: { secretName: name } }] },
  });
  await made(inNs('services'), {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port, targetPort: 8444 }] },
  });
}

/** Registers webhooks for as long as `then` lasts. */
async function registered(kind: Kind, name: string, webhooks: readonly object[], then: () => Promise<void>) {
  await made(collection(kind), {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name, labels: { suite: name } },
    webhooks,
  });
  await then();
  await call('DELETE', `${collection(kind)}?labelSelector=suite=${name}`);
}

beforeAll(async () => {
  lab = await Lab.boot();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS, labels: { hooked: 'yes' } } };
  await made('/api/v1/namespaces', namespace);
  await lab.pass(1);
  await deploy('hook', 'webhook', certificates.hook, 8443);
  await deploy('convert', 'crd-conversion-webhook', certificates.convert, 9443);
  await lab.pass(40);
  const ready = await lab.ok(`kubectl get pods -n ${NS} --no-headers`);
  expect(ready).toMatch(/convert +1\/1 +Running[^\n]*\nhook +1\/1 +Running/);
}, 60_000);

afterAll(() => lab.stop());
describe('AdmissionWebhook', () => {
  test('should be able to deny pod and configmap creation', async () => {
    const hooks = [
      hook('deny-pod', '/pods', [rule(['CREATE'], 'pods')]),
      hook('deny-cm', '/configmaps', [rule(['CREATE', 'UPDATE', 'DELETE'], 'configmaps')]),
      hook('fail-open', '/configmaps', [rule(['CREATE'], 'configmaps')], {
        ...client('/configmaps', { caBundle: undefined }),
        failurePolicy: 'Ignore',
      }),
    ];
    await registered('Validating', 'deny', hooks, async () => {
      const bad = await call('POST', inNs('pods'), pod('p', UNWANTED, { name: 'webhook-disallow' }));
      expect(bad).toMatchObject({
        code: 400,
        message:
          'admission webhook "deny-pod.k8s.io" denied the request: the pod contains unwanted label; the pod contains unwanted container name;',
      });
      const hanging = pod('p', { 'webhook-e2e-test': 'wait-forever' }, {});
      const late = await call('POST', `${inNs('pods')}?timeout=5s`, hanging);
      expect(late.message).toMatch(
        /Post ".*\?timeout=\d+s": (context deadline exceeded|net\/http)|the server was unable|did not complete/,
      );
      const denied = 'admission webhook "deny-cm.k8s.io" denied the request: the configmap';
      const unwanted = `${denied} contains unwanted key and value`;
      expect((await call('POST', inNs('configmaps'), cm('bad', UNWANTED))).message).toBe(unwanted);
      await made(inNs('configmaps'), cm('good', { admit: 'this' }));
      expect((await call('PUT', inNs('configmaps', 'good'), cm('good', UNWANTED))).message).toBe(unwanted);
      expect((await call('PATCH', inNs('configmaps', 'good'), { data: UNWANTED }, MERGE)).message).toBe(unwanted);
      await made(inNs('configmaps', '', 'default'), cm('elsewhere', UNWANTED));
      await made(inNs('configmaps'), cm('kept', UNDELETABLE));
      const kept = await call('DELETE', inNs('configmaps', 'kept'));
      expect(kept.message).toBe(`${denied} cannot be deleted because it contains unwanted key and value`);
    });
    expect((await call('DELETE', inNs('configmaps', 'kept'))).code).toBe(200);
  });

  test('should be able to deny attaching pod', async () => {
    await made(inNs('pods'), pod('to-be-attached-pod', {}, { name: 'container1' }));
    await lab.pass(10);
    await registered(
      'Validating',
      'attach',
      [hook('deny-attach', '/pods/attach', [rule(['CONNECT'], 'pods/attach')])],
      async () => {
        const { stderr } = await lab.sh(`kubectl attach to-be-attached-pod -n ${NS} -i -c=container1`);
        expect(stderr).toContain("attaching to pod 'to-be-attached-pod' is not allowed");
        const url = `${inNs('pods', 'to-be-attached-pod')}/attach?container=container1&stdout=true`;
        expect((await call('POST', url)).message ?? '').not.toContain('is not allowed');
        const proxied = `${inNs('services', 'https:hook:8443')}/proxy/readyz`;
        expect((await call('GET', proxied)).code).toBe(200);
      },
    );
  });

  test('should honor timeout', async () => {
    const slow = (name: string, rest: object) =>
      registered(
        'Validating',
        name,
        [hook('slow', '/always-allow-delay-5s', [rule(['CREATE'], 'configmaps')], rest)],
        async () => {
          const { code, message } = await call('POST', inNs('configmaps'), cm(name));
          seen.push([code, message]);
        },
      );
    const seen: unknown[] = [];
    await slow('slow-1', { timeoutSeconds: 1 });
    await slow('slow-2', { timeoutSeconds: 1, failurePolicy: 'Ignore' });
    await slow('slow-3', {});
    await slow('slow-4', { timeoutSeconds: 10 });
    const late = `Internal error occurred: failed calling webhook "slow.k8s.io": failed to call webhook: Post "https://hook.${NS}.svc:8443/always-allow-delay-5s?timeout=1s": context deadline exceeded`;
    expect(seen).toEqual([
      [500, late],
      [201, undefined],
      [201, undefined],
      [201, undefined],
    ]);
  });

  test('should unconditionally reject operations on fail closed webhook', async () => {
    const closed = [
      hook('closed', '/configmaps', [rule(['CREATE'], 'configmaps')], client('/configmaps', { caBundle: undefined })),
    ];
    await registered('Validating', 'closed', closed, async () => {
      const { code, object } = await call('POST', inNs('configmaps'), cm('foo'));
      expect({ code, reason: object.reason }).toEqual({ code: 500, reason: 'InternalError' });
      expect(object.message).toBe(
        `Internal error occurred: failed calling webhook "closed.k8s.io": failed to call webhook: Post "https://hook.${NS}.svc:8443/configmaps?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      );
    });
  });

  test('certificates decide', async () => {
    const said = async (config: object) => {
      let message = '';
      const hooks = [hook('tls', '/configmaps', [rule(['CREATE'], 'configmaps')], config)];
      await registered('Validating', 'tls', hooks, async () => {
        ({ message = 'ok' } = await call('POST', inNs('configmaps'), cm(`tls-${lab.now}`)));
      });
      return message.replace(/^Internal error occurred: failed calling webhook "tls.k8s.io": /, '');
    };
    expect(await said(client('/configmaps'))).toBe('ok');
    expect(await said(client('/configmaps', { caBundle: ca('placeholder') }))).toBe(
      'could not get REST client: unable to load root certificates: unable to parse bytes as PEM block',
    );
    expect(await said(client('/configmaps', { caBundle: ca(certificates.namesake) }))).toMatch(
      /x509: certificate signed by unknown authority \(possibly because of "crypto\/rsa: verification error"/,
    );
    const other = { service: { namespace: NS, name: 'convert', path: '/x', port: 9443 } };
    await call('PATCH', inNs('services', 'convert'), { spec: { selector: { app: 'hook' } } }, MERGE);
    await lab.pass(2);
    expect(await said(client('/x', other))).toContain(
      `x509: certificate is valid for hook.${NS}.svc, not convert.${NS}.svc`,
    );
    await call('PATCH', inNs('services', 'convert'), { spec: { selector: { app: 'convert' } } }, MERGE);
    await made(inNs('pods'), pod('plain', { app: 'plain' }, { image: 'nginx' }));
    await made(inNs('services'), {
      metadata: { name: 'plain' },
      spec: { selector: { app: 'plain' }, ports: [{ port: 443, targetPort: 80 }] },
    });
    await lab.pass(20);
    expect(await said(client('/x', { service: { namespace: NS, name: 'plain', path: '/x' } }))).toBe(
      `failed to call webhook: Post "https://plain.${NS}.svc:443/x?timeout=10s": http: server gave HTTP response to HTTPS client`,
    );
  });

  test('should mutate configmaps and pods, and apply defaults after mutation', async () => {
    const stages = ['one', 'two'].map((stage) => hook(stage, '/mutating-configmaps', [rule(['CREATE'], 'configmaps')]));
    await registered('Mutating', 'stages', stages, async () => {
      const { data } = await made(inNs('configmaps'), cm('to-be-mutated', START));
      expect(data).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' });
    });
    const init = [hook('init', '/mutating-pods', [rule(['CREATE'], 'pods')])];
    await registered('Mutating', 'init', init, async () => {
      const { spec } = await made(inNs('pods'), pod('webhook-to-be-mutated', {}, {}));
      expect(spec.initContainers).toMatchObject([
        { name: 'webhook-added-init-container', terminationMessagePolicy: 'File', imagePullPolicy: 'Always' },
      ]);
    });
    const except = hook('labels', '/add-label', [rule(['CREATE'], 'configmaps')], {
      matchConditions: [{ name: 'skip-me', expression: "object.metadata.name != 'skip-me'" }],
    });
    await registered('Mutating', 'labels', [except], async () => {
      expect((await made(inNs('configmaps'), cm('skip-me'))).metadata.labels).toBeUndefined();
      expect((await made(inNs('configmaps'), cm('not-me'))).metadata.labels).toEqual({ 'added-label': 'yes' });
    });
  });

  test('should not be able to mutate or prevent deletion of webhook configuration objects', async () => {
    const all = { namespaceSelector: {} };
    const about = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'].map((plural) =>
      rule(['CREATE', 'UPDATE', 'DELETE'], plural, 'admissionregistration.k8s.io', ['*']),
    );
    await registered('Validating', 'deny-all', [hook('deny-all', '/always-deny', about, all)], async () => {
      await registered('Mutating', 'label-all', [hook('label-all', '/add-label', about, all)], async () => {
        for (const kind of ['Validating', 'Mutating'] as const) {
          await registered(kind, 'dummy', [hook('dummy', '/x', [rule(['CREATE'], 'invalid')])], async () => {
            const { object } = await call('GET', `${collection(kind)}/dummy`);
            expect(object.metadata.labels).toEqual({ suite: 'dummy' });
          });
          expect((await call('GET', `${collection(kind)}/dummy`)).code).toBe(404);
        }
      });
    });
  });

  test('listing, patching and updating webhooks should work', async () => {
    const denying = [hook('deny-cm', '/configmaps', [rule(['CREATE'], 'configmaps')])];
    await registered('Validating', 'lists', denying, async () => {
      const { object } = await call('GET', `${collection('Validating')}?labelSelector=suite=lists`);
      expect(object.items).toHaveLength(1);
      const url = `${collection('Validating')}/lists`;
      const [webhook] = object.items[0].webhooks;
      const off = { ...object.items[0], webhooks: [{ ...webhook, rules: [rule(['DELETE'], 'configmaps')] }] };
      expect((await call('PUT', url, off)).code).toBe(200);
      await made(inNs('configmaps'), cm('between', UNWANTED));
      const ops = [{ op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['CREATE'] }];
      expect((await call('PATCH', url, ops, 'application/json-patch+json')).code).toBe(200);
      expect((await call('POST', inNs('configmaps'), cm('again', UNWANTED))).code).toBe(400);
    });
  });

  test('should deny crd creation', async () => {
    const definition = { ...crd('denies', 'crd.test', [served('v1', true)]) };
    const marked = { ...definition, metadata: { ...definition.metadata, labels: UNWANTED } };
    const about = [rule(['CREATE'], 'customresourcedefinitions', 'apiextensions.k8s.io', ['*'])];
    await registered('Validating', 'crds', [hook('deny-crd', '/crd', about, { namespaceSelector: {} })], async () => {
      expect((await call('POST', DEFINITIONS, marked)).message).toBe(
        'admission webhook "deny-crd.k8s.io" denied the request: the crd contains unwanted label',
      );
    });
  });
});

describe('custom resources', () => {
  const things = (version: string, name = '') =>
    `/apis/hooks.test/${version}/namespaces/${NS}/things${name && `/${name}`}`;
  const thing = (name: string, data: object, version = 'v1') => ({
    apiVersion: `hooks.test/${version}`,
    kind: 'Thing',
    metadata: { name },
    data,
  });
  const all = [rule(['CREATE', 'UPDATE', 'DELETE'], 'things', 'hooks.test')];

  beforeAll(async () => {
    await made(DEFINITIONS, crd('things', 'hooks.test', [served('v1', true), served('v2', false)]));
    await lab.pass(2);
  });

  test('should be able to deny custom resource creation, update and deletion', async () => {
    await registered('Validating', 'deny-cr', [hook('deny-cr', '/custom-resource', all)], async () => {
      const denied = 'admission webhook "deny-cr.k8s.io" denied the request: the custom resource';
      expect((await call('POST', things('v1'), thing('bad', UNWANTED))).message).toBe(
        `${denied} contains unwanted data`,
      );
      await made(things('v1'), thing('kept', UNDELETABLE));
      expect((await call('PATCH', things('v1', 'kept'), { data: UNWANTED }, MERGE)).message).toContain(denied);
      expect((await call('DELETE', things('v1', 'kept'))).message).toContain('cannot be deleted');
      expect((await call('POST', things('v2'), thing('other', UNWANTED, 'v2'))).message).toContain(denied);
      await call('PATCH', things('v1', 'kept'), { data: { 'webhook-e2e-test': 'webhook-allow' } }, MERGE);
      expect((await call('DELETE', things('v1', 'kept'))).code).toBe(200);
    });
  });

  test('should mutate custom resource, also with different stored version and with pruning', async () => {
    const stages = ['one', 'two'].map((stage) => hook(stage, '/mutating-custom-resource', all));
    const DONE = { 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' };
    await registered('Mutating', 'stages-cr', stages, async () => {
      expect((await made(things('v1'), thing('one', START))).data).toEqual(DONE);
      const versions = [served('v1', false), served('v2', true)];
      expect((await call('PATCH', `${DEFINITIONS}/things.hooks.test`, { spec: { versions } }, MERGE)).code).toBe(200);
      await lab.pass(2);
      const ops = [{ op: 'add', path: '/data/dummy', value: 'test' }];
      const patched = await call('PATCH', things('v1', 'one'), ops, 'application/json-patch+json');
      expect(patched.object.data).toEqual({ ...DONE, dummy: 'test' });
      expect((await made(things('v2'), thing('two', START, 'v2'))).data).toEqual(DONE);
      const known = { 'mutation-start': { type: 'string' }, 'mutation-stage-1': { type: 'string' } };
      const data = { type: 'object', properties: known };
      const pruning = [served('v1', false, { data }), served('v2', true, { data })];
      await call('PATCH', `${DEFINITIONS}/things.hooks.test`, { spec: { versions: pruning } }, MERGE);
      await lab.pass(2);
      const pruned = await made(things('v1'), thing('three', START));
      expect(pruned.data).toEqual({ 'mutation-start': 'yes', 'mutation-stage-1': 'yes' });
    });
  });
});

describe('CustomResourceConversionWebhook', () => {
  const GROUP = 'stable.example.com';
  const hosts = (version: string, name = '') => `/apis/${GROUP}/${version}/namespaces/${NS}/hosts${name && `/${name}`}`;
  const text = { type: 'string' };
  const versions = (stored: string) => [
    served('v1', stored === 'v1', { hostPort: text }),
    served('v2', stored === 'v2', { host: text, port: text }),
  ];
  const webhook = {
    clientConfig: {
      caBundle: ca(certificates.authority),
      service: { namespace: NS, name: 'convert', path: '/crdconvert', port: 9443 },
    },
    conversionReviewVersions: ['v1', 'v1beta1'],
  };
  const one = (name: string) => ({
    apiVersion: `${GROUP}/v1`,
    kind: 'Thing',
    metadata: { name },
    hostPort: 'localhost:8080',
  });

  test('should be able to convert from CR v1 to CR v2, and a non homogeneous list of CRs', async () => {
    await made(DEFINITIONS, crd('hosts', GROUP, versions('v1'), { conversion: { strategy: 'Webhook', webhook } }));
    await lab.pass(2);
    await made(hosts('v1'), one('cr-instance-1'));
    const read = await call('GET', hosts('v2', 'cr-instance-1'));
    expect(read.object).toMatchObject({ apiVersion: `${GROUP}/v2`, host: 'localhost', port: '8080' });
    expect(
      (await call('PATCH', `${DEFINITIONS}/hosts.${GROUP}`, { spec: { versions: versions('v2') } }, MERGE)).code,
    ).toBe(200);
    await lab.pass(2);
    await made(hosts('v1'), one('cr-instance-2'));
    for (const [version, fields] of [
      ['v1', { hostPort: 'localhost:8080' }],
      ['v2', { host: 'localhost', port: '8080' }],
    ] as const) {
      const { object } = await call('GET', hosts(version));
      expect(object.items).toMatchObject([fields, fields]);
      expect(object.items.map((item: object) => 'hostPort' in item)).toEqual(Array(2).fill(version === 'v1'));
    }
  });

  test('a webhook that is away fails what needs it, in words that say where', async () => {
    await call('DELETE', inNs('pods', 'convert'));
    await lab.pass(40);
    const { code, message } = await call('GET', hosts('v1', 'cr-instance-2'));
    expect(code).toBe(500);
    expect(message).toMatch(
      new RegExp(
        `^conversion webhook for ${GROUP}/v2, Kind=Thing failed: Post "https://convert.${NS}.svc:9443/crdconvert\\?timeout=30s": `,
      ),
    );
    expect((await call('GET', hosts('v2', 'cr-instance-2'))).code).toBe(200);
  });
});
