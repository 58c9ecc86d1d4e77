/** Lists, pages, watches, Tables and discovery. */
import { describe, expect, it } from 'vitest';
import { configMap, pod, TestServer } from './server.ts';

const CMS = '/api/v1/namespaces/default/configmaps';
const TABLE = { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } };

async function withConfigMaps(count: number): Promise<TestServer> {
  const server = new TestServer();
  for (let i = 0; i < count; i++) await server.call('POST', CMS, configMap(`cm-${i}`, { i: String(i) }));
  return server;
}

describe('lists', () => {
  it('page through one revision, whatever is written meanwhile', async () => {
    const server = await withConfigMaps(5);
    const first = (await server.call('GET', `${CMS}?limit=2`)).body;
    expect(first.metadata.remainingItemCount).toBe(3);
    await server.call('DELETE', `${CMS}/cm-2`);
    await server.call('POST', CMS, configMap('cm-00'));
    const names: string[] = [];
    let token: string | undefined = first.metadata.continue;
    while (token) {
      const { body } = await server.call('GET', `${CMS}?limit=2&continue=${encodeURIComponent(token)}`);
      for (const item of body.items) names.push(item.metadata.name);
      token = body.metadata.continue;
    }
    expect(names).toEqual(['cm-2', 'cm-3', 'cm-4']);
  });

  it('say when a page is of a past that is forgotten, and offer to go on', async () => {
    const server = await withConfigMaps(5);
    const first = (await server.call('GET', `${CMS}?limit=2`)).body;
    await server.loop.runUntil(server.loop.now() + 650_000);
    await server.call('DELETE', `${CMS}/cm-0`);
    await server.loop.runUntil(server.loop.now() + 650_000);
    const gone = await server.call('GET', `${CMS}?limit=2&continue=${encodeURIComponent(first.metadata.continue)}`);
    expect(gone.status).toBe(410);
    const rest = await server.call('GET', `${CMS}?continue=${encodeURIComponent(gone.body.metadata.continue)}`);
    expect(rest.body.items).toHaveLength(3);
  });

  it('show the past exactly and refuse the future', async () => {
    const server = await withConfigMaps(2);
    const revision = server.etcd.revision;
    await server.call('DELETE', `${CMS}/cm-0`);
    const exact = (await server.call('GET', `${CMS}?resourceVersion=${revision}&resourceVersionMatch=Exact`)).body;
    expect(exact.items).toHaveLength(2);
    expect(exact.metadata.resourceVersion).toBe(String(revision));
    expect((await server.call('GET', `${CMS}?resourceVersion=9999`)).status).toBe(504);
  });

  it('do not copy what they show', async () => {
    const server = await withConfigMaps(1);
    const request = {
      method: 'GET',
      path: CMS,
      query: new URLSearchParams(),
      headers: { authorization: 'Bearer admin' },
    };
    const [one, other] = await Promise.all([server.handler(request), server.handler(request)]);
    const items = [one, other].map(({ body }) => (body as unknown as { value: { items: unknown[] } }).value.items[0]);
    expect(items[0]).toBe(items[1]);
    expect(items[0]).toHaveProperty('kind', 'ConfigMap');
    expect((await server.call('GET', CMS)).body.items[0]).not.toHaveProperty('kind');
  });
});

describe('watches', () => {
  it('begin with what is there, and mark where that ends', async () => {
    const server = await withConfigMaps(2);
    const url = `${CMS}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`;
    const next = await server.watch(url);
    expect(next()).toEqual(['ADDED cm-0', 'ADDED cm-1', 'BOOKMARK {"k8s.io/initial-events-end":"true"}']);
    await server.call('DELETE', `${CMS}/cm-0`);
    await server.loop.settle();
    expect(next()).toEqual(['DELETED cm-0']);
  });

  it('say that the past is gone', async () => {
    const server = await withConfigMaps(1);
    for (let i = 0; i < 200; i++) await server.call('PUT', `${CMS}/cm-0`, configMap('cm-0', { i: String(-i) }));
    await server.loop.runUntil(server.loop.now() + 80_000);
    await server.call('PUT', `${CMS}/cm-0`, configMap('cm-0', { i: 'last' }));
    const [only] = (await server.watch(`${CMS}?watch=true&resourceVersion=12`))();
    expect(only).toMatch(/^ERROR too old resource version: 12 \(\d+\)$/);
  });

  it('end after their time', async () => {
    const server = await withConfigMaps(1);
    const request = {
      method: 'GET',
      path: CMS,
      query: new URLSearchParams('watch=true&timeoutSeconds=5'),
      headers: { authorization: 'Bearer admin' },
    };
    const response = await server.handler(request);
    let ended = false;
    const { frames } = response.body as unknown as { frames: { forEach(take: () => void): Promise<void> } };
    const end = () => {
      ended = true;
    };
    let count = 0;
    const take = () => {
      count++;
    };
    frames.forEach(take).then(end, end);
    await server.loop.runUntil(server.loop.now() + 4999);
    expect(ended).toBe(false);
    await server.loop.runUntil(server.loop.now() + 1);
    expect({ ended, count }).toEqual({ ended: true, count: 1 });
  });

  it('come as Tables too, with the columns once', async () => {
    const server = await withConfigMaps(1);
    const response = await server.handler({
      method: 'GET',
      path: CMS,
      query: new URLSearchParams('watch=true'),
      headers: { authorization: 'Bearer admin', ...TABLE.headers },
    });
    await server.call('DELETE', `${CMS}/cm-0`);
    await server.loop.settle();
    const { frames } = response.body as unknown as {
      frames: { tryRead(): { object: { columnDefinitions: unknown; rows: { cells: unknown[] }[] } } | undefined };
    };
    const [first, second] = [frames.tryRead(), frames.tryRead()];
    expect(first?.object.columnDefinitions).toHaveLength(3);
    expect(second?.object.columnDefinitions).toBeNull();
    expect(second?.object.rows[0]?.cells).toEqual(['cm-0', 1, '0s']);
  });
});

describe('forms and discovery', () => {
  it('print YAML', async () => {
    const server = await withConfigMaps(1);
    const { body, headers } = await server.call('GET', `${CMS}/cm-0`, undefined, {
      headers: { accept: 'application/yaml' },
    });
    expect(headers['content-type']).toBe('application/yaml');
    expect(body).toMatch(
      /^apiVersion: v1\ndata:\n {2}i: "0"\nkind: ConfigMap\nmetadata:\n {2}creationTimestamp: "2026-01-01T00:00:00Z"\n/,
    );
  });

  it.each([
    ['GET', '/nope', 404],
    ['GET', '/apis/nope/v1/things', 404],
    ['GET', '/api/v1/nope', 404],
    ['PUT', CMS, 405],
    ['POST', '/api/v1/pods', 405],
    ['DELETE', '/api/v1/namespaces', 405],
    ['POST', '/version', 405],
  ])('%s %s: %d', async (method, url, status) => {
    expect((await new TestServer().call(method, url, method === 'GET' ? undefined : {})).status).toBe(status);
  });

  it('answer 304 to whoever knows the document', async () => {
    const server = new TestServer();
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    for (const [url, headers] of [
      ['/apis', { accept }],
      ['/openapi/v3', {}],
      ['/openapi/v3/api/v1', {}],
    ] as const) {
      const first = await server.call('GET', url, undefined, { headers });
      expect(first.status).toBe(200);
      const second = await server.call('GET', url, undefined, {
        headers: { ...headers, 'if-none-match': first.headers.etag ?? '' },
      });
      expect([second.status, second.body]).toEqual([304, '']);
    }
  });

  it('hash storage versions as upstream does', async () => {
    const { body } = await new TestServer().call('GET', '/api/v1');
    const { resources } = body;
    expect(resources.find(({ name }) => name === 'configmaps')?.storageVersionHash).toBe('qFsyl6wFWjQ=');
    expect(resources.find(({ name }) => name === 'pods')?.storageVersionHash).toBe('xPOwRZ+Yhw8=');
  });

  it('bind a Pod to its Node, once', async () => {
    const server = new TestServer();
    await server.namespace('lab');
    const pods = '/api/v1/namespaces/lab/pods';
    const labels = { 'topology.kubernetes.io/zone': 'z1' };
    await server.call('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels } });
    await server.call('POST', pods, pod('p'));
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } };
    expect((await server.call('POST', `${pods}/p/binding`, binding)).status).toBe(201);
    const { body } = await server.call('GET', `${pods}/p`);
    expect(body.spec.nodeName).toBe('n');
    expect(body.metadata.labels).toEqual(labels);
    expect(body.status.conditions[0]).toMatchObject({ type: 'PodScheduled', status: 'True', lastProbeTime: null });
    const again = await server.call('POST', `${pods}/p/binding`, binding);
    expect(again.body.message).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n"',
    );
    const list = (await server.call('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn')).body;
    expect(list.items).toHaveLength(1);
  });
});
