/** Writes: names, versions, patches, dry runs, deletion. */
import { describe, expect, it } from 'vitest';
import { EtcdError } from '#engine/control-plane/etcd';
import { configMap, pod, TestServer } from './server.ts';

const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } };
const APPLY = { headers: { 'content-type': 'application/apply-patch+yaml' } };
const CMS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/lab/pods';

async function lab(): Promise<TestServer> {
  const server = new TestServer();
  await server.namespace('lab');
  return server;
}

describe('create', () => {
  it('makes names up from the world, never the same twice', async () => {
    const server = new TestServer();
    const draft = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x-' } };
    const names = new Set<string>();
    for (let i = 0; i < 20; i++) names.add((await server.call('POST', CMS, draft)).body.metadata.name);
    expect(names.size).toBe(20);
    for (const name of names) expect(name).toMatch(/^x-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    const again = new TestServer();
    expect(names.has((await again.call('POST', CMS, draft)).body.metadata.name)).toBe(true);
  });

  it('does not let the client decide what the server decides', async () => {
    const server = new TestServer();
    const metadata = {
      name: 'a',
      uid: 'mine',
      generation: 9,
      creationTimestamp: '2000-01-01T00:00:00Z',
      deletionTimestamp: '2000-01-01T00:00:00Z',
    };
    const { body } = await server.call('POST', CMS, { ...configMap('a'), metadata });
    expect(body.metadata.uid).not.toBe('mine');
    expect(body.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(body.metadata).not.toHaveProperty('generation');
    expect(body.metadata).not.toHaveProperty('deletionTimestamp');
  });

  it('warns about unknown fields, or refuses them', async () => {
    const server = new TestServer();
    const odd = { ...configMap('a'), dta: {} };
    expect((await server.call('POST', `${CMS}?fieldValidation=Warn`, odd)).warnings).toEqual(['unknown field "dta"']);
    expect((await server.call('POST', `${CMS}?fieldValidation=Strict`, odd)).status).toBe(400);
  });
});

describe('update', () => {
  it('insists on the version it is based on', async () => {
    const server = new TestServer();
    const { body: first } = await server.call('POST', CMS, configMap('a'));
    await server.call('PUT', `${CMS}/a`, configMap('a', { k: '1' }));
    const stale = await server.call('PUT', `${CMS}/a`, { ...first, data: { k: '2' } });
    expect(stale.status).toBe(409);
    expect((await server.call('GET', `${CMS}/a`)).body.data).toEqual({ k: '1' });
  });

  it('writes nothing when nothing changes', async () => {
    const server = new TestServer();
    await server.call('POST', CMS, configMap('a', { k: '1' }));
    const before = server.etcd.revision;
    await server.loop.runUntil(server.loop.now() + 5000);
    const patched = await server.call('PATCH', `${CMS}/a`, { data: { k: '1' } }, MERGE);
    expect(patched.status).toBe(200);
    expect(server.etcd.revision).toBe(before);
  });

  it('lets two patches of one instant both win', async () => {
    const server = new TestServer();
    await server.call('POST', CMS, configMap('a'));
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => server.call('PATCH', `${CMS}/a`, { data: { [`k${i}`]: '1' } }, MERGE)),
    );
    const { body } = await server.call('GET', `${CMS}/a`);
    expect(Object.keys(body.data)).toHaveLength(20);
  });

  it('leaves nothing behind when refused', async () => {
    const server = new TestServer();
    await server.call('GET', CMS);
    const before = server.etcd.revision;
    expect((await server.call('POST', CMS, configMap('Bad_Name'))).status).toBe(422);
    expect((await server.call('POST', `${CMS}?dryRun=All`, configMap('a'))).status).toBe(201);
    expect(server.etcd.revision).toBe(before);
  });
});

describe('JSON patch', () => {
  const JSON_PATCH = { headers: { 'content-type': 'application/json-patch+json' } };

  it.each([
    [[{ op: 'replace', path: '/data/k', value: '2' }], 200, undefined],
    [
      [{ op: 'test', path: '/data/k', value: 'other' }],
      422,
      {
        reason: 'Invalid',
        details: {},
        message: 'the server rejected our request due to an error in our request',
      },
    ],
    [
      Array.from({ length: 10_001 }, () => ({ op: 'remove', path: '/data/k' })),
      413,
      { reason: 'RequestEntityTooLarge', message: expect.stringContaining('10000, got 10001') },
    ],
  ])('%.40j: %d', async (patch, status, refusal) => {
    const server = new TestServer();
    await server.call('POST', CMS, configMap('a', { k: '1' }));
    const answer = await server.call('PATCH', `${CMS}/a`, patch, JSON_PATCH);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject(refusal ? { kind: 'Status', code: status, ...refusal } : { data: { k: '2' } });
  });
});

describe('server-side apply', () => {
  it('creates, owns, conflicts and forces', async () => {
    const server = new TestServer();
    const apply = (manager: string, value: string, rest = '') =>
      server.call('PATCH', `${CMS}/a?fieldManager=${manager}${rest}`, configMap('a', { k: value }), APPLY);
    expect((await apply('one', '1')).status).toBe(201);
    const conflict = await apply('two', '2');
    expect(conflict.body.message).toBe('Apply failed with 1 conflict: conflict with "one": .data.k');
    expect((await apply('two', '2', '&force=true')).body.data).toEqual({ k: '2' });
    expect((await server.call('PATCH', `${CMS}/a`, configMap('a'), APPLY)).body.message).toContain(
      'fieldManager: Required value: is required for apply patch',
    );
  });

  it('warns about a key that is there twice, or refuses it', async () => {
    const server = new TestServer();
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: one\n  k: two\n';
    const apply = (rest = '') => server.call('PATCH', `${CMS}/a?fieldManager=m${rest}`, text, APPLY);
    expect((await apply('&fieldValidation=Strict')).body.message).toBe(
      'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "k" already set in map',
    );
    expect(await apply()).toMatchObject({
      status: 201,
      body: { data: { k: 'two' } },
      warnings: ['line 7: key "k" already set in map'],
    });
  });
});

describe('deletion', () => {
  it('waits for finalizers', async () => {
    const server = new TestServer();
    await server.call('POST', CMS, { ...configMap('a'), metadata: { name: 'a', finalizers: ['example.com/hold'] } });
    const held = await server.call('DELETE', `${CMS}/a`);
    expect(held.body.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 0,
    });
    expect((await server.call('POST', CMS, configMap('a'))).body.message).toBe(
      'object is being deleted: configmaps "a" already exists',
    );
    await server.call('PATCH', `${CMS}/a`, { metadata: { finalizers: [] } }, MERGE);
    expect((await server.call('GET', `${CMS}/a`)).status).toBe(404);
  });

  it('gives a bound Pod its grace and may shorten it', async () => {
    const server = await lab();
    await server.call('POST', PODS, pod('p', { nodeName: 'n' }));
    const first = await server.call('DELETE', `${PODS}/p`);
    expect(first.body.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    });
    await server.loop.runUntil(server.loop.now() + 5000);
    const shorter = await server.call('DELETE', `${PODS}/p?gracePeriodSeconds=10`);
    expect(shorter.body.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:10Z',
      deletionGracePeriodSeconds: 10,
    });
    const watched = await server.watch(`${PODS}?watch=true&resourceVersion=${server.etcd.revision}`);
    await server.call('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
    await server.loop.settle();
    expect(watched()).toEqual(['MODIFIED p', 'DELETED p']);
  });

  it('orphans or holds for the garbage collector', async () => {
    const server = new TestServer();
    for (const [policy, finalizer] of [
      ['Orphan', 'orphan'],
      ['Foreground', 'foregroundDeletion'],
    ] as const) {
      await server.call('POST', CMS, configMap(policy.toLowerCase()));
      const { body } = await server.call('DELETE', `${CMS}/${policy.toLowerCase()}`, { propagationPolicy: policy });
      expect(body.metadata.finalizers).toEqual([finalizer]);
    }
  });

  it('takes namespaces in two steps', async () => {
    const server = await lab();
    const { body } = await server.call('DELETE', '/api/v1/namespaces/lab');
    expect(body.status.phase).toBe('Terminating');
    expect((await server.call('POST', PODS, pod('late'))).body.message).toContain('because it is being terminated');
    await server.call('PUT', '/api/v1/namespaces/lab/finalize', { ...body, spec: { finalizers: [] } });
    expect((await server.call('GET', '/api/v1/namespaces/lab')).status).toBe(404);
    expect((await server.call('DELETE', '/api/v1/namespaces/kube-system')).body.message).toContain(
      'this namespace may not be deleted',
    );
  });

  it('forgets Events after an hour', async () => {
    const server = new TestServer();
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e' },
      involvedObject: { namespace: 'default' },
    };
    expect((await server.call('POST', '/api/v1/namespaces/default/events', event)).status).toBe(201);
    await server.loop.runUntil(server.loop.now() + 3_500_000);
    expect((await server.call('GET', '/api/v1/events')).body.items).toHaveLength(1);
    await server.loop.runUntil(server.loop.now() + 200_000);
    expect((await server.call('GET', '/api/v1/events')).body.items).toHaveLength(0);
  });

  it('keeps memory flat over many writes', async () => {
    const server = new TestServer();
    await server.call('POST', CMS, configMap('a'));
    const size = server.etcd.versionCount;
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 50; i++) await server.call('PUT', `${CMS}/a`, configMap('a', { k: `${round} ${i}` }));
      await server.loop.runUntil(server.loop.now() + 600_001);
    }
    await server.loop.runUntil(server.loop.now() + 600_001);
    expect(server.etcd.versionCount).toBe(size);
  });
});

describe('an etcd that is away', () => {
  it('is a 500 in its own words, and waited for at the start', async () => {
    const probe = new TestServer({ bootstrap: false });
    let away = true;
    const { etcd } = probe;
    const flaky = new Proxy(etcd, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) => {
          if (away && name === 'txn') throw new EtcdError('no-leader');
          return Reflect.apply(member, target, values);
        };
      },
    });
    const server = new TestServer({ etcd: flaky });
    const waiting = server.call('POST', CMS, configMap('a'));
    await server.loop.runUntil(server.loop.now() + 1500);
    away = false;
    await server.loop.runUntil(server.loop.now() + 1000);
    expect((await waiting).status).toBe(201);
    away = true;
    const { status, body } = await server.call('POST', CMS, configMap('b'));
    expect([status, body.message]).toEqual([500, 'etcdserver: no leader']);
  });
});
