/**
 * Bootstrap tokens: `id.secret`, kept in Secrets of kube-system, with which new Nodes join.
 * @upstream plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go
 * @fidelity full
 */
import type { Secret } from '#engine/api';
import { secrets } from '#engine/api';
import { parseTime, type World } from '#engine/sim';
import type { UserInfo } from '../context.ts';
import type { Stores } from '../endpoints/endpoint.ts';

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
const SECRET_TYPE = 'bootstrap.kubernetes.io/token';

/** Who a token speaks for; undefined when it is none, is false, has run out, or is not meant for authentication. */
export function createBootstrapTokens(world: World, stores: Stores): (token: string) => UserInfo | undefined {
  return (token) => {
    const [, id, secret] = TOKEN.exec(token) ?? [];
    if (id === undefined) return undefined;
    const found = stores.of(secrets).find('kube-system', `bootstrap-token-${id}`);
    if (!found || found.type !== SECRET_TYPE || found.metadata.deletionTimestamp !== undefined) return undefined;
    const value = (key: string) => textOf(found, key);
    if (value('token-secret') !== secret || value('token-id') !== id) return undefined;
    if (value('usage-bootstrap-authentication') !== 'true' || hasRunOut(value('expiration'), world)) return undefined;
    const extra = value('auth-extra-groups').split(',').filter(Boolean);
    if (!extra.every((group) => GROUP.test(group))) return undefined;
    const groups = [...new Set(extra)].sort();
    return {
      username: `system:bootstrap:${id}`,
      groups: ['system:bootstrappers', ...groups, 'system:authenticated'],
    };
  };
}

const textOf = ({ data }: Secret, key: string): string => atob(data?.[key] ?? '');

/** An expiration that cannot be read counts as over. */
function hasRunOut(expiration: string, world: World): boolean {
  if (expiration === '') return false;
  const at = parseTime(expiration);
  return at === undefined || at <= world.clock.now();
}
