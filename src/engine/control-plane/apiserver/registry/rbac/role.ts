/** Roles: what may be done in one namespace. @upstream pkg/registry/rbac/role/strategy.go */
import { type Role, roles } from '#engine/api';
import { nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { emptyAsNull } from '../sharing.ts';
import type { Column, Strategy } from '../strategy.ts';
import type { Errors } from '../validation.ts';
import { checkRules, isPathSegment } from './rules.ts';

export const createdAtColumn: Column<Role> = {
  name: 'Created At',
  type: 'date',
  description: fieldDescription('ObjectMeta', 'creationTimestamp'),
  cell: ({ metadata }) => metadata.creationTimestamp,
};

function validate({ rules }: Role): Errors {
  const errors: Errors = [];
  checkRules(errors, rules, true);
  return errors;
}

/** @fidelity full */
export const roleStrategy: Strategy<Role> = {
  resource: roles,
  validateName: isPathSegment,
  prepareForCreate: (role) => emptyAsNull(role, 'rules'),
  prepareForUpdate: (role) => emptyAsNull(role, 'rules'),
  validate,
  validateUpdate: validate,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  columns: [nameColumn, createdAtColumn],
};
