/** The API server on its own: requests, watches and tables a second. Timings are the best of several rounds, since a machine is seldom alone with us. */
import { type ConfigMap, configMaps, namespaces, type Pod, pods, serviceAccounts } from '#engine/api';
import { type Client, createClient } from '#engine/client-go';
import { createApiServer } from '#engine/control-plane/apiserver/server';
import { createEtcd } from '#engine/control-plane/etcd';
import { type Handler, httpRequest } from '#engine/http';
import { createRng, Loop } from '#engine/sim';
import { loadAsset } from '../../src/workers/node/assets.ts';
import { nodeHost } from '../../src/workers/node/host.ts';
import type { Benchmark } from './measure.ts';

const ROUNDS = 7;

interface Serving {
  readonly loop: Loop;
  readonly handler: Handler;
  readonly client: Client;
}

async function serve(): Promise<Serving> {
  const loop = new Loop(nodeHost(), 1_767_225_600_000);
  const world = { clock: loop, rng: createRng(1), trace: loop };
  const users = [{ token: 'admin', username: 'admin', groups: ['system:masters'] }];
  const { handler, ready } = createApiServer(world, { etcd: createEtcd(world), load: loadAsset, users });
  await ready;
  const client = createClient(handler, { token: 'admin', userAgent: 'bench' });
  await client.create(namespaces, { metadata: { name: 'bench' } });
  return { loop, handler, client };
}

/** The best round, in milliseconds of this process's own time. */
async function best(round: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ROUNDS; i++) {
    globalThis.gc?.();
    const start = process.cpuUsage();
    await round();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** About 2 KB of JSON, in the values of four keys. */
const configMap = (name: string): Pick<ConfigMap, 'data'> & { metadata: { name: string; namespace: string } } => ({
  metadata: { name, namespace: 'bench' },
  data: Object.fromEntries(['a', 'b', 'c', 'd'].map((key) => [key, key.repeat(460)])),
});

const OBJECTS = 2000;
/** Create, three reads, an update, a merge patch, a delete. */
const PER_OBJECT = 7;

async function life(client: Client, name: string): Promise<void> {
  const key = { namespace: 'bench', name };
  const made = await client.create(configMaps, configMap(name));
  await client.get(configMaps, key);
  const changed = await client.update(configMaps, { ...made, data: { ...made.data, a: 'changed' } });
  await client.get(configMaps, key);
  await client.patch(configMaps, key, 'merge', { data: { b: 'patched' } });
  const last = await client.get(configMaps, key);
  if (last.data?.b !== 'patched' || last.data.a !== 'changed' || changed.metadata.resourceVersion === '')
    throw new Error('a write was lost');
  await client.delete(configMaps, key);
}

/** Requests a second through the in-process client. */
export const crud: Benchmark = async () => {
  const { client } = await serve();
  const ms = await best(async () => {
    for (let i = 0; i < OBJECTS; i++) await life(client, `object-${i}`);
  });
  const { items } = await client.list(configMaps, { namespace: 'bench' });
  if (items.length > 0) throw new Error(`${items.length} objects are left`);
  const perSecond = Math.round((OBJECTS * PER_OBJECT * 1000) / ms);
  return `${perSecond} requests a second`;
};

const WATCHERS = 100;
const EVENTS = 1000;

/** One event for a hundred watchers: all of them get the very same frame. */
export const fanOut: Benchmark = async () => {
  const { loop, handler, client } = await serve();
  const headers = { authorization: 'Bearer admin' };
  const firsts: unknown[] = [];
  let delivered = 0;
  for (let i = 0; i < WATCHERS; i++) {
    const response = await handler(httpRequest('GET', '/api/v1/namespaces/bench/configmaps?watch=1', { headers }));
    if (response.body?.kind !== 'stream' || response.body.framing !== 'json') throw new Error('no watch');
    let first = true;
    response.body.frames
      .forEach((frame) => {
        if (first) firsts.push(frame);
        first = false;
        delivered++;
      })
      .catch((error) => loop.fail(error));
  }
  let name = 0;
  const ms = await best(async () => {
    delivered = 0;
    for (let i = 0; i < EVENTS; i++) await client.create(configMaps, configMap(`event-${name++}`));
    await loop.runUntil(loop.now() + 1, () => delivered === WATCHERS * EVENTS);
    if (delivered !== WATCHERS * EVENTS) throw new Error(`${delivered} frames arrived`);
  });
  if (firsts.length !== WATCHERS || new Set(firsts).size !== 1) throw new Error('watchers do not share their frames');
  return `${Math.round((WATCHERS * EVENTS * 1000) / ms)} events delivered a second`;
};

const PODS = 10_000;

const pod = (i: number): Pick<Pod, 'spec'> & { metadata: { name: string; namespace: string } } => ({
  metadata: { name: `web-${i}`, namespace: 'bench' },
  spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }], automountServiceAccountToken: false } as Pod['spec'],
});

/** `kubectl get pods` of ten thousand, as text for the wire. */
export const table: Benchmark = async () => {
  const { handler, client } = await serve();
  await client.create(serviceAccounts, { metadata: { name: 'default', namespace: 'bench' } });
  for (let i = 0; i < PODS; i++) await client.create(pods, pod(i));
  const headers = { authorization: 'Bearer admin', accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  let rows = 0;
  let text = 0;
  const ms = await best(async () => {
    const { body } = await handler(httpRequest('GET', '/api/v1/namespaces/bench/pods', { headers }));
    if (body?.kind !== 'json') throw new Error('no Table');
    rows = (body.value as { readonly rows: readonly unknown[] }).rows.length;
  });
  const { body } = await handler(httpRequest('GET', '/api/v1/namespaces/bench/pods', { headers }));
  const printing = await best(async () => {
    text = JSON.stringify(body?.kind === 'json' ? body.value : undefined).length;
  });
  if (rows !== PODS) throw new Error(`${rows} rows`);
  return `${ms.toFixed(0)} ms, and ${printing.toFixed(0)} ms for ${(text / 1e6).toFixed(1)} MB of text`;
};
