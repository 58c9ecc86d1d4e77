/** Responses of nginx that no file is behind, and the headers of all. */
import { type Headers, type HttpRequest, type HttpResponse, reasonOf } from '#engine/http';
import type { Process } from '#engine/os';
import { allNearest, type Configuration, nearest, type Scope, type VirtualServer } from './model.ts';
import type { Balancer } from './upstream.ts';
import { expand, type Variables } from './variables.ts';

export interface Server {
  readonly process: Process;
  readonly configuration: Configuration;
  readonly version: string;
  readonly balancer: Balancer;
  readonly connections: { active: number; accepted: number; requests: number };
  accessLog(variables: Variables): Promise<void>;
  errorLog(level: string, message: string, variables: Variables): Promise<void>;
}

export interface Exchange {
  readonly server: Server;
  readonly virtual: VirtualServer;
  readonly request: HttpRequest;
  readonly variables: Variables;
  redirects: number;
}

const encoder = new TextEncoder();
export const PASSED_HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'content-type',
  'cookie',
  'origin',
  'referer',
  'user-agent',
];

export function redirect(exchange: Exchange, status: number, location: string): HttpResponse {
  const { variables } = exchange;
  const port = variables.get('server_port');
  const host = `${variables.get('host')}${port === '80' || port === '443' ? '' : `:${port}`}`;
  const absolute = location.startsWith('/') ? `${variables.get('scheme')}://${host}${location}` : location;
  return { ...plainError(exchange, status), headers: { 'content-type': 'text/html', location: absolute } };
}

export function plainError(exchange: Exchange, status: number): HttpResponse {
  const title = `${status} ${reasonOf(status)}`;
  const text =
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
    `<hr><center>nginx/${exchange.server.version}</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { 'content-type': 'text/html' }, body: { kind: 'text', text } };
}

export function withAdded(exchange: Exchange, scope: Scope, headers: Headers, status: number): Headers {
  const added: { [name: string]: string } = { ...headers };
  for (const { args } of allNearest(scope, 'add_header')) {
    if (status < 400 || args.includes('always'))
      added[(args[0] ?? '').toLowerCase()] = expand(args[1] ?? '', exchange.variables);
  }
  return added;
}

export function typeOf(scope: Scope, path: string): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  const types = nearest(scope, 'types')?.block ?? [];
  return types.find(({ args }) => extension !== undefined && args.includes(extension))?.name ?? defaultType(scope);
}

export const defaultType = (scope: Scope) => nearest(scope, 'default_type')?.args[0] ?? 'text/plain';

export function stubStatus({ connections }: Server): string {
  const { active, accepted, requests } = connections;
  return `Active connections: ${active} \nserver accepts handled requests\n ${accepted} ${accepted} ${requests} \nReading: 0 Writing: ${active} Waiting: 0 \n`;
}

export function bodyLength({ body }: HttpResponse): number | undefined {
  if (!body) return undefined;
  if (body.kind === 'bytes') return body.bytes.length;
  return body.kind === 'text' ? encoder.encode(body.text).length : undefined;
}

export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path).replace(/\/+/g, '/');
  } catch {
    return path;
  }
}

export function requestVariables(
  process: Process,
  request: HttpRequest,
  port: number,
  host: string,
  virtual: VirtualServer | undefined,
): Variables {
  const query = request.query.toString();
  const forwarded = request.headers['x-forwarded-for'];
  const remote = request.peer?.address ?? '127.0.0.1';
  const variables: Variables = new Map([
    ['remote_addr', remote],
    ['remote_user', '-'],
    ['time_now', String(process.clock.now())],
    ['request_method', request.method],
    ['request_uri', query ? `${request.path}?${query}` : request.path],
    ['args', query],
    ['is_args', query ? '?' : ''],
    ['query_string', query],
    ['host', host || (virtual?.names[0] ?? '')],
    ['http_host', request.headers.host ?? request.authority ?? ''],
    ['server_name', virtual?.names[0] ?? ''],
    ['server_port', String(port)],
    ['server_addr', process.net.addresses[0] ?? ''],
    ['scheme', request.scheme ?? 'http'],
    ['hostname', process.hostname],
    ['server_protocol', 'HTTP/1.1'],
    ['proxy_add_x_forwarded_for', forwarded ? `${forwarded}, ${remote}` : remote],
  ]);
  for (const [name, value] of request.query) variables.set(`arg_${name}`, value);
  for (const name of Object.keys(request.headers))
    variables.set(`http_${name.replaceAll('-', '_')}`, request.headers[name] as string);
  return variables;
}
