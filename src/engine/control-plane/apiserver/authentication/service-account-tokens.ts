/**
 * ServiceAccount tokens: JSON Web Tokens with the claims upstream puts in, signed with ES256 as by a server whose key is on P-256.
 * @upstream pkg/serviceaccount/claims.go, pkg/serviceaccount/jwt.go
 * @fidelity full
 */
import type { KubeObject } from '#engine/apimachinery';
import type { JsonWebKey, TokenKey } from '#engine/apimachinery/x509';
import { fromBase64Url, type Millis, randomUuid, toBase64Url, type World } from '#engine/sim';
import type { UserInfo } from '../context.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const PREFIX = 'system:serviceaccount:';
/** What the server accepts when a request names no audience. */
export const DEFAULT_AUDIENCE = ISSUER;

/** The object a token dies with. */
export interface BoundObject {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
}

interface Named {
  readonly name: string;
  readonly uid: string;
}

interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly node?: Named;
    readonly pod?: Named;
    readonly secret?: Named;
    readonly serviceaccount: Named;
    readonly warnafter?: number;
  };
  readonly nbf: number;
  readonly sub: string;
}

interface TokenSpec {
  readonly serviceAccount: KubeObject;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  /** When the token should have been renewed, if it lives on longer. */
  readonly warnAfterSeconds?: number;
  readonly bound?: BoundObject;
  /** The Node of a bound Pod. */
  readonly node?: Named;
}

/** Looks up what a token speaks of. */
export type Lookup = (
  kind: 'ServiceAccount' | 'Pod' | 'Secret' | 'Node',
  namespace: string,
  name: string,
) => KubeObject | undefined;

interface Known {
  readonly claims: Claims;
  readonly user: UserInfo;
}

interface Authenticated {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

export interface TokenIssuer {
  issue(spec: TokenSpec): Promise<{ readonly token: string; readonly issuedAt: Millis }>;
  /**
   * Undefined when the token is not ours, is false, has run out, or what it is bound to is gone. A promise only for a token that is seen
   * for the first time.
   */
  authenticate(
    token: string,
    audiences?: readonly string[],
  ): Authenticated | undefined | Promise<Authenticated | undefined>;
  /** What others verify tokens with. */
  publicKey(): Promise<JsonWebKey>;
}

/** Tokens of one cluster: `key` must be the same for every server of it, so that a restarted one still knows what it issued. */
export function createTokenIssuer(world: World, lookup: Lookup, key: () => Promise<TokenKey>): TokenIssuer {
  const ids = world.rng.fork('apiserver/token-ids');
  const nowSeconds = () => Math.floor(world.clock.now() / 1000);
  const known = new Map<string, Known>();
  const remember = (token: string, claims: Claims): Known => {
    if (known.size >= MAX_REMEMBERED) known.clear();
    const entry = { claims, user: userOf(claims) };
    known.set(token, entry);
    return entry;
  };
  const judge = ({ claims, user }: Known, audiences: readonly string[]): Authenticated | undefined => {
    if (claims.exp <= nowSeconds() || claims.nbf > nowSeconds()) return undefined;
    const shared = audiences.filter((audience) => claims.aud.includes(audience));
    return shared.length === 0 || !stillBound(claims, lookup) ? undefined : { user, audiences: shared };
  };
  const read = async (token: string, audiences: readonly string[]) => {
    const claims = readClaims(token, await key());
    return claims && judge(remember(token, claims), audiences);
  };
  return {
    async issue(spec) {
      const { jwk, sign } = await key();
      const claims = claimsOf(spec, nowSeconds(), randomUuid(ids));
      const body = `${encode({ alg: jwk.alg, kid: jwk.kid })}.${encode(claims)}`;
      const token = `${body}.${sign(body)}`;
      remember(token, claims);
      return { token, issuedAt: claims.iat * 1000 };
    },
    authenticate(token, audiences = [DEFAULT_AUDIENCE]) {
      const before = known.get(token);
      if (before) return judge(before, audiences);
      return TOKEN.test(token) ? read(token, audiences) : undefined;
    },
    publicKey: async () => (await key()).jwk,
  };
}

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Tokens come again with every request: what is in one is read once. */
const MAX_REMEMBERED = 4096;

function claimsOf(
  { serviceAccount, audiences, expirationSeconds, warnAfterSeconds, bound, node }: TokenSpec,
  now: number,
  jti: string,
): Claims {
  const { name, namespace = '', uid = '' } = serviceAccount.metadata;
  const reference = bound && { name: bound.name, uid: bound.uid };
  const nodeReference = bound?.kind === 'Node' ? reference : node;
  return {
    aud: audiences.length > 0 ? audiences : [DEFAULT_AUDIENCE],
    exp: now + expirationSeconds,
    iat: now,
    iss: ISSUER,
    jti,
    'kubernetes.io': {
      namespace,
      ...(nodeReference && { node: nodeReference }),
      ...(bound?.kind === 'Pod' && reference && { pod: reference }),
      ...(bound?.kind === 'Secret' && reference && { secret: reference }),
      serviceaccount: { name, uid },
      ...(warnAfterSeconds !== undefined && { warnafter: now + warnAfterSeconds }),
    },
    nbf: now,
    sub: `${PREFIX}${namespace}:${name}`,
  };
}

/** A deleted account, Pod or Secret takes its tokens along; an object of the same name is another one. */
function stillBound(claims: Claims, lookup: Lookup): boolean {
  const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
  const lives = (kind: Parameters<Lookup>[0], named: Named | undefined) =>
    named === undefined || lookup(kind, kind === 'Node' ? '' : namespace, named.name)?.metadata.uid === named.uid;
  const ownNode = pod === undefined ? node : undefined;
  return (
    lives('ServiceAccount', serviceaccount) && lives('Pod', pod) && lives('Secret', secret) && lives('Node', ownNode)
  );
}

function userOf(claims: Claims): UserInfo {
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io'];
  return {
    username: `${PREFIX}${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
      ...(node && {
        'authentication.kubernetes.io/node-name': [node.name],
        'authentication.kubernetes.io/node-uid': [node.uid],
      }),
      ...(pod && {
        'authentication.kubernetes.io/pod-name': [pod.name],
        'authentication.kubernetes.io/pod-uid': [pod.uid],
      }),
    },
  };
}

/** Signing is deterministic: a signature is right when it is the one we would make. */
function readClaims(token: string, { sign }: TokenKey): Claims | undefined {
  const [header = '', payload = '', signature] = token.split('.');
  if (signature !== sign(`${header}.${payload}`)) return undefined;
  return JSON.parse(new TextDecoder().decode(fromBase64Url(payload))) as Claims;
}

const encoder = new TextEncoder();
const encode = (value: object) => toBase64Url(encoder.encode(JSON.stringify(value)));
