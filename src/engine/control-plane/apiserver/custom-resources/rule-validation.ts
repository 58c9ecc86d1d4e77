/** The form of x-kubernetes-validations, and where rules stand; what they mean is for CEL. */
import { type FieldError, fieldErrors } from '#engine/apimachinery';
import { fieldPathSchema } from './field-paths.ts';
import type { SchemaProps } from './schema-props.ts';

/** How often a rule may run for one object, as far as the schema bounds it. */
export interface RuleSite {
  /** Undefined: without bound. */
  readonly cardinality: number | undefined;
}

export interface NotedRules {
  readonly schema: SchemaProps;
  readonly path: string;
  readonly uncorrelatable: string | undefined;
  readonly site: RuleSite;
}

/** What holds on the way down to a schema. */
export interface Surroundings {
  readonly isRoot: boolean;
  /** Why there may be no defaults; absent: there may. */
  readonly noDefaults?: string;
  readonly insideMeta: boolean;
  /** Where the first part of the way stands that cannot be told apart between two versions of an object. */
  readonly uncorrelatable?: string;
  /** Where rules are: absent inside of logic, where there are none. */
  readonly site?: RuleSite;
}

/** What is noted of rules on the way. */
export interface RuleSites {
  note(schema: SchemaProps, path: string, around: Surroundings): void;
  property(site: RuleSite, name: string, property: SchemaProps): RuleSite;
  items(site: RuleSite, list: SchemaProps): RuleSite;
  values(site: RuleSite, map: SchemaProps): RuleSite;
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const hasNewlines = (text: string) => /[\n\r]/.test(text);

/** Faults of how rules are written. */
export function checkRuleForms(errors: FieldError[], schema: SchemaProps, path: string): void {
  for (const [i, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const at = `${path}.x-kubernetes-validations[${i}]`;
    const text = rule.rule?.trim() ?? '';
    const message = rule.message?.trim() ?? '';
    if (text === '') errors.push(fieldErrors.required(`${at}.rule`, 'rule is not specified'));
    else if (rule.message && message === '')
      errors.push(fieldErrors.invalid(`${at}.message`, rule.message, 'message must be non-empty if specified'));
    else if (hasNewlines(message))
      errors.push(fieldErrors.invalid(`${at}.message`, rule.message, 'message must not contain line breaks'));
    else if (hasNewlines(text) && message === '')
      errors.push(fieldErrors.required(`${at}.message`, 'message must be specified if rule contains line breaks'));
    if (rule.messageExpression && rule.messageExpression.trim() === '') {
      const why = 'messageExpression must be non-empty if specified';
      errors.push(fieldErrors.required(`${at}.messageExpression`, why));
    }
    if (rule.reason !== undefined && !REASONS.includes(rule.reason))
      errors.push(fieldErrors.notSupported(`${at}.reason`, rule.reason, REASONS));
    checkFieldPath(errors, schema, rule.fieldPath ?? '', `${at}.fieldPath`);
  }
}

function checkFieldPath(errors: FieldError[], schema: SchemaProps, fieldPath: string, at: string): void {
  if (fieldPath === '') return;
  const bad = (why: string) => errors.push(fieldErrors.invalid(at, fieldPath, why));
  if (fieldPath.trim() === '') bad('fieldPath must be non-empty if specified');
  if (hasNewlines(fieldPath)) bad('fieldPath must not contain line breaks');
  if (typeof fieldPathSchema(schema, fieldPath) === 'string') bad('fieldPath must be a valid path');
}

const times = (site: RuleSite, count: number | undefined): RuleSite => ({
  cardinality: site.cardinality === undefined || count === undefined ? undefined : site.cardinality * count,
});

/** Notes rules where they stand. */
export function ruleSites(noted: NotedRules[]): RuleSites {
  return {
    note(schema, path, { uncorrelatable, site }) {
      if (site && (schema['x-kubernetes-validations']?.length ?? 0) > 0)
        noted.push({ schema, path, uncorrelatable, site });
    },
    property: (site) => site,
    items: (site, list) => times(site, list.maxItems),
    values: (site, map) => times(site, map.maxProperties),
  };
}
