/**
 * Label selectors, from query strings and from LabelSelector objects.
 * @upstream staging/src/k8s.io/apimachinery/pkg/labels/selector.go
 */
import { type LabelOperator, LabelSelectorError, parseRequirements } from './label-selector-parser.ts';
import { isQualifiedName, isValidLabelValue } from './label-syntax.ts';
import type { LabelSelector } from './meta.ts';

export type Labels = { readonly [key: string]: string };

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted; one for `=`, `!=`, `gt`, `lt`; none for `exists` and `!`. */
  readonly values: readonly string[];
}

/** Every requirement must hold; `nothing` is the selector that selects no object. */
export interface LabelMatcher {
  readonly nothing: boolean;
  /** Sorted by key. */
  readonly requirements: readonly LabelRequirement[];
}

export const selectEverything: LabelMatcher = Object.freeze({ nothing: false, requirements: [] });
export const selectNothing: LabelMatcher = Object.freeze({ nothing: true, requirements: [] });

const quoteList = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(',')}]`;
const isInteger = (text: string) => /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);

function checkKey(key: string): void {
  const faults = isQualifiedName(key);
  if (faults.length > 0) {
    throw new LabelSelectorError(
      `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: ${faults.join('; ')}`,
    );
  }
}

/** Faults of one requirement, as texts that name the field. */
function requirementFaults({ key, operator, values }: LabelRequirement): string[] {
  const faults: string[] = [];
  const keyFaults = isQualifiedName(key);
  if (keyFaults.length > 0) faults.push(`key: Invalid value: ${JSON.stringify(key)}: ${keyFaults.join('; ')}`);
  const wrongValues = (why: string) => faults.push(`values: Invalid value: ${quoteList(values)}: ${why}`);
  if (operator === 'in' || operator === 'notin') {
    if (values.length === 0) wrongValues("for 'in', 'notin' operators, values set can't be empty");
  } else if (operator === 'exists' || operator === '!') {
    if (values.length > 0) wrongValues('values set must be empty for exists and does not exist');
  } else if (operator === 'gt' || operator === 'lt') {
    if (values.length !== 1) wrongValues("for 'Gt', 'Lt' operators, exactly one value is required");
    for (const [i, value] of values.entries()) {
      if (isInteger(value)) continue;
      faults.push(
        `values[${i}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
  } else if (values.length !== 1) wrongValues('exact-match compatibility requires one single value');
  for (const [i, value] of values.entries()) {
    const valueFaults = isValidLabelValue(value);
    if (valueFaults.length > 0) {
      faults.push(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${valueFaults.join('; ')}`);
    }
  }
  return faults;
}

const aggregate = (faults: readonly string[]) => {
  const texts = [...new Set(faults)];
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
};

const byKey = (a: LabelRequirement, b: LabelRequirement) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/**
 * Reads `a=b,c in (d,e),!f`. Throws LabelSelectorError with upstream's words.
 * @fidelity full
 */
export function parseLabelSelector(text: string): LabelMatcher {
  if (text === '') return selectEverything;
  const requirements = parseRequirements(text, checkKey);
  for (const requirement of requirements) {
    const faults = requirementFaults(requirement);
    if (faults.length > 0) throw new LabelSelectorError(`unable to parse requirement: ${aggregate(faults)}`);
  }
  return { nothing: false, requirements: requirements.sort(byKey) };
}

const objectOperators: { readonly [name: string]: LabelOperator } = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};
const matchers = new WeakMap<LabelSelector, LabelMatcher>();

function matcherOf(selector: LabelSelector): LabelMatcher {
  const requirements: LabelRequirement[] = [];
  const add = (requirement: LabelRequirement) => {
    const faults = requirementFaults(requirement);
    if (faults.length > 0) throw new LabelSelectorError(aggregate(faults));
    requirements.push(requirement);
  };
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) add({ key, operator: '=', values: [value] });
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = objectOperators[operator];
    if (!known) throw new LabelSelectorError(`${JSON.stringify(operator)} is not a valid label selector operator`);
    add({ key, operator: known, values: [...new Set(values ?? [])].sort() });
  }
  return { nothing: false, requirements: requirements.sort(byKey) };
}

/**
 * The matcher of a LabelSelector object: absent selects nothing, empty selects everything. Remembered per (frozen) object.
 * Throws LabelSelectorError.
 * @upstream staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go
 */
export function labelSelectorAsMatcher(selector: LabelSelector | undefined): LabelMatcher {
  if (!selector) return selectNothing;
  let matcher = matchers.get(selector);
  if (!matcher) {
    matcher = matcherOf(selector);
    matchers.set(selector, matcher);
  }
  return matcher;
}

/** The matcher of a plain map of labels, as Services and ReplicationControllers have it; values are not checked. */
export const labelsAsMatcher = (labels: Labels | undefined): LabelMatcher => ({
  nothing: false,
  requirements: Object.entries(labels ?? {})
    .map(([key, value]): LabelRequirement => ({ key, operator: '=', values: [value] }))
    .sort(byKey),
});

function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (value === undefined) return operator === '!=' || operator === 'notin' || operator === '!';
  if (operator === 'exists') return true;
  if (operator === '!') return false;
  if (operator === '=' || operator === '==' || operator === 'in') return values.includes(value);
  if (operator === '!=' || operator === 'notin') return !values.includes(value);
  if (!isInteger(value)) return false;
  const order = BigInt(value) - BigInt(values[0] as string);
  return operator === 'gt' ? order > 0n : order < 0n;
}

const noLabels: Labels = {};

export const matchesLabels = (matcher: LabelMatcher, labels: Labels | undefined): boolean =>
  !matcher.nothing && matcher.requirements.every((requirement) => holds(requirement, labels ?? noLabels));

/** The canonical text: requirements by key, values sorted. */
export function formatLabelMatcher(matcher: LabelMatcher): string {
  return matcher.requirements
    .map(({ key, operator, values }) => {
      if (operator === 'exists') return key;
      if (operator === '!') return `!${key}`;
      if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${values.join(',')})`;
      return `${key}${operator === 'gt' ? '>' : operator === 'lt' ? '<' : operator}${values[0]}`;
    })
    .join(',');
}

/** What describe and tables print: `<none>` for an empty selector, `<error>` for a wrong one. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  try {
    return formatLabelMatcher(labelSelectorAsMatcher(selector)) || '<none>';
  } catch (error) {
    if (error instanceof LabelSelectorError) return '<error>';
    throw error;
  }
}
