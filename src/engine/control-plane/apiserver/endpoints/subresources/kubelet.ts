/** How the server reaches a kubelet. @upstream pkg/kubelet/client/kubelet_client.go */
import { type Node, nodes, type Pod } from '#engine/api';
import { StatusError, statusErrors } from '#engine/apimachinery';
import { type HttpRequest, type HttpResponse, httpRequest, NetError } from '#engine/http';
import type { Server } from '../endpoint.ts';
import { plainError } from '../plain-error.ts';

const DEFAULT_PORT = 10_250;
/** As kubeadm sets `--kubelet-preferred-address-types`. */
const PREFERRED = ['InternalIP', 'ExternalIP', 'Hostname'];

/** `10.0.0.4:10250`. Throws upstream's odd 404, which names the Node as if it were a `resource`. */
export function kubeletAuthority(server: Server, nodeName: string, resource: string): string {
  const node = server.stores.of(nodes).find(undefined, nodeName);
  if (!node) throw statusErrors.notFound({ group: '', resource }, nodeName);
  return `${addressOf(node)}:${node.status?.daemonEndpoints?.kubeletEndpoint?.Port || DEFAULT_PORT}`;
}

function addressOf({ status }: Node): string {
  const addresses = status?.addresses ?? [];
  for (const type of PREFERRED) {
    const found = addresses.find((one) => one.type === type);
    if (found) return found.address;
  }
  throw plainError(
    `no preferred addresses found; known addresses: [${addresses.map(({ address }) => address).join(' ')}]`,
  );
}

/** Which container a session is about. Throws 400 when that is not clear. */
export function containerOf({ metadata, spec }: Pod, wanted: string | null): string {
  const { name } = metadata;
  const containers = spec?.containers ?? [];
  const inits = spec?.initContainers ?? [];
  if (wanted) {
    const known = [...containers, ...inits, ...(spec?.ephemeralContainers ?? [])].some(
      (container) => container.name === wanted,
    );
    if (!known) throw statusErrors.badRequest(`container ${wanted} is not valid for pod ${name}`);
    return wanted;
  }
  const [only, ...others] = containers;
  if (only && others.length === 0) return only.name;
  if (!only) throw statusErrors.badRequest(`a container name must be specified for pod ${name}`);
  const names = (list: readonly { readonly name: string }[]) => list.map((container) => container.name).join(' ');
  const more = inits.length > 0 ? ` or one of the init containers: [${names(inits)}]` : '';
  throw statusErrors.badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${names(containers)}]${more}`,
  );
}

/** How the server introduces itself to kubelets. */
export const KUBELET_CLIENT: Partial<HttpRequest> = {
  peer: {
    address: '',
    certificate: { commonName: 'kube-apiserver-kubelet-client', organizations: ['kubeadm:cluster-admins'] },
  },
};

/** Sends a request to a kubelet or a Pod. Throws what upstream answers when nobody is there. */
export async function reach(
  server: Server,
  scheme: 'http' | 'https',
  authority: string,
  path: string,
  request: HttpRequest,
  query: URLSearchParams,
  more: Partial<HttpRequest> = {},
): Promise<HttpResponse> {
  if (!server.net) throw statusErrors.serviceUnavailable('this API server has no network to reach Nodes');
  const text = query.toString();
  const url = `${scheme}://${authority}${path}${text ? `?${text}` : ''}`;
  const { method, body, signal } = request;
  try {
    return await server.net.fetch(
      httpRequest(method, url, { ...(body && { body }), ...(signal && { signal }), ...more }),
    );
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw plainError(`${method === 'GET' ? 'Get' : 'Post'} ${JSON.stringify(url)}: ${dialError(authority, error)}`);
  }
}

const DIAL: { readonly [code: string]: string } = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ETIMEDOUT: 'i/o timeout',
  ECONNRESET: 'read: connection reset by peer',
};

/** What Go's dialer says when nobody is there. */
export const dialError = (authority: string, { code, message }: NetError): string =>
  `dial tcp ${authority}: ${DIAL[code] ?? message}`;

/** A kubelet's refusal as the client sees it. @upstream staging/src/k8s.io/apiserver/pkg/registry/generic/rest/response_checker.go */
export function kubeletRefusal(status: number, text: string, resource: string, name: string): StatusError {
  if (status === 400) return statusErrors.badRequest(text);
  if (status === 500) return statusErrors.internal(text);
  const { status: base } = statusErrors.notFound({ group: '', resource }, name);
  const reason =
    status === 404
      ? 'NotFound'
      : status === 403
        ? 'Forbidden'
        : status === 503
          ? 'ServiceUnavailable'
          : 'InternalError';
  const message = status === 404 ? `the server could not find the requested resource (get ${resource} ${name})` : text;
  return new StatusError({ ...base, message, reason, code: status });
}
