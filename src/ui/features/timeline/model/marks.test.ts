import { expect, test } from 'vitest';
import { binsOf, countKinds, firstAfter, type Mark, type MarkKind, merged, neighbour } from './marks.ts';

const mark = (at: number, kind: MarkKind = 'created'): Mark => ({ at, kind, label: `${kind} at ${at}` });
const marks = [mark(1000), mark(1000, 'ready'), mark(5000, 'fault'), mark(9000, 'failed')];

test('found by time', () => {
  expect(firstAfter(marks, 999)).toBe(0);
  expect(firstAfter(marks, 1000)).toBe(2);
  expect(firstAfter(marks, 99_999)).toBe(4);
  expect(neighbour(marks, 5000, 'after')).toBe(9000);
  expect(neighbour(marks, 9000, 'after')).toBeUndefined();
  expect(neighbour(marks, 5000, 'before')).toBe(1000);
  expect(neighbour(marks, 1000, 'before')).toBeUndefined();
  expect(neighbour([mark(1000), mark(1200), mark(1400), mark(3000)], 0, 'after')).toBe(1400);
});

test('batches are put in order', () => {
  expect(merged(marks, [])).toBe(marks);
  expect(merged(marks, [mark(10_000)]).map(({ at }) => at)).toEqual([1000, 1000, 5000, 9000, 10_000]);
  expect(merged(marks, [mark(3000), mark(20_000)]).map(({ at }) => at)).toEqual([1000, 1000, 3000, 5000, 9000, 20_000]);
});

test('what crowds is drawn as one, by row, under its gravest kind', () => {
  const crowd = [mark(0), mark(100, 'ready'), mark(150, 'failed'), mark(200, 'typed'), mark(90_000, 'warning')];
  const bins = binsOf(crowd, { from: 0, to: 100_000 }, 1000, 10);
  expect(bins.map(({ kind, lane, x, marks: { length } }) => ({ kind, lane, x, length }))).toEqual([
    { kind: 'failed', lane: 1, x: 5, length: 3 },
    { kind: 'typed', lane: 0, x: 5, length: 1 },
    { kind: 'warning', lane: 2, x: 905, length: 1 },
  ]);
  expect(binsOf(crowd, { from: 50_000, to: 60_000 }, 1000, 10)).toEqual([]);
  expect(countKinds(crowd)).toEqual([
    ['typed', 1],
    ['failed', 1],
    ['created', 1],
    ['ready', 1],
    ['warning', 1],
  ]);
});

test('ten thousand marks are binned well within a frame', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => mark(i * 10));
  binsOf(many, { from: 0, to: 100_000 }, 1400, 12);
  const start = performance.now();
  const bins = binsOf(many, { from: 0, to: 100_000 }, 1400, 12);
  expect(performance.now() - start).toBeLessThan(100);
  expect(bins.length).toBeLessThanOrEqual(1400 / 12 + 1);
});
