import { describe, expect, it } from 'vitest';
import type { Json } from './json.ts';
import { compareKeys, toYaml } from './yaml-emit.ts';

const long = 'word '.repeat(30).trim();

describe('toYaml', () => {
  it.each<[what: string, value: Json, text: string]>([
    ['empty collections', { a: {}, b: [], c: null }, 'a: {}\nb: []\nc: null\n'],
    [
      'words that would be read as something else',
      { x: 'y', n: 'no', t: 'true', z: '~', e: '' },
      'e: ""\n"n": "no"\nt: "true"\nx: "y"\nz: "~"\n',
    ],
    [
      'numbers in strings',
      { a: '1', b: '1.5', c: '0x1f', d: '1_000', e: '012', f: '1e3', g: '1:30' },
      'a: "1"\nb: "1.5"\nc: "0x1f"\nd: "1_000"\ne: "012"\nf: "1e3"\ng: "1:30"\n',
    ],
    [
      'times in strings',
      { a: '2026-11-22T09:44:27Z', b: '2026-11-22' },
      'a: "2026-11-22T09:44:27Z"\nb: "2026-11-22"\n',
    ],
    [
      'indicators',
      { a: '*', b: 'a: b', c: '- x', d: "it's", e: '#x', f: '@x', g: 'x #y', h: '%', i: ':80' },
      "a: '*'\nb: 'a: b'\nc: '- x'\nd: it's\ne: '#x'\nf: '@x'\ng: 'x #y'\nh: '%'\ni: :80\n",
    ],
    ['spaces at the ends', { a: ' x', b: 'x ' }, "a: ' x'\nb: 'x '\n"],
    ['control characters', { a: '\0\x01binary', b: 'a\tb' }, 'a: "\\0\\x01binary"\nb: "a\\tb"\n'],
    [
      'blocks',
      { a: 'one\ntwo\n', b: 'one\ntwo', c: 'one\n\n', d: ' x\ny\n', e: 'a \nb' },
      'a: |\n  one\n  two\nb: |-\n  one\n  two\nc: |+\n  one\n\nd: |2\n   x\n  y\ne: "a \\nb"\n',
    ],
    ['sequences', { a: [{ b: 1, c: [2, [3]] }, 'x'] }, 'a:\n- b: 1\n  c:\n  - 2\n  - - 3\n- x\n'],
    ['block in a sequence', { args: ['a\nb\n'] }, 'args:\n- |\n  a\n  b\n'],
    ['folding', { a: long }, `a: ${long.slice(0, 79)}\n  ${long.slice(80)}\n`],
  ])('%s', (_, value, text) => {
    expect(toYaml(value)).toBe(text);
  });

  it('folds quoted text after column 80', () => {
    const text = toYaml({
      message: `0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate`,
    });
    expect(text).toBe(
      "message: '0/1 nodes are available: 1 node(s) didn''t match Pod''s node affinity/selector.\n  no new claims to deallocate'\n",
    );
  });
});

describe('compareKeys', () => {
  it.each([
    [
      ['b', 'a', 'C'],
      ['C', 'a', 'b'],
    ],
    [
      ['a10', 'a2', 'a1'],
      ['a1', 'a2', 'a10'],
    ],
    [
      ['a.b', 'a', 'ab'],
      ['a', 'a.b', 'ab'],
    ],
    [
      ['f:x', 'k:{"a"}', '.'],
      ['.', 'f:x', 'k:{"a"}'],
    ],
  ])('%j', (given, sorted) => {
    expect([...given].sort(compareKeys)).toEqual(sorted);
  });
});
