/** Selectors and label syntax against upstream's grammar, written down a second time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FieldSelectorError, formatFieldSelector, matchesFields, parseFieldSelector } from './fields.ts';
import { LabelSelectorError } from './label-selector-parser.ts';
import { isQualifiedName, isValidLabelValue } from './label-syntax.ts';
import { formatLabelMatcher, matchesLabels, parseLabelSelector } from './labels.ts';

const seed = { seed: 20260101 };
const bytes = (text: string): number => new TextEncoder().encode(text).length;
const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const near = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '_', '.', '/', 'é'), maxLength: 70 }),
  fc.string({ unit: fc.constantFrom('a', 'é'), minLength: 40, maxLength: 70 }),
  fc.string({ maxLength: 10 }),
  fc.stringMatching(/^[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,62}[a-zA-Z0-9])?$/),
);

it('a label value is what the grammar says', () => {
  fc.assert(
    fc.property(near, (text) => {
      const faults = (bytes(text) > 63 ? 1 : 0) + (text === '' || NAME.test(text) ? 0 : 1);
      expect(isValidLabelValue(text)).toHaveLength(faults);
    }),
    { ...seed, numRuns: 2000 },
  );
});

it('a qualified name is what the grammar says', () => {
  fc.assert(
    fc.property(near, fc.option(near, { nil: undefined }), (name, prefix) => {
      const text = prefix === undefined ? name : `${prefix}/${name}`;
      const [last = '', before, ...more] = text.split('/').reverse();
      const valid =
        more.length === 0 &&
        (before === undefined || (bytes(before) <= 253 && SUBDOMAIN.test(before))) &&
        bytes(last) <= 63 &&
        NAME.test(last);
      expect(isQualifiedName(text).length === 0).toBe(valid);
    }),
    { ...seed, numRuns: 2000 },
  );
});

const key = fc.constantFrom('a', 'b', 'x/c');
const value = fc.constantFrom('1', '2', '30', '');
const OPERATORS = ['=', '==', '!=', 'in', 'notin', 'exists', '!', 'gt', 'lt'] as const;
const requirement = fc.record({
  key,
  operator: fc.constantFrom(...OPERATORS),
  values: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
});
type Requirement = typeof requirement extends fc.Arbitrary<infer One> ? One : never;

const numberOf = ({ values }: Requirement): string => values.find((one) => one !== '') ?? '1';

function written(one: Requirement, space: string): string {
  const { key: name, operator, values } = one;
  if (operator === 'exists') return name;
  if (operator === '!') return `!${space}${name}`;
  if (operator === 'in' || operator === 'notin') return `${name} ${operator} (${values.join(`${space},`)})`;
  if (operator === 'gt' || operator === 'lt')
    return `${name}${space}${operator === 'gt' ? '>' : '<'}${space}${numberOf(one)}`;
  return `${name}${space}${operator}${space}${values[0]}`;
}

const includes = (values: readonly string[], one: string): boolean => values.includes(one);

function holds(one: Requirement, labels: { readonly [key: string]: string }): boolean {
  const { key: name, operator, values } = one;
  const label = labels[name];
  if (operator === 'exists') return label !== undefined;
  if (operator === '!') return label === undefined;
  if (operator === 'in') return label !== undefined && includes(values, label);
  if (operator === 'notin') return label === undefined || !includes(values, label);
  if (operator === '!=') return label === undefined || label !== values[0];
  if (operator === 'gt' || operator === 'lt') {
    if (label === undefined || label === '') return false;
    return operator === 'gt' ? Number(label) > Number(numberOf(one)) : Number(label) < Number(numberOf(one));
  }
  return label === values[0];
}

it('a label selector selects what its requirements say, however it is written', () => {
  const set = fc.dictionary(key, value).map((labels) => ({ ...labels }));
  fc.assert(
    fc.property(
      fc.array(requirement, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('', ' '),
      set,
      (all, space, labels) => {
        const text = all.map((one) => written(one, space)).join(`,${space}`);
        const matcher = parseLabelSelector(text);
        expect(matchesLabels(matcher, labels), text).toBe(all.every((one) => holds(one, labels)));
        const again = parseLabelSelector(formatLabelMatcher(matcher));
        expect(matchesLabels(again, labels), formatLabelMatcher(matcher)).toBe(matchesLabels(matcher, labels));
      },
    ),
    { ...seed, numRuns: 2000 },
  );
});

it('any text is a selector or refused as one', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'ab12=!,<>() \\/.-_inot\t'), maxLength: 16 });
  const attempt = (parse: () => unknown, refusal: new (message: string) => Error) => {
    try {
      parse();
    } catch (error) {
      expect(error).toBeInstanceOf(refusal);
    }
  };
  fc.assert(
    fc.property(noise, (text) => {
      attempt(() => parseLabelSelector(text), LabelSelectorError);
      attempt(() => parseFieldSelector(text), FieldSelectorError);
    }),
    { ...seed, numRuns: 3000 },
  );
});

it('a field selector comes back as it was, whatever its values hold', () => {
  const field = fc.constantFrom('metadata.name', 'spec.nodeName');
  const odd = fc.string({ unit: fc.constantFrom(...'ab=,\\! .'), maxLength: 8 });
  const one = fc.record({ field, operator: fc.constantFrom('=' as const, '!=' as const), value: odd });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 3 }), fc.dictionary(field, odd), (selector, values) => {
      const parsed = parseFieldSelector(formatFieldSelector(selector));
      expect(parsed).toHaveLength(selector.length);
      const reading = (name: string) => values[name] ?? '';
      const expected = selector.every((term) => (reading(term.field) === term.value) === (term.operator === '='));
      expect(matchesFields(parsed, reading)).toBe(expected);
    }),
    { ...seed, numRuns: 2000 },
  );
});
