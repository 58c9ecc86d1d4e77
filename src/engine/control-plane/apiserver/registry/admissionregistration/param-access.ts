/**
 * Who hands parameters to a policy must be allowed to read them: else a policy would read for him.
 * @upstream pkg/registry/admissionregistration/validatingadmissionpolicy/authz.go, validatingadmissionpolicybinding/authz.go and those of mutating policies
 */
import type { ParamKind, ParamRef } from '#engine/api';
import { type FieldError, fieldErrors, type KubeObject, semanticEqual } from '#engine/apimachinery';
import type { UserInfo } from '../../user-info.ts';
import type { Access } from '../access.ts';
import type { RequestContext } from '../strategy.ts';

interface WithParamKind extends KubeObject {
  readonly spec?: { readonly paramKind?: ParamKind };
}

interface WithParamRef extends KubeObject {
  readonly spec?: { readonly policyName?: string; readonly paramRef?: ParamRef };
}

/** As Go prints a user. */
function printUser({ username, uid = '', groups, extra = {} }: UserInfo): string {
  const entries = Object.keys(extra)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((key) => `${key}:[${extra[key]?.join(' ')}]`);
  return `&{${username} ${uid} [${groups.join(' ')}] map[${entries.join(' ')}]}`;
}

const isMaster = ({ groups }: UserInfo): boolean => groups.includes('system:masters');

interface Target {
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  /** How far the kind could be followed. */
  readonly known: 'nothing' | 'version' | 'resource';
}

const EVERYTHING: Target = { apiGroup: '*', apiVersion: '*', resource: '*', known: 'nothing' };

/** What has to be readable: as much as is known of the kind. */
function targetOf({ apiVersion = '', kind = '' }: ParamKind, access: Access): Target {
  const parts = apiVersion.split('/');
  if (parts.length > 2) return EVERYTHING;
  const [version = '', group = ''] = parts.toReversed();
  const resource = access.pluralOf(group, version, kind);
  const known = resource === undefined ? 'version' : 'resource';
  return { apiGroup: group, apiVersion: version, resource: resource ?? '*', known };
}

async function may(
  { authorizer }: Access,
  user: UserInfo,
  verb: string,
  { apiGroup, apiVersion, resource }: Target,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<boolean> {
  const about = { apiGroup, apiVersion, resource, subresource: '', namespace, name };
  return (await authorizer.authorize({ user, verb, isResourceRequest: true, path: '', ...about })).allowed;
}

/** A policy with a kind of parameters needs all of that kind to be readable. */
export async function authorizeParamKind(
  next: WithParamKind,
  current: WithParamKind | undefined,
  { user }: RequestContext,
  access: Access,
): Promise<readonly FieldError[]> {
  const { paramKind } = next.spec ?? {};
  if (!paramKind || isMaster(user) || semanticEqual(paramKind, current?.spec?.paramKind)) return [];
  if (await may(access, user, 'get', targetOf(paramKind, access), { name: '*', namespace: '*' })) return [];
  const kind = `(kind=${paramKind.kind}, apiVersion=${paramKind.apiVersion})`;
  const why = `user ${printUser(user)} must have "get" permission on all objects of the referenced paramKind ${kind}`;
  return [fieldErrors.forbidden('spec.paramKind', why)];
}

type Denied = (user: string, verb: string) => string;

/** What is said of a binding of a validating policy; one of a mutating policy has its words the wrong way round, as upstream. */
const WORDS: { readonly [policies: string]: Denied } = {
  validatingadmissionpolicies: (user, verb) =>
    `user ${user} does not have "${verb}" permission on the object referenced by paramRef`,
  mutatingadmissionpolicies: (user, verb) =>
    `user ${verb} does not have "${user}" permission on the object referenced by paramRef`,
};

/** Why a validating policy's kind could not be followed, when more was asked for because of it. */
function obstacle(policy: WithParamKind | undefined, policyName: string, target: Target): string | undefined {
  if (!policy) return `unable to get policy ${policyName}`;
  const { paramKind } = policy.spec ?? {};
  if (!paramKind || target.known === 'resource') return undefined;
  return `unable to ${target.known === 'nothing' ? 'parse' : 'resolve'} paramKind &{${paramKind.apiVersion} ${paramKind.kind}}`;
}

/** A binding with parameters needs these to be readable. Upstream looks again at every update: pointers differ. */
export const authorizeParamRef =
  (policies: 'validatingadmissionpolicies' | 'mutatingadmissionpolicies') =>
  async (
    next: WithParamRef,
    _current: WithParamRef | undefined,
    { user }: RequestContext,
    access: Access,
  ): Promise<readonly FieldError[]> => {
    const { paramRef, policyName = '' } = next.spec ?? {};
    if (!paramRef || isMaster(user)) return [];
    const policy: WithParamKind | undefined = access.find('admissionregistration.k8s.io', policies, policyName);
    const { paramKind } = policy?.spec ?? {};
    const target = paramKind ? targetOf(paramKind, access) : EVERYTHING;
    const { name = '', namespace = '' } = paramRef;
    const verb = name === '' ? 'list' : 'get';
    if (await may(access, user, verb, target, { name, namespace })) return [];
    const who = printUser(user);
    const unknown = policies === 'validatingadmissionpolicies' ? obstacle(policy, policyName, target) : undefined;
    const why = unknown
      ? `${unknown} to determine minimum required permissions and user ${who} does not have "${verb}" permission for all groups, versions and resources`
      : WORDS[policies]?.(who, verb);
    return [fieldErrors.forbidden('spec.paramRef', why ?? '')];
  };
