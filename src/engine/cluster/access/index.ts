/** Why somebody may not (a second door of this room, for those who explain): the rules that come nearest to allowing a request, and what each of them lacks. */
import {
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleBindings,
  clusterRoles,
  type PolicyRule,
  type RbacV1Subject,
  type Role,
  type RoleBinding,
  type RoleRef,
  roleBindings,
  roles,
} from '#engine/api';
import { type AuthorizationAttributes, appliesTo, ruleAllows } from '#engine/control-plane/apiserver';
import type { Memory } from '../memory.ts';

/**
 * What is missing:
 * `verb`, `group`, `resource`, `name`, `path` of a rule the user has; `namespace`: the rule is given in another one; `subject`: a binding that
 * would allow it names somebody alike; `role`: the binding's role is not there; `binding`: a role would allow it, and nobody gave it to the user.
 */
export type MissReason = 'verb' | 'group' | 'resource' | 'name' | 'path' | 'namespace' | 'subject' | 'role' | 'binding';

/** A rule that nearly allows. */
export interface NearMiss {
  readonly lacks: MissReason;
  readonly role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string; readonly namespace?: string };
  readonly binding?: {
    readonly kind: 'RoleBinding' | 'ClusterRoleBinding';
    readonly name: string;
    readonly namespace?: string;
  };
  /** The subject that was meant, as the binding has it. */
  readonly subject?: RbacV1Subject;
  readonly rule?: PolicyRule;
  /** Of what is lacking: what the rule has there. */
  readonly has?: readonly string[];
  /** A command that would grant it. */
  readonly command?: string;
}

/** The nearer the lower. */
const DISTANCE: { readonly [Reason in MissReason]: number } = {
  role: 0,
  subject: 1,
  namespace: 2,
  name: 2,
  verb: 3,
  group: 3,
  path: 4,
  resource: 4,
  binding: 5,
};

const SHOWN = 6;
const ANY = '*';
const NONE: readonly string[] = [];

interface Given {
  readonly binding: RoleBinding | ClusterRoleBinding;
  readonly home: string;
}

/**
 * The nearest misses, the nearest first; at most six.
 * @param revision absent: the present
 */
export function nearestMisses(
  memory: Memory,
  attributes: AuthorizationAttributes,
  revision?: number,
): readonly NearMiss[] {
  const all = {
    roles: memory.list(roles, undefined, revision),
    clusterRoles: memory.list(clusterRoles, undefined, revision),
  };
  const given: readonly Given[] = [
    ...memory.list(clusterRoleBindings, undefined, revision).map((binding) => ({ binding, home: '' })),
    ...memory
      .list(roleBindings, undefined, revision)
      .map((binding) => ({ binding, home: binding.metadata.namespace as string })),
  ];
  const roleOf = (ref: RoleRef, home: string): Role | ClusterRole | undefined =>
    ref.kind === 'Role'
      ? all.roles.find(({ metadata }) => metadata.name === ref.name && metadata.namespace === home)
      : all.clusterRoles.find(({ metadata }) => metadata.name === ref.name);
  const misses = [
    ...given.flatMap((one) => ofBinding(one, roleOf(one.binding.roleRef, one.home), attributes)),
    ...unbound([...all.roles, ...all.clusterRoles], given, attributes),
  ];
  return misses.sort((a, b) => DISTANCE[a.lacks] - DISTANCE[b.lacks]).slice(0, SHOWN);
}

function ofBinding(
  { binding, home }: Given,
  role: Role | ClusterRole | undefined,
  attributes: AuthorizationAttributes,
): readonly NearMiss[] {
  const here = home === '' || home === attributes.namespace;
  const { roleRef, subjects = [] } = binding;
  const where = home === '' ? {} : { namespace: home };
  const base = {
    role: { kind: roleRef.kind as 'Role' | 'ClusterRole', name: roleRef.name, ...(roleRef.kind === 'Role' && where) },
    binding: {
      kind: home === '' ? ('ClusterRoleBinding' as const) : ('RoleBinding' as const),
      name: binding.metadata.name,
      ...where,
    },
  };
  const applies = subjects.some((subject) => appliesTo(subject, attributes.user, home));
  if (!role) return applies && here ? [{ ...base, lacks: 'role' }] : [];
  const allowing = role.rules?.find((rule) => ruleAllows(rule, attributes));
  if (applies && here) return (role.rules ?? []).flatMap((rule) => ofRule(rule, attributes, base));
  if (!allowing) return [];
  if (applies) return [{ ...base, lacks: 'namespace', rule: allowing, has: [home] }];
  const alike = here ? subjects.find((subject) => isAlike(subject, attributes.user.username)) : undefined;
  return alike ? [{ ...base, lacks: 'subject', rule: allowing, subject: alike }] : [];
}

/** The same last name: a ServiceAccount of another namespace, a User written as a Group, other letters. */
function isAlike({ name }: RbacV1Subject, username: string): boolean {
  const last = (text: string) => text.slice(text.lastIndexOf(':') + 1).toLowerCase();
  return last(name) === last(username);
}

/** A rule that lacks one thing only; the rest is too far away to be told. */
function ofRule(
  rule: PolicyRule,
  attributes: AuthorizationAttributes,
  base: Pick<NearMiss, 'role' | 'binding'>,
): readonly NearMiss[] {
  const miss = (lacks: MissReason, has: readonly string[] | undefined): readonly NearMiss[] => [
    { ...base, lacks, rule, has: has ?? NONE },
  ];
  const allows = (changed: Partial<PolicyRule>) => ruleAllows({ ...rule, ...changed }, attributes);
  if (!attributes.isResourceRequest) {
    if (allows({ verbs: [ANY] })) return miss('verb', rule.verbs);
    return [];
  }
  if (allows({ verbs: [ANY] })) return miss('verb', rule.verbs);
  if (allows({ resourceNames: [] })) return miss('name', rule.resourceNames);
  if (allows({ apiGroups: [ANY] })) return miss('group', rule.apiGroups);
  const isSameKind = rule.resources?.some((one) => one.split('/')[0] === attributes.resource);
  if (isSameKind && allows({ resources: [ANY] })) return miss('resource', rule.resources);
  return [];
}

/** Roles that are there and would do; of upstream's own only those made for people. */
function unbound(
  candidates: readonly (Role | ClusterRole)[],
  given: readonly Given[],
  attributes: AuthorizationAttributes,
): readonly NearMiss[] {
  const { namespace, user } = attributes;
  const found: NearMiss[] = [];
  for (const role of candidates) {
    const { metadata, rules } = role;
    if (metadata.name.startsWith('system:') || metadata.name === 'cluster-admin') continue;
    const home = metadata.namespace;
    if (home !== undefined && home !== namespace) continue;
    if (given.some((one) => isForParts(one, metadata.name))) continue;
    const rule = rules?.find((one) => ruleAllows(one, attributes));
    if (!rule) continue;
    const kind = home === undefined ? 'ClusterRole' : 'Role';
    const command = bindingCommand(kind, metadata.name, namespace, user.username);
    found.push({
      lacks: 'binding',
      role: { kind, name: metadata.name, ...(home !== undefined && { namespace: home }) },
      rule,
      command,
    });
  }
  // The least mighty first: those with the fewest rules.
  const rulesOf = ({ role }: NearMiss) =>
    candidates.find(({ metadata }) => metadata.name === role.name && metadata.namespace === role.namespace)?.rules
      ?.length ?? 0;
  return found.sort((a, b) => rulesOf(a) - rulesOf(b));
}

/** A role that a part of the cluster has is made for that part. */
const isForParts = ({ binding }: Given, role: string): boolean =>
  binding.roleRef.name === role &&
  binding.subjects?.some(({ kind, namespace }) => kind === 'ServiceAccount' && namespace === 'kube-system') === true;

const ACCOUNT = 'system:serviceaccount:';

function bindingCommand(kind: 'Role' | 'ClusterRole', role: string, namespace: string, username: string): string {
  const who = username.startsWith(ACCOUNT)
    ? `--serviceaccount=${username.slice(ACCOUNT.length)}`
    : `--user=${username}`;
  const name = `${role}-${username.slice(username.lastIndexOf(':') + 1)}`;
  if (namespace === '') return `kubectl create clusterrolebinding ${name} --clusterrole=${role} ${who}`;
  return `kubectl create rolebinding ${name} --${kind.toLowerCase()}=${role} ${who} --namespace=${namespace}`;
}
