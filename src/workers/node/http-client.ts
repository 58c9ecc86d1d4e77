/** A Handler that asks a real server over HTTP or HTTPS: the outer wall in the other direction. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { bodyBytes, type Handler, type Headers, type HttpResponse, Pipe } from '#engine/http';

/** @param verify whether an HTTPS certificate must be signed by a known authority */
export function httpClient(server: string, verify: boolean): Handler {
  const base = new URL(server);
  const send = base.protocol === 'https:' ? httpsRequest : httpRequest;
  return async (request) => {
    const path = request.query.size > 0 ? `${request.path}?${request.query}` : request.path;
    const body = request.body ? await bodyBytes(request.body) : undefined;
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = send(
        {
          hostname: base.hostname,
          port: base.port,
          method: request.method,
          path,
          headers: repeated(request.headers),
          rejectUnauthorized: verify,
        },
        resolve,
      );
      outgoing.on('error', reject);
      request.signal?.addEventListener('abort', () => outgoing.destroy(), { once: true });
      outgoing.end(body);
    });
    return toResponse(incoming, request.query.has('watch') || request.query.has('follow'));
  };
}

/** What is joined by line ends (impersonation) goes out as repeated headers. */
const repeated = (headers: Headers): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.includes('\n') ? value.split('\n') : value]),
  );

async function toResponse(incoming: IncomingMessage, streaming: boolean): Promise<HttpResponse> {
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const warnings = (incoming.headersDistinct.warning ?? []).map(
    (text) => /"(.*)"/.exec(text)?.[1]?.replace(/\\(.)/g, '$1') ?? text,
  );
  const status = incoming.statusCode ?? 500;
  const frames = new Pipe<Uint8Array>();
  incoming.on('data', (chunk: Buffer) => frames.push(new Uint8Array(chunk)));
  incoming.on('end', () => frames.close());
  incoming.on('error', (error) => frames.close(error));
  frames.onBroken(() => incoming.destroy());
  if (streaming) return { status, headers, warnings, body: { kind: 'stream', framing: 'bytes', frames } };
  const bytes = await bodyBytes({ kind: 'stream', framing: 'bytes', frames });
  return { status, headers, warnings, body: { kind: 'bytes', bytes } };
}
