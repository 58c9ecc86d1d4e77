import { expect, it } from 'vitest';
import type { ConfigMap } from '#engine/api';
import { configMaps } from '#engine/api';
import type { WatchEvent } from '#engine/apimachinery';
import { statusErrors } from '#engine/apimachinery';
import { type Handler, jsonResponse, NetError, Pipe } from '#engine/http';
import { createRng, Loop, type World } from '#engine/sim';
import { createClient } from './rest-client.ts';
import { createInformerFactory } from './shared-informer.ts';

const configMap = (name: string, resourceVersion: string, value = ''): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', resourceVersion },
  data: { value },
});

/** A server that says what the test tells it to. */
class Scripted {
  readonly requests: string[] = [];
  objects: readonly ConfigMap[] = [];
  down = false;
  frames = new Pipe<WatchEvent>();

  readonly handler: Handler = (request) => {
    if (this.down) return Promise.reject(new NetError('ECONNREFUSED', 'connection refused'));
    const { query } = request;
    this.requests.push(`${query.has('watch') ? 'watch' : 'list'} ${query.get('resourceVersion')}`);
    if (!query.has('watch')) {
      const list = {
        apiVersion: 'v1',
        kind: 'ConfigMapList',
        metadata: { resourceVersion: '10' },
        items: this.objects,
      };
      return Promise.resolve(jsonResponse(200, list));
    }
    this.frames = new Pipe<WatchEvent>();
    return Promise.resolve({
      status: 200,
      headers: {},
      body: { kind: 'stream', framing: 'json', frames: this.frames },
    });
  };
}

function setUp() {
  const loop = new Loop({ settle: () => new Promise((resolve) => setImmediate(resolve)), trace() {} }, 0);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const server = new Scripted();
  const stop = new AbortController();
  const informers = createInformerFactory(world, createClient(server.handler), stop.signal);
  const informer = informers.informer(configMaps, { indexers: { value: (object) => [object.data?.value ?? ''] } });
  const seen: string[] = [];
  informer.addEventHandler({
    added: (object, initial) => seen.push(`+${object.metadata.name}${initial ? '!' : ''}`),
    updated: (previous, object) => seen.push(`${previous.data?.value}>${object.data?.value}`),
    deleted: (object) => seen.push(`-${object.metadata.name}`),
  });
  return { loop, server, stop, informers, informer, seen };
}

it('lists, watches, follows bookmarks and indexes, and shares equal requests', async () => {
  const { loop, server, informers, informer, seen } = setUp();
  server.objects = [configMap('a', '1', 'x')];
  await loop.settle();
  expect(informer.hasSynced).toBe(true);
  expect(informers.informer(configMaps)).toBe(informer);
  server.frames.push({ type: 'ADDED', object: configMap('b', '11', 'x') });
  server.frames.push({ type: 'MODIFIED', object: configMap('a', '12', 'y') } as WatchEvent);
  server.frames.push({ type: 'BOOKMARK', object: configMap('', '20') });
  await loop.settle();
  expect(seen).toEqual(['+a!', '+b', 'x>y']);
  expect(informer.lister.byIndex('value', 'x').map((object) => object.metadata.name)).toEqual(['b']);
  expect(informer.lister.list('default')).toHaveLength(2);
  await loop.runUntil(5000);
  server.frames.close();
  await loop.settle();
  expect(server.requests).toEqual(['list 0', 'watch 10', 'watch 20']);
});

it('lists again when history is gone and tells the differences', async () => {
  const { loop, server, informer, seen } = setUp();
  server.objects = [configMap('a', '1', 'x'), configMap('b', '2', 'x'), configMap('c', '3', 'x')];
  await loop.settle();
  seen.length = 0;
  server.objects = [configMap('b', '2', 'x'), configMap('c', '9', 'z'), configMap('d', '8', 'x')];
  const { status } = statusErrors.expired('too old resource version: 10 (20)');
  server.frames.push({ type: 'ERROR', object: status } as unknown as WatchEvent);
  await loop.runUntil(3000);
  expect(seen).toEqual(['x>z', '+d', '-a']);
  expect(informer.lister.get('default/a')).toBeUndefined();
  expect(server.requests.slice(2)).toEqual(['list 10', 'watch 10']);
});

it('backs off while nobody answers, and ends with its signal', async () => {
  const { loop, server, stop, informer } = setUp();
  server.down = true;
  await loop.runUntil(60_000);
  expect(informer.hasSynced).toBe(false);
  server.down = false;
  await loop.runUntil(150_000);
  expect(informer.hasSynced).toBe(true);
  expect(loop.nextDue).toBeUndefined();
  stop.abort();
  await loop.settle();
  expect(server.frames.broken).toBe(true);
  expect(loop.nextDue).toBeUndefined();
});

it('tells a fault of a handler apart from a lost watch', async () => {
  const loop = new Loop({ settle: () => new Promise((resolve) => setImmediate(resolve)), trace() {} }, 0);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const server = new Scripted();
  const faults: unknown[] = [];
  const { signal } = new AbortController();
  const onPanic = (error: unknown) => faults.push(error);
  const informers = createInformerFactory(world, createClient(server.handler), signal, { onPanic });
  informers.informer(configMaps).addEventHandler({
    added: () => {
      throw new Error('handler broke');
    },
  });
  await loop.settle();
  server.frames.push({ type: 'ADDED', object: configMap('a', '11') });
  await loop.settle();
  expect(faults).toEqual([new Error('handler broke')]);
});
