/**
 * The proxy subresource of Pods, Services and Nodes: the server as a way into the cluster's network.
 * @upstream pkg/registry/core/pod/rest/subresources.go, service/storage/storage.go ResourceLocation, node/rest/proxy.go
 * @fidelity partial: links in HTML answers are told by the names of attributes alone
 */
import { type Endpoints, endpoints, type Pod, pods, services } from '#engine/api';
import { type KubeObject, statusErrors } from '#engine/apimachinery';
import { bodyText, type HttpRequest, type HttpResponse } from '#engine/http';
import type { ApiContext } from '../../context.ts';
import type { Served, Server } from '../endpoint.ts';
import { admitConnect } from './connect.ts';
import { KUBELET_CLIENT, kubeletAuthority, reach } from './kubelet.ts';

interface Target {
  readonly scheme: 'http' | 'https';
  readonly authority: string;
  readonly more?: Partial<HttpRequest>;
}

export async function connectProxy(server: Server, context: ApiContext, served: Served): Promise<HttpResponse> {
  const { request, info } = context;
  const { path, query } = request;
  const { scheme, authority, more } = locate(server, info.namespace, info.name, served.resource.plural);
  const rest = info.parts.slice(3).join('/');
  const options = { kind: `${served.resource.kind}ProxyOptions`, apiVersion: 'v1', path: `/${rest}` };
  await admitConnect(server, context, options as unknown as KubeObject, served.resource);
  if (rest === '' && !path.endsWith('/') && /^(GET|HEAD)$/.test(request.method)) {
    return { status: 301, headers: { location: `${path}/${query.size > 0 ? `?${query}` : ''}` } };
  }
  const suffix = `/${rest}${path.endsWith('/') && rest !== '' ? '/' : ''}`;
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !KEPT.test(name)));
  const answer = await reach(server, scheme, authority, suffix, request, query, { headers, ...more });
  return throughProxy(answer, authority, path.endsWith(suffix) ? path.slice(0, -suffix.length) : path);
}

/** Headers that are for the API server alone. */
const KEPT = /^(authorization|host|impersonate-.*)$/;

const LINKS =
  /(\s(?:href|src|action|background|cite|classid|codebase|formaction|icon|longdesc|manifest|poster|profile|usemap)=)(["'])(.*?)\2/gi;

/** Where the answer leads to its own server, it leads through the proxy. @upstream apimachinery/pkg/util/proxy/transport.go */
async function throughProxy(answer: HttpResponse, authority: string, prefix: string): Promise<HttpResponse> {
  const rewrite = (url: string) => {
    const path = url.replace(`http://${authority}`, '').replace(`https://${authority}`, '');
    return /^\/(?!\/)/.test(path) && !path.startsWith(prefix) ? prefix + path : url;
  };
  const { location, 'content-type': type = '' } = answer.headers;
  const headers = location === undefined ? answer.headers : { ...answer.headers, location: rewrite(location) };
  if (!type.startsWith('text/html') || answer.headers['content-encoding']) return { ...answer, headers };
  const { 'content-length': _, ...unmeasured } = headers;
  const html = await bodyText(answer.body);
  const text = html.replace(/<[a-z][^>]*>/gi, (tag) =>
    tag.replace(LINKS, (_all, name, quote, url) => name + quote + rewrite(url) + quote),
  );
  return { ...answer, headers: unmeasured, body: { kind: 'text', text } };
}

/** `[scheme:]name[:port]` */
function splitName(text: string): { readonly scheme: 'http' | 'https'; readonly name: string; readonly port: string } {
  const parts = text.split(':');
  if (parts.length === 1) return { scheme: 'http', name: text, port: '' };
  if (parts.length === 2) return { scheme: 'http', name: parts[0] as string, port: parts[1] as string };
  return { scheme: parts[0] === 'https' ? 'https' : 'http', name: parts[1] ?? '', port: parts[2] ?? '' };
}

function locate(server: Server, namespace: string, text: string, plural: string): Target {
  const { scheme, name, port } = splitName(text);
  if (plural === 'nodes') {
    return { scheme: 'https', authority: kubeletAuthority(server, name, 'nodes'), more: KUBELET_CLIENT };
  }
  return plural === 'pods'
    ? podTarget(server.stores.of(pods).get(namespace, name), scheme, port)
    : serviceTarget(server, namespace, name, scheme, port);
}

function podTarget({ spec, status }: Pod, scheme: Target['scheme'], port: string): Target {
  const ip = status?.podIP;
  if (!ip) throw statusErrors.badRequest('address not allowed');
  const first = spec?.containers.flatMap((container) => container.ports ?? [])[0]?.containerPort;
  return { scheme, authority: `${ip}:${port || first || 80}` };
}

function serviceTarget(
  server: Server,
  namespace: string,
  name: string,
  scheme: Target['scheme'],
  port: string,
): Target {
  const service = server.stores.of(services).get(namespace, name);
  const wanted = /^\d+$/.test(port) ? service.spec?.ports?.find((one) => one.port === Number(port))?.name : port;
  const found = server.stores.of(endpoints).find(namespace, name);
  if (!found) throw statusErrors.notFound({ group: '', resource: 'services' }, name);
  const address = readyAddress(found, wanted ?? '');
  if (!address) throw statusErrors.serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  return { scheme, authority: address };
}

/** The first ready address: the choice is not important, being the same every time is. */
function readyAddress({ subsets = [] }: Endpoints, portName: string): string | undefined {
  for (const { addresses = [], ports = [] } of subsets) {
    const port = ports.find(({ name = '' }) => portName === '' || name === portName);
    const [first] = addresses;
    if (port && first) return `${first.ip}:${port.port}`;
  }
  return undefined;
}
