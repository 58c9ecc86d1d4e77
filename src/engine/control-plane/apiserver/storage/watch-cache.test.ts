import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api';
import { parseFieldSelector, parseLabelSelector, selectEverything, type WatchEvent } from '#engine/apimachinery';
import { createEtcd } from '#engine/control-plane/etcd';
import { createRng, Loop, type World } from '#engine/sim';
import { ObjectStorage } from './object-storage.ts';
import { fieldReader, type Selection } from './selection.ts';
import { WatchCache } from './watch-cache.ts';

function start() {
  const host = { settle: () => new Promise<void>((resolve) => setImmediate(resolve)), trace: () => undefined };
  const loop = new Loop(host, 0);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const etcd = createEtcd(world);
  const storage = new ObjectStorage<Pod>(etcd, '/registry/pods/', true);
  const nodeName = (pod: Pod) => pod.spec.nodeName ?? '';
  const read = fieldReader<Pod>({ fieldSelectors: { 'spec.nodeName': nodeName } });
  const cache = new WatchCache<Pod>(world, etcd, storage, true, read, { field: 'spec.nodeName', value: nodeName });
  const watch = (selection: Partial<Selection> = {}, after = etcd.revision, bookmarks = false) => {
    const seen: string[] = [];
    const opened = cache.watch({
      selection: { labels: selectEverything, fields: [], ...selection },
      after,
      ...(bookmarks && {
        bookmark: (revision: number) => ({ type: 'BOOKMARK', object: { metadata: { name: String(revision) } } }),
      }),
    });
    opened.frames
      .forEach((frame) => {
        const { type, object } = frame as WatchEvent;
        seen.push(`${type} ${object.metadata.name}`);
      })
      .catch((error) => loop.fail(error));
    return { seen, ...opened };
  };
  const write = (name: string, node = '', labels: Record<string, string> = {}) => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'a', labels },
      spec: { nodeName: node, containers: [] },
    };
    const current = storage.get(storage.key('a', name));
    if (current) storage.replace(current, pod as unknown as Pod);
    else storage.create(storage.key('a', name), pod as unknown as Pod);
  };
  const remove = (name: string) => {
    const current = storage.get(storage.key('a', name));
    if (current) storage.remove(current);
  };
  return { loop, etcd, cache, storage, watch, write, remove };
}

describe('the watch cache', () => {
  it('delivers to each watcher what it selects, once per instant', async () => {
    const { loop, watch, write, remove } = start();
    const all = watch();
    const one = watch({ namespace: 'a', fields: parseFieldSelector('metadata.name=x') });
    const node = watch({ fields: parseFieldSelector('spec.nodeName=n1') });
    const elsewhere = watch({ namespace: 'b' });
    write('x');
    write('y', 'n1');
    remove('x');
    expect(all.seen).toEqual([]);
    await loop.settle();
    expect(all.seen).toEqual(['ADDED x', 'ADDED y', 'DELETED x']);
    expect(one.seen).toEqual(['ADDED x', 'DELETED x']);
    expect(node.seen).toEqual(['ADDED y']);
    expect(elsewhere.seen).toEqual([]);
  });

  it('tells when an object enters and leaves a selection', async () => {
    const { loop, watch, write } = start();
    const labelled = watch({ labels: parseLabelSelector('in=yes') });
    const node = watch({ fields: parseFieldSelector('spec.nodeName=n1') });
    write('x', 'n1', { in: 'no' });
    write('x', 'n1', { in: 'yes' });
    write('x', 'n2', { in: 'yes' });
    write('x', 'n2', { in: 'no' });
    await loop.settle();
    expect(labelled.seen).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x']);
    expect(node.seen).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x']);
  });

  it('replays from a revision of the recent past', async () => {
    const { loop, etcd, watch, write, cache } = start();
    write('x');
    const revision = etcd.revision;
    write('y');
    const late = watch({}, revision);
    write('z');
    await loop.settle();
    expect(late.seen).toEqual(['ADDED y', 'ADDED z']);
    expect(cache.oldest).toBe(1);
  });

  it('forgets old events, and knows from where on it remembers', async () => {
    const { loop, write, cache, etcd } = start();
    for (let i = 0; i < 300; i++) write('x', String(i));
    await loop.runUntil(76_000);
    write('x', 'last');
    expect(cache.oldest).toBe(etcd.revision - 100);
  });

  it('sends bookmarks every minute while there is something new to know', async () => {
    const { loop, watch, write, etcd } = start();
    const marked = watch({ namespace: 'b' }, etcd.revision, true);
    write('x');
    await loop.runUntil(61_000);
    expect(marked.seen).toEqual(['BOOKMARK 2']);
    marked.stop();
    expect(loop.nextDue).toBeUndefined();
  });

  it('keeps an index of the objects on each Node', () => {
    const { cache, write, remove } = start();
    write('b', 'n1');
    write('a', 'n1');
    write('c', 'n2');
    expect(cache.keysOf('spec.nodeName', 'n1')).toEqual(['/registry/pods/a/a', '/registry/pods/a/b']);
    write('a', 'n2');
    remove('b');
    expect(cache.keysOf('spec.nodeName', 'n1')).toEqual([]);
    expect(cache.keysOf('status.phase', 'Running')).toBeUndefined();
  });

  it('forgets a watcher whose reader went away', () => {
    const { cache, watch } = start();
    const gone = watch();
    expect(cache.watcherCount).toBe(1);
    gone.frames.cancel();
    expect(cache.watcherCount).toBe(0);
  });
});
