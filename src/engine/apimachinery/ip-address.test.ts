import { describe, expect, it } from 'vitest';
import { formatIp, isValidCidr, isValidIp, parseIp, specialIpFaults } from './ip-address.ts';

describe('isValidIp', () => {
  it.each(['10.0.0.1', '::1', '2001:db8::ffff', '1:2:3:4:5:6:7:8', 'fe80::1'])('takes %s', (ip) =>
    expect(isValidIp(ip)).toEqual([]),
  );
  it.each([
    ['nope', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ['1.2.3', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ['1.2.3.256', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ['1:2:3:4:5:6:7', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ['1::2::3', 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ['010.001.002.003', 'must not have leading 0s'],
    ['::ffff:1.2.3.4', 'must not be an IPv4-mapped IPv6 address'],
  ])('refuses %s', (ip, fault) => expect(isValidIp(ip)).toEqual([fault]));
});

describe('isValidCidr', () => {
  it.each([
    ['10.0.0.0/8', []],
    ['2001:db8::/64', []],
    ['10.0.0.0/33', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    ['10.0.0.1/8', ['must not have bits set beyond the prefix length']],
    ['10.0.0.0/08', ['must not have leading 0s in IP or prefix length']],
  ])('%s: %j', (cidr, faults) => expect(isValidCidr(cidr)).toEqual(faults));
});

it.each([
  ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['::', '::'],
  ['1:2:3:4:5:6:7:0', '1:2:3:4:5:6:7:0'],
])('%s prints as %s', (text, canonical) => {
  const ip = parseIp(text);
  expect(ip && formatIp(ip)).toBe(canonical);
});

it.each([
  ['10.0.0.1', 0],
  ['0.0.0.0', 1],
  ['127.0.0.1', 1],
  ['169.254.1.1', 1],
  ['224.0.0.1', 1],
  ['fe80::1', 1],
  ['::1', 1],
])('%s has %d reasons not to be an endpoint', (ip, count) => expect(specialIpFaults(ip)).toHaveLength(count));
