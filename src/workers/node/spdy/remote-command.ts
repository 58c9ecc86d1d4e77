/** exec and attach over SPDY, version 4: one stream each for errors, input, output and window sizes. */
import { openSession, type Refusal, type Session, type Upgrade } from '../upgrade.ts';
import type { SpdyConnection, SpdyStream } from './connection.ts';

const STDIN = 0;
const RESIZE = 4;
const HALF_CLOSE = 255;
/** Channels of what the cluster sends. */
const OUTPUTS: readonly (readonly [number, string])[] = [
  [1, 'stdout'],
  [2, 'stderr'],
  [3, 'error'],
];

/** A session whose streams the client opens one after the other. */
export class RemoteCommand {
  private readonly streams = new Map<string, SpdyStream>();
  private started = false;

  constructor(
    private readonly session: Session,
    private readonly expected: readonly string[],
  ) {}

  opened(stream: SpdyStream, connection: SpdyConnection): void {
    const type = stream.headers.get('streamtype') ?? '';
    const { input } = this.session;
    this.streams.set(type, stream);
    if (type === 'stdin') {
      stream.onData = (data) => void input.push({ channel: STDIN, data });
      stream.onEnd = () => void input.push({ channel: HALF_CLOSE, data: Uint8Array.of(STDIN) });
    } else if (type === 'resize') {
      stream.onData = (data) => void input.push({ channel: RESIZE, data });
    }
    if (this.started || !this.expected.every((name) => this.streams.has(name))) return;
    this.started = true;
    this.pump(connection).then(
      () => connection.close(),
      () => connection.close(),
    );
  }

  gone(): void {
    this.session.abandon();
  }

  /** Waits until all streams are there, for output may come before the client has opened them. */
  private async pump(connection: SpdyConnection): Promise<void> {
    const { output } = this.session;
    const outputs = new Map(OUTPUTS.map(([channel, name]) => [channel, this.streams.get(name)]));
    for (let frame = await output.read(); frame; frame = await output.read()) {
      outputs.get(frame.channel)?.write(frame.data);
      await connection.room();
    }
    for (const stream of this.streams.values()) stream.end();
  }
}

/** Starts the command. */
export async function openRemoteCommand(upgrade: Upgrade): Promise<RemoteCommand | Refusal> {
  const { incoming } = upgrade;
  const url = incoming.url ?? '/';
  const session = await openSession(upgrade, incoming.method ?? 'POST', url);
  if ('status' in session) return session;
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const wanted = ['stdin', 'stdout', 'stderr'].filter((name) => isTrue(query.get(name)));
  const tty = isTrue(query.get('tty'));
  const streams = tty ? [...wanted.filter((name) => name !== 'stderr'), 'resize'] : wanted;
  return new RemoteCommand(session, ['error', ...streams]);
}

const isTrue = (value: string | null): boolean => value === 'true' || value === '1';
