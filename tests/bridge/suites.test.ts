/** What upstream's own suites lean on, against the bridge as they meet it: a hollow cluster over plain HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bridge, startBridge } from './bridge.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

/** The parts of objects that are looked at. */
interface Looked {
  readonly kind?: string;
  readonly items?: readonly Looked[];
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly continue?: string;
    readonly resourceVersion?: string;
    readonly remainingItemCount?: number;
    readonly deletionTimestamp?: string;
  };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly { readonly type: string }[] };
}

const MERGE = { 'content-type': 'application/merge-patch+json' };

describe('a hollow bridge', { timeout: 60_000 }, () => {
  let bridge: Bridge;
  beforeAll(async () => {
    bridge = await startBridge(['--hollow', '--nodes', '2', '--token', 't', '--speed', '5']);
  }, 60_000);
  afterAll(async () => expect(await bridge.stop()).toBe(0));

  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(bridge.url + path, {
      method,
      headers: { authorization: 'Bearer t', 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') ?? '' };
  };
  const look = async (path: string): Promise<Looked> => JSON.parse((await ask('GET', path)).text) as Looked;
  const create = async (path: string, body: unknown) =>
    expect(await ask('POST', path, body)).toMatchObject({ status: 201 });
  const until = (what: () => Promise<unknown>) => expect.poll(what, { timeout: 20_000, interval: 50 });

  test('lists come in chunks of one revision', async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'chunks' } });
    const path = '/api/v1/namespaces/chunks/podtemplates';
    const template = { spec: { containers: [{ name: 'c', image: 'i' }] } };
    for (let i = 10; i < 35; i++) await create(path, { metadata: { name: `t-${i}` }, template });
    const pages: Looked[] = [];
    let more = '';
    do {
      const page = await look(`${path}?limit=10${more && `&continue=${encodeURIComponent(more)}`}`);
      pages.push(page);
      more = page.metadata?.continue ?? '';
    } while (more !== '');
    expect(pages.map(({ items }) => items?.length)).toEqual([10, 10, 5]);
    expect(pages.map(({ metadata }) => metadata?.remainingItemCount)).toEqual([15, 5, undefined]);
    expect(new Set(pages.map(({ metadata }) => metadata?.resourceVersion)).size).toBe(1);
  });

  test('forms that are not there are refused, discovery comes as asked', async () => {
    const review = {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    expect(await ask('POST', path, review, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })).toMatchObject({
      status: 406,
    });
    expect((await ask('POST', path, review, { 'user-agent': 'curl/8' })).text).toContain('"allowed": true');
    const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    for (const root of ['/api', '/apis']) {
      expect((await ask('GET', root, undefined, { accept: aggregated })).type).toBe(aggregated);
      expect((await ask('GET', root, undefined, { accept: 'application/json' })).type).toBe('application/json');
    }
  });

  test('a Namespace loses its Pods first', async () => {
    await create('/api/v1/namespaces', { metadata: { name: 'ordered' } });
    const at = '/api/v1/namespaces/ordered';
    await until(async () => (await ask('GET', `${at}/serviceaccounts/default`)).status).toBe(200);
    const metadata = (name: string) => ({ name, finalizers: ['example.com/stay'] });
    await create(`${at}/pods`, { metadata: metadata('p'), spec: { containers: [{ name: 'c', image: 'i' }] } });
    await create(`${at}/configmaps`, { metadata: metadata('m') });
    await until(async () => (await look(`${at}/pods/p`)).status?.phase).toBe('Running');
    expect(await ask('DELETE', at)).toMatchObject({ status: 200 });
    const deleted = async (path: string) => (await look(path)).metadata?.deletionTimestamp !== undefined;
    await until(() => deleted(`${at}/pods/p`)).toBe(true);
    await until(async () => (await look(at)).status?.conditions?.map(({ type }) => type)).toContain(
      'NamespaceDeletionContentFailure',
    );
    expect(await deleted(`${at}/configmaps/m`)).toBe(false);
    await ask('PATCH', `${at}/pods/p`, { metadata: { finalizers: null } }, MERGE);
    await until(() => deleted(`${at}/configmaps/m`)).toBe(true);
    await ask('PATCH', `${at}/configmaps/m`, { metadata: { finalizers: null } }, MERGE);
    await until(async () => (await ask('GET', at)).status).toBe(404);
  });

  test('a circle of owners is collected', async () => {
    const path = '/api/v1/namespaces/default/pods';
    await until(async () => (await ask('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status).toBe(200);
    const names = ['one', 'two', 'three'];
    for (const name of names)
      await create(path, { metadata: { name }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    for (const [i, name] of names.entries()) {
      const owner = names[(i + 1) % names.length];
      const uid = (await look(`${path}/${owner}`)).metadata?.uid;
      const ownerReferences = [
        { apiVersion: 'v1', kind: 'Pod', name: owner, uid, controller: true, blockOwnerDeletion: true },
      ];
      expect(await ask('PATCH', `${path}/${name}`, { metadata: { ownerReferences } }, MERGE)).toMatchObject({
        status: 200,
      });
    }
    expect(await ask('DELETE', `${path}/one`, { propagationPolicy: 'Foreground' })).toMatchObject({ status: 200 });
    await until(async () => (await look(path)).items?.length).toBe(0);
  });

  test('events.k8s.io selects by its own names of fields', async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    await create(path, {
      metadata: { name: 'e' },
      eventTime: '2026-11-22T18:00:00.000000Z',
      reportingController: 'c',
      reportingInstance: 'i',
      action: 'a',
      reason: 'r',
      type: 'Normal',
      regarding: { namespace: 'default' },
    });
    expect((await look(`${path}?fieldSelector=reportingController%3Dc`)).items).toHaveLength(1);
    expect(await ask('GET', `${path}?fieldSelector=reportingComponent%3Dc`)).toMatchObject({ status: 400 });
  });

  test('bootstrap tokens and impersonated groups with commas', async () => {
    const data = {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:a',
    };
    await create('/api/v1/namespaces/kube-system/secrets', {
      metadata: { name: 'bootstrap-token-abcdef' },
      type: 'bootstrap.kubernetes.io/token',
      stringData: data,
    });
    const whoami = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const joins = await ask('POST', whoami, {}, { authorization: 'Bearer abcdef.0123456789abcdef' });
    expect(joins.text).toContain(
      '"username":"system:bootstrap:abcdef","groups":["system:bootstrappers","system:bootstrappers:a","system:authenticated"]',
    );
    expect(await ask('POST', whoami, {}, { authorization: 'Bearer abcdef.0123456789abcdee' })).toMatchObject({
      status: 401,
    });
    const other = await ask('POST', whoami, {}, { 'impersonate-user': 'u', 'impersonate-group': ',,,chameleon' });
    expect(other.text).toContain('"groups":[",,,chameleon","system:authenticated"]');
  });
});
