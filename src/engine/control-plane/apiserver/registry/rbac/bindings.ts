/**
 * RoleBindings and ClusterRoleBindings: who may do what a role says.
 * @upstream pkg/registry/rbac/rolebinding/strategy.go, pkg/registry/rbac/clusterrolebinding/strategy.go
 */
import { type ClusterRoleBinding, clusterRoleBindings, type RoleBinding, roleBindings } from '#engine/api';
import { ageColumn, column, nameColumn, wideColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import type { Column, Strategy } from '../strategy.ts';
import type { Errors } from '../validation.ts';
import { checkBinding, checkSameRole, defaultBinding, isPathSegment, subjectNames } from './rules.ts';

type Binding = RoleBinding | ClusterRoleBinding;

const validation = (roleKinds: readonly string[]) => {
  const validate = (binding: Binding): Errors => {
    const errors: Errors = [];
    checkBinding(errors, binding, roleKinds);
    return errors;
  };
  const validateUpdate = (next: Binding, current: Binding): Errors => {
    const errors = validate(next);
    checkSameRole(errors, next, current);
    return errors;
  };
  return { validate, validateUpdate };
};

const columns = (kind: 'RoleBinding' | 'ClusterRoleBinding', word: string): readonly Column<Binding>[] => [
  nameColumn,
  column('Role', 'string', fieldDescription(kind, 'roleRef'), ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  wideColumn('Users', 'string', `Users in the ${word}`, (o) => subjectNames(o.subjects, 'User')),
  wideColumn('Groups', 'string', `Groups in the ${word}`, (o) => subjectNames(o.subjects, 'Group')),
  wideColumn('ServiceAccounts', 'string', `ServiceAccounts in the ${word}`, (o) =>
    subjectNames(o.subjects, 'ServiceAccount'),
  ),
];

/** @fidelity full */
export const roleBindingStrategy: Strategy<RoleBinding> = {
  resource: roleBindings,
  validateName: isPathSegment,
  defaults: defaultBinding,
  ...validation(['Role', 'ClusterRole']),
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  columns: columns('RoleBinding', 'roleBinding'),
};

/** @fidelity full */
export const clusterRoleBindingStrategy: Strategy<ClusterRoleBinding> = {
  resource: clusterRoleBindings,
  validateName: isPathSegment,
  defaults: defaultBinding,
  ...validation(['ClusterRole']),
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: true,
  columns: columns('ClusterRoleBinding', 'clusterRoleBinding'),
};
