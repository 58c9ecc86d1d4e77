import { expect, it } from 'vitest';
import * as openapi from '#engine/api/openapi';
import { createEtcd } from '#engine/control-plane/etcd';
import { type Handler, type HttpRequest, httpRequest, jsonResponse, type Net, NetError } from '#engine/http';
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
  const load = async (): Promise<never> => ({ ...aggregation, ...openapi }) as never;
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

it('passes on who asks and what they accept, says why a Service does not answer, and merges its OpenAPI', async () => {
  const seen: HttpRequest[] = [];
  let refuses = true;
  const shared = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';
  const v2 = {
    paths: {
      '/apis/metrics.test/v1beta1/nodes': { get: { schema: { $ref: `#/definitions/${shared}` } } },
      '/version': {},
    },
    definitions: { [shared]: { type: 'object', description: 'another one' } },
  };
  const send = start(async (request) => {
    seen.push(request);
    if (refuses) throw new NetError('ECONNREFUSED', 'refused');
    return jsonResponse(200, request.path === '/openapi/v2' ? v2 : list);
  });
  await send('POST', '/api/v1/namespaces/default/services', {
    metadata: { name: 'metrics' },
    spec: { type: 'NodePort', clusterIP: '10.96.3.4', ports: [{ port: 443 }] },
  });
  const service = { name: 'metrics', namespace: 'default' };
  const spec = { group: 'metrics.test', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, service };
  const path = '/apis/apiregistration.k8s.io/v1/apiservices';
  await send('POST', path, {
    metadata: { name: 'v1beta1.metrics.test' },
    spec: { ...spec, insecureSkipTLSVerify: true },
  });
  await send('GET', '/version');
  const url = 'https://10.96.3.4:443/apis/metrics.test/v1beta1';
  expect((await send('GET', `${path}/v1beta1.metrics.test`)).body.status.conditions[0]).toMatchObject({
    status: 'False',
    reason: 'FailedDiscoveryCheck',
    message: `failing or missing response from ${url}: Get "${url}": dial tcp 10.96.3.4:443: connect: connection refused`,
  });
  refuses = false;
  for (let i = 0; i < 160; i++) await send('GET', '/version');
  expect((await send('GET', '/apis/metrics.test/v1beta1/nodes', undefined, 'application/json;as=Table')).status).toBe(
    200,
  );
  const { headers, peer, authority } = seen.at(-1) as HttpRequest;
  expect(authority).toBe('10.96.3.4:443');
  expect(peer?.certificate?.commonName).toBe('front-proxy-client');
  expect(headers).toEqual({
    accept: 'application/json;as=Table',
    'x-remote-user': 'admin',
    'x-remote-group': 'system:masters\nsystem:authenticated',
  });
  const { body: document } = await send('GET', '/openapi/v2');
  expect(document.definitions[`${shared}_v2`].description).toBe('another one');
  expect(document.paths['/apis/metrics.test/v1beta1/nodes'].get.schema.$ref).toBe(`#/definitions/${shared}_v2`);
  refuses = true;
  expect(await send('GET', '/apis/metrics.test/v1beta1/nodes')).toMatchObject({
    status: 503,
    body: { text: 'dial tcp 10.96.3.4:443: connect: connection refused\n' },
  });
});
