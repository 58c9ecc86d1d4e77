import { describe, expect, it } from 'vitest';
import { parseYaml, splitDocuments } from './yaml-parse.ts';

describe('parseYaml', () => {
  it.each([
    ['a: yes\nb: "yes"\nc: n\nd: on', { a: true, b: 'yes', c: false, d: true }],
    ['a: 0o17\nb: 017\nc: 0x1f\nd: 1e3\ne: .5', { a: 15, b: 15, c: 31, d: 1000, e: 0.5 }],
    ['a: 2026-01-01\nb: ~\nc:', { a: '2026-01-01', b: null, c: null }],
    ['a: &x {k: v}\nb: *x\nc:\n  <<: *x\n  d: 1', { a: { k: 'v' }, b: { k: 'v' }, c: { k: 'v', d: 1 } }],
    ['a: |\n  one\n  two\nb: >-\n  one\n  two', { a: 'one\ntwo\n', b: 'one two' }],
    ['1: x\ntrue: z', { '1': 'x', true: 'z' }],
    ['', null],
    ['# only a comment', null],
  ])('%j', (source, value) => {
    expect(parseYaml(source).value).toEqual(value);
  });

  it.each([
    [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  labels: [\n',
      'yaml: line 5: did not find expected node content',
    ],
    ['not yaml: [\n', 'yaml: line 1: did not find expected node content'],
    ['a: 1\nb:\n\tc: 2\n', 'yaml: line 3: found character that cannot start any token'],
  ])('refuses %j', (source, message) => {
    expect(() => parseYaml(source)).toThrow(message);
  });

  it('tells keys that stand twice', () => {
    expect(parseYaml('a: 1\na: 2')).toEqual({ value: { a: 2 }, duplicates: ['a'] });
  });
});

describe('splitDocuments', () => {
  it.each([
    ['a: 1\n---\nb: 2', ['a: 1', 'b: 2']],
    ['---\na: 1\n--- # next\nb: 2\n', ['', 'a: 1', 'b: 2\n']],
    ['a: |\n  ---x\n', ['a: |\n  ---x\n']],
  ])('%j', (source, documents) => {
    expect(splitDocuments(source)).toEqual(documents);
  });
});
