/** What the coats of a session (WebSocket, SPDY) share: who asks, the session behind the wall, and a refusal before it begins. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  bodyText,
  type ChannelFrame,
  type Handler,
  type HttpRequest,
  httpRequest,
  Pipe,
  type Source,
} from '#engine/http';
import { headersOf } from './incoming-headers.ts';
import { peerOf } from './peer.ts';

/** Who asks for an upgrade, and where the answer goes. */
export interface Upgrade {
  readonly handler: Handler;
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** What has arrived behind the request. */
  readonly head: Buffer;
}

/** A session with the cluster: channel frames both ways. */
export interface Session {
  readonly input: Pipe<ChannelFrame>;
  readonly output: Source<ChannelFrame>;
  /** The client has gone. */
  abandon(): void;
}

/** The server's answer when it is no session. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

/** Opens a session at a URL of the API. */
export async function openSession(
  { handler, incoming }: Upgrade,
  method: HttpRequest['method'],
  url: string,
): Promise<Session | Refusal> {
  const input = new Pipe<ChannelFrame>();
  const gone = new AbortController();
  const response = await handler(
    httpRequest(method, url, {
      headers: headersOf(incoming),
      peer: peerOf(incoming.socket),
      signal: gone.signal,
      body: { kind: 'stream', framing: 'channel', frames: input },
    }),
  );
  const { body, status, headers } = response;
  if (body?.kind !== 'stream' || body.framing !== 'channel') {
    const contentType = headers['content-type'];
    return { status, text: await bodyText(body), ...(contentType !== undefined && { contentType }) };
  }
  const abandon = () => {
    gone.abort();
    input.close();
    body.frames.cancel();
  };
  return { input, output: body.frames, abandon };
}

/** Ends a connection that asked for an upgrade and gets none. */
export function refuse(socket: Duplex, { status, text, contentType = 'text/plain' }: Refusal): void {
  const body = Buffer.from(text);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: ${contentType}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  socket.end(Buffer.concat([Buffer.from(head), body]));
}

/** `exec` of `/api/v1/namespaces/a/pods/b/exec?command=ls` */
export const subresourceOf = ({ url = '' }: IncomingMessage): string =>
  (url.split('?')[0] ?? '').split('/').filter(Boolean).at(-1) ?? '';
