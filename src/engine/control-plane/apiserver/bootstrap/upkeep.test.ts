import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/apimachinery';
import { createEtcd } from '#engine/control-plane/etcd';
import { httpRequest } from '#engine/http';
import { createRng, Loop, type World } from '#engine/sim';
import { createApiServer } from '../server.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function start() {
  const loop = new Loop({ settle, trace: () => undefined }, 1_767_225_600_000);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const { handler, ready } = createApiServer(world, {
    etcd: createEtcd(world),
    load: (): Promise<never> => Promise.reject(new Error('no asset is needed here')),
    freeze: true,
    users: [{ token: 'admin', username: 'admin', groups: ['system:masters'] }],
  });
  await ready;
  const call = async (method: string, url: string, value?: unknown) => {
    const headers = { authorization: 'Bearer admin' };
    const request = httpRequest(method, url, {
      headers,
      ...(value !== undefined && { body: { kind: 'json', value } }),
    });
    const { status, body } = await handler(request);
    return { status, value: (body?.kind === 'json' ? body.value : undefined) as KubeObject & { spec?: object } };
  };
  return { loop, call };
}

const OWN = [
  '/api/v1/namespaces/default/services/kubernetes',
  '/api/v1/namespaces/default/endpoints/kubernetes',
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes',
];

describe('what a server makes at its start', () => {
  it('puts its own Service and what stands behind it back within ten seconds', async () => {
    const { loop, call } = await start();
    const before = await Promise.all(OWN.map(async (url) => (await call('GET', url)).value));
    await loop.runUntil(loop.now() + 3000);
    for (const url of OWN) expect((await call('DELETE', url)).status).toBe(200);
    await loop.runUntil(loop.now() + 6900);
    expect((await call('GET', OWN[0] as string)).status).toBe(404);
    await loop.runUntil(loop.now() + 200);
    for (const [i, url] of OWN.entries()) {
      const { metadata, ...rest } = (await call('GET', url)).value;
      const { metadata: former, ...same } = before[i] as KubeObject;
      expect(rest).toEqual(same);
      expect(metadata.labels).toEqual(former.labels);
      expect(metadata.uid).not.toBe(former.uid);
    }
  });

  it('makes a system namespace again within a minute, and none that nobody needs', async () => {
    const { loop, call } = await start();
    for (const name of ['kube-node-lease', 'other']) {
      const url = `/api/v1/namespaces/${name}`;
      if (name === 'other') await call('POST', '/api/v1/namespaces', { metadata: { name } });
      const { value } = await call('DELETE', url);
      await call('PUT', `${url}/finalize`, { ...value, spec: { finalizers: [] } });
      expect((await call('GET', url)).status).toBe(404);
    }
    await loop.runUntil(loop.now() + 60_100);
    expect((await call('GET', '/api/v1/namespaces/kube-node-lease')).value).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'kube-node-lease' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    expect((await call('GET', '/api/v1/namespaces/other')).status).toBe(404);
  });
});
