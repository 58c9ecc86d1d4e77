/** Absolute URLs and URI paths. @upstream staging/src/k8s.io/apiserver/pkg/cel/library/urls.go */
import type { CelFunction } from './arithmetic.ts';
import { CelError, listOf, mapOf, Opaque } from './values.ts';

interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

const PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/;
const fault = (text: string, why: string) =>
  new CelError(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${why}`);

/** As Go's url.ParseRequestURI reads it. */
function urlOf(text: string): Url {
  if (text === '') throw fault(text, 'empty url');
  const [, scheme = '', authority, path = '', query = ''] = PARTS.exec(text) ?? [];
  if (scheme === '' && !text.startsWith('/'))
    throw fault(text, text.startsWith(':') ? 'missing protocol scheme' : 'invalid URI for request');
  if ([...text].some((character) => character < ' ' || character === '\u007f'))
    throw fault(text, 'net/url: invalid control character in URL');
  const bad = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path);
  if (bad) throw fault(text, `invalid URL escape ${JSON.stringify(bad[0])}`);
  const host = (authority ?? '').replace(/^.*@/, '');
  if (/[ <>"]/.test(host))
    throw fault(text, `invalid character ${JSON.stringify(/[ <>"]/.exec(host)?.[0])} in host name`);
  const port = /:([^\]]*)$/.exec(host)?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) throw fault(text, `invalid port ":${port}" after host`);
  // What has a scheme and no root is opaque.
  const isOpaque = authority === undefined && !path.startsWith('/');
  return { scheme: scheme.toLowerCase(), host, path: isOpaque ? '' : path, query };
}

const hostname = (host: string): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function queryOf(query: string) {
  const values = new Map<string, string[]>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const [name = '', value = ''] = part.split(/=(.*)/s).map(decode);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return mapOf([...values].map(([name, list]) => [name, listOf(list)] as const));
}

/** What Go would escape in a path and is not. */
const escapedPath = (path: string): string =>
  path.replace(/[^A-Za-z0-9\-_.~!$&'()*+,;=:@/%[\]]/gu, (character) => encodeURIComponent(character));

const ofUrl =
  (answer: (url: Url) => string): CelFunction =>
  (value) =>
    value instanceof Opaque && value.type === 'kubernetes.URL' ? answer(value.content as Url) : undefined;

export const URLS: { readonly [name: string]: CelFunction } = {
  url: (text) => (typeof text === 'string' ? new Opaque('kubernetes.URL', urlOf(text)) : undefined),
  isURL: (text) => {
    if (typeof text !== 'string') return undefined;
    try {
      urlOf(text);
      return true;
    } catch (error) {
      if (error instanceof CelError) return false;
      throw error;
    }
  },
  getScheme: ofUrl(({ scheme }) => scheme),
  getHost: ofUrl(({ host }) => host),
  getHostname: ofUrl(({ host }) => hostname(host)),
  getPort: ofUrl(({ host }) => /:(\d*)$/.exec(host)?.[1] ?? ''),
  getEscapedPath: ofUrl(({ path }) => escapedPath(path)),
  getQuery: (value) =>
    value instanceof Opaque && value.type === 'kubernetes.URL' ? queryOf((value.content as Url).query) : undefined,
};
