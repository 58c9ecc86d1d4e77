/**
 * Sessions over WebSocket: exec and attach (`v5.channel.k8s.io`, `v4.channel.k8s.io`), port-forward (`v4.channel.k8s.io`), each binary
 * frame beginning with its channel; and SPDY inside WebSocket, as newer kubectls forward ports.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Handler } from '#engine/http';
import { openForwarder } from './spdy/port-forward.ts';
import { serveSpdy, upgradeToSpdy } from './spdy/upgrade.ts';
import { openSession, refuse, type Session, subresourceOf, type Upgrade } from './upgrade.ts';

const COMMANDS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const TUNNEL = 'SPDY/3.1+portforward.k8s.io';
const FORWARDS = [TUNNEL, 'v4.channel.k8s.io'];

/** Channel of the half-close in version 5. */
const CLOSE = 255;

/** Serves every upgrade that clients of Kubernetes ask for. */
export function serveUpgrades(server: Server, handler: Handler): void {
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const upgrade = { handler, incoming, socket, head };
    socket.on('error', () => socket.destroy());
    const spdy = incoming.headers.upgrade?.toLowerCase() === 'spdy/3.1';
    (spdy ? upgradeToSpdy(upgrade) : upgradeToWebSocket(upgrade)).catch(() => socket.destroy());
  });
}

async function upgradeToWebSocket(upgrade: Upgrade): Promise<void> {
  const { incoming, socket } = upgrade;
  const served = subresourceOf(incoming) === 'portforward' ? FORWARDS : COMMANDS;
  const offered = (incoming.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  const protocol = served.find((one) => offered.includes(one));
  if (protocol === undefined) {
    const text = `unable to negotiate protocol: client supports ${offered.join(', ')}, server supports ${served.join(', ')}`;
    refuse(socket, { status: 400, text });
    return;
  }
  if (protocol === TUNNEL) {
    const forwarder = await openForwarder(upgrade);
    if ('status' in forwarder) {
      refuse(socket, forwarder);
      return;
    }
    accept(upgrade, protocol, (webSocket) => {
      const connection = serveSpdy(forwarder, {
        write: (bytes) => webSocket.send(bytes),
        room: () => Promise.resolve(),
        end: () => webSocket.close(1000),
      });
      webSocket.on('message', (data: Buffer) => connection.receive(data));
      webSocket.on('close', () => connection.gone());
    });
    return;
  }
  const session = await openSession(upgrade, 'GET', incoming.url ?? '/');
  if ('status' in session) refuse(socket, session);
  else accept(upgrade, protocol, (webSocket) => serveChannels(session, webSocket, protocol));
}

function accept({ incoming, socket, head }: Upgrade, protocol: string, serve: (webSocket: WebSocket) => void): void {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  sockets.handleUpgrade(incoming, socket, head, (webSocket) => {
    webSocket.on('error', () => webSocket.terminate());
    serve(webSocket);
  });
}

function serveChannels(session: Session, webSocket: WebSocket, protocol: string): void {
  webSocket.on('close', () => session.abandon());
  webSocket.on('message', (data: Buffer) => {
    const channel = data[0];
    if (channel !== undefined) session.input.push({ channel, data: new Uint8Array(data.subarray(1)) });
  });
  pump(session, webSocket, protocol === COMMANDS[0]).catch(() => webSocket.terminate());
}

async function pump({ output }: Session, webSocket: WebSocket, half: boolean): Promise<void> {
  for (let frame = await output.read(); frame; frame = await output.read()) {
    if (frame.channel === CLOSE && !half) continue;
    const bytes = Buffer.concat([Buffer.of(frame.channel), frame.data]);
    await new Promise<void>((resolve) => webSocket.send(bytes, () => resolve()));
  }
  webSocket.close(1000);
}
