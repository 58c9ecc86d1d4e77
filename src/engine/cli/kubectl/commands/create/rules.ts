/**
 * The rules that `create role` and `create clusterrole` make of their flags, and what they refuse.
 * @upstream staging/src/k8s.io/kubectl/pkg/cmd/create/create_role.go, create_clusterrole.go
 */
import { BareError, CommandError } from '../../errors.ts';
import type { Session } from '../../session.ts';
import type { JsonObject } from '../../text/json.ts';

const RBAC = 'rbac.authorization.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';

/** Verbs that mean something on these `group/resource` only. */
const SPECIAL_VERBS: { readonly [verb: string]: readonly string[] } = {
  use: ['policy/podsecuritypolicies', 'extensions/podsecuritypolicies'],
  bind: [`${RBAC}/roles`, `${RBAC}/clusterroles`],
  escalate: [`${RBAC}/roles`, `${RBAC}/clusterroles`],
  impersonate: ['/users', '/serviceaccounts', '/groups', 'authentication.k8s.io/userextras'],
  sign: [`${CERTIFICATES}/signers`],
  approve: [`${CERTIFICATES}/signers`],
};
const RESOURCE_VERBS = [
  ...['*', 'get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'proxy', 'deletecollection'],
  ...Object.keys(SPECIAL_VERBS),
];
const URL_VERBS = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options'];

interface Target {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | undefined;
}

/** `--verb`, each once; a star stands for all. */
export function verbsOf({ flags }: Session): readonly string[] {
  const verbs = [...new Set(flags.list('verb'))];
  if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
  return verbs.includes('*') ? ['*'] : verbs;
}

/** One rule for each API group. */
export async function resourceRules(session: Session, verbs: readonly string[]): Promise<readonly JsonObject[]> {
  const targets = await targetsOf(session);
  for (const verb of verbs) {
    if (!RESOURCE_VERBS.includes(verb)) session.err(`Warning: '${verb}' is not a standard resource verb\n`);
  }
  const groups = new Map<string, string[]>();
  for (const target of targets) {
    checkVerbs(target, verbs);
    const name = target.subresource ? `${target.resource}/${target.subresource}` : target.resource;
    groups.set(target.group, [...(groups.get(target.group) ?? []), name]);
  }
  const names = session.flags.list('resource-name');
  return [...groups].map(([group, resources]) => ({
    verbs,
    apiGroups: [group],
    resources,
    ...(names.length > 0 && { resourceNames: names }),
  }));
}

/** The rule about URLs. */
export function urlRule(urls: readonly string[], verbs: readonly string[]): JsonObject {
  for (const verb of verbs) {
    if (!URL_VERBS.includes(verb)) throw new CommandError(`invalid verb: '${verb}' for nonResourceURL`);
  }
  for (const url of urls) {
    if (url === '*') continue;
    if (!url.startsWith('/')) throw new CommandError('nonResourceURL should start with /');
    if (url.slice(0, -1).includes('*'))
      throw new CommandError("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
  return { verbs, nonResourceURLs: urls };
}

async function targetsOf(session: Session): Promise<readonly Target[]> {
  const mapper = await session.mapper();
  return session.flags.list('resource').map((text) => {
    const [typed, subresource] = text.split('/') as [string, string | undefined];
    if (typed === '*') return { group: '', resource: '*', subresource };
    try {
      const { group, name } = mapper.lookup(typed).resource;
      return { group, resource: name, subresource };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new BareError(`the server doesn't have a resource type ${JSON.stringify(typed)}`);
    }
  });
}

function checkVerbs({ group, resource }: Target, verbs: readonly string[]): void {
  if (resource === '*') return;
  for (const verb of verbs) {
    const allowed = SPECIAL_VERBS[verb];
    if (allowed && !allowed.includes(`${group}/${resource}`))
      throw new CommandError(`can not perform '${verb}' on '${resource}' in group '${group}'`);
  }
}
