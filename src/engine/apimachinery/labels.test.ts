import { describe, expect, it } from 'vitest';
import { formatFieldSelector, matchesFields, parseFieldSelector } from './fields.ts';
import {
  formatLabelMatcher,
  formatLabelSelector,
  labelSelectorAsMatcher,
  matchesLabels,
  parseLabelSelector,
} from './labels.ts';

describe('label selectors', () => {
  it.each([
    ['', ''],
    ['a=b', 'a=b'],
    ['b==c, a != d', 'a!=d,b==c'],
    ['x in (b, a),!y,z', 'x in (a,b),!y,z'],
    ['x notin (a,)', 'x notin (,a)'],
    ['n>1,m<2', 'm<2,n>1'],
    ['in=notin', 'in=notin'],
    ['a=', 'a='],
  ])('%s reads as %s', (text, canonical) => expect(formatLabelMatcher(parseLabelSelector(text))).toBe(canonical));

  it.each([
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a,', "found '', expected: identifier after ','"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    [
      'n>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    [
      `a=${'b'.repeat(64)}`,
      `unable to parse requirement: values[0][a]: Invalid value: "${'b'.repeat(64)}": must be no more than 63 bytes`,
    ],
  ])('%s is refused', (text, message) => expect(() => parseLabelSelector(text)).toThrow(message));

  const labels = { app: 'web', tier: 'front', n: '5' };
  it.each([
    ['app=web', true],
    ['app!=web', false],
    ['other!=x', true],
    ['app in (web,api),tier', true],
    ['app notin (web)', false],
    ['!app', false],
    ['!other', true],
    ['n>4,n<6', true],
    ['tier>1', false],
  ])('%s matches: %s', (text, expected) => expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected));

  it('reads LabelSelector objects', () => {
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'In', values: ['front', 'back'] }],
    };
    expect(matchesLabels(labelSelectorAsMatcher(selector), labels)).toBe(true);
    expect(formatLabelSelector(selector)).toBe('app=web,tier in (back,front)');
    expect(matchesLabels(labelSelectorAsMatcher(undefined), labels)).toBe(false);
    expect(matchesLabels(labelSelectorAsMatcher({}), labels)).toBe(true);
    expect(formatLabelSelector({})).toBe('<none>');
    const wrong = { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] };
    expect(() => labelSelectorAsMatcher(wrong)).toThrow('"Gt" is not a valid label selector operator');
  });
});

describe('field selectors', () => {
  const fields: { readonly [field: string]: string } = { 'status.phase': 'Running', 'spec.nodeName': '', note: 'a,b' };
  const fieldValue = (field: string) => fields[field] ?? '';
  it.each([
    ['status.phase=Running,spec.nodeName=', true, 'spec.nodeName=,status.phase=Running'],
    ['status.phase!=Running', false, 'status.phase!=Running'],
    ['note==a\\,b', true, 'note=a\\,b'],
    ['', true, ''],
  ])('%s', (text, matches, canonical) => {
    const selector = parseFieldSelector(text);
    expect(matchesFields(selector, fieldValue)).toBe(matches);
    expect(formatFieldSelector(selector)).toBe(canonical);
  });

  it.each([
    ['nope', "invalid selector: 'nope'; can't understand 'nope'"],
    ['a===b', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ])('%s is refused', (text, message) => expect(() => parseFieldSelector(text)).toThrow(message));
});
