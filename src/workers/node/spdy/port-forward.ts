/** port-forward over SPDY: the client opens a stream for data and one for errors per connection, named by a request id. */
import { openSession, type Refusal, type Session, type Upgrade } from '../upgrade.ts';
import type { SpdyConnection, SpdyStream } from './connection.ts';

const DATA = 0;
const ERROR = 1;
const HALF_CLOSE = 255;

/** Each connection is a session of its own with the Pod; the first one, without a port, is the permission for all. */
export class Forwarder {
  private readonly pairs = new Map<string, { data?: SpdyStream; error?: SpdyStream }>();
  private readonly sessions = new Set<Session>();
  private over = false;

  constructor(
    private readonly upgrade: Upgrade,
    private readonly permission: Session,
  ) {}

  opened(stream: SpdyStream, connection: SpdyConnection): void {
    const id = stream.headers.get('requestid') ?? '';
    const pair = this.pairs.get(id) ?? {};
    this.pairs.set(id, pair);
    if (stream.headers.get('streamtype') === 'error') pair.error = stream;
    else pair.data = stream;
    const { data, error } = pair;
    if (!data || !error) return;
    this.pairs.delete(id);
    this.carry(data, error, connection).catch(() => connection.close());
  }

  gone(): void {
    this.over = true;
    this.permission.abandon();
    for (const session of this.sessions) session.abandon();
  }

  private async carry(data: SpdyStream, error: SpdyStream, connection: SpdyConnection): Promise<void> {
    const early: Uint8Array[] = [];
    let ended = false;
    data.onData = (bytes) => void early.push(bytes);
    data.onEnd = () => {
      ended = true;
    };
    const path = (this.upgrade.incoming.url ?? '/').split('?')[0];
    const url = `${path}?ports=${encodeURIComponent(data.headers.get('port') ?? '')}`;
    const session = await openSession(this.upgrade, this.upgrade.incoming.method ?? 'POST', url);
    if ('status' in session) {
      error.write(Buffer.from(session.text));
    } else {
      const { input } = session;
      data.onData = (bytes) => void input.push({ channel: DATA, data: bytes });
      data.onEnd = () => void input.push({ channel: HALF_CLOSE, data: Uint8Array.of(DATA) });
      for (const bytes of early) data.onData(bytes);
      if (ended) data.onEnd();
      this.sessions.add(session);
      if (this.over) session.abandon();
      await pump(session, data, error, connection);
      this.sessions.delete(session);
      input.close();
    }
    data.end();
    error.end();
  }
}

/** Each channel begins with its port, which the client of SPDY knows already. */
async function pump(
  { output }: Session,
  data: SpdyStream,
  error: SpdyStream,
  connection: SpdyConnection,
): Promise<void> {
  const begun = new Set<number>();
  for (let frame = await output.read(); frame; frame = await output.read()) {
    const stream = frame.channel === DATA ? data : frame.channel === ERROR ? error : undefined;
    if (!stream) continue;
    if (begun.has(frame.channel)) stream.write(frame.data);
    begun.add(frame.channel);
    await connection.room();
  }
}

/** Asks whether ports of this Pod may be forwarded. */
export async function openForwarder(upgrade: Upgrade): Promise<Forwarder | Refusal> {
  const { incoming } = upgrade;
  const path = (incoming.url ?? '/').split('?')[0] ?? '/';
  const permission = await openSession(upgrade, incoming.method ?? 'POST', path);
  return 'status' in permission ? permission : new Forwarder(upgrade, permission);
}
