/**
 * exec and attach over the wire: channel frames both ways (v5.channel.k8s.io).
 * @upstream staging/src/k8s.io/client-go/tools/remotecommand
 */
import type { Status } from '#engine/apimachinery';
import { type ChannelFrame, Pipe } from '#engine/http';
import { CodeError, CommandError } from '../errors.ts';
import type { Session } from '../session.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface StreamRequest {
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Runs until the remote side is done. Throws CodeError with the exit code of a command that failed. */
export async function stream(session: Session, request: StreamRequest): Promise<void> {
  const { process } = session;
  const outgoing = new Pipe<ChannelFrame>();
  const abort = new AbortController();
  process.killed.addEventListener('abort', () => abort.abort(), { once: true });
  const search = request.query
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  await session.flush();
  const response = await session.rest().request('POST', `${request.path}?${search}`, {
    rawBody: { kind: 'stream', framing: 'channel', frames: outgoing },
    contentType: 'application/octet-stream',
    headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'v5.channel.k8s.io' },
    signal: abort.signal,
  });
  if (response.body?.kind !== 'stream' || response.body.framing !== 'channel')
    throw new CommandError('unable to upgrade connection: the server did not answer with a stream');
  const stopResize = request.tty ? sendSize(session, outgoing) : () => undefined;
  if (request.stdin) void sendInput(session, outgoing);
  const { frames } = response.body;
  try {
    for (let frame = await frames.read(); frame !== undefined; frame = await frames.read()) {
      if (frame.channel === STDOUT) await session.writeBytes('stdout', frame.data);
      else if (frame.channel === STDERR) await session.writeBytes('stderr', frame.data);
      else if (frame.channel === ERROR) {
        finish(frame.data);
        return;
      }
    }
  } finally {
    stopResize();
    outgoing.close();
    frames.cancel();
  }
}

async function sendInput(session: Session, outgoing: Pipe<ChannelFrame>): Promise<void> {
  try {
    for (
      let bytes = await session.process.stdin.read();
      bytes !== undefined;
      bytes = await session.process.stdin.read()
    ) {
      await outgoing.write({ channel: STDIN, data: bytes });
    }
    outgoing.push({ channel: CLOSE, data: Uint8Array.of(STDIN) });
  } catch {
    // The remote side went away first: its last word is on the error channel.
    return;
  }
}

function sendSize({ process }: Session, outgoing: Pipe<ChannelFrame>): () => void {
  const { terminal } = process;
  if (!terminal) return () => undefined;
  const send = () =>
    outgoing.push({
      channel: RESIZE,
      data: encoder.encode(JSON.stringify({ Width: terminal.columns, Height: terminal.rows })),
    });
  send();
  return terminal.onResize(send);
}

/** The Status on the error channel: success, an exit code, or a failure to start. */
function finish(data: Uint8Array): void {
  const status = JSON.parse(decoder.decode(data)) as Status;
  if (status.status === 'Success') return;
  if (status.reason === 'NonZeroExitCode') {
    const code = Number(status.details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message ?? 1);
    throw new CodeError(`command terminated with exit code ${code}`, code);
  }
  throw new CommandError(status.message ?? 'unknown error');
}
