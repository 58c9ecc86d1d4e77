/**
 * ServiceAccount tokens: shaped like the JSON Web Tokens upstream signs, with the claims upstream puts in.
 * @upstream pkg/serviceaccount/claims.go
 * @fidelity partial: the signature is a keyed checksum, good against mistakes but not against an attacker
 */
import type { KubeObject } from '#engine/apimachinery';
import { fnv1a32, type Rng, randomUuid, type World } from '#engine/sim';
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
  };
  readonly nbf: number;
  readonly sub: string;
}

interface TokenSpec {
  readonly serviceAccount: KubeObject;
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
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

export interface TokenIssuer {
  issue(spec: TokenSpec): { readonly token: string; readonly expiresAt: number };
  /** Undefined when the token is not ours, is false, has run out, or what it is bound to is gone. */
  authenticate(
    token: string,
    audiences?: readonly string[],
  ): { readonly user: UserInfo; readonly audiences: readonly string[] } | undefined;
}

/** Tokens of one cluster: `keys` must be the same for every server of it, so that a restarted one still knows what it issued. */
export function createTokenIssuer(world: World, lookup: Lookup, keys: Rng): TokenIssuer {
  const key = signingKey(keys.fork('apiserver/service-account-signing-key'));
  const ids = world.rng.fork('apiserver/token-ids');
  const header = encode(JSON.stringify({ alg: 'RS256', kid: encode(key.slice(0, 24)) }));
  const nowSeconds = () => Math.floor(world.clock.now() / 1000);
  const read = rememberedReader(key);
  return {
    issue(spec) {
      const claims = claimsOf(spec, nowSeconds(), randomUuid(ids));
      const body = `${header}.${encode(JSON.stringify(claims))}`;
      return { token: `${body}.${sign(body, key)}`, expiresAt: claims.exp * 1000 };
    },
    authenticate(token, audiences = [DEFAULT_AUDIENCE]) {
      const known = read(token);
      if (!known) return undefined;
      const { claims, user } = known;
      if (claims.exp <= nowSeconds() || claims.nbf > nowSeconds()) return undefined;
      const shared = audiences.filter((audience) => claims.aud.includes(audience));
      if (shared.length === 0 || !stillBound(claims, lookup)) return undefined;
      return { user, audiences: shared };
    },
  };
}

function claimsOf(
  { serviceAccount, audiences, expirationSeconds, bound, node }: TokenSpec,
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

const MAX_REMEMBERED = 4096;

/** Tokens come again with every request: what is in one is read once. */
function rememberedReader(
  key: string,
): (token: string) => { readonly claims: Claims; readonly user: UserInfo } | undefined {
  const known = new Map<string, { readonly claims: Claims; readonly user: UserInfo }>();
  return (token) => {
    const before = known.get(token);
    if (before) return before;
    const claims = readClaims(token, key);
    if (!claims) return undefined;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const entry = { claims, user: userOf(claims) };
    known.set(token, entry);
    return entry;
  };
}

function readClaims(token: string, key: string): Claims | undefined {
  const [header, payload, signature] = token.split('.');
  if (!header || !payload || signature !== sign(`${header}.${payload}`, key)) return undefined;
  // The signature is ours, so the payload is what we wrote.
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Claims;
}

const encode = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

function signingKey(rng: Rng): string {
  let key = '';
  while (key.length < 32) key += rng.int(36).toString(36);
  return key;
}

/** 256 bits of keyed checksum, as long as it looks. */
function sign(text: string, key: string): string {
  let bytes = '';
  let lane = 0x811c9dc5;
  for (let i = 0; i < 8; i++) {
    lane = fnv1a32(`${key}${i}${text}${lane}`);
    bytes += String.fromCharCode(lane >>> 24, (lane >>> 16) & 255, (lane >>> 8) & 255, lane & 255);
  }
  return encode(bytes);
}
