import { describe, expect, it } from 'vitest';
import * as openapi from '#engine/api/openapi';
import type { KubeObject } from '#engine/apimachinery';
import * as x509 from '#engine/apimachinery/x509';
import * as yaml from '#engine/apimachinery/yaml';
import * as cel from '#engine/cel';
import { createEtcd } from '#engine/control-plane/etcd';
import { httpRequest, jsonResponse, type Net, NetError, type Source } from '#engine/http';
import { createRng, Loop } from '#engine/sim';
import { certificates } from '../../../apimachinery/x509/test-certificates.ts';
import * as aggregation from '../aggregation/index.ts';
import type { ApiServerAssets } from '../options.ts';
import { createApiServer } from '../server.ts';
import * as customresources from './index.ts';

const assets: ApiServerAssets = { aggregation, cel, customresources, openapi, x509, yaml };
const load = async <K extends keyof ApiServerAssets>(name: K) => assets[name];
const GROUP = 'stable.example.com';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const at = (version: string, name = '') => `/apis/${GROUP}/${version}/namespaces/default/hosts${name && `/${name}`}`;
const gone = `conversion webhook for ${GROUP}/v1, Kind=Host failed: Post "https://hook.test:443/convert?timeout=30s": dial tcp: lookup hook.test: no such host`;

interface Review {
  readonly apiVersion: string;
  readonly request: {
    readonly uid: string;
    readonly desiredAPIVersion: string;
    readonly objects: readonly (KubeObject & { readonly [field: string]: unknown })[];
  };
}
type Converted = { [field: string]: unknown };

/** As upstream's example does it. */
function converted({ hostPort, host, port, ...rest }: Review['request']['objects'][number], to: string): Converted {
  if (to.endsWith('/v2')) {
    const [name, number] = String(hostPort ?? ':').split(':');
    return { ...rest, apiVersion: to, ...(hostPort !== undefined && { host: name, port: number }) };
  }
  return { ...rest, apiVersion: to, ...((host ?? port) !== undefined && { hostPort: `${host ?? ''}:${port ?? ''}` }) };
}

function start() {
  const loop = new Loop({ settle: () => new Promise<void>((done) => setImmediate(done)), trace: () => {} }, 0);
  const world = { clock: loop, rng: createRng(7), trace: loop };
  const etcd = createEtcd(world);
  const users = [{ token: 'admin', username: 'admin', groups: ['system:masters'] }];
  const reviews: Review[] = [];
  const hook: { answer: (review: Review) => object | undefined } = {
    answer: ({ request: { uid, desiredAPIVersion: to, objects } }) => ({
      response: { uid, result: { status: 'Success' }, convertedObjects: objects.map((one) => converted(one, to)) },
    }),
  };
  const net: Net = {
    addresses: ['10.0.0.1'],
    listen: () => ({ close: () => undefined }),
    lookup: () => Promise.resolve([]),
    async fetch({ body }) {
      const review = body?.kind === 'json' ? (JSON.parse(JSON.stringify(body.value)) as Review) : undefined;
      const answer = review && hook.answer(review);
      if (!review || !answer) throw new NetError('ENOTFOUND', 'no such host');
      reviews.push(review);
      return jsonResponse(200, { kind: 'ConversionReview', apiVersion: review.apiVersion, ...answer });
    },
  };
  const { handler } = createApiServer(world, { etcd, users, freeze: true, load, net });
  const watcher = createApiServer(world, { etcd, users, load, bootstrap: false }).handler;
  const pass = (ms: number) => loop.runUntil(loop.now() + ms);
  const ask = (method: string, target: string, value?: unknown, headers = {}, to = handler) => {
    const request = httpRequest(method, target, {
      headers: { authorization: 'Bearer admin', ...headers },
      ...(value !== undefined && { body: { kind: 'json', value } }),
    });
    return to(request);
  };
  const send = async (method: string, target: string, value?: unknown, headers = {}, to = handler) => {
    const answer = ask(method, target, value, headers, to);
    await pass(1);
    const { status, body } = await answer;
    const text = body?.kind === 'json' ? JSON.stringify(body.value) : '{}';
    return { code: status, body: JSON.parse(text) as ReturnType<typeof JSON.parse> };
  };
  const watch = async (target: string) => {
    const { body } = await ask('GET', target);
    const seen: string[] = [];
    if (body?.kind !== 'stream') throw new Error('no stream');
    void (async () => {
      for (;;) {
        const next = (await (body.frames as Source<unknown>).read()) as
          | { readonly type: string; readonly object: { readonly metadata: { readonly name: string } } }
          | undefined;
        if (!next) break;
        const { metadata, ...rest } = next.object;
        seen.push(`${next.type} ${metadata.name} ${JSON.stringify({ ...rest, kind: undefined })}`);
      }
      seen.push('end');
    })();
    return seen;
  };
  return { send, pass, watch, hook, reviews, look: (path: string) => send('GET', path, undefined, {}, watcher) };
}

const version = (name: string, storage: boolean, fields: readonly string[]) => ({
  name,
  served: true,
  storage,
  subresources: { status: {} },
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        ...Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
        status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
});
const versions = (stored: string) => [
  version('v1', stored === 'v1', ['hostPort']),
  version('v2', stored === 'v2', ['host', 'port']),
];
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `hosts.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural: 'hosts', kind: 'Host' },
    versions: versions('v1'),
    conversion: {
      strategy: 'Webhook',
      webhook: { clientConfig: { url: 'https://hook.test:443/convert' }, conversionReviewVersions: ['v1', 'v1beta1'] },
    },
  },
};
const one = (apiVersion: string, name: string, rest: object) => ({
  apiVersion: `${GROUP}/${apiVersion}`,
  kind: 'Host',
  metadata: { name },
  ...rest,
});

async function served() {
  const cluster = start();
  expect((await cluster.send('POST', DEFINITIONS, definition)).code).toBe(201);
  await cluster.pass(100);
  return cluster;
}

describe('conversion webhooks', () => {
  it('convert what is read and written in another version', async () => {
    const { send, reviews, look, watch, pass } = await served();
    const seen = await watch(`${at('v2')}?watch=true&resourceVersion=0`);
    await send('POST', at('v1'), one('v1', 'a', { hostPort: 'localhost:8080' }));
    await send('POST', at('v1'), one('v1', 'b', { hostPort: 'b:1' }));
    const read = await send('GET', at('v2', 'a'));
    expect(read.body).toMatchObject({ apiVersion: `${GROUP}/v2`, host: 'localhost', port: '8080' });
    expect(read.body).not.toHaveProperty('hostPort');
    expect((await look(at('v2', 'a'))).body).toMatchObject({ host: 'localhost' });
    const made = await send('POST', at('v2'), one('v2', 'c', { host: 'c', port: '3' }));
    expect(made).toMatchObject({ code: 201, body: { apiVersion: `${GROUP}/v2`, host: 'c' } });
    expect((await send('GET', at('v1', 'c'))).body).toMatchObject({ apiVersion: `${GROUP}/v1`, hostPort: 'c:3' });
    const merge = { 'content-type': 'application/merge-patch+json' };
    expect((await send('PATCH', at('v2', 'b'), { port: '2' }, merge)).body).toMatchObject({ host: 'b', port: '2' });
    expect((await send('GET', at('v1', 'b'))).body).toMatchObject({ hostPort: 'b:2' });
    const apply = { 'content-type': 'application/apply-patch+yaml' };
    const applied = await send('PATCH', `${at('v2', 'd')}?fieldManager=me`, one('v2', 'd', { host: 'd' }), apply);
    expect(applied).toMatchObject({ code: 201, body: { host: 'd', port: '' } });
    const status = await send('PATCH', `${at('v2', 'a')}/status`, { status: { up: true } }, merge);
    expect(status.body).toMatchObject({ host: 'localhost', status: { up: true } });
    expect((await send('DELETE', at('v2', 'c'))).body).toMatchObject({ status: 'Success' });
    const before = reviews.length;
    const list = await send('GET', at('v2'));
    expect(list.body).toMatchObject({ kind: 'HostList', apiVersion: `${GROUP}/v2` });
    expect(list.body.items.map(({ host }: { readonly host: string }) => host)).toEqual(['localhost', 'b', 'd']);
    expect(reviews.length).toBe(before);
    await pass(100);
    expect(seen.map((line) => line.replace(/"apiVersion":"stable.example.com\/v2",?/, ''))).toEqual([
      'ADDED a {"host":"localhost","port":"8080"}',
      'ADDED b {"host":"b","port":"1"}',
      'ADDED c {"host":"c","port":"3"}',
      'MODIFIED b {"host":"b","port":"2"}',
      'ADDED d {"host":"d","port":""}',
      'MODIFIED a {"status":{"up":true},"host":"localhost","port":"8080"}',
      'DELETED c {"host":"c","port":"3"}',
    ]);
  });

  it('are asked for the members of a mixed list that need it, and migrate what is written', async () => {
    const { send, reviews, pass } = await served();
    await send('POST', at('v1'), one('v1', 'a', { hostPort: 'a:1' }));
    const merge = { 'content-type': 'application/merge-patch+json' };
    const name = `${DEFINITIONS}/hosts.${GROUP}`;
    const changed = await send('PATCH', name, { spec: { versions: versions('v2') } }, merge);
    expect(changed.body.status.storedVersions).toEqual(['v1', 'v2']);
    await pass(100);
    await send('POST', at('v1'), one('v1', 'b', { hostPort: 'b:2' }));
    reviews.length = 0;
    const list = await send('GET', at('v2'));
    expect(list.body.items).toMatchObject([{ host: 'a' }, { host: 'b' }]);
    expect(reviews.map(({ request }) => request.objects.map(({ metadata }) => metadata.name))).toEqual([['a']]);
    const [a] = list.body.items;
    const same = await send('PUT', at('v2', 'a'), a);
    expect(same.body.metadata.resourceVersion).not.toBe(a.metadata.resourceVersion);
    const again = await send('PUT', at('v2', 'a'), same.body);
    expect(again.body.metadata.resourceVersion).toBe(same.body.metadata.resourceVersion);
    expect((await send('DELETE', name)).code).toBe(200);
    await pass(1000);
    expect((await send('GET', name)).code).toBe(404);
  });

  it('may fail: reads say so, watches end, and all is well when they are back', async () => {
    const { send, hook, watch, pass } = await served();
    const { answer } = hook;
    await send('POST', at('v1'), one('v1', 'a', { hostPort: 'a:1' }));
    const seen = await watch(`${at('v2')}?watch=true`);
    hook.answer = () => undefined;
    await send('POST', at('v1'), one('v1', 'b', { hostPort: 'b:1' }));
    await pass(10);
    expect(seen.at(-1)).toBe('end');
    expect(await send('GET', at('v2', 'b'))).toMatchObject({ code: 500, body: { message: gone, status: 'Failure' } });
    expect((await send('GET', at('v2', 'a'))).body.message).toBe(gone);
    expect((await send('GET', at('v1', 'a'))).code).toBe(200);
    expect((await send('POST', at('v2'), one('v2', 'c', { host: 'c' }))).body.message).toBe(gone.replace('v1', 'v2'));
    hook.answer = answer;
    await pass(2000);
    expect((await send('GET', at('v2'))).body.items).toMatchObject([{ host: 'a' }, { host: 'b' }]);
  });

  it('are not believed everything', async () => {
    const { send, hook } = await served();
    await send('POST', at('v1'), one('v1', 'a', { hostPort: 'a:1' }));
    const about = `conversion webhook for ${GROUP}/v1, Kind=Host`;
    const metadata = (change: object) => (review: Review) => {
      const [object] = review.request.objects as [Review['request']['objects'][number]];
      const to = converted(object, review.request.desiredAPIVersion);
      const { uid } = review.request;
      const changed = { ...to, ...change, metadata: { ...object.metadata, ...(change as KubeObject).metadata } };
      return { response: { uid, result: { status: 'Success' }, convertedObjects: [changed] } };
    };
    const response = (rest: object) => (review: Review) => ({ response: { uid: review.request.uid, ...rest } });
    const wrong: readonly (readonly [string, (review: Review) => object])[] = [
      [' failed: no response provided', () => ({})],
      [' failed: not today', response({ result: { status: 'Failure', message: 'not today' } })],
      [" failed: response.result.status was '', not 'Success'", response({})],
      [' returned 0 objects, expected 1', response({ result: { status: 'Success' } })],
      [' returned invalid object: must have the same name: a != z', metadata({ metadata: { name: 'z' } })],
      [
        ` returned invalid object at index 0: invalid groupVersion (expected ${GROUP}/v2, received ${GROUP}/v3)`,
        metadata({ apiVersion: `${GROUP}/v3` }),
      ],
      [
        ' returned invalid metadata: metadata.labels[x] must be a string, but is int64 in converted object',
        metadata({ metadata: { labels: { x: 1 } } }),
      ],
      [
        ' failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got apiextensions.k8s.io/v1, Kind=Review',
        () => ({ kind: 'Review' }),
      ],
    ];
    for (const [said, answer] of wrong) {
      hook.answer = answer;
      expect((await send('GET', at('v2', 'a'))).body.message).toBe(about + said);
    }
    hook.answer = metadata({ metadata: { labels: { new: 'yes' }, annotations: { a: 'b' }, finalizers: ['x/y'] } });
    const { body } = await send('GET', at('v2', 'a'));
    expect(body.metadata).toMatchObject({ labels: { new: 'yes' }, annotations: { a: 'b' } });
    expect(body.metadata).not.toHaveProperty('finalizers');
  });
});

describe('the bundle of a conversion webhook', () => {
  it('keeps a new definition from being established, and an established one from changing to it', async () => {
    const { send, pass } = start();
    const merge = { 'content-type': 'application/merge-patch+json' };
    const name = `${DEFINITIONS}/hosts.${GROUP}`;
    const bundle = (caBundle: string) => ({ spec: { conversion: { webhook: { clientConfig: { caBundle } } } } });
    const { conversion } = definition.spec;
    const clientConfig = { ...conversion.webhook.clientConfig, caBundle: 'Cg==' };
    const webhook = { ...conversion.webhook, clientConfig };
    const wrong = { ...definition, spec: { ...definition.spec, conversion: { ...conversion, webhook } } };
    expect((await send('POST', DEFINITIONS, wrong)).code).toBe(201);
    await pass(100);
    const established = async () =>
      (await send('GET', name)).body.status.conditions.find(
        ({ type }: { readonly type: string }) => type === 'Established',
      );
    expect(await established()).toMatchObject({
      status: 'False',
      reason: 'InvalidCABundle',
      message: 'The conversion webhook CABundle is invalid',
    });
    expect((await send('PATCH', name, bundle(btoa(certificates.authority)), merge)).code).toBe(200);
    await pass(100);
    expect(await established()).toMatchObject({ status: 'True', reason: 'InitialNamesAccepted' });
    expect((await send('PATCH', name, bundle('Cg=='), merge)).body.message).toBe(
      `CustomResourceDefinition.apiextensions.k8s.io "hosts.${GROUP}" is invalid: spec.conversion.webhookClientConfig.caBundle: Invalid value: "Cg==": unable to load root certificates: unable to parse bytes as PEM block`,
    );
  });
});
