/**
 * Policies that refuse requests by expressions, and what binds them.
 * @upstream pkg/registry/admissionregistration/validatingadmissionpolicy/strategy.go, pkg/apis/admissionregistration/validation/validation.go
 */
import {
  type AuditAnnotation,
  type ValidatingAdmissionPolicy,
  type ValidatingAdmissionPolicyBinding,
  type Validation,
  validatingAdmissionPolicies,
  validatingAdmissionPolicyBindings,
} from '#engine/api';
import { fieldErrors, isQualifiedName, semanticEqual } from '#engine/apimachinery';
import type { Declared } from '../../admission/policy/environment.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkFormat, checkSupported, type Errors } from '../validation.ts';
import { checkBinding, checkPolicy, paramRefDefaults } from './policy-checks.ts';
import { checkExpression, matchDefaults } from './rules.ts';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];
const MAX_AUDIT_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION = 5 * 1024;
const NEWLINE = /[\n\r]/;

function checkMessage(errors: Errors, path: string, validation: Validation): void {
  const { message = '' } = validation;
  const trimmed = message.trim();
  if (message !== '' && trimmed === '')
    errors.push(fieldErrors.invalid(path, message, 'message must be non-empty if specified'));
  else if (NEWLINE.test(trimmed)) errors.push(fieldErrors.invalid(path, message, 'must not contain line breaks'));
  else if (NEWLINE.test((validation.expression ?? '').trim()) && trimmed === '')
    errors.push(fieldErrors.required(path, 'message must be specified if expression contains line breaks'));
}

function checkValidation(errors: Errors, path: string, validation: Validation, declared: Declared): void {
  const { expression = '', messageExpression = '', reason } = validation;
  const trimmed = expression.trim();
  if (trimmed === '') errors.push(fieldErrors.required(`${path}.expression`, 'expression is not specified'));
  else checkExpression(errors, `${path}.expression`, trimmed, declared, 'bool');
  const message = messageExpression.trim();
  const messagePath = `${path}.messageExpression`;
  if (messageExpression !== '' && message === '')
    errors.push(fieldErrors.invalid(messagePath, messageExpression, 'must be non-empty if specified'));
  else if (message !== '')
    checkExpression(errors, messagePath, message, { ...declared, hasAuthorizer: false }, 'string', messageExpression);
  checkMessage(errors, `${path}.message`, validation);
  if (reason !== undefined) checkSupported(errors, `${path}.reason`, reason, REASONS);
}

function checkAuditAnnotation(
  errors: Errors,
  path: string,
  policyName: string,
  { key = '', valueExpression = '' }: AuditAnnotation,
  declared: Declared,
): void {
  if (policyName === '') errors.push(fieldErrors.invalid(`${path}.key`, key, 'requires metadata.name be non-empty'));
  else checkFormat(errors, `${path}.key`, `${policyName}/${key}`, isQualifiedName);
  const trimmed = valueExpression.trim();
  const at = `${path}.valueExpression`;
  if (trimmed === '') errors.push(fieldErrors.required(at, 'valueExpression is not specified'));
  else if (trimmed.length > MAX_VALUE_EXPRESSION)
    errors.push(fieldErrors.required(at, `must not exceed ${MAX_VALUE_EXPRESSION} bytes in length`));
  else checkExpression(errors, at, trimmed, declared, 'string or null', valueExpression);
}

const NOTHING = 'validations or auditAnnotations must contain at least one item';

function validate({ metadata, spec = {} }: ValidatingAdmissionPolicy): Errors {
  const errors: Errors = [];
  const declared = checkPolicy(errors, spec);
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0) {
    errors.push(fieldErrors.required('spec.validations', NOTHING));
    errors.push(fieldErrors.required('spec.auditAnnotations', NOTHING));
    return errors;
  }
  for (const [index, validation] of validations.entries())
    checkValidation(errors, `spec.validations[${index}]`, validation, declared);
  if (auditAnnotations.length > MAX_AUDIT_ANNOTATIONS)
    errors.push(
      fieldErrors.invalid(
        'spec.auditAnnotations',
        auditAnnotations,
        `must not have more than ${MAX_AUDIT_ANNOTATIONS} auditAnnotations`,
      ),
    );
  const keys = new Set<string>();
  for (const [index, annotation] of auditAnnotations.entries()) {
    const path = `spec.auditAnnotations[${index}]`;
    checkAuditAnnotation(errors, path, metadata.name, annotation, declared);
    if (keys.has(annotation.key)) errors.push(fieldErrors.duplicate(`${path}.key`, annotation.key));
    keys.add(annotation.key);
  }
  return errors;
}

/** What is not set is not there. */
const orUnset = (text: string): string => (text === '' ? '<unset>' : text);

const status: SubresourceStrategy<ValidatingAdmissionPolicy> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: ({ status: { typeChecking } = {} }) => {
    const errors: Errors = [];
    for (const [index, { warning = '', fieldRef = '' }] of (typeChecking?.expressionWarnings ?? []).entries()) {
      const path = `status.typeChecking.expressionWarnings[${index}]`;
      if (warning === '') errors.push(fieldErrors.required(`${path}.warning`));
      if (fieldRef.trim() === '') errors.push(fieldErrors.required(`${path}.fieldRef`));
    }
    return errors;
  },
};

/** @fidelity full */
export const validatingAdmissionPolicyStrategy: Strategy<ValidatingAdmissionPolicy> = {
  resource: validatingAdmissionPolicies,
  categories: ['api-extensions'],
  defaults: (policy) => {
    const { spec } = policy;
    if (!spec) return policy;
    const matchConstraints = matchDefaults(spec.matchConstraints);
    return {
      ...policy,
      spec: { ...spec, failurePolicy: spec.failurePolicy ?? 'Fail', ...(matchConstraints && { matchConstraints }) },
    };
  },
  prepareForCreate: (policy) => withMember(policy, 'status', {}),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate: validate,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  columns: [
    nameColumn,
    column(
      'Validations',
      'integer',
      'Validations indicates the number of validation rules defined in this configuration',
      (policy) => policy.spec?.validations?.length ?? 0,
    ),
    column(
      'ParamKind',
      'string',
      'ParamKind specifies the kind of resources used to parameterize this policy',
      (policy) => {
        const { paramKind } = policy.spec ?? {};
        return orUnset(paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '');
      },
    ),
    ageColumn,
  ],
};

function checkActions(errors: Errors, path: string, actions: readonly string[]): void {
  if (actions.length === 0) errors.push(fieldErrors.required(path, 'at least one validation action is required'));
  const seen = new Set<string>();
  for (const [index, action] of actions.entries()) {
    checkSupported(errors, `${path}[${index}]`, action, ACTIONS);
    if (seen.has(action)) errors.push(fieldErrors.duplicate(`${path}[${index}]`, action));
    seen.add(action);
  }
  if (seen.has('Deny') && seen.has('Warn'))
    errors.push(
      fieldErrors.invalid(
        path,
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
}

function validateBinding({ spec }: ValidatingAdmissionPolicyBinding): Errors {
  const errors: Errors = [];
  checkBinding(errors, spec ?? {});
  checkActions(errors, 'spec.validationActions', spec?.validationActions ?? []);
  return errors;
}

/** Columns of bindings of both kinds. */
export const bindingColumns = [
  nameColumn,
  column(
    'PolicyName',
    'string',
    'PolicyName indicates the policy definition which the policy binding binded to',
    (binding: { readonly spec?: { readonly policyName?: string } }) => binding.spec?.policyName ?? '',
  ),
  column(
    'ParamRef',
    'string',
    'ParamRef indicates the param resource which sets the configuration param',
    (binding: { readonly spec?: { readonly paramRef?: { readonly namespace?: string; readonly name?: string } } }) => {
      const { paramRef } = binding.spec ?? {};
      if (!paramRef) return '<unset>';
      const { namespace = '', name = '' } = paramRef;
      return name === '' ? '*' : namespace === '' ? `*/${name}` : `${namespace}/${name}`;
    },
  ),
  ageColumn,
];

/** @fidelity full */
export const validatingAdmissionPolicyBindingStrategy: Strategy<ValidatingAdmissionPolicyBinding> = {
  resource: validatingAdmissionPolicyBindings,
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
