/** create role, clusterrole, rolebinding, clusterrolebinding. */
import type { Command } from '../../cobra/command.ts';
import type { FlagSpec } from '../../cobra/flags.ts';
import { CommandError } from '../../errors.ts';
import type { Session } from '../../session.ts';
import type { JsonObject } from '../../text/json.ts';
import { generatorCommand } from './generate.ts';
import { resourceRules, urlRule, verbsOf } from './rules.ts';

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

const role = generatorCommand({
  name: 'role',
  short: 'Create a role with single rule',
  use: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename]',
  examples: `# May look at pods
kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods`,
  flags: ROLE_FLAGS,
  path: (ns) => `/apis/${API}/v1/namespaces/${ns}/roles`,
  namespaced: true,
  what: '',
  generate: async (session, name) => {
    const verbs = verbsOf(session);
    if (session.flags.list('resource').length === 0) throw new CommandError('at least one resource must be specified');
    const rules = await resourceRules(session, verbs);
    return { kind: 'Role', apiVersion: `${API}/v1`, metadata: { name }, rules };
  },
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
  what: '',
  generate: async (session, name) => {
    const { flags } = session;
    const labels = flags.list('aggregation-rule').map((pair) => pair.split('='));
    const [resources, urls] = [flags.list('resource'), flags.list('non-resource-url')];
    if (labels.length === 0) {
      const verbs = verbsOf(session);
      if (resources.length === 0 && urls.length === 0)
        throw new CommandError('at least one resource or nonResourceURL must be specified');
      const rules = resources.length > 0 ? await resourceRules(session, verbs) : [];
      const all = urls.length > 0 ? [...rules, urlRule(urls, verbs)] : rules;
      return { kind: 'ClusterRole', apiVersion: `${API}/v1`, metadata: { name }, rules: all };
    }
    if ([...resources, ...urls, ...flags.list('verb'), ...flags.list('resource-name')].length > 0)
      throw new CommandError(
        'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
      );
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
