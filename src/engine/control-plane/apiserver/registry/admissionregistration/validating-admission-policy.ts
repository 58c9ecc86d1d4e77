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
import { fieldErrors, isQualifiedName, JsonPathError, parseJsonPath } from '#engine/apimachinery';
import type { Declared } from '../../admission/policy/environment.ts';
import { column } from '../columns.ts';
import { checkConditions } from '../conditions.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkFormat, checkSupported, type Errors } from '../validation.ts';
import { checkBinding, checkPolicy } from './policy-checks.ts';
import { bindingStrategy, policyStrategy } from './policy-shape.ts';
import { checkExpression } from './rules.ts';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const ACTIONS = ['Audit', 'Deny', 'Warn'];
const MAX_AUDIT_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION = 5 * 1024;
const NEWLINE = /[\n\r]/;
const MUST_SAY = 'must be non-empty if specified';

function checkMessage(errors: Errors, path: string, validation: Validation): void {
  const { message = '' } = validation;
  const trimmed = message.trim();
  if (message !== '' && trimmed === '') errors.push(fieldErrors.invalid(path, message, MUST_SAY));
  else if (NEWLINE.test(trimmed)) errors.push(fieldErrors.invalid(path, message, 'must not contain line breaks'));
}

function checkValidation(errors: Errors, path: string, validation: Validation, declared: Declared): void {
  const { expression = '', messageExpression = '', reason } = validation;
  if (expression.trim() === '') errors.push(fieldErrors.required(`${path}.expression`, 'expression is not specified'));
  else checkExpression(errors, `${path}.expression`, expression, declared, 'bool');
  const messagePath = `${path}.messageExpression`;
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(fieldErrors.invalid(messagePath, messageExpression, MUST_SAY));
  else if (messageExpression !== '')
    checkExpression(errors, messagePath, messageExpression, { ...declared, hasAuthorizer: false }, 'string');
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

function checkFieldRef(errors: Errors, path: string, text: string): void {
  if (text === '') {
    errors.push(fieldErrors.required(path));
    return;
  }
  try {
    parseJsonPath(`{${text}}`);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    errors.push(fieldErrors.invalid(path, text, `invalid JSONPath: ${error.message}`));
  }
}

const status: SubresourceStrategy<ValidatingAdmissionPolicy> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: ({ status: { typeChecking, conditions } = {} }) => {
    const errors: Errors = [];
    for (const [index, { warning = '', fieldRef = '' }] of (typeChecking?.expressionWarnings ?? []).entries()) {
      const path = `status.typeChecking.expressionWarnings[${index}]`;
      if (warning === '') errors.push(fieldErrors.required(`${path}.warning`));
      checkFieldRef(errors, `${path}.fieldRef`, fieldRef.trim());
    }
    checkConditions(errors, 'status.conditions', conditions);
    return errors;
  },
};

/** @fidelity full */
export const validatingAdmissionPolicyStrategy: Strategy<ValidatingAdmissionPolicy> = {
  ...policyStrategy<ValidatingAdmissionPolicy>({
    resource: validatingAdmissionPolicies,
    validate,
    counted: column(
      'Validations',
      'integer',
      'Validations indicates the number of validation rules defined in this configuration',
      ({ spec }) => spec?.validations?.length ?? 0,
    ),
  }),
  prepareForCreate: (policy) => withMember(policy, 'status', {}),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  status,
};

function checkActions(errors: Errors, path: string, actions: readonly string[]): void {
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
  if (actions.length === 0) errors.push(fieldErrors.required(path, 'at least one validation action is required'));
}

/** @fidelity full */
export const validatingAdmissionPolicyBindingStrategy = bindingStrategy<ValidatingAdmissionPolicyBinding>({
  resource: validatingAdmissionPolicyBindings,
  policies: 'validatingadmissionpolicies',
  validate: ({ spec }) => {
    const errors: Errors = [];
    checkBinding(errors, spec ?? {});
    checkActions(errors, 'spec.validationActions', spec?.validationActions ?? []);
    return errors;
  },
});
