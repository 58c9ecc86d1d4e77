/** A Handler that asks a real API server by the browser's own fetch: the wire in its third coat. */
import { type Body, bodyBytes, type Handler, type HttpResponse, NetError, Pipe } from '#engine/http';

/**
 * How long a watch may hold its connection: a browser opens six to one HTTP/1.1 server, and the page watches more than that. A watch that
 * ends goes on where it was.
 */
const WATCH_SECONDS = 2;

/** @param base where the API is served, without a slash at its end: '' is the page's own origin */
export function fetchHandler(base: string): Handler {
  return async (request) => {
    const query = new URLSearchParams(request.query);
    if (query.has('watch')) query.set('timeoutSeconds', String(WATCH_SECONDS));
    const path = query.size > 0 ? `${request.path}?${query}` : request.path;
    const { host: _host, ...headers } = request.headers;
    const body = request.body ? new Uint8Array(await bodyBytes(request.body)) : undefined;
    let response: Response;
    try {
      response = await fetch(base + path, {
        method: request.method,
        headers,
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        ...(body && { body }),
        ...(request.signal && { signal: request.signal }),
      });
    } catch (error) {
      if (request.signal?.aborted) throw new NetError('ECONNRESET', 'request canceled');
      throw new NetError('ECONNREFUSED', error instanceof Error ? error.message : String(error));
    }
    return toResponse(response, request.query.has('watch') || request.query.get('follow') === 'true');
  };
}

async function toResponse(response: Response, streaming: boolean): Promise<HttpResponse> {
  const { status } = response;
  const headers = Object.fromEntries(response.headers);
  const warnings = warningsOf(response.headers.get('warning'));
  const shared = { status, headers, ...(warnings.length > 0 && { warnings }) };
  if (streaming && response.ok && response.body) return { ...shared, body: streamOf(response.body) };
  return { ...shared, body: { kind: 'bytes', bytes: new Uint8Array(await response.arrayBuffer()) } };
}

function streamOf(stream: ReadableStream<Uint8Array>): Body {
  const frames = new Pipe<Uint8Array>();
  const reader = stream.getReader();
  frames.onBroken(() => {
    reader.cancel().catch(() => undefined);
  });
  const pump = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) await frames.write(part.value);
    frames.close();
  };
  pump().catch((error: unknown) => frames.close(error instanceof Error ? error : new Error(String(error))));
  return { kind: 'stream', framing: 'bytes', frames };
}

/** `299 - "text", 299 - "more"`: the texts. */
function warningsOf(header: string | null): readonly string[] {
  return [...(header ?? '').matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replace(/\\(.)/g, '$1'),
  );
}
