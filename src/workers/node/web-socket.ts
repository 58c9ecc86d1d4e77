/** exec and attach over WebSocket (`v5.channel.k8s.io`, `v4.channel.k8s.io`): each binary frame begins with its channel. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { bodyText, type ChannelFrame, type Handler, type HttpResponse, httpRequest, Pipe } from '#engine/http';
import { headersOf } from './incoming-headers.ts';

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** Channel of the half-close in version 5, and of standard input. */
const CLOSE = 255;

export function serveWebSockets(server: Server, handler: Handler): void {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade(sockets, handler, incoming, socket, head).catch(() => socket.destroy());
  });
}

async function upgrade(
  sockets: WebSocketServer,
  handler: Handler,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const offered = (incoming.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  if (!PROTOCOLS.some((protocol) => offered.includes(protocol))) {
    refuse(
      socket,
      400,
      `unable to negotiate protocol: client supports ${offered.join(', ')}, server supports ${PROTOCOLS.join(', ')}`,
    );
    return;
  }
  const input = new Pipe<ChannelFrame>();
  const gone = new AbortController();
  const response = await handler(
    httpRequest('GET', incoming.url ?? '/', {
      headers: headersOf(incoming),
      peer: { address: incoming.socket.remoteAddress ?? '127.0.0.1' },
      signal: gone.signal,
      body: { kind: 'stream', framing: 'channel', frames: input },
    }),
  );
  if (response.body?.kind !== 'stream' || response.body.framing !== 'channel') {
    refuse(socket, response.status, await bodyText(response.body), response.headers['content-type']);
    return;
  }
  sockets.handleUpgrade(incoming, socket, head, (webSocket) => {
    webSocket.on('close', () => {
      gone.abort();
      input.close();
    });
    webSocket.on('error', () => webSocket.terminate());
    webSocket.on('message', (data: Buffer) => {
      const channel = data[0];
      if (channel !== undefined) input.push({ channel, data: new Uint8Array(data.subarray(1)) });
    });
    pump(response, webSocket).catch(() => webSocket.terminate());
  });
}

async function pump(response: HttpResponse, webSocket: WebSocket): Promise<void> {
  if (response.body?.kind !== 'stream' || response.body.framing !== 'channel') return;
  const { frames } = response.body;
  webSocket.on('close', () => frames.cancel());
  const half = webSocket.protocol === PROTOCOLS[0];
  for (;;) {
    const frame = await frames.read();
    if (!frame) break;
    if (frame.channel === CLOSE && !half) continue;
    await new Promise<void>((resolve) =>
      webSocket.send(Buffer.concat([Buffer.of(frame.channel), frame.data]), () => resolve()),
    );
  }
  webSocket.close(1000);
}

function refuse(socket: Duplex, status: number, text: string, contentType = 'text/plain'): void {
  const body = Buffer.from(text);
  socket.end(
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 ${status} Refused\r\ncontent-type: ${contentType}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`,
      ),
      body,
    ]),
  );
}
