import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/apimachinery';
import { createEtcd } from '#engine/control-plane/etcd';
import { type HttpResponse, httpRequest, type Source } from '#engine/http';
import { createRng, Loop, type World } from '#engine/sim';
import { createApiServer } from './server.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function start() {
  const loop = new Loop({ settle, trace: () => undefined }, 1_767_225_600_000);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const etcd = createEtcd(world);
  const { handler } = createApiServer(world, {
    etcd,
    load: (): Promise<never> => Promise.reject(new Error('no asset is needed here')),
    freeze: true,
    users: [{ token: 'admin', username: 'admin', groups: ['system:masters'] }],
  });
  const call = (method: string, url: string, value?: unknown): Promise<HttpResponse> => {
    const headers = { authorization: 'Bearer admin' };
    return handler(
      httpRequest(method, url, { headers, ...(value !== undefined && { body: { kind: 'json', value } }) }),
    );
  };
  return { loop, etcd, call };
}

const json = (response: HttpResponse): unknown => (response.body?.kind === 'json' ? response.body.value : undefined);
const cm = (name: string, data = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

describe('the API server', () => {
  it('creates, reads, lists, updates and deletes', async () => {
    const { call } = start();
    const created = await call('POST', '/api/v1/namespaces/default/configmaps', cm('a', { k: 'v' }));
    expect(created.status).toBe(201);
    expect(json(created)).toMatchObject({
      metadata: { name: 'a', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
    });
    expect((await call('POST', '/api/v1/namespaces/default/configmaps', cm('a'))).status).toBe(409);
    const list = json(await call('GET', '/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name%3Da')) as {
      items: readonly KubeObject[];
    };
    expect(list.items).toHaveLength(1);
    expect(list.items[0]).toBe(json(created));
    const updated = await call('PUT', '/api/v1/namespaces/default/configmaps/a', cm('a', { k: 'w' }));
    expect(updated.status).toBe(200);
    const stale = await call('PUT', '/api/v1/namespaces/default/configmaps/a', {
      ...cm('a'),
      metadata: (json(created) as KubeObject).metadata,
    });
    expect(json(stale)).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });
    expect((await call('DELETE', '/api/v1/namespaces/default/configmaps/a')).status).toBe(200);
    expect((await call('GET', '/api/v1/namespaces/default/configmaps/a')).status).toBe(404);
  });

  it('watches from a revision', async () => {
    const { call, loop } = start();
    const first = json(await call('POST', '/api/v1/namespaces/default/configmaps', cm('a'))) as KubeObject;
    await call('POST', '/api/v1/namespaces/default/configmaps', cm('b'));
    const watch = await call('GET', `/api/v1/configmaps?watch=true&resourceVersion=${first.metadata.resourceVersion}`);
    await call('DELETE', '/api/v1/namespaces/default/configmaps/a');
    await loop.settle();
    const frames = (watch.body as { frames: Source<{ type: string; object: KubeObject }> }).frames;
    const seen: string[] = [];
    for (let frame = frames.tryRead(); frame; frame = frames.tryRead())
      seen.push(`${frame.type} ${frame.object.metadata.name}`);
    expect(seen).toEqual(['ADDED b', 'DELETED a']);
  });
});
