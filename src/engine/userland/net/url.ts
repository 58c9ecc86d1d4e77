/** URLs as command-line clients read them: forgiving about a missing scheme or path. */

export interface Url {
  readonly scheme: 'http' | 'https';
  /** `user:password` as written. */
  readonly credentials?: string;
  readonly host: string;
  readonly port: number;
  /** Percent-encoded, never empty. */
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
}

/** Why a URL cannot be used. */
type UrlProblem = 'malformed' | 'scheme' | 'port';

/** Parses `[http://][user[:password]@]host[:port][/path][?query]`; the fragment is dropped. */
export function parseUrl(text: string): Url | UrlProblem {
  const [, named = 'http', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  const scheme = named.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return 'scheme';
  const [, authority = '', target = ''] = /^([^/?#]*)([^#]*)/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority.slice(at + 1)) ?? [];
  if (host === '' || /\s/.test(host)) return 'malformed';
  if (port !== undefined && (!/^\d+$/.test(port) || Number(port) > 65_535)) return 'port';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return {
    scheme,
    ...(at >= 0 && { credentials: authority.slice(0, at) }),
    host: host.toLowerCase().replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : defaultPort(scheme),
    path: path.startsWith('/') ? path : `/${path}`,
    ...(mark >= 0 && { query: target.slice(mark + 1) }),
  };
}

const defaultPort = (scheme: 'http' | 'https'): number => (scheme === 'https' ? 443 : 80);

/** The `Host` header: the port only when it is not the scheme's own. */
export const hostHeader = ({ scheme, host, port }: Url): string =>
  port === defaultPort(scheme) ? bracketed(host) : `${bracketed(host)}:${port}`;

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Path and query, as the request line has them. */
export const requestTarget = ({ path, query }: Url): string => (query === undefined ? path : `${path}?${query}`);

export function formatUrl(url: Url): string {
  return `${url.scheme}://${hostHeader(url)}${requestTarget(url)}`;
}

/** A `Location` header seen from the URL that answered with it. */
export function resolveLocation(base: Url, location: string): Url | UrlProblem {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(location)) return parseUrl(location);
  if (location.startsWith('//')) return parseUrl(`${base.scheme}:${location}`);
  const origin = `${base.scheme}://${hostHeader(base)}`;
  if (location.startsWith('/')) return parseUrl(origin + location);
  return parseUrl(origin + base.path.slice(0, base.path.lastIndexOf('/') + 1) + location);
}

/** The file a download is saved to when none is named; empty when the path names none. */
export const remoteName = ({ path }: Url): string => path.slice(path.lastIndexOf('/') + 1);

export const isIpv4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);
