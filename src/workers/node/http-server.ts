/** The outer wall under Node: HTTP or HTTPS on loopback in front of a Handler, WebSocket sessions included. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Body, Handler, HttpResponse } from '#engine/http';
import { httpRequest } from '#engine/http';
import { headersOf } from './incoming-headers.ts';
import { peerOf } from './peer.ts';
import { serveUpgrades } from './web-socket.ts';

export interface HttpServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** `ca`: whose client certificates identify their bearers. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string };
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function serveHttp(handler: Handler, options: HttpServerOptions): Promise<HttpServer> {
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    exchange(handler, incoming, outgoing).catch((error) => {
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' });
      outgoing.end(String(error));
    });
  };
  const server: Server = options.tls
    ? createTlsServer({ ...options.tls, requestCert: true, rejectUnauthorized: false }, listener)
    : createServer(listener);
  const sockets = new Set<Socket>();
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  serveUpgrades(server, handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function readBody(incoming: IncomingMessage): Promise<Body | undefined> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  if (parts.length === 0) return undefined;
  return { kind: 'bytes', bytes: new Uint8Array(Buffer.concat(parts)) };
}

async function exchange(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await readBody(incoming);
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  const response = await handler(
    httpRequest(incoming.method ?? 'GET', incoming.url ?? '/', {
      headers: headersOf(incoming),
      signal: gone.signal,
      peer: peerOf(incoming.socket),
      ...(body && { body }),
    }),
  );
  await writeResponse(response, outgoing, gone.signal, wantsPretty(incoming));
}

/** Whether JSON is indented for this client. @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/writers.go */
function wantsPretty({ url = '', headers }: IncomingMessage): boolean {
  const asked = new URLSearchParams(url.split('?')[1] ?? '').get('pretty');
  if (asked) return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '');
}

const lines = new WeakMap<object, string>();

/** A frame as its line. Watchers of the same objects share their frames: the text is made once for all of them. */
function lineOf(frame: unknown): string {
  if (typeof frame !== 'object' || frame === null) return `${JSON.stringify(frame)}\n`;
  let line = lines.get(frame);
  if (line === undefined) {
    line = `${JSON.stringify(frame)}\n`;
    lines.set(frame, line);
  }
  return line;
}

/** A Warning header's text, quoted as HTTP wants it. */
const quoted = (text: string) => `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`;

async function writeResponse(
  response: HttpResponse,
  outgoing: ServerResponse,
  gone: AbortSignal,
  pretty: boolean,
): Promise<void> {
  const { body } = response;
  const headers: Record<string, string | string[]> = { ...response.headers };
  if (body?.kind === 'json' && headers['content-type'] === undefined) headers['content-type'] = 'application/json';
  if (response.warnings && response.warnings.length > 0)
    headers.warning = response.warnings.map((text) => `299 - ${quoted(text)}`);
  outgoing.writeHead(response.status, headers);
  if (!body) {
    outgoing.end();
  } else if (body.kind === 'json') {
    outgoing.end(pretty ? JSON.stringify(body.value, undefined, 2) : `${JSON.stringify(body.value)}\n`);
  } else if (body.kind === 'text') {
    outgoing.end(body.text);
  } else if (body.kind === 'bytes') {
    outgoing.end(body.bytes);
  } else {
    outgoing.flushHeaders();
    gone.addEventListener('abort', () => body.frames.cancel(), { once: true });
    for (;;) {
      const frame = await body.frames.read();
      if (frame === undefined || gone.aborted) break;
      const chunk = frame instanceof Uint8Array ? frame : lineOf(frame);
      if (!outgoing.write(chunk))
        await new Promise<void>((resolve) => {
          outgoing.once('drain', resolve);
          outgoing.once('close', resolve);
        });
    }
    outgoing.end();
  }
}
