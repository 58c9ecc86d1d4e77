/** nginx's configuration as a server uses it: virtual servers by port, locations in order of precedence, upstream groups. */
import { ConfigError, type Directive } from './config.ts';

export interface Location {
  readonly modifier: '' | '=' | '^~' | '~' | '~*' | '@';
  readonly path: string;
  readonly pattern?: RegExp;
  readonly scope: Scope;
  readonly nested: readonly Location[];
}

/** A block with those around it: directives are inherited outwards in. */
export interface Scope {
  readonly directives: readonly Directive[];
  readonly outer?: Scope;
}

interface Listen {
  readonly port: number;
  readonly isDefault: boolean;
  readonly ssl: boolean;
}

export interface VirtualServer {
  readonly listens: readonly Listen[];
  readonly names: readonly string[];
  readonly scope: Scope;
  readonly locations: readonly Location[];
}

interface Upstream {
  readonly name: string;
  readonly servers: readonly {
    readonly address: string;
    readonly weight: number;
    readonly backup: boolean;
    readonly directive: Directive;
  }[];
}

export interface Configuration {
  readonly servers: readonly VirtualServer[];
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly scope: Scope;
  /** Known directives that do nothing here, for `nginx -t`. */
  readonly unsimulated: readonly Directive[];
}

const SIMULATED = new Set(
  (
    'http server location upstream events types include listen server_name root alias index return rewrite set if try_files autoindex error_page access_log error_log ' +
    'log_format default_type add_header proxy_pass proxy_set_header proxy_connect_timeout proxy_read_timeout stub_status internal expires break allow deny map client_max_body_size'
  ).split(' '),
);
/** Real directives whose effect cannot be seen here. */
const HARMLESS = new Set(
  (
    'user worker_processes worker_connections worker_rlimit_nofile pid daemon master_process multi_accept use sendfile tcp_nopush tcp_nodelay keepalive_timeout keepalive_requests keepalive gzip gzip_types ' +
    'gzip_vary gzip_proxied gzip_comp_level gzip_min_length gzip_disable gzip_http_version gzip_buffers types_hash_max_size types_hash_bucket_size server_names_hash_bucket_size server_tokens charset etag ' +
    'client_body_buffer_size client_header_buffer_size large_client_header_buffers client_body_timeout client_header_timeout send_timeout reset_timedout_connection proxy_http_version proxy_buffering ' +
    'proxy_buffer_size proxy_buffers proxy_busy_buffers_size proxy_send_timeout proxy_redirect proxy_cache_bypass proxy_request_buffering proxy_next_upstream proxy_hide_header proxy_pass_header resolver ' +
    'resolver_timeout ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers ssl_prefer_server_ciphers ssl_session_cache ssl_session_timeout ssl_session_tickets real_ip_header set_real_ip_from ' +
    'log_not_found open_file_cache server_name_in_redirect port_in_redirect absolute_redirect variables_hash_max_size least_conn ip_hash zone env load_module lua_package_path underscores_in_headers ' +
    'merge_slashes if_modified_since proxy_ssl_verify proxy_ssl_server_name proxy_intercept_errors limit_except satisfy http2 mirror fastcgi_pass fastcgi_param fastcgi_index client_body_temp_path ' +
    'proxy_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path auth_basic auth_basic_user_file limit_req limit_req_zone limit_conn limit_conn_zone sub_filter sub_filter_once stream proxy_cache proxy_cache_path'
  ).split(' '),
);

/** Throws ConfigError. */
export function buildConfiguration(directives: readonly Directive[]): Configuration {
  const unsimulated: Directive[] = [];
  check(directives, unsimulated);
  const main: Scope = { directives };
  const http = directives.find((directive) => directive.name === 'http');
  if (!directives.some((directive) => directive.name === 'events'))
    throw new ConfigError('no "events" section in configuration');
  const scope: Scope = { directives: http?.block ?? [], outer: main };
  const servers: VirtualServer[] = [];
  const upstreams = new Map<string, Upstream>();
  for (const directive of scope.directives) {
    if (directive.name === 'server') servers.push(buildServer(directive, scope));
    if (directive.name === 'upstream') upstreams.set(directive.args[0] ?? '', buildUpstream(directive));
  }
  return { servers, upstreams, scope, unsimulated };
}

/** The nearest directive of that name, from the inside out. */
export function nearest(scope: Scope | undefined, name: string): Directive | undefined {
  for (let at = scope; at; at = at.outer) {
    const found = at.directives.find((directive) => directive.name === name);
    if (found) return found;
  }
  return undefined;
}

/** All directives of that name on the innermost level that has any. */
export function allNearest(scope: Scope | undefined, name: string): readonly Directive[] {
  for (let at = scope; at; at = at.outer) {
    const found = at.directives.filter((directive) => directive.name === name);
    if (found.length > 0) return found;
  }
  return [];
}

function check(directives: readonly Directive[], unsimulated: Directive[]): void {
  for (const directive of directives) {
    const { name, file, line, block, args } = directive;
    if (!SIMULATED.has(name) && !HARMLESS.has(name))
      throw new ConfigError(`unknown directive "${name}" in ${file}:${line}`);
    if (HARMLESS.has(name) && /^(auth_basic|fastcgi_pass|limit_|sub_filter|stream|mirror|proxy_cache)/.test(name))
      unsimulated.push(directive);
    if (
      args.length === 0 &&
      !block &&
      !['internal', 'break', 'stub_status', 'ip_hash', 'least_conn', 'return'].includes(name)
    ) {
      throw new ConfigError(`invalid number of arguments in "${name}" directive in ${file}:${line}`);
    }
    if (block && name !== 'types' && name !== 'map') check(block, unsimulated);
  }
}

function buildServer(directive: Directive, http: Scope): VirtualServer {
  const scope: Scope = { directives: directive.block ?? [], outer: http };
  const listens = scope.directives.filter(({ name }) => name === 'listen').map(parseListen);
  return {
    listens: listens.length > 0 ? listens : [{ port: 80, isDefault: false, ssl: false }],
    names: scope.directives.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args),
    scope,
    locations: buildLocations(scope),
  };
}

function parseListen({ args, file, line }: Directive): Listen {
  const address = args[0] ?? '';
  const port = /^\d+$/.test(address) ? Number(address) : Number(/:(\d+)$/.exec(address)?.[1] ?? 80);
  if (port < 1 || port > 65_535)
    throw new ConfigError(`invalid port in "${address}" of the "listen" directive in ${file}:${line}`);
  return { port, isDefault: args.includes('default_server'), ssl: args.includes('ssl') };
}

function buildLocations(outer: Scope): readonly Location[] {
  const seen = new Set<string>();
  return outer.directives
    .filter(({ name }) => name === 'location')
    .map((directive) => {
      const [first = '', second] = directive.args;
      const modifier = (second === undefined ? (first.startsWith('@') ? '@' : '') : first) as Location['modifier'];
      const path = second ?? first;
      const where = `in ${directive.file}:${directive.line}`;
      if (!['', '=', '^~', '~', '~*', '@'].includes(modifier))
        throw new ConfigError(`invalid location modifier "${modifier}" ${where}`);
      const key = `${modifier === '^~' ? '' : modifier} ${path}`;
      if (seen.has(key)) throw new ConfigError(`duplicate location "${path}" ${where}`);
      seen.add(key);
      const scope: Scope = { directives: directive.block ?? [], outer };
      const nested = buildLocations(scope);
      return modifier.startsWith('~')
        ? { modifier, path, scope, nested, pattern: compile(path, modifier === '~*', where) }
        : { modifier, path, scope, nested };
    });
}

/** A PCRE pattern as far as JavaScript reads it. Throws ConfigError. */
export function compile(source: string, ignoreCase: boolean, where: string): RegExp {
  try {
    return new RegExp(source.replace(/\(\?<(\w+)>/g, '(?<$1>').replace(/\(\?P</g, '(?<'), ignoreCase ? 'i' : '');
  } catch (error) {
    throw new ConfigError(`pcre2_compile() failed: ${(error as Error).message} in "${source}" ${where}`);
  }
}

function buildUpstream(directive: Directive): Upstream {
  const name = directive.args[0] ?? '';
  const servers = (directive.block ?? [])
    .filter((entry) => entry.name === 'server')
    .map((entry) => ({
      address: entry.args[0] ?? '',
      weight: Number(entry.args.find((arg) => arg.startsWith('weight='))?.slice(7) ?? 1),
      backup: entry.args.includes('backup'),
      directive: entry,
    }))
    .filter((server) => !server.directive.args.includes('down'));
  if (servers.length === 0)
    throw new ConfigError(`no servers are inside upstream in ${directive.file}:${directive.line}`);
  return { name, servers };
}

/** The location of a path: exact, then longest prefix unless a regular expression matches. @upstream ngx_http_core_find_location */
export function findLocation(
  locations: readonly Location[],
  path: string,
): { readonly location: Location; readonly match?: RegExpExecArray } | undefined {
  let prefix: Location | undefined;
  for (const location of locations) {
    if (location.modifier === '=' && location.path === path) return { location };
    if ((location.modifier === '' || location.modifier === '^~') && path.startsWith(location.path)) {
      if (!prefix || location.path.length > prefix.path.length) prefix = location;
    }
  }
  if (prefix && prefix.nested.length > 0) {
    const inner = findLocation(prefix.nested, path);
    if (inner) return inner;
  }
  if (prefix?.modifier !== '^~') {
    for (const location of locations) {
      const match = location.pattern?.exec(path);
      if (match) return { location, match };
    }
  }
  return prefix && { location: prefix };
}

/** The virtual server for a Host header on a port. */
export function findServer(servers: readonly VirtualServer[], port: number, host: string): VirtualServer | undefined {
  const here = servers.filter((server) => server.listens.some((listen) => listen.port === port));
  const exact = here.find((server) => server.names.includes(host));
  if (exact) return exact;
  for (const server of here) {
    for (const name of server.names) {
      if (name.startsWith('*.') && host.endsWith(name.slice(1))) return server;
      if (name.endsWith('.*') && host.startsWith(name.slice(0, -1))) return server;
      if (name.startsWith('~') && new RegExp(name.slice(1)).test(host)) return server;
    }
  }
  return here.find((server) => server.listens.some((listen) => listen.port === port && listen.isDefault)) ?? here[0];
}
