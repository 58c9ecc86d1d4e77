/** A Handler that asks a real API server by the browser's own fetch: the wire in its third coat. */
import { type Body, bodyBytes, type Handler, type HttpRequest, type HttpResponse, NetError, Pipe } from '#engine/http';
import { type End, Turns } from './turns.ts';

/**
 * Watches at a time, of the six connections that a browser opens to one HTTP/1.1 server: the rest is for requests and followed logs. The
 * watches that the page wants beyond that take turns: see `Turns`.
 */
const MOST_WATCHES = 4;
/** A shorter watch counts as a failed one: see the reflector. */
const LEAST_WATCH_MS = 1100;

const NEWLINE = 10;

/** A stream that may be asked to end. */
interface Leaving {
  now(): void;
  asked: boolean;
}

/** @param base where the API is served, without a slash at its end: '' is the page's own origin */
export function fetchHandler(base: string): Handler {
  const turns = new Turns(MOST_WATCHES, LEAST_WATCH_MS);
  return async (request) => {
    if (!request.query.has('watch')) return ask(base, request);
    const leaving: Leaving = { asked: false, now: () => undefined };
    const leave = () => {
      leaving.asked = true;
      leaving.now();
    };
    let end: End;
    try {
      end = await turns.take(leave, request.signal);
    } catch {
      throw canceled();
    }
    try {
      return await ask(base, request, leaving, end);
    } catch (error) {
      end();
      throw error;
    }
  };
}

const canceled = () => new NetError('ECONNRESET', 'request canceled');

async function ask(base: string, request: HttpRequest, leaving?: Leaving, end?: End): Promise<HttpResponse> {
  const path = request.query.size > 0 ? `${request.path}?${request.query}` : request.path;
  const { host: _host, ...headers } = request.headers;
  const body = request.body ? new Uint8Array(await bodyBytes(request.body)) : undefined;
  let response: Response;
  try {
    response = await fetch(base + path, {
      method: request.method,
      // Repeated values are joined by line ends here; fetch makes one line of them.
      headers: Object.entries(headers).flatMap(([name, value]) =>
        value.split('\n').map((one): [string, string] => [name, one]),
      ),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      ...(body && { body }),
      ...(request.signal && { signal: request.signal }),
    });
  } catch (error) {
    if (request.signal?.aborted) throw canceled();
    throw new NetError('ECONNREFUSED', error instanceof Error ? error.message : String(error));
  }
  const { status } = response;
  const warnings = warningsOf(response.headers.get('warning'));
  const shared = {
    status,
    headers: Object.fromEntries(response.headers),
    ...(warnings.length > 0 && { warnings }),
  };
  const streaming = leaving !== undefined || request.query.get('follow') === 'true';
  if (streaming && response.ok && response.body) return { ...shared, body: streamOf(response.body, leaving, end) };
  const bytes = new Uint8Array(await response.arrayBuffer());
  end?.();
  return { ...shared, body: { kind: 'bytes', bytes } };
}

/** @param leaving ends the stream between two lines @param end called when it has ended */
function streamOf(stream: ReadableStream<Uint8Array>, leaving?: Leaving, end?: End): Body {
  const frames = new Pipe<Uint8Array>();
  const reader = stream.getReader();
  let betweenLines = true;
  const stop = () => {
    reader.cancel().catch(() => undefined);
  };
  frames.onBroken(stop);
  if (leaving) {
    leaving.now = () => {
      if (betweenLines) stop();
    };
  }
  const pump = async () => {
    if (leaving?.asked) stop();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      betweenLines = part.value.at(-1) === NEWLINE;
      await frames.write(part.value);
      if (leaving?.asked && betweenLines) stop();
    }
    frames.close();
  };
  pump()
    .catch((error: unknown) => frames.close(error instanceof Error ? error : new Error(String(error))))
    .finally(end);
  return { kind: 'stream', framing: 'bytes', frames };
}

/** `299 - "text", 299 - "more"`: the texts. */
function warningsOf(header: string | null): readonly string[] {
  return [...(header ?? '').matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replace(/\\(.)/g, '$1'),
  );
}
