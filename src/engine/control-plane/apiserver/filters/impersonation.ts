/**
 * Acting as somebody else, for those who may.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation
 * @fidelity partial: constrained impersonation is refused with upstream's words but granted only by the legacy verb
 */
import { statusErrors } from '#engine/apimachinery';
import type { HttpRequest } from '#engine/http';
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts';
import type { UserInfo } from '../context.ts';
import type { RequestInfo } from '../request-info.ts';
import { authorizationAttributes, forbidden } from './authorization.ts';

const EXTRA_PREFIX = 'impersonate-extra-';
const LETTER_I = 105;
const SERVICE_ACCOUNT = 'system:serviceaccount:';

interface Wanted {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: { readonly [key: string]: readonly string[] };
}

/** The user to act as, or undefined when the request impersonates nobody. Throws 400 or 403. */
export async function impersonatedUser(
  request: HttpRequest,
  user: UserInfo,
  info: RequestInfo,
  authorizer: Authorizer,
): Promise<UserInfo | undefined> {
  const wanted = wantedUser(request);
  if (!wanted) return undefined;
  if (wanted.username === '') {
    const groups = wanted.groups.map((group) => JSON.stringify(group)).join(', ');
    const list = wanted.groups.length > 0 ? `[]string{${groups}}` : '[]string(nil)';
    const who = `&user.DefaultInfo{Name:"", UID:${JSON.stringify(wanted.uid)}, Groups:${list}, Extra:map[string][]string(nil)}`;
    throw statusErrors.badRequest(`requested ${who} without impersonating a user name`);
  }
  for (const attributes of checks(user, wanted)) {
    if ((await authorizer.authorize(attributes)).allowed) continue;
    const verb = `impersonate-on:${modeOf(wanted.username)}:${info.verb}`;
    throw forbidden({ ...authorizationAttributes(user, info), verb }, undefined);
  }
  return impersonated(wanted);
}

function wantedUser({ headers }: HttpRequest): Wanted | undefined {
  const username = headers['impersonate-user'] ?? '';
  const groups = list(headers['impersonate-group']);
  const uid = headers['impersonate-uid'] ?? '';
  const extra: { [key: string]: readonly string[] } = {};
  for (const name of Object.keys(headers)) {
    if (name.startsWith(EXTRA_PREFIX)) extra[decodeURIComponent(name.slice(EXTRA_PREFIX.length))] = list(headers[name]);
  }
  const some = username !== '' || groups.length > 0 || uid !== '' || Object.keys(extra).length > 0;
  return some ? { username, groups, uid, extra } : undefined;
}

/** Whether the headers ask for it at all: nearly no request's do. */
export function impersonates(headers: HttpRequest['headers']): boolean {
  for (const name in headers) if (name.charCodeAt(0) === LETTER_I && name.startsWith('impersonate-')) return true;
  return false;
}

/** Repeated headers arrive joined by line ends, for their values may hold commas. */
const list = (header: string | undefined): readonly string[] =>
  header ? header.split('\n').map((part) => part.trim()) : [];

function checks(user: UserInfo, wanted: Wanted): readonly AuthorizationAttributes[] {
  const base = {
    user,
    verb: 'impersonate',
    isResourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    subresource: '',
    namespace: '',
  };
  const account = serviceAccountOf(wanted.username);
  return [
    account
      ? { ...base, resource: 'serviceaccounts', namespace: account.namespace, name: account.name }
      : { ...base, resource: 'users', name: wanted.username },
    ...wanted.groups.map((name) => ({ ...base, resource: 'groups', name })),
    ...(wanted.uid ? [{ ...base, apiGroup: 'authentication.k8s.io', resource: 'uids', name: wanted.uid }] : []),
    ...Object.entries(wanted.extra).flatMap(([key, values]) =>
      values.map((name) => ({
        ...base,
        apiGroup: 'authentication.k8s.io',
        resource: 'userextras',
        subresource: key,
        name,
      })),
    ),
  ];
}

function serviceAccountOf(username: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!username.startsWith(SERVICE_ACCOUNT)) return undefined;
  const [namespace, name] = username.slice(SERVICE_ACCOUNT.length).split(':');
  return namespace && name ? { namespace, name } : undefined;
}

function modeOf(username: string): string {
  if (serviceAccountOf(username)) return 'serviceaccount';
  return username.startsWith('system:node:') ? 'arbitrary-node' : 'user-info';
}

function impersonated({ username, uid, groups, extra }: Wanted): UserInfo {
  const account = serviceAccountOf(username);
  const own =
    account && groups.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`] : groups;
  const audience = username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return {
    username,
    ...(uid && { uid }),
    groups: own.includes(audience) ? own : [...own, audience],
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
