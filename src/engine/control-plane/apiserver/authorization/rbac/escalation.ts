/**
 * Nobody grants what he has not got: checked before a role or binding is written.
 * @upstream pkg/registry/rbac/role/policybased/storage.go, pkg/registry/rbac/rolebinding/policybased/storage.go,
 * pkg/registry/rbac/validation/rule.go
 */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Resource, Role, RoleBinding } from '#engine/api';
import { type KubeObject, semanticEqual, statusErrors } from '#engine/apimachinery';
import type { UserInfo } from '../../context.ts';
import type { StoreHooks } from '../../registry/generic/store-types.ts';
import { RBAC_GROUP } from '../../registry/rbac/rules.ts';
import type { RequestContext } from '../../registry/strategy.ts';
import type { Authorizer } from '../authorizer.ts';
import { compactRules, describeRule, missingRules } from './evaluation.ts';
import type { RuleResolver } from './rule-resolver.ts';

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

export interface EscalationCheck {
  readonly resolver: RuleResolver;
  readonly authorizer: Authorizer;
}

/** Whether the user may do that to the roles themselves: `escalate` a role, `bind` one. */
async function may(
  { authorizer }: EscalationCheck,
  user: UserInfo,
  verb: 'escalate' | 'bind',
  what: { readonly resource: string; readonly namespace: string; readonly name: string },
): Promise<boolean> {
  const request = { user, verb, isResourceRequest: true, path: '', apiGroup: RBAC_GROUP, apiVersion: 'v1' };
  return (await authorizer.authorize({ ...request, subresource: '', ...what })).allowed;
}

/** What the user lacks of the rules, in upstream's words; undefined when nothing. */
function missing(
  { resolver }: EscalationCheck,
  user: UserInfo,
  namespace: string,
  rules: readonly PolicyRule[],
): string | undefined {
  const { granted, errors } = resolver.rulesFor(user, namespace);
  const lacking = missingRules(
    granted.map(({ rule }) => rule),
    rules,
  );
  if (lacking.length === 0) return undefined;
  const groups = `[${user.groups.map((group) => JSON.stringify(group)).join(' ')}]`;
  const texts = [...new Set(compactRules(lacking).map(describeRule))].sort();
  const unresolved = errors.length > 0 ? `; resolution errors: [${errors.join(', ')}]` : '';
  const who = `user ${JSON.stringify(user.username)} (groups=${groups})`;
  return `${who} is attempting to grant RBAC permissions not currently held:\n${texts.join('\n')}${unresolved}`;
}

const isMaster = ({ groups }: UserInfo) => groups.includes('system:masters');

function refuse(resource: Pick<Resource, 'group' | 'plural'>, name: string, why: string): never {
  throw statusErrors.forbidden({ group: resource.group, resource: resource.plural }, name, why);
}

async function checkRole(
  check: EscalationCheck,
  resource: Resource,
  next: Role | ClusterRole,
  current: Role | ClusterRole | undefined,
  { user, namespace = '' }: RequestContext,
): Promise<void> {
  if (isMaster(user)) return;
  const aggregated = 'aggregationRule' in next ? next.aggregationRule : undefined;
  const before = current && 'aggregationRule' in current ? current.aggregationRule : undefined;
  if (current && semanticEqual(next.rules, current.rules) && semanticEqual(aggregated, before)) return;
  const name = current?.metadata.name ?? '';
  if (await may(check, user, 'escalate', { resource: resource.plural, namespace, name })) return;
  const lacking = missing(check, user, namespace, next.rules ?? []);
  if (lacking) refuse(resource, next.metadata.name, lacking);
  if (aggregated && missing(check, user, '', EVERYTHING) !== undefined) {
    refuse(resource, next.metadata.name, 'must have cluster-admin privileges to use an aggregationRule');
  }
}

async function checkBinding(
  check: EscalationCheck,
  resource: Resource,
  next: RoleBinding | ClusterRoleBinding,
  current: RoleBinding | ClusterRoleBinding | undefined,
  { user, namespace = '' }: RequestContext,
): Promise<void> {
  if (isMaster(user)) return;
  if (current && semanticEqual(next.roleRef, current.roleRef) && semanticEqual(next.subjects, current.subjects)) return;
  const { roleRef } = next;
  const plural = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  if (await may(check, user, 'bind', { resource: plural, namespace, name: roleRef.name })) return;
  const lacking = missing(check, user, namespace, check.resolver.rulesOf(roleRef, namespace));
  if (lacking) refuse(resource, next.metadata.name, lacking);
}

/** The machinery hands each store only objects of its own kind. */
const forAnyKind = <T extends KubeObject>(hooks: StoreHooks<T>) => hooks as unknown as StoreHooks<KubeObject>;

/** Hooks of the stores of roles and bindings. `check` is asked when something is written: it needs the stores itself. */
export const escalationHooks = (
  resources: { readonly roles: readonly Resource[]; readonly bindings: readonly Resource[] },
  check: () => EscalationCheck,
): { readonly [groupResource: string]: StoreHooks<KubeObject> } =>
  Object.fromEntries([
    ...resources.roles.map((resource) => [
      `${resource.group}/${resource.plural}`,
      forAnyKind<Role>({
        beforeWrite: (next, current, context) => checkRole(check(), resource, next, current, context),
      }),
    ]),
    ...resources.bindings.map((resource) => [
      `${resource.group}/${resource.plural}`,
      forAnyKind<RoleBinding>({
        beforeWrite: (next, current, context) => checkBinding(check(), resource, next, current, context),
      }),
    ]),
  ]);
