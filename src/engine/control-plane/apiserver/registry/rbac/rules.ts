/**
 * What Roles, ClusterRoles and their bindings share.
 * @upstream pkg/apis/rbac/validation/validation.go, pkg/apis/rbac/v1/defaults.go
 */
import type { PolicyRule, RbacV1Subject, RoleRef } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { mapShared, withDefaults, withMember } from '../sharing.ts';
import { checkFormat, type Errors, nameIsDnsSubdomain } from '../validation.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** `validateName` of the four kinds, and the form of a role's name: whatever may stand in a path. */
export function isPathSegment(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((text) => name.includes(text)).map((text) => `may not contain '${text}'`);
}

export function checkRules(errors: Errors, rules: readonly PolicyRule[] | undefined, namespaced: boolean): void {
  for (const [i, rule] of (rules ?? []).entries()) checkRule(errors, `rules[${i}]`, rule, namespaced);
}

function checkRule(errors: Errors, path: string, rule: PolicyRule, namespaced: boolean): void {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (verbs.length === 0) errors.push(fieldErrors.required(`${path}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    const at = `${path}.nonResourceURLs`;
    if (namespaced) {
      errors.push(fieldErrors.invalid(at, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    }
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      const why = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(fieldErrors.invalid(at, nonResourceURLs, why));
    }
    return;
  }
  if (apiGroups.length === 0)
    errors.push(fieldErrors.required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources.length === 0)
    errors.push(fieldErrors.required(`${path}.resources`, 'resource rules must supply at least one resource'));
}

interface Binding {
  readonly roleRef: RoleRef;
  readonly subjects?: readonly RbacV1Subject[];
}

const defaultSubject = (subject: RbacV1Subject): RbacV1Subject =>
  subject.kind === 'User' || subject.kind === 'Group' ? withDefaults(subject, { apiGroup: RBAC_GROUP }) : subject;

/** Groups that a client may leave out. */
export function defaultBinding<T extends Binding>(binding: T): T {
  const roleRef = withDefaults(binding.roleRef ?? {}, { apiGroup: RBAC_GROUP });
  const { subjects } = binding;
  const grouped = withMember(binding, 'roleRef', roleRef);
  return subjects ? withMember(grouped, 'subjects', mapShared(subjects, defaultSubject) as T['subjects']) : grouped;
}

export function checkBinding(errors: Errors, { roleRef, subjects }: Binding, roleKinds: readonly string[]): void {
  const { apiGroup = '', kind = '', name = '' } = roleRef;
  if (apiGroup !== RBAC_GROUP) errors.push(fieldErrors.notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP]));
  if (!roleKinds.includes(kind)) errors.push(fieldErrors.notSupported('roleRef.kind', kind, roleKinds));
  if (name === '') errors.push(fieldErrors.required('roleRef.name'));
  else checkFormat(errors, 'roleRef.name', name, isPathSegment);
  const namespaced = roleKinds.includes('Role');
  for (const [i, subject] of (subjects ?? []).entries()) checkSubject(errors, `subjects[${i}]`, subject, namespaced);
}

function checkSubject(errors: Errors, path: string, subject: RbacV1Subject, namespaced: boolean): void {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  if (name === '') errors.push(fieldErrors.required(`${path}.name`));
  if (kind === 'ServiceAccount') {
    if (name !== '') checkFormat(errors, `${path}.name`, name, nameIsDnsSubdomain);
    if (apiGroup !== '') errors.push(fieldErrors.notSupported(`${path}.apiGroup`, apiGroup, ['']));
    if (!namespaced && namespace === '') errors.push(fieldErrors.required(`${path}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC_GROUP) errors.push(fieldErrors.notSupported(`${path}.apiGroup`, apiGroup, [RBAC_GROUP]));
  } else errors.push(fieldErrors.notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
}

/** What a binding grants never changes: that would be another binding. */
export function checkSameRole(errors: Errors, next: Binding, current: Binding): void {
  const { apiGroup, kind, name } = next.roleRef;
  const before = current.roleRef;
  if (apiGroup === before.apiGroup && kind === before.kind && name === before.name) return;
  errors.push(fieldErrors.invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef'));
}

/** Names of the subjects of one kind, as a Table's wide columns list them. */
export const subjectNames = (subjects: readonly RbacV1Subject[] | undefined, kind: string): string =>
  (subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
    .join(', ');
