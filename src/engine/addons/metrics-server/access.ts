/** Whom metrics-server answers: those whom the API server's front proxy names, tokens, nobody else; and what they may, as the API server says. */
import { statusErrors } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';
import { type DelegatedUser, reviewAccess, reviewToken } from '#engine/client-go/delegated';
import type { HttpRequest } from '#engine/http';

const FRONT_PROXY = 'front-proxy-client';
const NOTHING = { group: '', resource: '' };
const ANONYMOUS: DelegatedUser = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** What a request is about. */
export interface Target {
  readonly resource?: 'nodes' | 'pods';
  readonly namespace: string;
  readonly name: string;
}

async function userOf(client: Client, { headers, peer }: HttpRequest): Promise<DelegatedUser> {
  if (peer?.certificate?.commonName === FRONT_PROXY) {
    const groups = (headers['x-remote-group'] ?? '').split('\n').filter(Boolean);
    return { username: headers['x-remote-user'] ?? '', groups };
  }
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) return ANONYMOUS;
  const user = await reviewToken(client, token);
  if (!user) throw statusErrors.unauthorized();
  return user;
}

/** Rejects with StatusError 401 or 403. */
export async function letIn(client: Client, request: HttpRequest, target: Target): Promise<void> {
  const user = await userOf(client, request);
  if (user.groups?.includes('system:masters')) return;
  const { resource, namespace, name } = target;
  const verb = resource && name === '' ? 'list' : 'get';
  const group = 'metrics.k8s.io';
  const attributes = resource
    ? {
        resourceAttributes: {
          verb,
          group,
          version: 'v1beta1',
          resource,
          ...(namespace && { namespace }),
          ...(name && { name }),
        },
      }
    : { nonResourceAttributes: { verb, path: request.path } };
  const { allowed } = await reviewAccess(client, user, attributes);
  if (allowed) return;
  const who = `User ${JSON.stringify(user.username)} cannot ${verb}`;
  if (!resource) throw statusErrors.forbidden(NOTHING, '', `${who} path ${JSON.stringify(request.path)}`);
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const why = `${who} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`;
  throw statusErrors.forbidden({ group, resource }, name, why);
}
