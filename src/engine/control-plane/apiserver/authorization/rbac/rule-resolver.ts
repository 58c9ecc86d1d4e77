/**
 * Which rules a user has: those of every role that a binding gives to the user, to one of the groups, or to the ServiceAccount.
 * @upstream pkg/registry/rbac/validation/rule.go
 */
import {
  type ClusterRoleBinding,
  clusterRoleBindings,
  clusterRoles,
  type PolicyRule,
  type RbacV1Subject,
  type RoleBinding,
  type RoleRef,
  roleBindings,
  roles,
} from '#engine/api';
import { StatusError, statusErrors } from '#engine/apimachinery';
import type { UserInfo } from '../../context.ts';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AuthorizationDecision } from '../authorizer.ts';

/** One rule and how the user came by it. */
export interface GrantedRule {
  readonly rule: PolicyRule;
  /** What is answered when it allows, with how the user came by it: `RoleBinding "rb/lab" of Role "r" to User "alice"`. */
  readonly decision: AuthorizationDecision;
}

interface ResolvedRules {
  readonly granted: readonly GrantedRule[];
  /** Bindings whose role is gone. */
  readonly errors: readonly string[];
}

export interface RuleResolver {
  rulesFor(user: UserInfo, namespace: string): ResolvedRules;
  /** Throws NotFound when the role is not there. */
  rulesOf(roleRef: RoleRef, namespace: string): readonly PolicyRule[];
}

const ACCOUNT = 'system:serviceaccount:';

/** Whether the user is the subject of a binding; `namespace` is the binding's, empty for a ClusterRoleBinding's. */
export function appliesTo(subject: RbacV1Subject, user: UserInfo, namespace: string): boolean {
  if (subject.kind === 'User') return user.username === subject.name;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  const home = subject.namespace || namespace;
  return home !== '' && user.username === `${ACCOUNT}${home}:${subject.name}`;
}

function describeSubject({ kind, name, namespace }: RbacV1Subject, home: string): string {
  if (kind !== 'ServiceAccount') return `${kind} ${JSON.stringify(name)}`;
  return `${kind} ${JSON.stringify(`${name}/${namespace || home}`)}`;
}

/**
 * Reads the four kinds where they are kept. What a user has is remembered until one of them changes:
 * `version` says when.
 */
export function createRuleResolver(stores: Stores, version: () => number): RuleResolver {
  const known = new Map<string, ResolvedRules>();
  let knownVersion = -1;

  const rulesOf = ({ kind, name }: RoleRef, namespace: string): readonly PolicyRule[] => {
    const role =
      kind === 'Role' ? stores.of(roles).find(namespace, name) : stores.of(clusterRoles).find(undefined, name);
    // A lister upstream: it speaks of one role.
    if (!role) throw statusErrors.notFound({ group: roles.group, resource: kind.toLowerCase() }, name);
    return role.rules ?? [];
  };

  function collect(user: UserInfo, namespace: string): ResolvedRules {
    const granted: GrantedRule[] = [];
    const errors: string[] = [];
    const add = (binding: RoleBinding | ClusterRoleBinding, kind: string, home: string) => {
      const subject = binding.subjects?.find((one) => appliesTo(one, user, home));
      if (!subject) return;
      const { roleRef, metadata } = binding;
      const name = home ? `${metadata.name}/${home}` : metadata.name;
      const role = `${roleRef.kind} ${JSON.stringify(roleRef.name)}`;
      const reason = `RBAC: allowed by ${kind} ${JSON.stringify(name)} of ${role} to ${describeSubject(subject, home)}`;
      try {
        for (const rule of rulesOf(roleRef, home))
          granted.push({ rule, decision: Object.freeze({ allowed: true, by: 'rbac', reason, rule }) });
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        errors.push(error.message);
      }
    };
    for (const { value } of stores.of(clusterRoleBindings).storage.list()) add(value, 'ClusterRoleBinding', '');
    if (namespace !== '') {
      for (const { value } of stores.of(roleBindings).storage.list(namespace)) add(value, 'RoleBinding', namespace);
    }
    return { granted, errors };
  }

  return {
    rulesOf,
    rulesFor(user, namespace) {
      const now = version();
      if (now !== knownVersion) {
        known.clear();
        knownVersion = now;
      }
      const key = `${user.username}\n${user.groups.join('\n')}\n\n${namespace}`;
      let rules = known.get(key);
      if (!rules) {
        rules = collect(user, namespace);
        known.set(key, rules);
      }
      return rules;
    },
  };
}
