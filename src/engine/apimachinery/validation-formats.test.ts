import { describe, expect, it } from 'vitest';
import {
  isConfigMapKey,
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isDns1123SubdomainWithUnderscore,
  isHttpHeaderName,
  isRelaxedEnvVarName,
  isValidPercent,
  isValidPortName,
  isValidPortNum,
} from './validation-formats.ts';

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

describe('names', () => {
  it.each(['a', '0', 'a-b', 'x'.repeat(63)])('%s is a label', (name) => expect(isDns1123Label(name)).toEqual([]));
  it.each([
    ['', [LABEL]],
    ['-a', [LABEL]],
    ['a-', [LABEL]],
    ['A', [LABEL]],
    ['a.b', ['must not contain dots']],
    ['x'.repeat(64), ['must be no more than 63 characters']],
  ])('%s is no label', (name, faults) => expect(isDns1123Label(name)).toEqual(faults));
  it.each(['a.b', '1.2.3', 'a-b.c'])('%s is a subdomain', (name) => expect(isDns1123Subdomain(name)).toEqual([]));
  it.each(['a..b', '.a', 'a.', 'a_b', 'a.-b', ''])('"%s" is no subdomain', (name) =>
    expect(isDns1123Subdomain(name)).toHaveLength(1),
  );
  it('lets search domains have underscores', () => expect(isDns1123SubdomainWithUnderscore('_tcp.a_b.c')).toEqual([]));
  it('wants a letter first in the older labels', () => {
    expect(isDns1035Label('abc')).toEqual([]);
    expect(isDns1035Label('1abc')).toHaveLength(1);
  });
});

describe('keys and values', () => {
  it.each([
    ['a.b-C_1', 0],
    ['..', 1],
    ['..data', 1],
    ['a b', 1],
    ['', 1],
    ['x'.repeat(254), 1],
  ])('ConfigMap key %s has %d faults', (key, count) => expect(isConfigMapKey(key)).toHaveLength(count));
  it.each([
    ['1A', 0],
    ['a b', 0],
    ['a=b', 1],
    ['', 1],
    ['é', 1],
  ])('variable %s has %d faults', (name, count) => expect(isRelaxedEnvVarName(name)).toHaveLength(count));
  it.each([
    ['http', 0],
    ['8080', 1],
    ['a--b', 1],
    ['-a', 1],
    ['Bad Port', 1],
    ['', 2],
    ['x'.repeat(16), 1],
  ])('port name %s has %d faults', (name, count) => expect(isValidPortName(name)).toHaveLength(count));
  it('knows ports, percentages and headers', () => {
    expect([isValidPortNum(0), isValidPortNum(65_536), isValidPortNum(80)].map((faults) => faults.length)).toEqual([
      1, 1, 0,
    ]);
    expect([isValidPercent('25%'), isValidPercent('%'), isValidPercent('a%')].map((faults) => faults.length)).toEqual([
      0, 1, 1,
    ]);
    expect([isHttpHeaderName('X-A'), isHttpHeaderName('a b')].map((faults) => faults.length)).toEqual([0, 1]);
  });
});
