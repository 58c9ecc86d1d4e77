/** Answers one request by the configuration: locations, rewrites, files, proxying, error pages. */
import { type Handler, type Headers, type HttpResponse, NetError } from '#engine/http';
import { OsError } from '#engine/os';
import { httpDate } from '../http-date.ts';
import type { Directive } from './config.ts';
import { allNearest, compile, findLocation, findServer, nearest, type Scope } from './model.ts';
import {
  bodyLength,
  decodePath,
  defaultType,
  type Exchange,
  PASSED_HEADERS,
  plainError,
  redirect,
  requestVariables,
  type Server,
  stubStatus,
  typeOf,
  withAdded,
} from './responses.ts';
import { proxyTarget } from './upstream.ts';
import { expand } from './variables.ts';

/** The handler of one listening port. */
export function portHandler(server: Server, port: number): Handler {
  return async (request) => {
    await server.process.compute(0.1);
    server.connections.accepted++;
    server.connections.requests++;
    const host = (request.headers.host ?? request.authority ?? '').replace(/:\d+$/, '').toLowerCase();
    const virtual = findServer(server.configuration.servers, port, host);
    const variables = requestVariables(server.process, request, port, host, virtual);
    if (!virtual) return { status: 400, headers: {} };
    const exchange: Exchange = { server, virtual, request, variables, redirects: 0 };
    const response = await serve(exchange, decodePath(request.path));
    return finish(exchange, response);
  };
}

async function finish({ server, request, variables }: Exchange, response: HttpResponse): Promise<HttpResponse> {
  const length = bodyLength(response);
  variables.set('status', String(response.status));
  variables.set('body_bytes_sent', String(request.method === 'HEAD' ? 0 : (length ?? 0)));
  await server.accessLog(variables);
  const headers: Headers = {
    server: `nginx/${server.version}`,
    date: httpDate(server.process.clock.now()),
    ...(length !== undefined && { 'content-length': String(length) }),
    connection: 'keep-alive',
    ...response.headers,
  };
  const { body, ...rest } = response;
  return { ...rest, headers, ...(body && request.method !== 'HEAD' && { body }) };
}

/** Runs the rewrite phase and the content of the path's location. */
async function serve(exchange: Exchange, path: string): Promise<HttpResponse> {
  const { virtual, variables } = exchange;
  variables.set('uri', path);
  const early = rewrite(exchange, virtual.scope.directives, virtual.scope);
  if (early?.response) return early.response;
  const target = early?.path ?? path;
  variables.set('uri', target);
  const found = findLocation(virtual.locations, target);
  if (!found) return content(exchange, virtual.scope, target, '/');
  for (const [index, group] of (found.match ?? []).entries()) variables.set(String(index), group ?? '');
  const { location } = found;
  const rewritten = rewrite(exchange, location.scope.directives, location.scope);
  if (rewritten?.response) return rewritten.response;
  if (rewritten?.path !== undefined && rewritten.again) return again(exchange, rewritten.path);
  variables.set('uri', rewritten?.path ?? target);
  return content(
    exchange,
    location.scope,
    rewritten?.path ?? target,
    location.modifier.startsWith('~') ? '' : location.path,
  );
}

async function again(exchange: Exchange, path: string): Promise<HttpResponse> {
  if (++exchange.redirects > 10) {
    await exchange.server.errorLog(
      'error',
      `rewrite or internal redirection cycle while processing "${path}"`,
      exchange.variables,
    );
    return errorPage(exchange, exchange.virtual.scope, 500);
  }
  return serve(exchange, path);
}

interface Rewritten {
  readonly response?: HttpResponse;
  readonly path?: string;
  readonly again?: boolean;
}

/** `set`, `if`, `rewrite` and `return`, in order. */
function rewrite(exchange: Exchange, directives: readonly Directive[], scope: Scope): Rewritten | undefined {
  const { variables } = exchange;
  let changed: Rewritten | undefined;
  for (const { name, args, block, file, line } of directives) {
    if (name === 'set') variables.set((args[0] ?? '').slice(1), expand(args[1] ?? '', variables));
    else if (name === 'return') return { response: returned(exchange, args) };
    else if (name === 'if' && block && condition(exchange, args)) {
      const inner = rewrite(exchange, block, { directives: block, outer: scope });
      if (inner) return inner;
    } else if (name === 'rewrite') {
      const path = changed?.path ?? variables.get('uri') ?? '/';
      const match = compile(args[0] ?? '', false, `in ${file}:${line}`).exec(path);
      if (!match) continue;
      const text = (args[1] ?? '').replace(/\$(\d)/g, (_, digit: string) => match[Number(digit)] ?? '');
      const target = expand(text, variables);
      const flag = args[2];
      if (flag === 'redirect' || flag === 'permanent' || /^https?:\/\//.test(target)) {
        return { response: redirect(exchange, flag === 'permanent' ? 301 : 302, target) };
      }
      changed = { path: target.split('?', 1)[0] as string, again: flag !== 'break' };
      if (flag === 'last' || flag === 'break') return changed;
    }
  }
  return changed;
}

function condition({ variables, server }: Exchange, args: readonly string[]): boolean {
  const words = args
    .join(' ')
    .replace(/^\(\s*/, '')
    .replace(/\s*\)$/, '')
    .split(/\s+/);
  const [left = '', operator, ...rest] = words;
  if (left === '-f' || left === '!-f')
    return server.process.fs.exists(expand(operator ?? '', variables)) === (left === '-f');
  const value = expand(left, variables);
  const right = expand(rest.join(' ').replace(/^["']|["']$/g, ''), variables);
  switch (operator) {
    case undefined:
      return value !== '' && value !== '0';
    case '=':
      return value === right;
    case '!=':
      return value !== right;
    case '~':
    case '~*':
      return compile(right, operator === '~*', '').test(value);
    default:
      return operator.startsWith('!~') && !compile(right, operator === '!~*', '').test(value);
  }
}

function returned(exchange: Exchange, args: readonly string[]): HttpResponse {
  const [first = '', second] = args;
  if (!/^\d+$/.test(first)) return redirect(exchange, 302, expand(first, exchange.variables));
  const status = Number(first);
  const text = second === undefined ? undefined : expand(second, exchange.variables);
  if (text !== undefined && [301, 302, 303, 307, 308].includes(status)) return redirect(exchange, status, text);
  if (text === undefined)
    return status === 444 || status === 204 ? { status, headers: {} } : plainError(exchange, status);
  const type = defaultType(exchange.virtual.scope);
  return {
    status,
    headers: withAdded(exchange, exchange.virtual.scope, { 'content-type': type }, status),
    body: { kind: 'text', text },
  };
}

async function content(exchange: Exchange, scope: Scope, path: string, prefix: string): Promise<HttpResponse> {
  const own = (name: string) => scope.directives.find((directive) => directive.name === name);
  const proxy = own('proxy_pass');
  if (proxy) return forward(exchange, scope, proxy, path, prefix);
  if (own('stub_status'))
    return {
      status: 200,
      headers: { 'content-type': 'text/plain' },
      body: { kind: 'text', text: stubStatus(exchange.server) },
    };
  const tried = own('try_files') ?? nearest(scope, 'try_files');
  if (tried) return tryFiles(exchange, scope, tried.args, path, prefix);
  if (!['GET', 'HEAD'].includes(exchange.request.method)) return errorPage(exchange, scope, 405);
  return (await file(exchange, scope, path, prefix)) ?? missing(exchange, scope, path, prefix);
}

function diskPath({ variables }: Exchange, scope: Scope, path: string, prefix: string): string {
  const alias = scope.directives.find((directive) => directive.name === 'alias');
  if (alias) return expand(alias.args[0] ?? '', variables) + path.slice(prefix.length);
  const root = expand(nearest(scope, 'root')?.args[0] ?? 'html', variables);
  return `${root.startsWith('/') ? root : `/etc/nginx/${root}`}${path}`;
}

async function missing(exchange: Exchange, scope: Scope, path: string, prefix: string): Promise<HttpResponse> {
  const disk = diskPath(exchange, scope, path, prefix);
  await exchange.server.errorLog('error', `open() "${disk}" failed (2: No such file or directory)`, exchange.variables);
  return errorPage(exchange, scope, 404);
}

/** The file or directory index behind a path; undefined when there is none. */
async function file(exchange: Exchange, scope: Scope, path: string, prefix: string): Promise<HttpResponse | undefined> {
  const { fs } = exchange.server.process;
  const disk = diskPath(exchange, scope, path, prefix);
  if (!fs.exists(disk.replace(/\/+$/, '') || '/')) return undefined;
  const stat = fs.stat(disk.replace(/\/+$/, '') || '/');
  if (stat.type !== 'directory') return path.endsWith('/') ? undefined : fileResponse(exchange, scope, disk);
  if (!path.endsWith('/')) return redirect(exchange, 301, `${path}/`);
  for (const index of nearest(scope, 'index')?.args ?? ['index.html']) {
    if (!fs.exists(`${disk}/${index}`)) continue;
    const found = findLocation(exchange.virtual.locations, path + index);
    return fileResponse(exchange, found?.location.scope ?? scope, `${disk}${index}`);
  }
  if (nearest(scope, 'autoindex')?.args[0] === 'on') return listing(exchange, path, disk);
  await exchange.server.errorLog('error', `directory index of "${disk}" is forbidden`, exchange.variables);
  return errorPage(exchange, scope, 403);
}

async function fileResponse(exchange: Exchange, scope: Scope, disk: string): Promise<HttpResponse> {
  const { process } = exchange.server;
  let bytes: Uint8Array;
  try {
    bytes = process.fs.readFile(disk);
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    await exchange.server.errorLog('error', `open() "${disk}" failed (13: ${error.message})`, exchange.variables);
    return errorPage(exchange, scope, 403);
  }
  const { modified } = process.fs.stat(disk);
  const etag = `"${Math.floor(modified / 1000).toString(16)}-${bytes.length.toString(16)}"`;
  const headers = { 'last-modified': httpDate(modified), etag };
  if (exchange.request.headers['if-none-match'] === etag) return { status: 304, headers };
  const all = withAdded(
    exchange,
    scope,
    { 'content-type': typeOf(scope, disk), ...headers, 'accept-ranges': 'bytes' },
    200,
  );
  return { status: 200, headers: all, body: { kind: 'bytes', bytes } };
}

function listing(exchange: Exchange, path: string, disk: string): HttpResponse {
  const { fs } = exchange.server.process;
  const rows = fs.readdir(disk).map((name) => {
    const shown = fs.stat(`${disk}/${name}`).type === 'directory' ? `${name}/` : name;
    return `<a href="${encodeURI(shown)}">${shown}</a>\r\n`;
  });
  const title = `Index of ${path}`;
  const text = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n${rows.join('')}</pre><hr></body>\r\n</html>\r\n`;
  return { status: 200, headers: { 'content-type': 'text/html' }, body: { kind: 'text', text } };
}

async function tryFiles(
  exchange: Exchange,
  scope: Scope,
  args: readonly string[],
  path: string,
  prefix: string,
): Promise<HttpResponse> {
  for (const [index, arg] of args.entries()) {
    const target = expand(arg, exchange.variables);
    if (index === args.length - 1) {
      if (target.startsWith('=')) return errorPage(exchange, scope, Number(target.slice(1)));
      if (target.startsWith('@')) return named(exchange, target, path);
      return again(exchange, target.split('?', 1)[0] as string);
    }
    const wantsDirectory = target.endsWith('/');
    const disk = diskPath(exchange, scope, target, prefix).replace(/\/+$/, '') || '/';
    const { fs } = exchange.server.process;
    if (!fs.exists(disk) || (fs.stat(disk).type === 'directory') !== wantsDirectory) continue;
    const found = await file(exchange, scope, target, prefix);
    if (found) return found;
  }
  return missing(exchange, scope, path, prefix);
}

async function named(exchange: Exchange, name: string, path: string): Promise<HttpResponse> {
  const location = exchange.virtual.locations.find(
    (candidate) => candidate.modifier === '@' && candidate.path === name,
  );
  if (!location) return errorPage(exchange, exchange.virtual.scope, 500);
  const early = rewrite(exchange, location.scope.directives, location.scope);
  return early?.response ?? content(exchange, location.scope, path, '');
}

async function forward(
  exchange: Exchange,
  scope: Scope,
  directive: Directive,
  path: string,
  prefix: string,
): Promise<HttpResponse> {
  const { server, request, variables } = exchange;
  const target = proxyTarget(expand(directive.args[0] ?? '', variables));
  // With a URI in proxy_pass the location's prefix is replaced by it.
  const upstreamPath = target.path === undefined ? request.path : target.path + path.slice(prefix.length);
  const headers: { [name: string]: string } = { host: target.authority, connection: 'close' };
  for (const name of Object.keys(request.headers)) {
    if (PASSED_HEADERS.includes(name) || name.startsWith('x-')) headers[name] = request.headers[name] as string;
  }
  for (const { args } of allNearest(scope, 'proxy_set_header'))
    headers[(args[0] ?? '').toLowerCase()] = expand(args[1] ?? '', variables);
  try {
    const response = await server.balancer.send(target, {
      method: request.method,
      path: upstreamPath,
      query: request.query,
      headers,
      scheme: target.scheme,
      ...(request.body && { body: request.body }),
      ...(request.signal && { signal: request.signal }),
    });
    const { server: _server, date: _date, connection: _connection, ...rest } = response.headers;
    return {
      status: response.status,
      headers: withAdded(exchange, scope, rest, response.status),
      ...(response.body && { body: response.body }),
    };
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const timedOut = error.code === 'ETIMEDOUT';
    const why = timedOut
      ? 'upstream timed out (110: Operation timed out)'
      : 'connect() failed (111: Connection refused)';
    await server.errorLog('error', `${why} while connecting to upstream`, variables);
    return errorPage(exchange, scope, timedOut ? 504 : 502);
  }
}

async function errorPage(exchange: Exchange, scope: Scope, status: number): Promise<HttpResponse> {
  const page = allNearest(scope, 'error_page').find(({ args }) => args.includes(String(status)));
  if (!page || exchange.redirects > 0) return plainError(exchange, status);
  exchange.redirects++;
  const target = page.args[page.args.length - 1] as string;
  const override = page.args.find((arg) => arg.startsWith('='));
  if (/^https?:/.test(target)) return redirect(exchange, 302, target);
  const response = target.startsWith('@')
    ? await named(exchange, target, exchange.variables.get('uri') ?? '/')
    : await serve(exchange, target);
  if (response.status >= 400) return plainError(exchange, status);
  return { ...response, status: override ? Number(override.slice(1)) || response.status : status };
}
