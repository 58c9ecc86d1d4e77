/** create role, clusterrole, rolebinding, clusterrolebinding. */
import type { Command } from '../../cobra/command.ts';
import type { FlagSpec } from '../../cobra/flags.ts';
import { CommandError } from '../../errors.ts';
import type { Session } from '../../session.ts';
import type { JsonObject } from '../../text/json.ts';
import { generatorCommand } from './generate.ts';

const API = 'rbac.authorization.k8s.io';
const SUBJECT_FLAGS: readonly FlagSpec[] = [
  { name: 'user', kind: 'stringArray', usage: 'A user to bind to; may be repeated.' },
  { name: 'group', kind: 'stringArray', usage: 'A group to bind to; may be repeated.' },
  {
    name: 'serviceaccount',
    kind: 'stringArray',
    usage: 'A service account <namespace>:<name> to bind to; may be repeated.',
  },
];

export function subjectsOf({ flags }: Session): readonly JsonObject[] {
  return [
    ...flags.list('user').map((name) => ({ kind: 'User', apiGroup: API, name })),
    ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup: API, name })),
    ...flags.list('serviceaccount').map((text) => {
      const [namespace, name, ...rest] = text.split(':');
      if (!namespace || !name || rest.length > 0) throw new CommandError('serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name, namespace };
    }),
  ];
}

function bindingObject(session: Session, name: string, kind: 'RoleBinding' | 'ClusterRoleBinding'): JsonObject {
  const { flags } = session;
  const clusterRole = flags.string('clusterrole');
  const role = kind === 'RoleBinding' ? flags.string('role') : '';
  if (kind === 'RoleBinding' && (clusterRole === '') === (role === ''))
    throw new CommandError('exactly one of clusterrole or role must be specified');
  const subjects = subjectsOf(session);
  return {
    kind,
    apiVersion: `${API}/v1`,
    metadata: { name },
    ...(subjects.length > 0 && { subjects }),
    roleRef: { apiGroup: API, kind: role ? 'Role' : 'ClusterRole', name: role || clusterRole },
  };
}

const ROLE_FLAGS: readonly FlagSpec[] = [
  { name: 'verb', kind: 'strings', usage: 'Verbs the rule allows.' },
  { name: 'resource', kind: 'strings', usage: 'Resources the rule is about (deployments.apps, pods/log).' },
  { name: 'resource-name', kind: 'stringArray', usage: 'Names the rule is limited to; may be repeated.' },
];

async function rulesOf(session: Session): Promise<readonly JsonObject[]> {
  const { flags } = session;
  const verbs = [...new Set(flags.list('verb'))];
  if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
  const urls = flags.has('non-resource-url') ? flags.list('non-resource-url') : [];
  if (urls.length > 0 && flags.list('resource').length === 0) return [{ verbs, nonResourceURLs: urls }];
  if (flags.list('resource').length === 0) throw new CommandError('at least one resource must be specified');
  const mapper = await session.mapper();
  const groups = new Map<string, string[]>();
  for (const text of flags.list('resource')) {
    const [typed, sub] = text.split('/') as [string, string | undefined];
    const found = typed === '*' ? undefined : lookupResource(mapper.lookup.bind(mapper), typed);
    const group = found?.group ?? '*';
    const name = `${found?.name ?? '*'}${sub ? `/${sub}` : ''}`;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  const names = flags.list('resource-name');
  return [...groups].map(([group, resources]) => ({
    verbs,
    apiGroups: [group],
    resources,
    ...(names.length > 0 && { resourceNames: names }),
  }));
}

function lookupResource(
  lookup: (typed: string) => { readonly resource: { readonly group: string; readonly name: string } },
  typed: string,
) {
  try {
    return lookup(typed).resource;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`the server doesn't have a resource type "${typed}"`);
  }
}

const role = generatorCommand({
  name: 'role',
  short: 'Create a role with single rule',
  use: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename]',
  examples: `# May look at pods
kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods`,
  flags: ROLE_FLAGS,
  path: (ns) => `/apis/${API}/v1/namespaces/${ns}/roles`,
  namespaced: true,
  what: 'role',
  generate: async (session, name) => ({
    kind: 'Role',
    apiVersion: `${API}/v1`,
    metadata: { name },
    rules: await rulesOf(session),
  }),
});

const clusterRole = generatorCommand({
  name: 'clusterrole',
  short: 'Create a cluster role',
  use: 'NAME --verb=verb --resource=resource.group [--resource-name=resourcename]',
  examples: `# May look at pods everywhere
kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods`,
  flags: [
    ...ROLE_FLAGS,
    { name: 'non-resource-url', kind: 'strings', usage: 'URLs that are no resources.' },
    { name: 'aggregation-rule', kind: 'stringToString', usage: 'Labels of the cluster roles to put together.' },
  ],
  path: () => `/apis/${API}/v1/clusterroles`,
  namespaced: false,
  what: 'clusterrole',
  generate: async (session, name) => {
    const labels = session.flags.list('aggregation-rule').map((pair) => pair.split('='));
    if (labels.length === 0)
      return { kind: 'ClusterRole', apiVersion: `${API}/v1`, metadata: { name }, rules: await rulesOf(session) };
    const matchLabels = Object.fromEntries(labels) as JsonObject;
    return {
      kind: 'ClusterRole',
      apiVersion: `${API}/v1`,
      metadata: { name },
      rules: null,
      aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
    };
  },
});

const roleBinding = generatorCommand({
  name: 'rolebinding',
  short: 'Create a role binding for a particular role or cluster role',
  use: 'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  examples: `# Two users get a cluster role in this namespace
kubectl create rolebinding admin --clusterrole=admin --user=user1 --user=user2`,
  flags: [
    { name: 'clusterrole', kind: 'string', usage: 'The cluster role.' },
    { name: 'role', kind: 'string', usage: 'The role.' },
    ...SUBJECT_FLAGS,
  ],
  path: (ns) => `/apis/${API}/v1/namespaces/${ns}/rolebindings`,
  namespaced: true,
  what: 'rolebinding',
  generate: (session, name) => bindingObject(session, name, 'RoleBinding'),
});

const clusterRoleBinding = generatorCommand({
  name: 'clusterrolebinding',
  short: 'Create a cluster role binding for a particular cluster role',
  use: 'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname]',
  examples: `# Two users become cluster admins
kubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1 --user=user2`,
  flags: [{ name: 'clusterrole', kind: 'string', usage: 'The cluster role.', required: true }, ...SUBJECT_FLAGS],
  path: () => `/apis/${API}/v1/clusterrolebindings`,
  namespaced: false,
  what: 'clusterrolebinding',
  generate: (session, name) => bindingObject(session, name, 'ClusterRoleBinding'),
});

export const RBAC_COMMANDS: readonly Command[] = [role, clusterRole, roleBinding, clusterRoleBinding];
