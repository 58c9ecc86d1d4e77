/** The one wire: a Handler answers a request. In process, over a MessagePort and over HTTP it is the same function. */
import type { Source } from './stream.ts';

/** Lower-case names. */
export type Headers = { readonly [name: string]: string };

/**
 * What a message carries.
 * - `json`: a frozen value, passed by reference inside the engine, serialised only at the outer wall.
 * - `stream`: frames: `json` values (a watch: one line each on a real wire), `bytes` (logs, raw TCP), or `channel` frames (exec, attach, port-forward).
 */
export type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly framing: 'json'; readonly frames: Source<unknown> }
  | { readonly kind: 'stream'; readonly framing: 'bytes'; readonly frames: Source<Uint8Array> }
  | { readonly kind: 'stream'; readonly framing: 'channel'; readonly frames: Source<ChannelFrame> };

/** A frame of a multiplexed session. For exec and attach: 0 stdin, 1 stdout, 2 stderr, 3 error (a Status as JSON), 4 resize, 255 half-close of the channel named by its one byte. */
export interface ChannelFrame {
  readonly channel: number;
  readonly data: Uint8Array;
}

/** Who is at the other end of the connection, as far as the transport knows. */
export interface Peer {
  readonly address: string;
  /** Subject of a verified client certificate; `sha256` of the certificate where there are bytes of one. Without a common name: one that could not be verified. */
  readonly certificate?: {
    readonly commonName: string;
    readonly organizations: readonly string[];
    readonly sha256?: string;
  };
}

export interface HttpRequest {
  readonly method: string;
  /** `host:port` to reach, for transports that choose one; a server does not need it. */
  readonly authority?: string;
  readonly scheme?: 'http' | 'https';
  /** Without the query, percent-encoded as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body?: Body;
  /** The client's wish to stop: closes a watch or a followed log. */
  readonly signal?: AbortSignal;
  readonly peer?: Peer;
  /** A TLS client's look at the certificates that the server presents; undefined: it speaks no TLS. Throws a NetError to refuse them. Absent: anything is taken. */
  readonly handshake?: (presented: string | undefined) => void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body?: Body;
  /** `Warning` headers in order (code 299), without quoting. */
  readonly warnings?: readonly string[];
}

export type Handler = (request: HttpRequest) => Promise<HttpResponse>;

/** Wraps one handler in another. */
export type Filter = (next: Handler) => Handler;

const NO_QUERY = new URLSearchParams();
const NO_HEADERS: Headers = Object.freeze({});

/** A request from a URL: `/path?query` or `http(s)://host:port/path?query`. */
export function httpRequest(method: string, url: string, rest: Partial<HttpRequest> = {}): HttpRequest {
  const absolute = /^(https?):\/\/([^/?#]*)(.*)$/.exec(url);
  const target = absolute ? (absolute[3] as string) : url;
  const mark = target.indexOf('?');
  const path = (mark < 0 ? target : target.slice(0, mark)) || '/';
  const query = mark < 0 ? NO_QUERY : new URLSearchParams(target.slice(mark + 1));
  return {
    method,
    path,
    query,
    headers: NO_HEADERS,
    ...(absolute && { scheme: absolute[1] as 'http' | 'https', authority: absolute[2] as string }),
    ...rest,
  };
}

export function jsonResponse(status: number, value: unknown, headers: Headers = NO_HEADERS): HttpResponse {
  return { status, headers, body: { kind: 'json', value } };
}

export function textResponse(
  status: number,
  text: string,
  headers: Headers = { 'content-type': 'text/plain' },
): HttpResponse {
  return { status, headers, body: { kind: 'text', text } };
}

/** The first filter sees the request first. */
export const chain = (filters: readonly Filter[], handler: Handler): Handler =>
  filters.reduceRight((next, filter) => filter(next), handler);
