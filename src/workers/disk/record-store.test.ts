import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { applyChanges, ChangeLog } from '#engine/sim';
import { Catalog, freeName } from './catalog.ts';
import { type Database, openDatabase } from './database.ts';
import { UnreadableRecord } from './record.ts';
import { RecordStore } from './record-store.ts';

let db: Database;
beforeEach(async () => {
  db = await openDatabase();
  await db.clear('records');
  await db.clear('clusters');
});

const load = async (cluster: string) => new RecordStore(db, cluster).load();

describe('records', () => {
  test('whatever is written, compacted and cut off, what is loaded is what was written last', {
    timeout: 60_000,
  }, async () => {
    const step = fc.record({
      act: fc.constantFrom('put', 'put', 'put', 'remove', 'clear', 'flush', 'flush', 'compact', 'reopen'),
      part: fc.constantFrom('a', 'b'),
      key: fc.nat(6).map(String),
      length: fc.constantFrom(1, 30_000, 400_000),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const cluster = `c${number++}`;
        const log = new ChangeLog();
        const expected = new Map<string, string>();
        let store = new RecordStore(db, cluster);
        const flush = async () => {
          const changes = log.take();
          applyChanges(expected, changes);
          await store.append(changes);
        };
        for (const [i, { act, part, key, length }] of steps.entries()) {
          const section = log.section(part);
          if (act === 'put') section.put(key, () => `${i}`.padEnd(length, '.'));
          else if (act === 'remove') section.remove(key);
          else if (act === 'clear') section.clear();
          else if (act === 'flush') await flush();
          else if (act === 'compact') while (await store.compact());
          else {
            await flush();
            store = new RecordStore(db, cluster);
            expect(await store.load()).toEqual(expected);
          }
        }
        await flush();
        while (await store.compact());
        expect(await load(cluster)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('many small flushes become few records, and what is out of date goes', async () => {
    const store = new RecordStore(db, 'many');
    for (let i = 0; i < 300; i++) {
      await store.append({
        keys: ['now', `k${i}`],
        values: [`${i}`, JSON.stringify('x'.repeat(20_000))],
        removed: i > 4 ? [`k${i - 5}`] : [],
      });
      await store.compact();
    }
    expect(store.records).toBeLessThan(60);
    expect(store.bytes).toBeLessThan(3_000_000);
    expect([...(await load('many')).keys()].sort()).toEqual(['k295', 'k296', 'k297', 'k298', 'k299', 'now']);
  });

  test.each([
    [
      'a changed value',
      (record: Record<string, unknown>) => ({ ...record, values: ['"y"'] }),
      'damaged',
      'wrong checksum',
    ],
    [
      'a value that is gone',
      (record: Record<string, unknown>) => ({ ...record, values: [] }),
      'damaged',
      'is not a record',
    ],
    ['a format of the future', (record: Record<string, unknown>) => ({ ...record, format: 99 }), 'newer', 'format 99'],
  ] as const)('%s is seen', async (_name, edit, kind, words) => {
    await new RecordStore(db, 'bad').append({ keys: ['k'], values: ['"x"'], removed: [] });
    const [record] = await db.getAll('records');
    await db.put('records', edit(record as never) as never);
    const given = load('bad');
    await expect(given).rejects.toThrow(words);
    await expect(given).rejects.toMatchObject({ name: UnreadableRecord.name, kind });
  });
});

describe('the catalog', () => {
  const recipe = { options: { nodes: 1 } };

  test('names are never taken twice', async () => {
    expect(freeName('web', new Set(['web', 'web 2']))).toBe('web 3');
    expect(freeName('web 2', new Set(['web', 'web 2']))).toBe('web 3');
    expect(freeName('  ', new Set())).toBe('cluster');
    const catalog = new Catalog(db);
    const [a, b] = [await catalog.add('lab', recipe), await catalog.add('lab', recipe)];
    expect([a.name, b.name]).toEqual(['lab', 'lab 2']);
    expect((await catalog.change(b.id, { name: 'lab' }))?.name).toBe('lab 2');
    expect((await catalog.find('lab'))?.id).toBe(a.id);
  });

  test('a copy is a cluster of its own, and what is removed is gone', async () => {
    const catalog = new Catalog(db);
    const { id } = await catalog.add('one', recipe);
    await new RecordStore(db, id).append({ keys: ['k'], values: ['1'], removed: [] });
    const copy = await catalog.duplicate(id, 'copy');
    await catalog.remove(id);
    expect(await load(id)).toEqual(new Map());
    expect(await load(copy?.id ?? '')).toEqual(new Map([['k', '1']]));
    expect((await catalog.list()).map(({ name }) => name)).toEqual(['copy']);
  });
});
