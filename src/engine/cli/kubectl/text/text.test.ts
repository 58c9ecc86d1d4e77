import { describe, expect, it } from 'vitest';
import { humanDuration, parseDuration, printDuration } from './duration.ts';
import { goQuote } from './go-quote.ts';
import { goSyntax } from './go-syntax.ts';
import { equalJson, marshal, marshalIndent, sprint, withPath } from './json.ts';
import { toKyaml } from './kyaml.ts';
import { nameHash } from './name-hash.ts';
import { DESCRIBE, TABLE, TabWriter } from './tabwriter.ts';
import { unifiedDiff } from './unified-diff.ts';
import { wordWrap } from './word-wrap.ts';

describe('TabWriter', () => {
  const format = (options: typeof TABLE, ...chunks: string[]) => {
    let out = '';
    const writer = new TabWriter(options, (text) => {
      out += text;
    });
    for (const chunk of chunks) {
      writer.print(chunk);
      writer.flush();
    }
    return out;
  };

  it('pads columns to the widest cell, but never the last', () => {
    expect(format(TABLE, 'NAME\tAGE\na-long-name\t1s\n')).toBe('NAME          AGE\na-long-name   1s\n');
  });

  it('remembers widths from flush to flush', () => {
    expect(format(TABLE, 'NAME\tX\nlong-name\t1\n', 'a\t2\n')).toBe('NAME        X\nlong-name   1\na           2\n');
  });

  it('aligns blocks of lines on their own', () => {
    expect(format(DESCRIBE, 'Name:\tx\nLabels:\ta=b\n\tc=d\nData\na:\tb\n')).toBe(
      'Name:    x\nLabels:  a=b\n         c=d\nData\na:  b\n',
    );
  });
});

describe('durations', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['-2s', -2000],
    ['0', 0],
    ['5', undefined],
    ['x', undefined],
  ])('parseDuration(%s)', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    [0, '0s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [205_000, '3m25s'],
    [11 * 60_000, '11m'],
    [3.5 * 3_600_000, '3h30m'],
    [50 * 3_600_000, '2d2h'],
    [400 * 86_400_000, '400d'],
    [3 * 365 * 86_400_000, '3y'],
  ])('humanDuration(%d)', (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });

  it.each([
    [90_000, '1m30s'],
    [1500, '1.5s'],
    [3_600_000, '1h0m0s'],
  ])('printDuration(%d)', (ms, text) => {
    expect(printDuration(ms)).toBe(text);
  });
});

describe('Go text', () => {
  it('marshals JSON with HTML escaped', () => {
    expect(marshal({ b: '<a&b>', a: [1, null, true] })).toBe('{"b":"\\u003ca\\u0026b\\u003e","a":[1,null,true]}');
    expect(marshalIndent({ a: { b: [] }, c: {} }, '    ')).toBe(
      '{\n    "a": {\n        "b": []\n    },\n    "c": {}\n}',
    );
  });

  it('prints values', () => {
    expect(sprint({ b: [1, 'x'], a: null })).toBe('map[a:<nil> b:[1 x]]');
    expect(goSyntax({ a: [1, null] })).toBe('map[string]interface {}{"a":[]interface {}{1, interface {}(nil)}}');
    expect(goQuote('a"\n\x01')).toBe('"a\\"\\n\\x01"');
  });

  it('changes paths without touching the rest', () => {
    const before = { a: { b: 1, c: 2 } };
    expect(withPath(before, ['a', 'b'], undefined)).toEqual({ a: { c: 2 } });
    expect(withPath(before, ['x', 'y'], 1)).toEqual({ a: { b: 1, c: 2 }, x: { y: 1 } });
    expect(equalJson({ a: 1, b: [1] }, { b: [1], a: 1 })).toBe(true);
  });
});

describe('the rest', () => {
  it('hashes', () => {
    expect(nameHash('{"data":{"k":"v"},"kind":"ConfigMap","name":"n"}')).toBe('c55cmkg5g6');
  });

  it('wraps words', () => {
    expect(wordWrap('aaa bbb ccc', 7)).toBe('aaa bbb\nccc');
    expect(wordWrap('a averyverylongword b', 6)).toBe('a\naveryverylongword\nb');
  });

  it('prints KYAML', () => {
    expect(toKyaml({ a: 'x', b: [{ c: 1 }], d: 'l\nm\n', e: {} })).toBe(
      '---\n{\n  a: "x",\n  b: [{\n    c: 1,\n  }],\n  d: "\\\n     l\\n\\\n     m\\n\\\n    ",\n  e: {},\n}\n',
    );
  });

  it('compares texts', () => {
    const a = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n';
    expect(unifiedDiff(a, a.replace('five', '5'), 'A', 'B', 0).split('\n').slice(3)).toEqual([
      '@@ -2,7 +2,7 @@',
      ' two',
      ' three',
      ' four',
      '-five',
      '+5',
      ' six',
      ' seven',
      ' eight',
      '',
    ]);
    expect(unifiedDiff(a, a, 'A', 'B', 0)).toBe('');
  });
});
