import { describe, expect, it } from 'vitest';
import { AUTHORIZER_TYPE, compile } from './index.ts';

const INTS = '[1, 2, 3, 4, 5]';
const WORDS = "['aa', 'bb', 'cc', 'd', 'e', 'f', 'g', 'h', 'i', 'j']";
const IPV6 = '2001:db8:3333:4444:5555:6666:7777:8888';
const LONG_SELECTOR = 'spec.nodeName=example-node-name.fully.qualified.domain.name.example.com';

describe('estimates are the figures of upstream for', () => {
  it.each([
    [`${INTS}.sum()`, 15, 15],
    [`${INTS}.indexOf(3)`, 15, 15],
    ["[duration('1s'), duration('2s'), duration('3s'), duration('4s'), duration('5s')].max()", 20, 20],
    ["'01234567890123456789012345678901234567890123456789'.indexOf('123')", 5, 5],
    ["url('https:://kubernetes.io/').getHost()", 4, 4],
    ["url('https:://kubernetes.io/') == url('https:://kubernetes.io/')", 7, 9],
    ["url('https:://kubernetes.io/') == url('http://x.b')", 5, 5],
    [`ip('${IPV6}')`, 4, 4],
    ["ip('192.168.0.1').family()", 3, 3],
    ["ip('192.168.0.1') == ip('192.168.0.1')", 5, 5],
    [`ip.isCanonical('${IPV6}')`, 8, 8],
    ["cidr('192.168.0.0/16').ip()", 3, 3],
    ["cidr('192.168.0.0/16').containsCIDR('192.0.0.0/30')", 7, 11],
    ["cidr('192.168.0.0/16').containsIP('192.169.0.1')", 5, 8],
    [`cidr('2001:db8::/32').containsIP(ip('${IPV6}'))`, 7, 10],
    ["'ABCDEFGHIJ abcdefghij'.lowerAscii() == 'abcdefghij ABCDEFGHIJ'.lowerAscii()", 7, 9],
    ["strings.quote('ABCDEFGHIJ abcdefghij') == strings.quote('ABCDEFGHIJ abcdefghij')", 7, 11],
    ["'abc 123 def 123'.replace('123', '456', 1)", 3, 3],
    ["'abc 123 def 123'.split(' ', 1)", 3, 3],
    ["'abc 123 def 123'.findAll('123', 1)", 2, 2],
    ["jsonpatch.escapeKey('abc/def~ abc/def~')", 2, 2],
    [`authorizer.group('').resource('pods').fieldSelector('${LONG_SELECTOR}')`, 1821, 1821],
    ["authorizer.path('/healthz').check('get').allowed()", 350_003, 350_003],
    ['quantity("200M") == quantity("0.2G") && quantity("0.2G") == quantity("200M")', 3, 6],
    ['quantity("50k").add(20).sub(quantity("100k")).sub(-50000).asInteger() > 0', 7, 7],
    ['format.named("dns1123Label").value().validate("my-name")', 34, 34],
    ['format.named("dns1123Label").value() == format.named("dns1123Label").value()', 5, 11],
    ['sets.contains([], [])', 21, 21],
  ])('%s', (source, min, max) => {
    const compiled = compile(source, { variables: { authorizer: AUTHORIZER_TYPE }, types: () => undefined });
    expect('program' in compiled ? compiled.program.cost : compiled.error).toEqual({ min, max });
  });

  it('has no bound where a text has none', () => {
    const cost = (source: string) => {
      const compiled = compile(source, { variables: { self: { kind: 'int' } } });
      return 'program' in compiled ? compiled.program.cost.max : compiled.error;
    };
    expect(cost('"got " + string(self)')).toBeGreaterThan(1e18);
    expect(cost(`${WORDS}.size() > self`)).toBe(13);
    expect(cost('[self].exists(x, x > 1) ? 1 : self')).toBe(19);
  });
});
