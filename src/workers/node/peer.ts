/** Who is at the other end of a connection, as far as TCP and TLS know. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Peer } from '#engine/http';

/**
 * A client certificate counts when the authority signed it and it has not run out. One that does not is told apart from none:
 * `certificate.commonName` is then empty, which nobody is called.
 */
export function peerOf(socket: Socket): Peer {
  const address = socket.remoteAddress ?? '127.0.0.1';
  if (!(socket instanceof TLSSocket)) return { address };
  const { subject, fingerprint256 } = socket.getPeerCertificate();
  if (!subject) return { address };
  if (!socket.authorized) return { address, certificate: { commonName: '', organizations: [] } };
  const { CN, O } = subject as { readonly CN?: string; readonly O?: string | readonly string[] };
  const organizations = O === undefined ? [] : typeof O === 'string' ? [O] : O;
  const sha256 = fingerprint256.replaceAll(':', '').toLowerCase();
  return { address, certificate: { commonName: CN ?? '', organizations, sha256 } };
}
