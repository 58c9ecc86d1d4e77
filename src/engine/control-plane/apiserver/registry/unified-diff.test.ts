import { expect, it } from 'vitest';
import { jsonDiff } from './unified-diff.ts';

it('shows nothing for equal values', () => {
  expect(jsonDiff({ a: [1, 2] }, { a: [1, 2] })).toBe('');
});

it('shows a change with three lines around it', () => {
  const before = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 };
  const expected = [
    '@@ -2,7 +2,7 @@',
    '  "a": 1,',
    '  "b": 2,',
    '  "c": 3,',
    '- "d": 4,',
    '+ "d": 9,',
    '  "e": 5,',
    '  "f": 6,',
    '  "g": 7',
    '',
  ];
  expect(jsonDiff(before, { ...before, d: 9 })).toBe(expected.join('\n'));
});

it('parts changes that are far from one another', () => {
  const before = Array.from({ length: 30 }, (_, i) => i);
  const after = before.with(1, 100).with(28, 200);
  const hunks = jsonDiff(before, after)
    .split('\n')
    .filter((line) => line.startsWith('@@'));
  expect(hunks).toEqual(['@@ -1,6 +1,6 @@', '@@ -27,6 +27,6 @@']);
});

it('counts additions and removals', () => {
  expect(jsonDiff([1], [1, 2])).toBe('@@ -1,3 +1,4 @@\n [\n- 1\n+ 1,\n+ 2\n ]\n');
});
