import { describe, expect, it } from 'vitest';
import { type CelType, compile, DYN, INT, jsonOf, listType, STRING } from './index.ts';

const self: CelType = {
  kind: 'object',
  name: 'object',
  fields: new Map<string, { type: CelType }>([
    ['size', { type: INT }],
    ['name', { type: STRING }],
    ['a.b-c', { type: STRING }],
    ['tags', { type: { kind: 'list', item: STRING, listType: 'set' } }],
    ['when', { type: { kind: 'timestamp' } }],
    ['half', { type: { kind: 'double' } }],
    ['open', { type: DYN }],
  ]),
};
const variables = { self, object: DYN, list: listType(INT) };
const values = {
  self: { size: 3, name: 'x', 'a.b-c': 'y', tags: ['a', 'b'], when: '2024-02-29T12:00:00Z', half: 2 },
  object: { n: 1, f: 1.5, s: 'text', nested: { list: [1, 2, 3] } },
  list: [3, 1, 2],
};

function evaluate(source: string): unknown {
  const compiled = compile(source, { variables });
  if ('error' in compiled) return compiled.error;
  const outcome = compiled.program.evaluate(values);
  return 'error' in outcome ? `error: ${outcome.error}` : jsonOf(outcome.value);
}

describe('what does not compile', () => {
  it.each([
    ['object.', "ERROR: <input>:1:8: Syntax error: no viable alternative at input '.'\n | object.\n | .......^"],
    ['nope.x == 1', "ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')\n | nope.x == 1\n | ^"],
    ['self.nope > 1', "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope > 1\n | ....^"],
    [
      'self.size >',
      "ERROR: <input>:1:12: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | self.size >\n | ...........^",
    ],
    [
      "1 + 'a'",
      "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + 'a'\n | ..^",
    ],
    ['a | b', 'ERROR: <input>:1:1: undeclared'],
    [
      'self.name.foo()',
      "ERROR: <input>:1:14: undeclared reference to 'foo' (in container '')\n | self.name.foo()\n | .............^",
    ],
    [
      'self.name.startsWith(1)',
      "ERROR: <input>:1:21: found no matching overload for 'startsWith' applied to 'string.(int)'\n | self.name.startsWith(1)\n | ....................^",
    ],
    [
      "self.name.matches('a(') && duration('1x') > duration('1s')",
      "ERROR: <input>:1:19: invalid matches argument\n | self.name.matches('a(') && duration('1x') > duration('1s')\n | ..................^\nERROR: <input>:1:37: invalid duration argument\n | self.name.matches('a(') && duration('1x') > duration('1s')\n | ....................................^",
    ],
    [
      "timestamp('yesterday') < self.when",
      "ERROR: <input>:1:11: invalid timestamp argument\n | timestamp('yesterday') < self.when\n | ..........^",
    ],
    [
      "'ab'.matches('a(?=b)')",
      "ERROR: <input>:1:14: invalid matches argument\n | 'ab'.matches('a(?=b)')\n | .............^",
    ],
    [
      '[1, dyn(2)].size() > 0',
      "ERROR: <input>:1:8: expected type 'int' but found 'dyn'\n | [1, dyn(2)].size() > 0\n | .......^",
    ],
    ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
    [
      'self.size.all(x, true)',
      "ERROR: <input>:1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)\n | self.size.all(x, true)\n | ....^",
    ],
  ])('%s', (source, message) => {
    if (source === 'a | b') expect(evaluate(source)).toContain("token recognition error at: '| '");
    else expect(evaluate(source)).toBe(message);
  });
});

describe('what evaluates', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['self.size == 3 && self.name == "x"', true],
    ['self.a__dot__b__dash__c', 'y'],
    ['self.tags == ["b", "a"]', true],
    ['self.tags + ["b", "c"]', ['a', 'b', 'c']],
    ['self.when.getFullYear() == 2024 && self.when.getDayOfWeek() == 4', true],
    ['self.half', 2],
    ['string(self.half + 0.5)', '2.5'],
    ['type(object.n) == int && type(object.f) == double', true],
    ['object.nested.list.map(x, x * 2).filter(x, x > 2)', [4, 6]],
    ['object.nested.list.exists_one(x, x == 2)', true],
    ['object.missing == 1 || true', true],
    ['object.missing == 1', 'error: no such key: missing'],
    ['list[5]', 'error: index out of bounds: 5'],
    ['1 / (list[0] - 3)', 'error: division by zero'],
    ['object.s + object.n', 'error: no such overload'],
    ['has(object.nested.list) && !has(object.nope)', true],
    ['object.?nope.?x.orValue("d")', 'd'],
    ['object.?s.optMap(v, v + "!").value()', 'text!'],
    ['list.transformMap(i, v, v * 2)', { '0': 6, '1': 2, '2': 4 }],
    ['{"a": 1, "b": 2}.transformList(k, v, k + string(v))', ['a1', 'b2']],
    ['list.isSorted() ? "s" : "u"', 'u'],
    ['list.sum() + list.max()', 9],
    ['"%s has %d of %.1f".format([dyn("x"), 2, 1.25])', 'x has 2 of 1.2'],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['quantity("1Gi").isGreaterThan(quantity("500Mi"))', true],
    ['ip("10.0.0.1").family() == 4 && cidr("10.0.0.0/8").containsIP("10.1.2.3")', true],
    ['url("https://x:80/p?q=1").getPort() + url("https://x:80/p?q=1").getQuery()["q"][0]', '801'],
    ['semver("1.2.3").isLessThan(semver("1.10.0"))', true],
    ['"abc 123".find("[0-9]+")', '123'],
    ['sets.contains([1, 2, 3], [2])', true],
    ['!format.dns1123Label().validate("Bad_").hasValue()', false],
    ['duration("1h30m").getMinutes()', 90],
    ['timestamp("2024-01-01T00:00:00Z") + duration("24h") == timestamp("2024-01-02T00:00:00Z")', true],
    ['1 in list && "nested" in object', true],
    ['dyn(1.0) == 1 && dyn(1) == 1u', true],
    ['"👍a".size()', 2],
    ['[[1], []].all(x, size(x) >= 0)', true],
    ["self.open == null || 'a' in ['a']", true],
  ])('%s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });
});
