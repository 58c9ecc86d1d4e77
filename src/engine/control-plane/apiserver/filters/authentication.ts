/**
 * Who asks: a static token, a ServiceAccount token, a client certificate, or nobody.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/filters/authentication.go
 */
import { statusErrors } from '#engine/apimachinery';
import type { HttpRequest } from '#engine/http';
import type { TokenIssuer } from '../authentication/service-account-tokens.ts';
import type { UserInfo } from '../context.ts';
import type { Walk } from '../walk.ts';

/** Someone with a static bearer token. */
export interface StaticUser {
  readonly token: string;
  readonly username: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
}

export interface Authentication {
  readonly users: ReadonlyMap<string, UserInfo>;
  readonly anonymous: boolean;
  readonly tokens: TokenIssuer;
}

const AUTHENTICATED = 'system:authenticated';
const ANONYMOUS: UserInfo = Object.freeze({
  username: 'system:anonymous',
  groups: Object.freeze(['system:unauthenticated']),
});

/** Static users by token. */
export const usersByToken = (users: readonly StaticUser[]): ReadonlyMap<string, UserInfo> =>
  new Map(users.map((user) => [user.token, staticUser(user)]));

/** Throws 401 for false credentials, and for none when anonymous requests are off. */
export function createAuthenticator({
  users: byToken,
  anonymous,
  tokens,
}: Authentication): (request: HttpRequest, walk: Walk) => UserInfo {
  const byCertificate = new Map<string, UserInfo>();
  return (request, walk) => {
    const { authorization } = request.headers;
    const certificate = request.peer?.certificate;
    if (certificate) {
      walk.authenticator = 'client-certificate';
      const key = `${certificate.commonName}\n${certificate.organizations.join('\n')}`;
      const known = byCertificate.get(key);
      if (known) return known;
      const user: UserInfo = { username: certificate.commonName, groups: withAuthenticated(certificate.organizations) };
      byCertificate.set(key, user);
      return user;
    }
    const token = bearerToken(authorization);
    if (token !== undefined) {
      const known = byToken.get(token);
      walk.authenticator = known ? 'static-token' : 'service-account-token';
      const user = known ?? tokens.authenticate(token)?.user;
      if (!user) throw statusErrors.unauthorized();
      return user;
    }
    if (!anonymous) throw statusErrors.unauthorized();
    walk.authenticator = 'anonymous';
    return ANONYMOUS;
  };
}

function bearerToken(header: string | undefined): string | undefined {
  if (!header) return undefined;
  const [scheme, token, ...rest] = header.trim().split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || rest.length > 0) return undefined;
  return token === undefined || token === '' ? undefined : token;
}

const staticUser = ({ username, uid, groups = [] }: StaticUser): UserInfo => ({
  username,
  ...(uid !== undefined && { uid }),
  groups: withAuthenticated(groups),
});

const withAuthenticated = (groups: readonly string[]): readonly string[] =>
  groups.includes(AUTHENTICATED) ? groups : [...groups, AUTHENTICATED];
