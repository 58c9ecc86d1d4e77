/** What is checked of validating and mutating policies alike. @upstream pkg/apis/admissionregistration/validation/validation.go */
import type { MatchCondition, MatchResources, ParamKind, ParamRef, Variable } from '#engine/api';
import { fieldErrors, isDns1035Label, isDns1123Subdomain } from '#engine/apimachinery';
import type { CelType } from '#engine/cel';
import { compileFor, type Declared, variableType } from '../../admission/policy/environment.ts';
import { pathSegmentName } from '../generic/object-meta.ts';
import { checkFormat, checkLabelSelector, checkSupported, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { checkMatchConditions, checkMatchResources, compileError, FAILURE_POLICIES } from './rules.ts';

const MUTABLE = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

export interface PolicySpec {
  readonly failurePolicy?: string;
  readonly paramKind?: ParamKind;
  readonly matchConstraints?: MatchResources;
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly Variable[];
}

function checkParamKind(errors: Errors, path: string, { apiVersion = '', kind = '' }: ParamKind): void {
  const parts = apiVersion.split('/');
  const at = `${path}.apiVersion`;
  if (apiVersion === '') errors.push(fieldErrors.required(at));
  else if (parts.length > 2)
    errors.push(fieldErrors.invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const [version = '', group = ''] = parts.toReversed();
    const groupFaults = group === '' ? [] : isDns1123Subdomain(group);
    if (groupFaults.length > 0) errors.push(fieldErrors.invalid(at, group, groupFaults.join(',')));
    const faults = isDns1035Label(version);
    if (version === '') errors.push(fieldErrors.invalid(at, apiVersion, 'version must be specified'));
    else if (faults.length > 0) errors.push(fieldErrors.invalid(at, version, faults.join(',')));
  }
  const faults = isDns1035Label(kind.toLowerCase());
  if (kind === '') errors.push(fieldErrors.required(`${path}.kind`));
  else if (faults.length > 0) {
    const why = `may have mixed case, but should otherwise match: ${faults.join(',')}`;
    errors.push(fieldErrors.invalid(`${path}.kind`, kind, why));
  }
}

/** Checks variables one after the other; each knows those before it. The answer is their types. */
function checkVariables(
  errors: Errors,
  path: string,
  variables: readonly Variable[],
  declared: Declared,
): ReadonlyMap<string, CelType> {
  const composed = new Map<string, CelType>();
  for (const [index, { name = '', expression = '' }] of variables.entries()) {
    const at = `${path}[${index}]`;
    if (name.trim() === '') errors.push(fieldErrors.required(`${at}.name`, 'name is not specified'));
    else if (!IDENTIFIER.test(name) || RESERVED.has(name))
      errors.push(fieldErrors.invalid(`${at}.name`, name, 'must be a valid CEL identifier'));
    if (expression.trim() === '') {
      errors.push(fieldErrors.required(`${at}.expression`, 'expression is not specified'));
      continue;
    }
    const compiled = compileFor(expression, { ...declared, composed }, 'any');
    if ('error' in compiled) errors.push(compileError(`${at}.expression`, expression, compiled));
    composed.set(name, variableType(compiled));
  }
  return composed;
}

/** What only changes requests cannot be about deletions; upstream names no rule. */
export function checkMutableOperations(errors: Errors, path: string, match: MatchResources | undefined): void {
  for (const { operations = [] } of match?.resourceRules ?? [])
    for (const operation of operations) checkSupported(errors, `${path}.resourceRules.operations`, operation, MUTABLE);
}

/** Everything but what the policy does. The answer says what its expressions may name. */
export function checkPolicy(errors: Errors, spec: PolicySpec, isMutating = false): Declared {
  const { failurePolicy, paramKind, matchConstraints, matchConditions, variables = [] } = spec;
  if (failurePolicy === undefined) errors.push(fieldErrors.required('spec.failurePolicy'));
  else checkSupported(errors, 'spec.failurePolicy', failurePolicy, FAILURE_POLICIES);
  if (paramKind) checkParamKind(errors, 'spec.paramKind', paramKind);
  if (!matchConstraints) errors.push(fieldErrors.required('spec.matchConstraints'));
  else {
    checkMatchResources(errors, 'spec.matchConstraints', matchConstraints);
    if ((matchConstraints.resourceRules ?? []).length === 0)
      errors.push(fieldErrors.required('spec.matchConstraints.resourceRules'));
    if (isMutating) checkMutableOperations(errors, 'spec.matchConstraints', matchConstraints);
  }
  checkMatchConditions(errors, 'spec.matchConditions', matchConditions, paramKind !== undefined);
  const declared = { hasParams: paramKind !== undefined, hasAuthorizer: true };
  return { ...declared, composed: checkVariables(errors, 'spec.variables', variables, declared) };
}

function checkParamRef(errors: Errors, path: string, ref: ParamRef | undefined): void {
  if (!ref) return;
  const { name = '', selector, parameterNotFoundAction } = ref;
  const exclusive = 'name and selector are mutually exclusive';
  if (name !== '') {
    checkFormat(errors, `${path}.name`, name, (text) => pathSegmentName(text, false));
    if (selector) errors.push(fieldErrors.forbidden(`${path}.name`, exclusive));
  }
  if (selector) {
    checkLabelSelector(errors, `${path}.selector`, selector);
    if (name !== '') errors.push(fieldErrors.forbidden(`${path}.selector`, exclusive));
  }
  if (name === '' && !selector) errors.push(fieldErrors.required(path, 'one of name or selector must be specified'));
  if (!parameterNotFoundAction) errors.push(fieldErrors.required(`${path}.parameterNotFoundAction`));
  else checkSupported(errors, `${path}.parameterNotFoundAction`, parameterNotFoundAction, ['Deny', 'Allow']);
}

/** A binding of either kind, but for what is done with its verdict. */
export function checkBinding(
  errors: Errors,
  spec: { readonly policyName?: string; readonly paramRef?: ParamRef; readonly matchResources?: MatchResources },
): void {
  const { policyName = '', paramRef, matchResources } = spec;
  if (policyName === '') errors.push(fieldErrors.required('spec.policyName'));
  else checkFormat(errors, 'spec.policyName', policyName, nameIsDnsSubdomain);
  checkParamRef(errors, 'spec.paramRef', paramRef);
  checkMatchResources(errors, 'spec.matchResources', matchResources);
}
