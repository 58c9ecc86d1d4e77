import { describe, expect, it } from 'vitest';
import { applyChanges, ChangeLog, createRng, Loop, Saved, type World } from '#engine/sim';
import type { EtcdEvent } from './etcd.ts';
import { createEtcd, type EtcdStore, prefixRange } from './store.ts';

function start(ledger?: ChangeLog): { readonly loop: Loop; readonly world: World; readonly etcd: EtcdStore<string> } {
  const host = { settle: () => new Promise<void>((resolve) => setImmediate(resolve)), trace: () => undefined };
  const loop = new Loop(host, 0);
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  return { loop, world, etcd: createEtcd<string>(world, ledger && { ledger }) };
}

const put = (etcd: EtcdStore<string>, key: string, value: string, lease?: number) =>
  etcd.txn([], [{ op: 'put', key, value, ...(lease !== undefined && { lease }) }]).revision;
const remove = (etcd: EtcdStore<string>, key: string) => etcd.txn([], [{ op: 'delete', key }]).revision;
const values = (etcd: EtcdStore<string>, prefix: string, revision?: number) =>
  etcd
    .range({ ...prefixRange(prefix), ...(revision !== undefined && { revision }) })
    .kvs.map(({ key, value }) => `${key}=${value}`);
const describeEvent = ({ type, kv, previous }: EtcdEvent<string>) =>
  `${type} ${kv.key} ${kv.modRevision} ${previous?.value ?? '-'}`;

describe('revisions', () => {
  it('start at 1, move with every write and remember versions', () => {
    const { etcd } = start();
    expect(etcd.revision).toBe(1);
    expect(put(etcd, 'a', '1')).toBe(2);
    expect(put(etcd, 'a', '2')).toBe(3);
    expect(etcd.range({ key: 'a' }).kvs[0]).toEqual({
      key: 'a',
      value: '2',
      createRevision: 2,
      modRevision: 3,
      version: 2,
    });
    remove(etcd, 'a');
    put(etcd, 'a', '3');
    expect(etcd.range({ key: 'a' }).kvs[0]).toMatchObject({ createRevision: 5, version: 1 });
  });

  it('read the past', () => {
    const { etcd } = start();
    put(etcd, 'p/a', '1');
    put(etcd, 'p/b', '1');
    remove(etcd, 'p/a');
    put(etcd, 'p/b', '2');
    expect([2, 3, 4, 5].map((revision) => values(etcd, 'p/', revision))).toEqual([
      ['p/a=1'],
      ['p/a=1', 'p/b=1'],
      ['p/b=1'],
      ['p/b=2'],
    ]);
    expect(() => values(etcd, 'p/', 6)).toThrow('etcdserver: mvcc: required revision is a future revision');
  });

  it('do not move when nothing is written', () => {
    const { etcd } = start();
    expect(remove(etcd, 'absent')).toBe(1);
  });
});

describe('ranges', () => {
  it('are ordered, half open and counted beyond the limit', () => {
    const { etcd } = start();
    for (const key of ['b/2', 'b/1', 'a/1', 'c/1', 'b']) put(etcd, key, key);
    expect(values(etcd, 'b/')).toEqual(['b/1=b/1', 'b/2=b/2']);
    const limited = etcd.range({ key: 'a', end: 'c', limit: 1 });
    expect({ keys: limited.kvs.map(({ key }) => key), count: limited.count }).toEqual({ keys: ['a/1'], count: 4 });
    expect(etcd.range({ ...prefixRange(''), countOnly: true })).toMatchObject({ kvs: [], count: 5 });
  });

  it('stay ordered over many inserts and removals', () => {
    const { etcd } = start();
    const rng = createRng(7);
    const expected = new Map<string, string>();
    for (let i = 0; i < 5000; i++) {
      const key = `k/${rng.int(2000).toString().padStart(4, '0')}`;
      if (rng.int(4) === 0) {
        remove(etcd, key);
        expected.delete(key);
      } else {
        put(etcd, key, String(i));
        expected.set(key, String(i));
      }
      if (i % 1000 === 999) etcd.compact(etcd.revision);
    }
    const sorted = [...expected].map(([key, value]) => `${key}=${value}`).toSorted((a, b) => (a < b ? -1 : 1));
    expect(values(etcd, 'k/')).toEqual(sorted);
  });
});

describe('transactions', () => {
  it('compare, then do one thing or the other', () => {
    const { etcd } = start();
    const create = (value: string) =>
      etcd.txn(
        [{ key: 'a', target: 'mod', result: '=', value: 0 }],
        [{ op: 'put', key: 'a', value }],
        [{ op: 'range', key: 'a' }],
      );
    expect(create('1')).toMatchObject({ succeeded: true, revision: 2 });
    expect(create('2')).toMatchObject({ succeeded: false, revision: 2, results: [{ kvs: [{ value: '1' }] }] });
  });

  it('write everything under one revision or nothing', () => {
    const { etcd } = start();
    etcd.txn(
      [],
      [
        { op: 'put', key: 'a', value: '1' },
        { op: 'put', key: 'b', value: '1' },
      ],
    );
    expect(etcd.range(prefixRange('')).kvs.map(({ modRevision }) => modRevision)).toEqual([2, 2]);
    const twice = () =>
      etcd.txn(
        [],
        [
          { op: 'put', key: 'c', value: '1' },
          { op: 'put', key: 'c', value: '2' },
        ],
      );
    expect(twice).toThrow('etcdserver: duplicate key given in txn request');
    expect(() => put(etcd, 'd', '1', 99)).toThrow('etcdserver: requested lease not found');
    expect(etcd.revision).toBe(2);
    expect(etcd.range({ key: 'c' }).count).toBe(0);
  });
});

describe('watches', () => {
  it('replay history from a revision and go on live', () => {
    const { etcd } = start();
    put(etcd, 'p/a', '1');
    put(etcd, 'q/a', '1');
    const seen: string[] = [];
    const stop = etcd.watch(prefixRange('p/'), 2, (events) => seen.push(...events.map(describeEvent)));
    put(etcd, 'p/a', '2');
    remove(etcd, 'p/a');
    stop();
    put(etcd, 'p/a', '3');
    expect(seen).toEqual(['PUT p/a 2 -', 'PUT p/a 4 1', 'DELETE p/a 5 2']);
  });

  it('refuse the compacted past and wait for the future', () => {
    const { etcd } = start();
    for (let i = 0; i < 5; i++) put(etcd, 'a', String(i));
    etcd.compact(4);
    expect(() => etcd.watch({ key: 'a' }, 3, () => undefined)).toThrow(
      'etcdserver: mvcc: required revision has been compacted',
    );
    const seen: number[] = [];
    etcd.watch({ key: 'a' }, 8, (_, revision) => seen.push(revision));
    for (let i = 0; i < 3; i++) put(etcd, 'a', 'x');
    expect(seen).toEqual([8, 9]);
  });
});

describe('compaction', () => {
  it('forgets what was overwritten or deleted, and keeps memory flat', () => {
    const { etcd } = start();
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 20; i++) put(etcd, `k${i}`, String(round));
      put(etcd, `gone${round}`, 'x');
      remove(etcd, `gone${round}`);
      etcd.compact(etcd.revision);
    }
    expect(etcd.versionCount).toBe(20);
    expect(() => etcd.range({ key: 'k0', revision: 5 })).toThrow('required revision has been compacted');
    expect(() => etcd.compact(5)).toThrow('required revision has been compacted');
    expect(() => etcd.compact(etcd.revision + 1)).toThrow('future revision');
  });

  it('keeps what a key was at the compacted revision', () => {
    const { etcd } = start();
    put(etcd, 'a', '1');
    put(etcd, 'b', '1');
    put(etcd, 'a', '2');
    etcd.compact(3);
    expect(values(etcd, '', 3)).toEqual(['a=1', 'b=1']);
  });
});

describe('leases', () => {
  it('take their keys along when they run out', async () => {
    const { etcd, loop } = start();
    const lease = etcd.leaseGrant(10);
    put(etcd, 'a', '1', lease);
    put(etcd, 'b', '1', lease);
    put(etcd, 'b', '2');
    await loop.runUntil(9_000);
    expect(etcd.leaseTimeToLive(lease)).toEqual({ ttlSeconds: 1, grantedSeconds: 10, keys: ['a'] });
    etcd.leaseKeepAlive(lease);
    await loop.runUntil(15_000);
    expect(values(etcd, '')).toEqual(['a=1', 'b=2']);
    await loop.runUntil(19_000);
    expect(values(etcd, '')).toEqual(['b=2']);
    expect(() => etcd.leaseKeepAlive(lease)).toThrow('etcdserver: requested lease not found');
  });
});

describe('the data directory', () => {
  const written = (ledger: ChangeLog, texts = new Map<string, string>()) => {
    applyChanges(texts, ledger.take());
    return texts;
  };

  it('holds keys, history, revisions and leases', async () => {
    const ledger = new ChangeLog();
    const { etcd, world, loop } = start(ledger);
    put(etcd, 'a', '1');
    const texts = written(ledger);
    put(etcd, 'a', '2', etcd.leaseGrant(60));
    put(etcd, 'b', '1');
    remove(etcd, 'b');
    const copy = createEtcd<string>(world, { saved: new Saved(written(ledger, texts)) });
    expect(copy.revision).toBe(etcd.revision);
    expect(values(copy, '', 2)).toEqual(['a=1']);
    expect(values(copy, '', 4)).toEqual(['a=2', 'b=1']);
    const seen: string[] = [];
    copy.watch(prefixRange(''), 3, (events) => seen.push(...events.map(describeEvent)));
    expect(seen).toEqual(['PUT a 3 1', 'PUT b 4 -', 'DELETE b 5 1']);
    expect(copy.leaseGrant(10)).toBe(2);
    await loop.runUntil(60_000);
    expect(values(copy, '')).toEqual([]);
  });

  it('forgets what was compacted, and writes nothing when nothing changes', () => {
    const ledger = new ChangeLog();
    const { etcd, world } = start(ledger);
    put(etcd, 'a', '1');
    put(etcd, 'a', '2');
    put(etcd, 'b', '1');
    remove(etcd, 'b');
    const texts = written(ledger);
    expect(ledger.empty).toBe(true);
    etcd.compact(etcd.revision);
    written(ledger, texts);
    expect([...texts.keys()].filter((key) => key.startsWith('version'))).toHaveLength(1);
    const copy = createEtcd<string>(world, { saved: new Saved(texts) });
    expect(values(copy, '')).toEqual(['a=2']);
    expect(() => copy.range({ key: 'a', revision: 2 })).toThrow('required revision has been compacted');
  });
});
