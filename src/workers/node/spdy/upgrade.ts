/** Sessions in SPDY/3.1: exec and attach of older clients, port-forward of all. */
import type { Duplex } from 'node:stream';
import { refuse, subresourceOf, type Upgrade } from '../upgrade.ts';
import { SpdyConnection, type SpdyStream, type Wire } from './connection.ts';
import { type Forwarder, openForwarder } from './port-forward.ts';
import { openRemoteCommand, type RemoteCommand } from './remote-command.ts';

const PROTOCOLS: { readonly [subresource: string]: string } = {
  exec: 'v4.channel.k8s.io',
  attach: 'v4.channel.k8s.io',
  portforward: 'portforward.k8s.io',
};

/** Answers an upgrade to SPDY. */
export async function upgradeToSpdy(upgrade: Upgrade): Promise<void> {
  const { incoming, socket, head } = upgrade;
  const subresource = subresourceOf(incoming);
  const protocol = PROTOCOLS[subresource];
  const offered = String(incoming.headers['x-stream-protocol-version'] ?? '').split(/, */);
  if (protocol === undefined || !offered.includes(protocol)) {
    const text = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${protocol ?? ''}]`;
    refuse(socket, { status: 403, text });
    return;
  }
  const session = await (protocol === PROTOCOLS.portforward ? openForwarder(upgrade) : openRemoteCommand(upgrade));
  if ('status' in session) {
    refuse(socket, session);
    return;
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  const connection = serveSpdy(session, {
    write: (bytes) => void socket.write(bytes),
    room: () => roomIn(socket),
    end: () => void socket.end(),
  });
  if (head.length > 0) connection.receive(head);
  socket.on('data', (bytes: Buffer) => connection.receive(bytes));
  socket.on('close', () => connection.gone());
  socket.on('end', () => connection.gone());
}

/** Puts a session behind a wire of SPDY frames. */
export function serveSpdy(session: Forwarder | RemoteCommand, wire: Wire): SpdyConnection {
  const connection: SpdyConnection = new SpdyConnection(wire, {
    opened: (stream: SpdyStream) => session.opened(stream, connection),
    gone: () => session.gone(),
  });
  return connection;
}

/** Resolves when the socket takes more. */
function roomIn(socket: Duplex): Promise<void> {
  if (!socket.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const go = () => {
      socket.off('drain', go);
      socket.off('close', go);
      resolve();
    };
    socket.on('drain', go);
    socket.on('close', go);
  });
}
