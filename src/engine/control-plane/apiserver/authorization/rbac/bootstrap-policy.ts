/**
 * The roles and bindings that every API server makes sure of when it starts.
 * @upstream plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
 */
import type { ClusterRole, ClusterRoleBinding, RbacV1Subject, Role, RoleBinding } from '#engine/api';
import type { Draft } from '#engine/apimachinery';
import { RBAC_GROUP } from '../../registry/rbac/rules.ts';
import { controllerRoles } from './controller-roles.ts';
import { clusterRoleRules, roleRules } from './policy-roles.ts';
import { parseRule } from './rule-syntax.ts';

const AGGREGATE = `${RBAC_GROUP}/aggregate-to-`;

/** A role that is the sum of those labelled for it. */
const AGGREGATED: { readonly [name: string]: string } = { admin: 'admin', edit: 'edit', view: 'view' };

/** Roles that are part of an aggregated one. */
const PART_OF: { readonly [name: string]: string } = {
  edit: 'admin',
  view: 'edit',
  'system:aggregate-to-admin': 'admin',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-view': 'view',
};

const meta = (name: string, labels?: { readonly [key: string]: string }) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
});

function clusterRole(name: string, rules: readonly string[]): Draft<ClusterRole> {
  const whole = AGGREGATED[name];
  const part = PART_OF[name];
  return {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'ClusterRole',
    metadata: meta(name, part === undefined ? undefined : { [AGGREGATE + part]: 'true' }),
    ...(whole === undefined
      ? { rules: rules.map(parseRule) }
      : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [AGGREGATE + whole]: 'true' } }] } }),
  };
}

/** The ClusterRoles, in the order upstream makes them. */
export const bootstrapClusterRoles = (): readonly Draft<ClusterRole>[] =>
  Object.entries({ ...clusterRoleRules, ...controllerRoles }).map(([name, rules]) => clusterRole(name, rules));

export const bootstrapRoles = (): readonly Draft<Role>[] =>
  Object.entries(roleRules).map(([key, rules]) => {
    const [namespace, name] = key.split('/') as [string, string];
    return {
      apiVersion: `${RBAC_GROUP}/v1`,
      kind: 'Role',
      metadata: { ...meta(name), namespace },
      rules: rules.map(parseRule),
    };
  });

const user = (name: string): RbacV1Subject => ({ kind: 'User', apiGroup: RBAC_GROUP, name });
const group = (name: string): RbacV1Subject => ({ kind: 'Group', apiGroup: RBAC_GROUP, name });
const account = (name: string): RbacV1Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' });

const CONTROLLER_MANAGER = user('system:kube-controller-manager');
const SCHEDULER = user('system:kube-scheduler');

/** Who has which ClusterRole; the binding carries the role's name. */
const CLUSTER_BINDINGS: { readonly [role: string]: readonly RbacV1Subject[] } = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  'system:kube-controller-manager': [CONTROLLER_MANAGER],
  'system:kube-dns': [account('kube-dns')],
  'system:kube-scheduler': [SCHEDULER],
  'system:monitoring': [group('system:monitoring')],
  // Nodes are the Node authorizer's.
  'system:node': [],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:volume-scheduler': [SCHEDULER],
};

const controllerName = (role: string) => role.slice('system:controller:'.length);

export function bootstrapClusterRoleBindings(): readonly Draft<ClusterRoleBinding>[] {
  const controllers = Object.keys(controllerRoles).map((role) => [role, [account(controllerName(role))]] as const);
  return [...Object.entries(CLUSTER_BINDINGS), ...controllers].map(([name, subjects]) => ({
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: meta(name),
    ...(subjects.length > 0 && { subjects }),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name },
  }));
}

interface RoleGrant {
  readonly namespace: string;
  readonly name: string;
  readonly role: string;
  readonly subjects: readonly RbacV1Subject[];
}

const toController = (namespace: string, role: string): RoleGrant => ({
  namespace,
  name: role,
  role,
  subjects: [account(controllerName(role))],
});

const leaderLocking = (component: string, subjects: readonly RbacV1Subject[]): RoleGrant => ({
  namespace: 'kube-system',
  name: `system::leader-locking-${component}`,
  role: `system::leader-locking-${component}`,
  subjects,
});

const ROLE_BINDINGS: readonly RoleGrant[] = [
  toController('kube-public', 'system:controller:bootstrap-signer'),
  {
    namespace: 'kube-system',
    name: 'system::extension-apiserver-authentication-reader',
    role: 'extension-apiserver-authentication-reader',
    subjects: [CONTROLLER_MANAGER, SCHEDULER],
  },
  leaderLocking('kube-controller-manager', [
    CONTROLLER_MANAGER,
    account('kube-controller-manager'),
    account('leader-election-controller'),
  ]),
  leaderLocking('kube-scheduler', [SCHEDULER, account('kube-scheduler')]),
  toController('kube-system', 'system:controller:bootstrap-signer'),
  toController('kube-system', 'system:controller:cloud-provider'),
  toController('kube-system', 'system:controller:token-cleaner'),
];

export const bootstrapRoleBindings = (): readonly Draft<RoleBinding>[] =>
  ROLE_BINDINGS.map(({ namespace, name, role, subjects }) => ({
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'RoleBinding',
    metadata: { ...meta(name), namespace },
    subjects,
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: role },
  }));
