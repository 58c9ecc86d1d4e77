/** One HTTP exchange as a command-line client makes it: name, addresses in turn, request, answer with its head as text. */
import { type Body, type Headers, type HttpResponse, headOf, NetError, reasonOf, type Source } from '#engine/http';
import type { Process } from '#engine/os';
import { httpDate } from '../http-date.ts';

import { type Deadline, DeadlineExceeded } from './deadline.ts';
import { hostHeader, isIpv4, type Url } from './url.ts';

interface ExchangeRequest {
  readonly url: Url;
  readonly method: string;
  /** Lower-case names; `host` is added when it is missing. */
  readonly headers: Headers;
  readonly body?: Uint8Array;
  /** Addresses to use instead of asking the resolver. */
  readonly addresses?: readonly string[];
}

export interface Reply {
  readonly status: number;
  readonly reason: string;
  /** As they would stand on the wire, in order. */
  readonly head: readonly (readonly [name: string, value: string])[];
  readonly headers: Headers;
  readonly body: ReplyBody;
}

interface ReplyBody {
  /** Undefined: not known beforehand. */
  readonly length?: number;
  readonly frames: Source<unknown> | readonly Uint8Array[];
}

type FailureKind = 'resolve' | 'refused' | 'unreachable' | 'timeout' | 'reset' | 'deadline';

/** Why there is no answer. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  constructor(
    readonly kind: FailureKind,
    readonly address: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

/** strerror of what the network said. */
export const ERRNO_TEXTS: { readonly [kind in FailureKind]: string } = {
  resolve: 'Name or service not known',
  refused: 'Connection refused',
  unreachable: 'No route to host',
  timeout: 'Connection timed out',
  reset: 'Connection reset by peer',
  deadline: 'Connection timed out',
};

/** Addresses of a host. Throws ExchangeFailure `resolve` or `deadline`. */
export async function addressesOf(process: Process, host: string, deadline: Deadline): Promise<readonly string[]> {
  if (isIpv4(host) || host.includes(':')) return [host];
  try {
    return await deadline.race(process.net.lookup(host));
  } catch (error) {
    throw asFailure(error, undefined);
  }
}

/** Tries the addresses in turn until one takes the connection. Throws ExchangeFailure. */
export async function exchange(
  process: Process,
  request: ExchangeRequest,
  deadline: Deadline,
  onTry: (address: string) => Promise<void> | void = () => undefined,
): Promise<Reply> {
  const addresses = request.addresses ?? (await addressesOf(process, request.url.host, deadline));
  let failure: ExchangeFailure | undefined;
  for (const address of addresses) {
    await onTry(address);
    try {
      return readReply(process, request, await deadline.race(send(process, request, address, deadline)));
    } catch (error) {
      failure = asFailure(error, address);
      if (failure.kind === 'deadline' || failure.kind === 'reset') break;
    }
  }
  throw failure ?? new ExchangeFailure('resolve', undefined, 'no address');
}

function send(
  process: Process,
  { url, method, headers, body }: ExchangeRequest,
  address: string,
  deadline: Deadline,
): Promise<HttpResponse> {
  return process.net.fetch({
    method,
    authority: `${address.includes(':') ? `[${address}]` : address}:${url.port}`,
    scheme: url.scheme,
    path: url.path,
    query: new URLSearchParams(url.query ?? ''),
    headers: { host: hostHeader(url), ...headers },
    ...(body && { body: { kind: 'bytes', bytes: body } }),
    signal: deadline.signal,
  });
}

const KINDS: { readonly [code: string]: FailureKind } = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'resolve',
  ECONNRESET: 'reset',
};

export function asFailure(error: unknown, address: string | undefined): ExchangeFailure {
  if (error instanceof ExchangeFailure) return error;
  if (error instanceof DeadlineExceeded) return new ExchangeFailure('deadline', address, 'timed out');
  if (!(error instanceof NetError)) throw error;
  return new ExchangeFailure(KINDS[error.code] ?? 'reset', address, error.message);
}

function readReply(process: Process, request: ExchangeRequest, response: HttpResponse): Reply {
  const body = replyBody(response.body, request);
  const headers: { [name: string]: string } = { ...response.headers };
  headers.date ??= httpDate(process.clock.now());
  const hasBody = request.method !== 'HEAD' && response.status !== 204 && response.status !== 304;
  if (headers['content-length'] === undefined && hasBody) {
    if (body.length !== undefined) headers['content-length'] = String(body.length);
    else headers['transfer-encoding'] = 'chunked';
  } else if (body.length !== undefined && hasBody) headers['content-length'] = String(body.length);
  return {
    status: response.status,
    reason: reasonOf(response.status),
    head: headOf(headers, response.warnings),
    headers,
    body: hasBody ? body : { length: 0, frames: [] },
  };
}

const encoder = new TextEncoder();

function replyBody(body: Body | undefined, { headers }: ExchangeRequest): ReplyBody {
  if (!body) return { length: 0, frames: [] };
  if (body.kind === 'stream') return { frames: body.frames };
  const bytes =
    body.kind === 'bytes' ? body.bytes : encoder.encode(body.kind === 'text' ? body.text : json(body.value, headers));
  return { length: bytes.length, frames: [bytes] };
}

/** A JSON value meets the wire here; servers of Kubernetes indent it for the clients that people type. */
const json = (value: unknown, headers: Headers): string =>
  /^(curl|Wget)\//.test(headers['user-agent'] ?? '')
    ? JSON.stringify(value, undefined, 2)
    : `${JSON.stringify(value)}\n`;

/** Hands every piece of the body to `take`; time and death of the process end it. Throws ExchangeFailure. */
export async function eachPiece(
  body: ReplyBody,
  deadline: Deadline,
  take: (bytes: Uint8Array) => Promise<void> | void,
): Promise<void> {
  try {
    if (!('read' in body.frames)) for (const bytes of body.frames) await deadline.race(Promise.resolve(take(bytes)));
    else {
      const { frames } = body;
      for (
        let frame = await deadline.race(frames.read());
        frame !== undefined;
        frame = await deadline.race(frames.read())
      )
        await take(frame instanceof Uint8Array ? frame : encoder.encode(`${JSON.stringify(frame)}\n`));
    }
  } catch (error) {
    if ('read' in body.frames) body.frames.cancel();
    throw error instanceof NetError || error instanceof DeadlineExceeded ? asFailure(error, undefined) : error;
  }
}

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);
