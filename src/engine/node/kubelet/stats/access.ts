/**
 * Who may ask a kubelet: the API server at once, everybody else as the API server says.
 * @upstream pkg/kubelet/server/auth.go, server.go InstallAuthFilter
 */
import type { Client } from '#engine/client-go';
import { type DelegatedUser, reviewAccess, reviewToken } from '#engine/client-go/delegated';
import { type HttpRequest, type HttpResponse, textResponse } from '#engine/http';

/** Those who may do everything: kubeadm's API server is one of the second. */
const SUPERUSERS = ['system:masters', 'kubeadm:cluster-admins'];

const VERBS: { readonly [method: string]: string } = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Endpoints by the subresource of Nodes that opens them; every other one is the proxy's. */
const SUBRESOURCES: readonly (readonly [prefix: string, subresources: readonly string[]])[] = [
  ['/stats', ['stats']],
  ['/metrics', ['metrics']],
  ['/logs', ['log']],
  ['/spec', ['spec']],
  ['/pods', ['pods', 'proxy']],
  ['/runningpods', ['pods', 'proxy']],
  ['/healthz', ['healthz', 'proxy']],
  ['/configz', ['configz', 'proxy']],
];

const subresourcesOf = (path: string): readonly string[] =>
  SUBRESOURCES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? ['proxy'];

async function userOf(client: Client, request: HttpRequest): Promise<DelegatedUser | undefined> {
  const certificate = request.peer?.certificate;
  if (certificate?.commonName) {
    return { username: certificate.commonName, groups: [...certificate.organizations, 'system:authenticated'] };
  }
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : reviewToken(client, token);
}

/** The refusal; undefined: come in. */
export async function refusal(
  client: Client,
  nodeName: string,
  request: HttpRequest,
): Promise<HttpResponse | undefined> {
  const user = await userOf(client, request);
  if (!user) return textResponse(401, 'Unauthorized');
  if (user.groups?.some((group) => SUPERUSERS.includes(group))) return undefined;
  const verb = VERBS[request.method] ?? '';
  const subresources = subresourcesOf(request.path);
  for (const subresource of subresources) {
    const resourceAttributes = { verb, version: 'v1', resource: 'nodes', subresource, name: nodeName };
    if ((await reviewAccess(client, user, { resourceAttributes })).allowed) return undefined;
  }
  const what = `verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(' ')}]`;
  return textResponse(403, `Forbidden (user=${user.username}, ${what})\n`);
}
