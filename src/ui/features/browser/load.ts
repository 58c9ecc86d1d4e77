/** From an address to what it shows: redirects followed, cookies kept, failures told apart. */
import type { PageAnswer, PageRequest } from '../../../workers/protocol.ts';
import { originOf, resolveLink, withoutFragment } from './address.ts';
import type { CookieJar } from './cookies.ts';

/** Where to go, and with what. */
export interface Visit {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** `application/x-www-form-urlencoded` */
  readonly body?: string;
}

export type Failure = Extract<PageAnswer, { failed: unknown }>['failed'] | 'redirects' | 'address';

export type Loaded =
  | {
      readonly url: string;
      readonly status: number;
      /** Lower case, without parameters. */
      readonly contentType: string;
      readonly charset: string;
      readonly body: Uint8Array;
      readonly cut: boolean;
    }
  | { readonly url: string; readonly failed: Failure; readonly message: string };

export type Fetch = (request: PageRequest) => Promise<PageAnswer>;

export interface Browsing {
  readonly fetch: Fetch;
  readonly cookies: CookieJar;
  /** Origins whose certificate the person has accepted. */
  readonly trusted: ReadonlySet<string>;
}

const MAX_REDIRECTS = 20;
const REDIRECTS = [301, 302, 303, 307, 308];
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Podarium/1.36';
const ACCEPT_PAGE = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/*,*/*;q=0.8';

/** Never rejects for what a server does. */
export async function load(browsing: Browsing, visit: Visit, accept = ACCEPT_PAGE): Promise<Loaded> {
  let next: Visit = { ...visit, url: withoutFragment(visit.url) };
  const fragment = visit.url.slice(next.url.length);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await ask(browsing, next, accept);
    if ('failed' in answer) return { url: next.url, ...answer };
    const { location } = answer.headers;
    if (!REDIRECTS.includes(answer.status) || location === undefined) return loaded(next.url + fragment, answer);
    const target = resolveLink(location, next.url);
    if (target === undefined) return { url: next.url, failed: 'address', message: location };
    const keeps = answer.status === 307 || answer.status === 308;
    next = keeps ? { ...next, url: target } : { url: target, method: 'GET' };
  }
  return { url: next.url, failed: 'redirects', message: '' };
}

async function ask({ fetch, cookies, trusted }: Browsing, visit: Visit, accept: string): Promise<PageAnswer> {
  const { url, method, body } = visit;
  const cookie = cookies.for(url);
  const answer = await fetch({
    method,
    url,
    headers: {
      'user-agent': USER_AGENT,
      accept,
      ...(cookie !== '' && { cookie }),
      ...(body !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(new TextEncoder().encode(body).length),
        origin: originOf(url),
      }),
    },
    ...(body !== undefined && { body }),
    ...(trusted.has(originOf(url)) && { insecure: true }),
  });
  const set = 'headers' in answer ? answer.headers['set-cookie'] : undefined;
  if (set !== undefined) cookies.take(url, set);
  return answer;
}

function loaded(url: string, answer: Extract<PageAnswer, { status: number }>): Loaded {
  const type = answer.headers['content-type'] ?? sniff(answer.body);
  return {
    url,
    status: answer.status,
    contentType: (type.split(';', 1)[0] ?? '').trim().toLowerCase(),
    charset: /charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8',
    body: answer.body,
    cut: answer.cut,
  };
}

/** Without a Content-Type: markup, text, or neither. */
function sniff(body: Uint8Array): string {
  const start = new TextDecoder().decode(body.subarray(0, 512));
  if (/^\s*<(!doctype html|html|head|body|h1|p|div|title|a|form)\b/i.test(start)) return 'text/html';
  return start.includes('\0') || start.includes('\ufffd') ? 'application/octet-stream' : 'text/plain';
}

/** The body as text; an unknown charset is read as UTF-8. */
export function textOf({ body, charset }: { readonly body: Uint8Array; readonly charset: string }): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch (error) {
    if (error instanceof RangeError) return new TextDecoder().decode(body);
    throw error;
  }
}
