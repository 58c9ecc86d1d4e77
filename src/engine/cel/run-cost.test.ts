import { describe, expect, it } from 'vitest';
import { AUTHORIZER_TYPE, authorizerValue, compile } from './index.ts';

const LISTS = {
  int: '[1, 2, 3, 4, 5]',
  uint: '[uint(1), uint(2), uint(3), uint(4), uint(5)]',
  double: '[1.0, 2.0, 3.0, 4.0, 5.0]',
  bool: '[false, true, false, true, false]',
  string: "['012345678901', '012345678901', '012345678901', '012345678901', '012345678901']",
  short: "['a', 'b', 'c', 'd', 'e']",
  duration: "[duration('1s'), duration('2s'), duration('3s'), duration('4s'), duration('5s')]",
};
const IPV4 = "ip('192.168.0.1')";
const IPV6 = "ip('2001:db8:3333:4444:5555:6666:7777:8888')";
const BLOCK4 = "cidr('192.168.0.0/16')";
const BLOCK6 = "cidr('2001:db8::/32')";
const URL = "url('https:://kubernetes.io/')";
const TEN = "['aa', 'bb', 'cc', 'd', 'e', 'f', 'g', 'h', 'i', 'j']";
const SELECTOR = 'spec.nodeName=example-node-name.fully.qualified.domain.name.example.com';
const DEPLOYMENT =
  "authorizer.group('apps').resource('deployments').subresource('status').namespace('test').name('backend')";

/** What evaluating costs. */
function costOf(source: string): number | string {
  const compiled = compile(source, { variables: { authorizer: AUTHORIZER_TYPE }, types: () => undefined });
  if ('error' in compiled) return compiled.error;
  const authorizer = authorizerValue(() => ({ allowed: true, reason: '' }));
  return compiled.program.evaluate({ authorizer }).cost;
}

describe('evaluating costs what it costs upstream', () => {
  it.each<[string, number]>([
    ...['sum()', 'isSorted()', 'max()', 'min()'].flatMap((call): [string, number][] => [
      [`${LISTS.int}.${call}`, 15],
      [`${LISTS.uint}.${call}`, 20],
      [`${LISTS.double}.${call}`, 15],
      [`${LISTS.duration}.${call}`, 20],
    ]),
    [`${LISTS.bool}.isSorted()`, 15],
    [`${LISTS.string}.isSorted()`, 15],
    [`${LISTS.int}.indexOf(3)`, 15],
    [`${LISTS.uint}.lastIndexOf(uint(3))`, 21],
    [`${LISTS.duration}.indexOf(duration('3s'))`, 21],
    ["'01234567890123456789012345678901234567890123456789'.indexOf('123')", 5],
    [`${URL}.getHost()`, 4],
    [`${URL} == ${URL}`, 7],
    [`${URL} == url('http://x.b')`, 5],
    [IPV4, 2],
    [IPV6, 4],
    [`${IPV4}.family()`, 3],
    [`${IPV6}.isGlobalUnicast()`, 5],
    [`${IPV4} == ${IPV4}`, 5],
    [`${IPV6} == ${IPV4}`, 7],
    ["ip.isCanonical('192.168.0.1')", 3],
    ["ip.isCanonical('2001:db8:3333:4444:5555:6666:7777:8888')", 8],
    [`${BLOCK4}.ip()`, 3],
    [`${BLOCK6}.masked()`, 3],
    [`${BLOCK4} == ${BLOCK6}`, 5],
    [`${BLOCK4}.containsCIDR(cidr('192.0.0.0/30'))`, 7],
    [`${BLOCK4}.containsCIDR('192.168.0.0/16')`, 7],
    [`${BLOCK4}.containsIP(ip('192.0.0.1'))`, 4],
    [`${BLOCK4}.containsIP(ip('192.169.169.250'))`, 5],
    [`${BLOCK4}.containsIP('192.0.0.1')`, 4],
    [`${BLOCK4}.containsIP('192.169.0.1')`, 5],
    ["'ABCDEFGHIJ abcdefghij'.lowerAscii()", 3],
    ["'ABCDEFGHIJ abcdefghij'.upperAscii() == 'abcdefghij ABCDEFGHIJ'.upperAscii()", 9],
    ["strings.quote('ABCDEFGHIJ abcdefghij')", 3],
    ["strings.quote('ABCDEFGHIJ abcdefghij') == strings.quote('ABCDEFGHIJ abcdefghij')", 9],
    ["'abc 123 def 123'.replace('', 'x')", 3],
    ["'abc 123 def 123'.replace('123', '456', 1)", 3],
    ["'abc 123 def 123'.split(' ')", 3],
    ["'abc 123 def 123'.substring(5, 8)", 2],
    ["'  abc 123 def 123  '.trim()", 2],
    [`${TEN}.join(' ')`, 15],
    [`${TEN}.join()`, 13],
    ["'abc 123 def 123'.find('123')", 2],
    ["'abc 123 def 123'.findAll('123', 1)", 2],
    ["jsonpatch.escapeKey('abc/def~ abc/def~')", 2],
    ["authorizer.path('/healthz')", 2],
    [DEPLOYMENT, 6],
    [`authorizer.group('').resource('pods').fieldSelector('${SELECTOR}')`, 1821],
    [`authorizer.group('').resource('pods').labelSelector('${SELECTOR}')`, 1821],
    ["authorizer.path('/healthz').check('get').allowed()", 350_003],
    [`${DEPLOYMENT}.check('create').errored()`, 350_007],
    ['quantity("12Mi")', 1],
    ['quantity("200M") == quantity("200M")', 3],
    ['quantity("2M") == quantity("0.002G") && quantity("2000k") == quantity("2M")', 6],
    ['quantity("50k").add(20).sub(quantity("100k")).sub(-50000).asInteger() > 0', 7],
    ['quantity("50.703k").asApproximateFloat() > 0.0', 3],
    ['format.named("dns1123subdomain")', 1],
    ['format.named("dns1123Subdomain").value().validate("my-name")', 17],
    ['format.named("dns1123Label").value().validate("my-name")', 10],
    ['format.named("dns1123Label").value() == format.named("dns1123Label").value()', 5],
    ['sets.contains([], [])', 21],
    ['sets.contains([1], [1, 1])', 23],
    ['sets.contains([1, 2, 3, 4], [2, 3])', 29],
    ['sets.contains([[1], [2, 3]], [[2, 3]])', 53],
    ['!sets.contains([1], [2])', 23],
    ['sets.equivalent([], [])', 21],
    ['sets.equivalent([1], [1])', 23],
  ])('%s', (source, cost) => {
    expect(costOf(source)).toBe(cost);
  });
});
