/**
 * Who asks: a client certificate, a static token, a ServiceAccount's, a bootstrap token, or nobody.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/filters/authentication.go
 */
import { statusErrors } from '#engine/apimachinery';
import type { HttpRequest, Peer } from '#engine/http';
import type { TokenIssuer } from '../authentication/service-account-tokens.ts';
import type { UserInfo } from '../context.ts';
import type { AuthenticatorName, Walk } from '../walk.ts';

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
  readonly bootstrapTokens: (token: string) => UserInfo | undefined;
}

const AUTHENTICATED = 'system:authenticated';
const ANONYMOUS: UserInfo = Object.freeze({
  username: 'system:anonymous',
  groups: Object.freeze(['system:unauthenticated']),
});

/** Static users by token. */
export const usersByToken = (users: readonly StaticUser[]): ReadonlyMap<string, UserInfo> =>
  new Map(users.map((user) => [user.token, staticUser(user)]));

/** Throws 401 for false credentials, and for none when anonymous requests are off. A promise only for tokens that are seen for the first time. */
export function createAuthenticator({
  users: byToken,
  anonymous,
  tokens,
  bootstrapTokens,
}: Authentication): (request: HttpRequest, walk: Walk) => UserInfo | Promise<UserInfo> {
  const byCertificate = new Map<string, UserInfo>();
  const bearer = (token: string, walk: Walk): UserInfo | Promise<UserInfo> => {
    const by = (name: AuthenticatorName, user: UserInfo | undefined) => {
      walk.authenticator = name;
      if (!user) throw statusErrors.unauthorized();
      return user;
    };
    const known = byToken.get(token);
    if (known) return by('static-token', known);
    const bootstrap = bootstrapTokens(token);
    if (bootstrap) return by('bootstrap-token', bootstrap);
    const found = tokens.authenticate(token);
    return found instanceof Promise
      ? found.then((later) => by('service-account-token', later?.user))
      : by('service-account-token', found?.user);
  };
  return (request, walk) => {
    const { authorization } = request.headers;
    const certificate = request.peer?.certificate;
    if (certificate && certificate.commonName !== '') {
      walk.authenticator = 'client-certificate';
      const key = `${certificate.commonName}\n${certificate.organizations.join('\n')}\n${certificate.sha256}`;
      const known = byCertificate.get(key);
      if (known) return known;
      const user = certifiedUser(certificate);
      byCertificate.set(key, user);
      return user;
    }
    const token = bearerToken(authorization);
    if (token !== undefined) return bearer(token, walk);
    // A certificate of an unknown authority is false credentials, not none.
    if (!anonymous || certificate) throw statusErrors.unauthorized();
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

const certifiedUser = ({ commonName, organizations, sha256 }: NonNullable<Peer['certificate']>): UserInfo => ({
  username: commonName,
  groups: withAuthenticated(organizations),
  ...(sha256 !== undefined && {
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${sha256}`] },
  }),
});

const staticUser = ({ username, uid, groups = [] }: StaticUser): UserInfo => ({
  username,
  ...(uid !== undefined && { uid }),
  groups: withAuthenticated(groups),
});

const withAuthenticated = (groups: readonly string[]): readonly string[] =>
  groups.includes(AUTHENTICATED) ? groups : [...groups, AUTHENTICATED];
