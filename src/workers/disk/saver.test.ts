import { expect, test } from 'vitest';
import { ChangeLog, type Changes } from '#engine/sim';
import type { StorageProblem } from '../protocol.ts';
import type { RecordStore } from './record-store.ts';
import { Saver } from './saver.ts';

function start() {
  const log = new ChangeLog();
  const written: Changes[] = [];
  const problems: (StorageProblem | undefined)[] = [];
  const disk = { full: false };
  let now = 0;
  const store = {
    async append(changes: Changes) {
      if (disk.full) throw Object.assign(new Error('no room'), { name: 'QuotaExceededError' });
      written.push(changes);
    },
    compact: async () => false,
  } as unknown as RecordStore;
  const saver = new Saver({
    store,
    changes: () => (log.empty ? undefined : log.take()),
    onProblem: (problem) => problems.push(problem),
    now: () => now,
    wait: () => Promise.resolve(),
  });
  const rest = async (ms: number) => {
    now += ms;
    saver.rested();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { log, written, problems, disk, saver, rest };
}

test('one record per flush, at most every 40 ms, none without changes', async () => {
  const { log, written, rest } = start();
  await rest(1);
  expect(written).toEqual([]);
  log.put('a', () => 1);
  await rest(50);
  log.put('a', () => 2);
  await rest(5);
  log.put('b', () => 3);
  await rest(50);
  await rest(500);
  expect(written.map(({ keys, values }) => [keys, values])).toEqual([
    [['a'], ['1']],
    [
      ['a', 'b'],
      ['2', '3'],
    ],
  ]);
});

test('a full disk is told of once a try, nothing is lost, and it is told when there is room again', async () => {
  const { log, written, problems, disk, saver, rest } = start();
  disk.full = true;
  log.put('a', () => 1);
  await rest(50);
  log.put('b', () => 2);
  await rest(50);
  expect(written).toEqual([]);
  expect(problems[0]).toEqual({ kind: 'quota', message: 'QuotaExceededError: no room' });
  log.put('c', () => 3);
  await expect(saver.flush()).rejects.toThrow('does not take');
  disk.full = false;
  await saver.flush();
  expect(written.flatMap(({ keys }) => keys)).toEqual(['a', 'b', 'c']);
  expect(problems.at(-1)).toBeUndefined();
});
