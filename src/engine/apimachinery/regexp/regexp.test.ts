import { describe, expect, it } from 'vitest';
import { compileRegexp } from './index.ts';

describe('regular expressions of Go', () => {
  it.each([
    ['a(', 'missing closing ): `a(`'],
    ['a)', 'unexpected ): `a)`'],
    ['[a', 'missing closing ]: `[a`'],
    ['*', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['[b-a]', 'invalid character class range: `b-a`'],
    ['a\\', 'trailing backslash at end of expression: ``'],
  ])('%s is none', (pattern, why) => {
    expect(() => compileRegexp(pattern)).toThrow(new Error(`error parsing regexp: ${why}`));
  });

  it('reads what JavaScript does not', () => {
    expect(compileRegexp('^[[:alpha:]_]+\\z').test('aB_')).toBe(true);
    expect(compileRegexp('(?i)^(?P<name>a)$').test('A')).toBe(true);
    expect(compileRegexp('^\\pL+$').test('дом')).toBe(true);
    expect(compileRegexp('a$').test('a\n')).toBe(false);
    expect(compileRegexp('^.$').test('👍')).toBe(true);
  });

  it('finds as Go does', () => {
    expect(compileRegexp('a*').findAll('baac', -1)).toEqual(['', 'aa', '']);
    expect(compileRegexp('[0-9]+').findAll('1 22 333', 2)).toEqual(['1', '22']);
    expect(compileRegexp('a|ab').find('ab')).toBe('a');
    expect(compileRegexp('x').find('ab')).toBeUndefined();
  });

  it('takes hostile patterns in its stride', () => {
    const text = `${'a'.repeat(5000)}b`;
    for (const pattern of ['^(a+)+$', '^(a|aa)+$', '(a*)*c', '(.*)(.*)(.*)(.*)(.*)c']) {
      expect(compileRegexp(pattern).test(text)).toBe(false);
    }
  }, 2000);
});
