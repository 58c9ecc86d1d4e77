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
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import type { Declared } from '../../admission/policy/environment.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import type { Strategy } from '../strategy.ts';
import { checkSupported, type Errors } from '../validation.ts';
import { checkBinding, checkPolicy, paramRefDefaults } from './policy-checks.ts';
import { checkExpression, matchDefaults, REINVOCATION_POLICIES } from './rules.ts';
import { bindingColumns } from './validating-admission-policy.ts';

const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];
/** The member that a patch type needs; the other one it forbids. */
const MEMBERS = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;

function checkMutation(errors: Errors, path: string, mutation: Mutation, declared: Declared): void {
  const { patchType = '' } = mutation;
  if (patchType === '') {
    errors.push(fieldErrors.required(`${path}.patchType`));
    return;
  }
  checkSupported(errors, `${path}.patchType`, patchType, PATCH_TYPES);
  for (const [type, member] of Object.entries(MEMBERS)) {
    const content = mutation[member];
    const at = `${path}.${member}`;
    if (type !== patchType) {
      if (content && patchType in MEMBERS)
        errors.push(fieldErrors.invalid(at, `{${member}}`, `must not be specified when patchType is ${patchType}`));
    } else if (!content) errors.push(fieldErrors.required(at, `must be specified when patchType is ${type}`));
    else {
      const expression = content.expression?.trim() ?? '';
      const wanted = type === 'JSONPatch' ? 'list(JSONPatch)' : 'Object';
      if (expression === '') errors.push(fieldErrors.required(`${at}.expression`, 'expression is not specified'));
      else checkExpression(errors, `${at}.expression`, expression, { ...declared, hasPatchTypes: true }, wanted);
    }
  }
}

function validate({ spec = {} }: MutatingAdmissionPolicy): Errors {
  const errors: Errors = [];
  const declared = checkPolicy(errors, spec);
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
export const mutatingAdmissionPolicyStrategy: Strategy<MutatingAdmissionPolicy> = {
  resource: mutatingAdmissionPolicies,
  categories: ['api-extensions'],
  defaults: (policy) => {
    const { spec } = policy;
    if (!spec) return policy;
    const matchConstraints = matchDefaults(spec.matchConstraints);
    return {
      ...policy,
      spec: {
        ...spec,
        failurePolicy: spec.failurePolicy ?? 'Fail',
        ...(matchConstraints && { matchConstraints }),
      },
    };
  },
  validate,
  validateUpdate: validate,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  columns: [
    nameColumn,
    column(
      'Mutations',
      'integer',
      'Mutations indicates the number of mutations rules defined in this configuration',
      (policy) => policy.spec?.mutations?.length ?? 0,
    ),
    column(
      'ParamKind',
      'string',
      'ParamKind specifies the kind of resources used to parameterize this policy',
      (policy) => {
        const { paramKind } = policy.spec ?? {};
        return paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '<unset>';
      },
    ),
    ageColumn,
  ],
};

function validateBinding({ spec }: MutatingAdmissionPolicyBinding): Errors {
  const errors: Errors = [];
  checkBinding(errors, spec ?? {});
  return errors;
}

/** @fidelity full */
export const mutatingAdmissionPolicyBindingStrategy: Strategy<MutatingAdmissionPolicyBinding> = {
  resource: mutatingAdmissionPolicyBindings,
  categories: ['api-extensions'],
  defaults: (binding) => {
    const { spec } = binding;
    if (!spec) return binding;
    const matchResources = matchDefaults(spec.matchResources);
    const paramRef = paramRefDefaults(spec.paramRef);
    return { ...binding, spec: { ...spec, ...(matchResources && { matchResources }), ...(paramRef && { paramRef }) } };
  },
  validate: validateBinding,
  validateUpdate: validateBinding,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  columns: bindingColumns,
};
