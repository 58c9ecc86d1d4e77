import { describe, expect, it } from 'vitest';
import { AUTHORIZER_TYPE, authorizerValue, compile, jsonOf } from './index.ts';

function evaluate(source: string): unknown {
  const compiled = compile(source, { variables: { authorizer: AUTHORIZER_TYPE } });
  if ('error' in compiled) return compiled.error;
  const outcome = compiled.program.evaluate({ authorizer: authorizerValue(() => ({ allowed: true, reason: '' })) });
  return 'error' in outcome ? `error: ${outcome.error}` : jsonOf(outcome.value);
}

const allTrue = (name: string, sources: readonly string[]) =>
  describe(name, () => {
    it.each(sources)('%s', (source) => expect(evaluate(source)).toBe(true));
  });

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const TOO_LONG = 'ParseAddr("192.168.0.1.0"): IPv4 address too long';

describe('errors', () => {
  it.each([
    ['ip("192.168.0.1.0")', `IP Address "192.168.0.1.0" parse error during conversion from string: ${TOO_LONG}`],
    [
      'ip("2001:db8:::68")',
      'IP Address "2001:db8:::68" parse error during conversion from string: ParseAddr("2001:db8:::68"): each colon-separated field must have at least one digit (at ":68")',
    ],
    ['ip("")', 'IP Address "" parse error during conversion from string: ParseAddr(""): unable to parse IP'],
    [
      'ip("1.2.3")',
      'IP Address "1.2.3" parse error during conversion from string: ParseAddr("1.2.3"): IPv4 address too short',
    ],
    [
      'ip("1.2.3.256")',
      'IP Address "1.2.3.256" parse error during conversion from string: ParseAddr("1.2.3.256"): IPv4 field has value >255',
    ],
    [
      'ip("1.2.03.4")',
      'IP Address "1.2.03.4" parse error during conversion from string: ParseAddr("1.2.03.4"): IPv4 field has octet with leading zero',
    ],
    [
      'ip("1.2.x.4")',
      'IP Address "1.2.x.4" parse error during conversion from string: ParseAddr("1.2.x.4"): unexpected character (at "x.4")',
    ],
    [
      'ip("1..3.4")',
      'IP Address "1..3.4" parse error during conversion from string: ParseAddr("1..3.4"): IPv4 field must have at least one digit (at ".3.4")',
    ],
    [
      'ip("1:2:3")',
      'IP Address "1:2:3" parse error during conversion from string: ParseAddr("1:2:3"): address string too short',
    ],
    [
      'ip("12345::1")',
      'IP Address "12345::1" parse error during conversion from string: ParseAddr("12345::1"): each group must have 4 or less digits (at "12345::1")',
    ],
    [
      'cidr("192.168.0.0/")',
      'network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix("192.168.0.0/"): bad bits after slash: ""',
    ],
    [
      'cidr("10.0.0.0")',
      'network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix("10.0.0.0"): no \'/\'',
    ],
    [
      'cidr("10.0.0.0/33")',
      'network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix("10.0.0.0/33"): prefix length out of range',
    ],
    ['semver("v1.0")', 'No Major.Minor.Patch elements found'],
    ['semver("")', 'Version string empty'],
    ['semver("a.0.0")', 'Invalid character(s) found in major number "a"'],
    ['semver("1.b.0")', 'Invalid character(s) found in minor number "b"'],
    ['semver("01.0.0")', 'Major number must not contain leading zeroes "01"'],
    ['semver("1.0.01")', 'Patch number must not contain leading zeroes "01"'],
    ['semver("1.0.0-01")', 'Numeric PreRelease version must not contain leading zeroes "01"'],
    ['semver("1.1-a", true)', 'short version cannot contain PreRelease/Build meta data'],
    ['quantity("10Mm")', "unable to parse quantity's suffix"],
    ['quantity("9999999999999999999999999999999999999G").asInteger()', 'cannot convert value to integer'],
    ['"a".find("a(" + "")', 'Illegal regex: error parsing regexp: missing closing ): `a(`'],
    ['"a".matches("a(" + "")', 'error parsing regexp: missing closing ): `a(`'],
    ['[1].max() + dyn([]).min()', 'min called on empty list'],
    ['optional.none().value()', 'optional.none() dereference'],
    ['"%d".format(["x"])', 'error during formatting: decimal clause can only be used on integers, was given string'],
    ['"%s".format([])', 'index 0 out of range'],
    ['"abc".substring(2, 1)', 'invalid substring range. start: 2, end: 1'],
    ['"abc".charAt(4)', 'index out of range: 4'],
    [
      '{"a": 1}.transformMapEntry(k, v, {"x": v}).transformMapEntry(k, v, {k: v, "x": 1}) == [1, 2].transformMapEntry(i, v, {"x": v})',
      'insert failed: key x already exists',
    ],
    ['duration("" + "x")', "type conversion error from 'string' to 'google.protobuf.Duration'"],
    ['uint("-1")', "type conversion error from 'string' to 'uint'"],
    ['int("x")', "type conversion error from 'string' to 'int'"],
    ['bool("x")', "type conversion error from 'string' to 'bool'"],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['5 % 0', 'modulus by zero'],
    ['url("a").getHost()', 'URL parse error during conversion from string: parse "a": invalid URI for request'],
    ['authorizer.path(" ").check("get").allowed()', 'path must not be empty'],
    ['authorizer.group("").resource("").check("get").allowed()', 'resource must not be empty'],
    ['authorizer.serviceAccount("a", "B").path("/").check("get").allowed()', 'Invalid service account name'],
  ])('%s', (source, error) => {
    expect(evaluate(source)).toBe(`error: ${error}`);
  });
});

allTrue('addresses', [
  'isIP("192.168.0.1") && !isIP("192.168.0.1.0") && isIP("2001:db8::68")',
  'ip.isCanonical("2001:db8::68") && !ip.isCanonical("2001:DB8::68")',
  'ip("0.0.0.0").isUnspecified() && ip("::").isUnspecified() && !ip("::1").isUnspecified()',
  'ip("224.0.0.1").isLinkLocalMulticast() && !ip("224.0.1.1").isLinkLocalMulticast() && ip("ff02::1").isLinkLocalMulticast()',
  'ip("169.254.169.254").isLinkLocalUnicast() && ip("fe80::1").isLinkLocalUnicast() && !ip("fd80::1").isLinkLocalUnicast()',
  'ip("192.168.0.1").isGlobalUnicast() && !ip("255.255.255.255").isGlobalUnicast() && !ip("ff00::1").isGlobalUnicast()',
  'string(ip("2001:DB8::68")) == "2001:db8::68" && type(ip("192.168.0.1")) == net.IP',
  '!cidr("192.168.0.0/24").containsCIDR("192.168.0.0/23") && cidr("2001:db8::/32").containsCIDR(cidr("2001:db8::/33"))',
  'cidr("192.168.0.1/24").masked() == cidr("192.168.0.0/24") && cidr("2001:db8:1::/32").masked() == cidr("2001:db8::/32")',
  'string(cidr("192.168.0.0/24")) == "192.168.0.0/24" && type(cidr("10.0.0.0/8")) == net.CIDR && !isCIDR("10.0.0.0/")',
]);

allTrue('quantities and versions', [
  'isQuantity("20Mi") && !isQuantity("20Mo") && !isQuantity("10Mm")',
  'quantity("200M") == quantity("0.2G") && quantity("200M") != quantity("0.3G")',
  'quantity("200M").compareTo(quantity("0.2G")) == 0 && quantity("50M").compareTo(quantity("50Mi")) == -1',
  'quantity("50k").add(quantity("20")) == quantity("50.02k") && quantity("50k").sub(20) == quantity("49980")',
  'quantity("50k").add(20).sub(quantity("100k")).sub(-50000).asInteger() == 20',
  '!quantity("9999999999999999999999999999999999999G").isInteger() && quantity("50.703k").asApproximateFloat() == 50703.0',
  'isSemver("1.2.3-beta.1+build.1") && !isSemver("v1.0.0") && !isSemver("01.01.01") && !isSemver("1.0.0 ")',
  'isSemver("v1.0.0", true) && isSemver("01.01.01", true) && isSemver("1", true) && !isSemver("1. 0.0", true)',
  'semver("v01.01", true) == semver("1.1.0") && semver("1.0.0-a").isLessThan(semver("1.0.0"))',
  'semver("1.2.3").compareTo(semver("1.0.0")) == 1 && semver("1.2.3").patch() == 3',
  'semver("1.0.0+a") == semver("1.0.0+a") && semver("1.0.0-2").isLessThan(semver("1.0.0-10"))',
]);

allTrue('formats', [
  '!format.dns1123LabelPrefix().validate("my-label-prefix-").hasValue()',
  '!format.dns1123SubdomainPrefix().validate("mysubdomain.prefix.-").hasValue()',
  '!format.uri().validate("http://example.com").hasValue() && format.uri().validate("a").hasValue()',
  `format.dns1123Label().validate("contains a space") == optional.of([${JSON.stringify(LABEL)}])`,
  'format.byte().validate("aGVsbG8") == optional.of(["invalid base64"])',
  'format.date().validate("2020-01-32") == optional.of(["invalid date"]) && format.date().validate("2021-02-30").hasValue()',
  'format.datetime().validate("2020-01-32T00:00:00Z") == optional.of(["invalid datetime"])',
  '!format.named("unknown").hasValue() && format.named("uuid").value() == format.uuid()',
]);

allTrue('texts and lists', [
  '"tacocat".indexOf("a", 3) == 5 && "tacocat".lastIndexOf("a", 3) == 1 && "tacocat".indexOf("") == 0 && "tacocat".lastIndexOf("") == 7',
  '"hello hello".replace("he", "we", 1) == "wello hello" && "abc".replace("", "_") == "_a_b_c_"',
  '"hello hello hello".split(" ", 2) == ["hello", "hello hello"] && "a".split("", 0) == []',
  '" \\f\\n\\r\\t\\v\\u0085\\u00a0\\u1680text\\u3000 ".trim() == "text"',
  '"TacoCÆt".lowerAscii() == "tacocÆt" && "tacoCÆt xii".upperAscii() == "TACOCÆT XII"',
  'strings.quote("first\\nsecond\\\\") == "\\"first\\\\nsecond\\\\\\\\\\""',
  '"%s, %d, %f, %.2e, %b, %x, %X, %o".format([dyn("a"), dyn(1), dyn(1.5), dyn(1052.032911275), dyn(5), dyn("hi"), dyn(30), dyn(11)]) == "a, 1, 1.500000, 1.05\\u202f\\u00d7\\u202f10\\u2070\\u00b3, 101, 6869, 1E, 13"',
  '"%s".format([[dyn(1), dyn(2.5), dyn("x"), dyn(null), dyn(true), dyn({"b": dyn(2), "a": dyn(duration("1s"))})]]) == "[1, 2.500000, \\"x\\", null, true, {\\"a\\":duration(\\"1s\\"), \\"b\\":2}]" && "%.2f".format([1234567.891]) == "1,234,567.89"',
  '"%%%s".format([type(1)]) == "%int" && "%.3f".format([2.71828]) == "2.718"',
  '[1, 2, 2].isSorted() && !["b", "a"].isSorted() && [].sum() == 0 && [1.5, 2.0].sum() == 3.5',
  '[duration("1m"), duration("1s")].max() == duration("1m") && ["b", "a"].min() == "a"',
  '[1, 2, 3, 2].indexOf(2) == 1 && [1, 2, 3, 2].lastIndexOf(2) == 3 && [1].indexOf(5) == -1',
  '"123 abc 456".findAll("[0-9]+") == ["123", "456"] && "123 abc".findAll("[0-9]*") == ["123", "", "", "", ""]',
  '"abc 123".find("[0-9]*") == "" && "abc".matches("^[[:alpha:]]+$")',
  '[1, 2, 3].exists_one(i, v, i > 1 && v == 3) && {"a": 1}.all(k, v, k == "a" && v == 1)',
  '[1, 2].transformMapEntry(i, v, {string(v): i}) == {"1": 0, "2": 1} && [1, 2, 3].transformList(i, v, i > 0, v) == [2, 3]',
  '{"a": 1, "b": 2}.transformMap(k, v, v > 1, v * 2) == {"b": 4}',
  'optional.of(1).or(optional.of(2)).value() == 1 && optional.none().orValue(3) == 3 && [?optional.none(), 1] == [1]',
  '{?"a": optional.of(1), ?"b": optional.none()} == {"a": 1} && [1][?5] == optional.none() && optional.ofNonZeroValue(0) == optional.none()',
  'optional.of([1]).optMap(l, l[0] + 1).value() == 2 && optional.of(1).optFlatMap(v, optional.of(v + 1)) == optional.of(2)',
  'sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2]) && !sets.contains([1], [1, 2])',
  'url("https://user:pw@example.com:80/a b?k=1&k=2&z=%41").getEscapedPath() == "/a%20b"',
  'url("https://[::1]:80/").getHost() == "[::1]:80" && url("https://[::1]:80/").getHostname() == "::1" && url("/x?a=b").getScheme() == ""',
  'url("https://a/?k=1&k=2").getQuery() == {"k": ["1", "2"]} && isURL("https://a:80/") && !isURL("a") && isURL("mailto:joe@example.com") && url("mailto:joe@example.com").getHost() == "" && !isURL("../x")',
]);

allTrue('numbers and time', [
  '{"a": 1, "a": 2} == {"a": 2}',
  'dyn(1) == dyn(1u) && dyn(1) < dyn(1.5) && dyn(2u) > 1 && 1 != dyn("1")',
  'double("1e3") == 1000.0 && string(1000000.0) == "1e+06" && string(1.5) == "1.5" && string(100000.0) == "100000"',
  'int(-1.9) == -1 && uint("5") == 5u && int(timestamp("1970-01-01T00:01:00Z")) == 60',
  'timestamp("2009-02-13T23:31:30Z").getHours("02:00") == 1 && timestamp("2009-02-13T23:31:30Z").getDayOfYear() == 43',
  'duration("3730s").getHours() == 1 && string(duration("1h30m")) == "5400s" && duration("-1.5s").getMilliseconds() == -1500',
  'type(duration("1s")) == google.protobuf.Duration && type([]) == list && type(null) == null_type && type(type(1)) == type',
  "b'abc' + b'\\xff' == b'abc\\xff' && size(b'abc') == 3 && string(b'abc') == 'abc' && bytes('é').size() == 2",
  "'\\u00e9\\x41\\101\\U0001F600'.size() == 4 && r'\\n'.size() == 2 && '''a\nb''' == 'a\\nb'",
]);
