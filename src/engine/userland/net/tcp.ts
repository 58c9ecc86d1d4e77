/** A raw TCP connection as a client holds it. */
import { type NetError, Pipe, type Source } from '#engine/http';
import type { Process } from '#engine/os';
import type { Deadline } from './deadline.ts';

export interface TcpConnection {
  readonly source: Source<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more will be written. */
  end(): void;
  close(): void;
}

/** The listener speaks HTTP: it takes whole requests, not bytes. */
export class HttpListener {
  constructor(readonly status: number) {}
}

/** Connects. Rejects with NetError, DeadlineExceeded or ProcessKilled. */
export async function connectTcp(
  process: Process,
  address: string,
  port: number,
  deadline: Deadline,
): Promise<TcpConnection | HttpListener> {
  const out = new Pipe<Uint8Array>(1024);
  const response = await deadline.race(
    process.net.fetch({
      method: 'CONNECT',
      authority: `${address}:${port}`,
      scheme: 'http',
      path: '/',
      query: new URLSearchParams(),
      headers: { host: `${address}:${port}` },
      body: { kind: 'stream', framing: 'bytes', frames: out },
      signal: deadline.signal,
    }),
  );
  const { body } = response;
  if (response.status !== 200 || body?.kind !== 'stream' || body.framing !== 'bytes')
    return new HttpListener(response.status);
  const { frames } = body;
  process.killed.addEventListener('abort', () => close(), { once: true });
  const close = () => {
    out.close();
    frames.cancel();
  };
  return { source: frames, write: (bytes) => out.write(bytes), end: () => out.close(), close };
}

/** strerror of a connection that failed. */
export function whyNot(error: NetError): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'Connection refused';
    case 'EHOSTUNREACH':
      return 'No route to host';
    case 'ETIMEDOUT':
      return 'Connection timed out';
    case 'ENOTFOUND':
      return 'Name or service not known';
    default:
      return 'Connection reset by peer';
  }
}
