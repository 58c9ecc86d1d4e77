/**
 * Requests to a Service that answers for a group: the client's, with the front proxy's word for who it is.
 * @upstream staging/src/k8s.io/kube-aggregator/pkg/apiserver/handler_proxy.go, staging/src/k8s.io/apiserver/pkg/util/proxy/proxy.go
 */
import { type APIService, services } from '#engine/api';
import { type HttpRequest, type HttpResponse, httpRequest, NetError, textResponse } from '#engine/http';
import type { UserInfo } from '../context.ts';
import type { Server } from '../endpoints/endpoint.ts';
import { dialError } from '../endpoints/subresources/kubelet.ts';

const FRONT_PROXY = { address: '', certificate: { commonName: 'front-proxy-client', organizations: [] } };

/** Who the server is when it asks for itself. */
export const AGGREGATOR: UserInfo = { username: 'system:kube-aggregator', groups: ['system:masters'] };

/** Where a Service answers: `10.96.7.1:443`. Undefined: there is no such Service. */
export function authorityOf(server: Server, { spec }: APIService): string | undefined {
  const { name = '', namespace = '', port = 443 } = spec?.service ?? {};
  const service = server.stores.of(services).find(namespace, name);
  if (!service) return undefined;
  const { type, externalName, clusterIP } = service.spec;
  return `${type === 'ExternalName' ? externalName : clusterIP}:${port}`;
}

/** The network's refusal in the words of Go's HTTP client. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Asks. Rejects with UnreachableError. */
export async function ask(
  server: Server,
  authority: string,
  {
    method,
    path,
    query,
    headers,
    body,
    signal,
  }: Pick<HttpRequest, 'method' | 'path' | 'query' | 'headers' | 'body' | 'signal'>,
  { username, uid, groups, extra = {} }: UserInfo,
): Promise<HttpResponse> {
  if (!server.net) throw new UnreachableError('no network');
  const kept = Object.entries(headers).filter(
    ([name]) => !/^(authorization|host|impersonate-.*|x-remote-.*)$/.test(name),
  );
  const others = Object.entries(extra).map(([name, values]) => [
    `x-remote-extra-${encodeURIComponent(name)}`,
    values.join('\n'),
  ]);
  const request: HttpRequest = {
    ...httpRequest(method, `https://${authority}${path}`),
    query,
    headers: {
      ...Object.fromEntries(kept),
      'x-remote-user': username,
      ...(uid && { 'x-remote-uid': uid }),
      // Several of them, as several headers would be.
      'x-remote-group': groups.join('\n'),
      ...Object.fromEntries(others),
    },
    peer: FRONT_PROXY,
    ...(body && { body }),
    ...(signal && { signal }),
  };
  try {
    return await server.net.fetch(request);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw new UnreachableError(dialError(authority, error));
  }
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
const unavailable = (why: string): HttpResponse => textResponse(503, `${why}\n`, PLAIN);

/** What a client gets whose request concerns a group of a Service. */
export async function proxyToService(
  server: Server,
  service: APIService,
  request: HttpRequest,
  user: UserInfo,
): Promise<HttpResponse> {
  const available = service.status?.conditions?.some(({ type, status }) => type === 'Available' && status === 'True');
  const authority = available ? authorityOf(server, service) : undefined;
  if (!authority) return unavailable('service unavailable');
  try {
    return await ask(server, authority, request, user);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return unavailable(error.message);
  }
}
