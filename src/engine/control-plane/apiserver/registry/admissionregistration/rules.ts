/**
 * What webhooks and policies share: which requests they are about, and their expressions.
 * @upstream pkg/apis/admissionregistration/validation/validation.go, v1/defaults.go
 */
import type { MatchCondition, MatchResources, NamedRuleWithOperations, RuleWithOperations } from '#engine/api';
import { type FieldError, fieldErrors, isQualifiedName, type LabelSelector } from '#engine/apimachinery';
import type { CompileFailure } from '#engine/cel';
import { compileFor, type Declared, type Wanted } from '../../admission/policy/environment.ts';
import { pathSegmentName } from '../generic/object-meta.ts';
import { checkFormat, checkLabelSelector, checkSupported, type Errors } from '../validation.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
export const MATCH_POLICIES = ['Equivalent', 'Exact'];
export const FAILURE_POLICIES = ['Fail', 'Ignore'];
export const REINVOCATION_POLICIES = ['IfNeeded', 'Never'];
const MAX_CONDITIONS = 64;

/** A list that may be everything, but not everything and more. */
function checkList(errors: Errors, path: string, values: readonly string[], others: string): void {
  if (values.length === 0) errors.push(fieldErrors.required(path));
  if (values.length > 1 && values.includes('*'))
    errors.push(fieldErrors.invalid(path, values, `if '*' is present, must not specify other ${others}`));
}

/** `pods`, `pods/status`, `*`, and what excludes what among them. */
function checkResources(errors: Errors, path: string, resources: readonly string[]): void {
  if (resources.length === 0) errors.push(fieldErrors.required(path));
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let hasPlain = false;
  for (const [index, text] of resources.entries()) {
    const at = `${path}[${index}]`;
    if (text === '') {
      errors.push(fieldErrors.required(at));
      continue;
    }
    const [resource = '', subresource] = text.split(/\/(.*)/s);
    if (subresource === undefined) {
      hasPlain = text !== '*';
      continue;
    }
    if (wholeResources.has(resource))
      errors.push(fieldErrors.invalid(at, text, `if '${resource}/*' is present, must not specify ${text}`));
    if (wholeSubresources.has(subresource))
      errors.push(fieldErrors.invalid(at, text, `if '*/${subresource}' is present, must not specify ${text}`));
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(fieldErrors.invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && hasPlain)
    errors.push(
      fieldErrors.invalid(path, resources, "if '*' is present, must not specify other resources without subresources"),
    );
}

/** One rule of a webhook. */
export function checkRule(errors: Errors, path: string, rule: RuleWithOperations): void {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  checkList(errors, `${path}.operations`, operations, 'operations');
  for (const [index, operation] of operations.entries())
    checkSupported(errors, `${path}.operations[${index}]`, operation, OPERATIONS);
  checkList(errors, `${path}.apiGroups`, apiGroups, 'API groups');
  checkList(errors, `${path}.apiVersions`, apiVersions, 'API versions');
  for (const [index, version] of apiVersions.entries())
    if (version === '') errors.push(fieldErrors.required(`${path}.apiVersions[${index}]`));
  checkResources(errors, `${path}.resources`, resources);
  if (scope !== undefined) checkSupported(errors, `${path}.scope`, scope, SCOPES);
}

function checkNamedRule(errors: Errors, path: string, rule: NamedRuleWithOperations): void {
  const seen = new Set<string>();
  for (const [index, name] of (rule.resourceNames ?? []).entries()) {
    const at = `${path}.resourceNames[${index}]`;
    checkFormat(errors, at, name, (text) => pathSegmentName(text, false));
    if (seen.has(name)) errors.push(fieldErrors.duplicate(at, name));
    seen.add(name);
  }
  checkRule(errors, path, rule);
}

function checkSelector(errors: Errors, path: string, selector: LabelSelector | undefined): void {
  if (selector) checkLabelSelector(errors, path, selector);
  else errors.push(fieldErrors.required(path));
}

/** matchConstraints and matchResources. */
export function checkMatchResources(errors: Errors, path: string, match: MatchResources | undefined): void {
  if (!match) return;
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  if (matchPolicy === undefined) errors.push(fieldErrors.required(`${path}.matchPolicy`));
  else checkSupported(errors, `${path}.matchPolicy`, matchPolicy, MATCH_POLICIES);
  checkSelector(errors, `${path}.namespaceSelector`, namespaceSelector);
  checkSelector(errors, `${path}.objectSelector`, objectSelector);
  for (const [index, rule] of resourceRules.entries()) checkNamedRule(errors, `${path}.resourceRules[${index}]`, rule);
  for (const [index, rule] of excludeResourceRules.entries())
    checkNamedRule(errors, `${path}.excludeResourceRules[${index}]`, rule);
}

/** The words for an expression that does not compile. */
export const compileError = (path: string, shown: string, { kind, error }: CompileFailure): FieldError =>
  kind === 'program' ? fieldErrors.internal(path, error) : fieldErrors.invalid(path, shown, error);

/** One error when the expression does not compile to what is wanted. `shown` is how it prints. */
export function checkExpression(
  errors: Errors,
  path: string,
  expression: string,
  declared: Declared,
  wanted: Wanted,
  shown: string = expression,
): void {
  const compiled = compileFor(expression, declared, wanted);
  if ('error' in compiled) errors.push(compileError(path, shown, compiled));
}

export function checkMatchConditions(
  errors: Errors,
  path: string,
  conditions: readonly MatchCondition[] = [],
  hasParams = false,
): void {
  if (conditions.length > MAX_CONDITIONS) errors.push(fieldErrors.tooMany(path, conditions.length, MAX_CONDITIONS));
  const seen = new Set<string>();
  for (const [index, { name = '', expression = '' }] of conditions.entries()) {
    const at = `${path}[${index}]`;
    const trimmed = expression.trim();
    if (trimmed === '') errors.push(fieldErrors.required(`${at}.expression`));
    else checkExpression(errors, `${at}.expression`, trimmed, { hasParams, hasAuthorizer: true }, 'bool');
    if (name === '') {
      errors.push(fieldErrors.required(`${at}.name`));
      continue;
    }
    checkFormat(errors, `${at}.name`, name, isQualifiedName);
    if (seen.has(name)) errors.push(fieldErrors.duplicate(`${at}.name`, name));
    seen.add(name);
  }
}

/** Rules without scope are about all scopes. */
export const ruleDefaults = <T extends RuleWithOperations>(
  rules: readonly T[] | undefined,
): readonly T[] | undefined =>
  rules?.some(({ scope }) => scope === undefined)
    ? rules.map((rule) => (rule.scope === undefined ? { ...rule, scope: '*' } : rule))
    : rules;

/** What matchConstraints and matchResources are without being told. */
export function matchDefaults(match: MatchResources): MatchResources {
  const resourceRules = ruleDefaults(match.resourceRules);
  const excludeResourceRules = ruleDefaults(match.excludeResourceRules);
  return {
    ...match,
    matchPolicy: match.matchPolicy ?? 'Equivalent',
    namespaceSelector: match.namespaceSelector ?? {},
    objectSelector: match.objectSelector ?? {},
    ...(resourceRules && { resourceRules }),
    ...(excludeResourceRules && { excludeResourceRules }),
  };
}
