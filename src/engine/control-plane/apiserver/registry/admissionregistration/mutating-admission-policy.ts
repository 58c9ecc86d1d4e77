/**
 * Policies that change requests by expressions, and what binds them.
 * @upstream pkg/registry/admissionregistration/mutatingadmissionpolicy/strategy.go, pkg/apis/admissionregistration/validation/validation.go
 */
import {
  type MutatingAdmissionPolicy,
  type MutatingAdmissionPolicyBinding,
  type Mutation,
  mutatingAdmissionPolicies,
  mutatingAdmissionPolicyBindings,
} from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import type { Declared } from '../../admission/policy/environment.ts';
import { column } from '../columns.ts';
import { checkSupported, type Errors } from '../validation.ts';
import { checkBinding, checkMutableOperations, checkPolicy } from './policy-checks.ts';
import { bindingStrategy, policyStrategy } from './policy-shape.ts';
import { checkExpression, REINVOCATION_POLICIES } from './rules.ts';

/** The member that a patch type needs, the one it forbids, and what its expression gives. */
const PATCHES = {
  ApplyConfiguration: ['applyConfiguration', 'jsonPatch', 'Object'],
  JSONPatch: ['jsonPatch', 'applyConfiguration', 'list(JSONPatch)'],
} as const;

const isPatchType = (text: string): text is keyof typeof PATCHES => Object.hasOwn(PATCHES, text);

function checkMutation(errors: Errors, path: string, mutation: Mutation, declared: Declared): void {
  const { patchType = '' } = mutation;
  if (patchType === '') {
    errors.push(fieldErrors.required(`${path}.patchType`));
    return;
  }
  if (!isPatchType(patchType)) {
    errors.push(fieldErrors.notSupported(`${path}.patchType`, patchType, Object.keys(PATCHES)));
    return;
  }
  const [needed, forbidden, wanted] = PATCHES[patchType];
  const content = mutation[needed];
  const expression = content?.expression?.trim() ?? '';
  const at = `${path}.${needed}.expression`;
  if (!content)
    errors.push(fieldErrors.required(`${path}.${needed}`, `must be specified when patchType is ${patchType}`));
  else if (expression === '') errors.push(fieldErrors.required(at));
  else checkExpression(errors, at, expression, { ...declared, hasPatchTypes: true }, wanted);
  if (!mutation[forbidden]) return;
  const why = `must not be specified when patchType is ${patchType}`;
  errors.push(fieldErrors.invalid(`${path}.${forbidden}`, `{${forbidden}}`, why));
}

function validate({ spec = {} }: MutatingAdmissionPolicy): Errors {
  const errors: Errors = [];
  const declared = checkPolicy(errors, spec, true);
  const { mutations = [], reinvocationPolicy = '' } = spec;
  if (mutations.length === 0)
    errors.push(fieldErrors.required('spec.mutations', 'mutations must contain at least one item'));
  for (const [index, mutation] of mutations.entries())
    checkMutation(errors, `spec.mutations[${index}]`, mutation, declared);
  if (reinvocationPolicy === '') errors.push(fieldErrors.required('spec.reinvocationPolicy'));
  else checkSupported(errors, 'spec.reinvocationPolicy', reinvocationPolicy, REINVOCATION_POLICIES);
  return errors;
}

/** @fidelity full */
export const mutatingAdmissionPolicyStrategy = policyStrategy<MutatingAdmissionPolicy>({
  resource: mutatingAdmissionPolicies,
  validate,
  counted: column(
    'Mutations',
    'integer',
    'Mutations indicates the number of mutations rules defined in this configuration',
    ({ spec }) => spec?.mutations?.length ?? 0,
  ),
});

/** @fidelity full */
export const mutatingAdmissionPolicyBindingStrategy = bindingStrategy<MutatingAdmissionPolicyBinding>({
  resource: mutatingAdmissionPolicyBindings,
  policies: 'mutatingadmissionpolicies',
  validate: ({ spec }) => {
    const errors: Errors = [];
    checkBinding(errors, spec ?? {});
    checkMutableOperations(errors, 'spec.matchResources', spec?.matchResources);
    return errors;
  },
});
