import { expect, it } from 'vitest';
import { createEtcd } from '#engine/control-plane/etcd';
import { type Handler, httpRequest, jsonResponse, type Net } from '#engine/http';
import { createRng, Loop } from '#engine/sim';
import { createApiServer } from '../server.ts';
import * as aggregation from './index.ts';

const list = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'metrics.test/v1beta1',
  resources: [{ name: 'nodes', singularName: '', namespaced: false, kind: 'NodeMetrics', verbs: ['get', 'list'] }],
};

function start(remote: Handler) {
  const loop = new Loop({ settle: () => new Promise<void>((done) => setImmediate(done)), trace: () => {} }, 0);
  const world = { clock: loop, rng: createRng(7), trace: loop };
  const users = [{ token: 'admin', username: 'admin', groups: ['system:masters'] }];
  const net = { fetch: remote } as unknown as Net;
  const load = async (): Promise<never> => aggregation as never;
  const { handler } = createApiServer(world, { etcd: createEtcd(world), users, net, load });
  return async (method: string, path: string, value?: unknown, accept = 'application/json') => {
    const headers = { authorization: 'Bearer admin', accept };
    const answer = handler(
      httpRequest(method, path, { headers, ...(value !== undefined && { body: { kind: 'json', value } }) }),
    );
    await loop.runUntil(loop.now() + 200);
    const { status, body } = await answer;
    return { status, body: body?.kind === 'json' ? (body.value as ReturnType<typeof JSON.parse>) : body };
  };
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

it("shows an APIService's group in discovery, stale while its Service does not answer", async () => {
  let isUp = false;
  const send = start(async () => (isUp ? jsonResponse(200, list) : { status: 500, headers: {} }));
  await send('POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 'metrics' },
    spec: { type: 'NodePort', ports: [{ port: 443 }] },
  });
  const service = { name: 'metrics', namespace: 'default' };
  const spec = { group: 'metrics.test', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, service };
  const made = await send('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
    metadata: { name: 'v1beta1.metrics.test' },
    spec: { ...spec, insecureSkipTLSVerify: true },
  });
  expect(made.status).toBe(201);
  await send('GET', '/version');
  const found = async () =>
    (await send('GET', '/apis', undefined, AGGREGATED)).body.items.find(
      (one: { metadata: { name: string } }) => one.metadata.name === 'metrics.test',
    ).versions;
  expect(await found()).toEqual([{ version: 'v1beta1', freshness: 'Stale' }]);
  expect((await send('GET', '/apis/metrics.test/v1beta1')).status).toBe(503);
  isUp = true;
  for (let i = 0; i < 160; i++) await send('GET', '/version');
  expect(await found()).toMatchObject([{ freshness: 'Current', resources: [{ resource: 'nodes', scope: 'Cluster' }] }]);
  expect((await send('GET', '/apis/metrics.test')).body.preferredVersion.version).toBe('v1beta1');
  const { body: groups } = await send('GET', '/apis');
  expect(groups.groups.at(-1).name).toBe('metrics.test');
  expect((await send('GET', '/apis/metrics.test/v1beta1')).body).toEqual(list);
});
