import { expect, it } from 'vitest';
import * as openapi from '#engine/api/openapi';
import * as x509 from '#engine/apimachinery/x509';
import * as yaml from '#engine/apimachinery/yaml';
import * as cel from '#engine/cel';
import { createEtcd } from '#engine/control-plane/etcd';
import { httpRequest } from '#engine/http';
import { createRng, Loop } from '#engine/sim';
import * as aggregation from '../aggregation/index.ts';
import type { ApiServerAssets } from '../options.ts';
import { createApiServer } from '../server.ts';
import * as customresources from './index.ts';

const assets: ApiServerAssets = { aggregation, cel, customresources, openapi, x509, yaml };
const load = async <K extends keyof ApiServerAssets>(name: K) => assets[name];

interface Answer {
  readonly code: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

function start() {
  const loop = new Loop({ settle: () => new Promise<void>((done) => setImmediate(done)), trace: () => {} }, 0);
  const world = { clock: loop, rng: createRng(7), trace: loop };
  const etcd = createEtcd(world);
  const users = [{ token: 'admin', username: 'admin', groups: ['system:masters'] }];
  const { handler } = createApiServer(world, { etcd, users, freeze: true, load });
  const watcher = createApiServer(world, { etcd, users, load, bootstrap: false }).handler;
  const pass = (ms: number) => loop.runUntil(loop.now() + ms);
  const send = async (method: string, target: string, value?: unknown, headers = {}, to = handler): Promise<Answer> => {
    const request = httpRequest(method, target, {
      headers: { authorization: 'Bearer admin', ...headers },
      ...(value !== undefined && { body: { kind: 'json', value } }),
    });
    const answer = to(request);
    await pass(1);
    const { status, body } = await answer;
    return { code: status, body: body?.kind === 'json' ? JSON.parse(JSON.stringify(body.value)) : body };
  };
  return { send, pass, look: (path: string) => send('GET', path, undefined, {}, watcher) };
}

const size = { type: 'integer', minimum: 0, default: 1 };
const version = (name: string, storage: boolean, spec: object, rest: object = {}) => ({
  name,
  served: true,
  storage,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: spec },
        status: { type: 'object', properties: { ready: { type: 'integer' } } },
      },
    },
  },
  ...rest,
});

const kites = (names: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'kites.sky.test' },
  spec: {
    group: 'sky.test',
    scope: 'Namespaced',
    names: { plural: 'kites', kind: 'Kite', shortNames: ['kt'], categories: ['all'], ...names },
    versions: [
      version('v1beta1', false, { size, colour: { type: 'string' } }, { deprecated: true }),
      version(
        'v1',
        true,
        {
          size: { ...size, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'kites only grow' }] },
          colour: { type: 'string', enum: ['red', 'blue'] },
          tail: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
        {
          subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.ready' } },
          selectableFields: [{ jsonPath: '.spec.colour' }],
          additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
        },
      ),
    ],
  },
});

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const KITES = '/apis/sky.test/v1/namespaces/default/kites';
const kite = (spec: object, name = 'a', apiVersion = 'sky.test/v1') => ({
  apiVersion,
  kind: 'Kite',
  metadata: { name },
  spec,
});
const MERGE = { 'content-type': 'application/merge-patch+json' };

async function established() {
  const world = start();
  expect((await world.send('POST', CRDS, kites())).code).toBe(201);
  expect((await world.send('GET', KITES)).code).toBe(404);
  await world.pass(100);
  return world;
}

it('serves a definition as soon as it is established, in discovery, OpenAPI and beside the server', async () => {
  const { send, look } = await established();
  const { body: group } = await send('GET', '/apis/sky.test');
  expect(group.versions.map((one: { version: string }) => one.version)).toEqual(['v1', 'v1beta1']);
  const { body: list } = await send('GET', '/apis/sky.test/v1');
  expect(list.resources.map((one: { name: string }) => one.name)).toEqual(['kites', 'kites/scale', 'kites/status']);
  expect(list.resources[0]).toMatchObject({ singularName: 'kite', shortNames: ['kt'], categories: ['all'] });
  const { body: v3 } = await send('GET', '/openapi/v3/apis/sky.test/v1');
  const schema = v3.components.schemas['test.sky.v1.Kite'];
  expect(schema['x-kubernetes-group-version-kind']).toEqual([{ group: 'sky.test', kind: 'Kite', version: 'v1' }]);
  expect(schema.properties.spec.properties.size.default).toBe(1);
  const { body: v2 } = await send('GET', '/openapi/v2');
  expect(v2.definitions['test.sky.v1.KiteList'].required).toEqual(['items']);
  expect((await look(KITES)).body).toMatchObject({ kind: 'KiteList', items: [] });
});

it('shows one object in every version, with defaults, pruning, columns and selectors', async () => {
  const { send } = await established();
  const made = await send('POST', KITES, kite({ colour: 'red', odd: 1, tail: { knots: 3 } }));
  expect(made.body.spec).toEqual({ colour: 'red', size: 1, tail: { knots: 3 } });
  const old = await send('GET', '/apis/sky.test/v1beta1/namespaces/default/kites/a');
  expect(old.body).toMatchObject({ apiVersion: 'sky.test/v1beta1', spec: { colour: 'red', size: 1 } });
  expect(old.body.spec.tail).toBeUndefined();
  await send('POST', KITES, kite({ colour: 'blue', size: 4 }, 'b'));
  const blue = await send('GET', `${KITES}?fieldSelector=spec.colour%3Dblue`);
  expect(blue.body.items.map((one: { metadata: { name: string } }) => one.metadata.name)).toEqual(['b']);
  const table = await send('GET', KITES, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
  expect(table.body.rows.map((row: { cells: unknown[] }) => row.cells)).toEqual([
    ['a', 1],
    ['b', 4],
  ]);
});

it('keeps status and spec apart, scales, and refuses what rules refuse', async () => {
  const { send } = await established();
  await send('POST', KITES, kite({ size: 2 }));
  const status = await send('PATCH', `${KITES}/a/status`, { status: { ready: 2 }, spec: { size: 9 } }, MERGE);
  expect(status.body).toMatchObject({ spec: { size: 2 }, status: { ready: 2 }, metadata: { generation: 1 } });
  const scaled = await send('PATCH', `${KITES}/a/scale`, { spec: { replicas: 5 } }, MERGE);
  expect(scaled.body).toMatchObject({ kind: 'Scale', spec: { replicas: 5 }, status: { replicas: 2 } });
  expect((await send('GET', `${KITES}/a`)).body.metadata.generation).toBe(2);
  const shrunk = await send('PATCH', `${KITES}/a`, { spec: { size: 1 } }, MERGE);
  expect(shrunk.body.message).toBe('Kite.sky.test "a" is invalid: spec.size: Invalid value: 1: kites only grow');
  const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
  const refused = await send('PATCH', `${KITES}/a`, { spec: { size: 9 } }, strategic);
  expect(refused).toMatchObject({ code: 415, body: { reason: 'UnsupportedMediaType' } });
});

it('tells of names that are taken, and gives them to who waits for them', async () => {
  const { send, pass } = await established();
  const second = kites({ plural: 'dragons', singular: 'dragon', kind: 'Dragon' });
  await send('POST', CRDS, { ...second, metadata: { name: 'dragons.sky.test' } });
  await pass(100);
  const conditions = async () => (await send('GET', `${CRDS}/dragons.sky.test`)).body.status.conditions;
  expect(await conditions()).toMatchObject([
    { type: 'NamesAccepted', status: 'False', reason: 'ShortNamesConflict', message: '"kt" is already in use' },
    { type: 'Established', status: 'False', reason: 'NotAccepted' },
  ]);
  await send('DELETE', `${CRDS}/kites.sky.test`);
  await pass(100);
  expect((await conditions())[1]).toMatchObject({ type: 'Established', status: 'True' });
});

it('deletes the objects before their definition goes', async () => {
  const { send, pass } = await established();
  const held = kite({});
  await send('POST', KITES, { ...held, metadata: { ...held.metadata, finalizers: ['sky.test/hold'] } });
  const deleted = await send('DELETE', `${CRDS}/kites.sky.test`);
  expect(deleted.body.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
  await pass(100);
  expect((await send('POST', KITES, kite({}, 'late'))).body.message).toBe(
    'create not allowed while custom resource definition is terminating',
  );
  await send('PATCH', `${KITES}/a`, { metadata: { finalizers: null } }, MERGE);
  await pass(10_000);
  expect((await send('GET', `${CRDS}/kites.sky.test`)).code).toBe(404);
  expect((await send('GET', KITES)).code).toBe(404);
});

it('has an APIService for every version that is served, kept as it was made, until nothing serves it', async () => {
  const { send, pass } = await established();
  const services = '/apis/apiregistration.k8s.io/v1/apiservices';
  const mine = async () =>
    (await send('GET', services)).body.items
      .map((one: { metadata: { name: string } }) => one.metadata.name)
      .filter((name: string) => name.endsWith('sky.test'));
  expect(await mine()).toEqual(['v1.sky.test', 'v1beta1.sky.test']);
  const spec = { group: 'sky.test', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 };
  const { body: made } = await send('GET', `${services}/v1.sky.test`);
  expect(made.metadata.labels).toEqual({ 'kube-aggregator.kubernetes.io/automanaged': 'true' });
  expect(made.spec).toEqual(spec);
  expect(made.status.conditions).toMatchObject([{ type: 'Available', status: 'True', reason: 'Local' }]);
  await send('PATCH', `${services}/v1.sky.test`, { spec: { versionPriority: 5 } }, MERGE);
  await send('DELETE', `${services}/v1beta1.sky.test`);
  await pass(100);
  expect((await send('GET', `${services}/v1.sky.test`)).body.spec).toEqual(spec);
  expect(await mine()).toEqual(['v1.sky.test', 'v1beta1.sky.test']);
  await send('PATCH', `${CRDS}/kites.sky.test`, [{ op: 'replace', path: '/spec/versions/0/served', value: false }], {
    'content-type': 'application/json-patch+json',
  });
  await pass(100);
  expect(await mine()).toEqual(['v1.sky.test']);
  await send('DELETE', `${CRDS}/kites.sky.test`);
  await pass(100);
  expect(await mine()).toEqual([]);
});
