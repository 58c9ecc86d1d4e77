import { describe, expect, it } from 'vitest';
import * as cel from '#engine/cel';
import { celType } from './cel-types.ts';
import { compileRules } from './rules.ts';
import type { SchemaProps } from './schema-props.ts';

type Schema = (max: number | undefined) => SchemaProps;

const text = (max: number | undefined): SchemaProps => ({
  type: 'string',
  ...(max !== undefined && { maxLength: max }),
});
const list =
  (items: SchemaProps): Schema =>
  (max) => ({ type: 'array', items, ...(max !== undefined && { maxItems: max }) });
const map =
  (values: SchemaProps): Schema =>
  (max) => ({ type: 'object', additionalProperties: values, ...(max !== undefined && { maxProperties: max }) });
const number: SchemaProps = { type: 'number' };
const string: SchemaProps = { type: 'string' };
const formatted = (format: string): SchemaProps => ({ type: 'string', format });
const intOrString: SchemaProps = { 'x-kubernetes-int-or-string': true };
const object: SchemaProps = {
  type: 'object',
  required: ['required'],
  properties: { required: string, optional: string },
};
const texts: Schema = (max) => list(text(max))(max);
const nested: Schema = (max) => list(map(object)(max))(max);
const replaced: Schema = (max) => ({ type: 'object', properties: { str: text(max), before: text(2), after: text(4) } });
const separated: Schema = (max) => ({ type: 'object', properties: { str: text(max), separator: text(max) } });
const bytes: Schema = (max) => ({ ...text(max), format: 'byte' });

function costOf(schema: SchemaProps, rule: string): unknown {
  const self = celType(schema, false, 'selfType');
  if (!self) return 'no type';
  const [compiled] = compileRules(cel, { ...schema, 'x-kubernetes-validations': [{ rule }] }, self);
  return typeof compiled?.program === 'string' ? compiled.program : compiled?.program.cost.max;
}

describe('the worst that a rule may cost is the figure of upstream, without a limit and with one, for', () => {
  const cases: readonly (readonly [Schema, string, number, number, number])[] = [
    [list(number), 'self.all(x, true)', 4_718_591, 10, 32],
    [list(string), 'self.all(x, true)', 3_145_727, 20, 62],
    [list({ type: 'boolean' }), 'self.all(x, true)', 1_887_437, 5, 17],
    [list({ type: 'array', items: number }), 'self.all(x, true)', 3_145_727, 100, 302],
    [list(object), 'self.all(x, true)', 555_128, 50, 152],
    [list(intOrString), 'self.all(x, true)', 4_718_591, 10, 32],
    [list(formatted('duration')), 'self.all(x, true)', 2_359_295, 5, 17],
    [list(formatted('date')), 'self.all(x, true)', 725_936, 15, 47],
    [list(formatted('date-time')), 'self.all(x, true)', 428_963, 25, 77],
    [map(number), 'self.all(x, true)', 1_348_169, 10, 32],
    [map(string), 'self.all(x, true)', 1_179_647, 3, 11],
    [map({ type: 'boolean' }), 'self.all(x, true)', 943_718, 100, 302],
    [map(object), 'self.all(x, true)', 428_963, 20, 62],
    [map(formatted('duration')), 'self.all(x, true)', 1_048_577, 5, 17],
    [map(formatted('date-time')), 'self.all(x, true)', 349_526, 25, 77],
    [map(string), 'self.all(x, x.contains(self[x]))', 2_752_507, 10, 72],
    [text, "self.contains('test')", 314_574, 10, 5],
    [text, "self.startsWith('test')", 2, 15, 2],
    [text, 'size(self + "hello") > size("hello")', 314_578, 4, 7],
    [text, 'self.matches("x")', 314_574, 50, 22],
    [text, '"".matches("(((((((((())))))))))[0-9]")', 7, 10, 7],
    [text, 'self.matches("")', 1, 100, 1],
    [text, 'self == "x"', 2, 0, 1],
    [bytes, 'self == b"x"', 2, 0, 1],
    [text, "self.find('[0-9]+') == ''", 629_147, 10, 11],
    [text, "self.lowerAscii() == 'lower!'", 314_575, 10, 6],
    [list(number), 'self[1] == 0.0', 2, 5000, 2],
    [list(string), 'self[1] == self[1]', 314_577, 8, 314_577],
    [list(number), 'self.all(x, x == 0.0)', 6_291_454, 3 * 1024 * 2048, 25_165_826],
    [list(intOrString), 'self[0] == 5', 3, 10, 3],
    [list(map(number)(undefined)), 'self.all(x, x.y == 25.2)', 6_291_452, 12, 74],
    [list(map(number)(undefined)), 'self[0].x > 2.0', 4, 3000, 4],
    [list(formatted('duration')), 'self[0].getHours() == 2', 4, 525, 4],
    [map(formatted('date-time')), 'self["a"] == self["b"]', 8, 7, 8],
    [map({ type: 'integer' }), 'oldSelf.size() == self.size()', 5, 10, 5],
    [nested, 'self.all(x, x["y"].required == "z")', 7_340_027, 10, 72],
    [texts, "self.join(' ') == 'aa bb'", 329_853_068_905, 10, 43],
    [texts, 'self.isSorted() == true', 329_854_432_052, 10, 52],
    [replaced, "self.str.replace(self.before, self.after) == 'does not matter'", 629_154, 4, 12],
    [separated, 'self.str.split(self.separator) == []', 629_160, 10, 22],
  ];
  it.each(cases)('%#: %o', (schema, rule, free, max, bound) => {
    expect([costOf(schema(undefined), rule), costOf(schema(max), rule)]).toEqual([free, bound]);
  });

  it('loops in loops', () => {
    expect(costOf(list(number)(undefined), 'self.all(x, self.all(y, true))')).toBeGreaterThan(10_000_000);
    expect(costOf(list(number)(10), 'self.all(x, self.all(y, true))')).toBe(352);
    expect(costOf(list(number)(10), 'self.all(x, self.all(y, self.all(z, true)))')).toBe(3552);
  });

  it('an enumeration, which is as long as its longest value', () => {
    const schema = { type: 'string', enum: ['A', 'B', 'C', 'LongValue'] };
    expect(costOf(schema, "self.contains('A')")).toBe(2);
    expect(costOf({ ...schema, maxLength: 1000 }, "self.contains('A')")).toBe(401);
  });
});
