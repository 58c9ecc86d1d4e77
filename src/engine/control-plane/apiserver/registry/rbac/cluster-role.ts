/** ClusterRoles: what may be done anywhere; some are made of others. @upstream pkg/registry/rbac/clusterrole/strategy.go */
import { type ClusterRole, clusterRoles } from '#engine/api';
import { fieldErrors, type LabelSelector } from '#engine/apimachinery';
import { nameColumn } from '../columns.ts';
import { emptyAsNull } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkLabelSelector, type Errors } from '../validation.ts';
import { createdAtColumn } from './role.ts';
import { checkRules, isPathSegment } from './rules.ts';

function validate({ rules, aggregationRule }: ClusterRole): Errors {
  const errors: Errors = [];
  checkRules(errors, rules, false);
  if (aggregationRule) checkAggregation(errors, aggregationRule.clusterRoleSelectors ?? []);
  return errors;
}

function checkAggregation(errors: Errors, selectors: readonly LabelSelector[]): void {
  const path = 'aggregationRule.clusterRoleSelectors';
  if (selectors.length === 0) {
    const why = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    errors.push(fieldErrors.required(path, why));
  }
  for (const [i, selector] of selectors.entries()) {
    const before = errors.length;
    checkLabelSelector(errors, `${path}[${i}]`, selector);
    // What cannot be read as a selector is said once more, without a value.
    if (errors.length > before) errors.push(fieldErrors.invalid(`${path}[${i}]`, undefined, 'invalid label selector.'));
  }
}

/** @fidelity full */
export const clusterRoleStrategy: Strategy<ClusterRole> = {
  resource: clusterRoles,
  validateName: isPathSegment,
  prepareForCreate: (role) => emptyAsNull(role, 'rules'),
  prepareForUpdate: (role) => emptyAsNull(role, 'rules'),
  validate,
  validateUpdate: validate,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  columns: [nameColumn, createdAtColumn],
};
