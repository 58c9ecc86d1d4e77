/** A network as one of its hosts sees it: a Pod, a Node, the learner's workstation. */
import type { Handler } from './message.ts';

export type NetErrorCode = 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EHOSTUNREACH' | 'ENOTFOUND' | 'EADDRINUSE';

/** The network said no; `code` is the errno a program would see. */
export class NetError extends Error {
  override readonly name = 'NetError';
  constructor(
    readonly code: NetErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export interface Listener {
  /** Accepts no more; what was accepted goes on. */
  close(): void;
  /** The process behind it died: accepts no more, and what was accepted is reset. */
  abort?(): void;
}

export interface ListenOptions {
  readonly address?: string;
  readonly protocol?: 'TCP' | 'UDP';
  /** The server speaks TLS, and presents these certificates: PEM, its own first. */
  readonly tls?: string;
}

export interface Net {
  /** Own addresses, the primary one first. */
  readonly addresses: readonly string[];
  /**
   * Serves `handler` on a port of this host. HTTP servers get requests as they are; a raw TCP server gets one `CONNECT`
   * request per connection whose body and response body are byte streams; a DNS server gets `GET /dns-query?name=&type=`.
   * Throws NetError EADDRINUSE.
   */
  listen(port: number, handler: Handler, options?: ListenOptions): Listener;
  /** Sends a request to `request.authority`: an address or a name, with a port. Rejects with NetError when nobody answers. */
  readonly fetch: Handler;
  /** Addresses of a name, through this host's resolver. Rejects with NetError ENOTFOUND. */
  lookup(name: string): Promise<readonly string[]>;
}
