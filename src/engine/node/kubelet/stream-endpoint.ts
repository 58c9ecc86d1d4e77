/**
 * `POST /exec/…` and `/attach/…`: a process's streams as channel frames: 0 stdin, 1 stdout, 2 stderr, 3 the final Status, 4 resize, 255 half-close.
 * @upstream pkg/kubelet/server/server.go, staging/src/k8s.io/cri-streaming
 */
import {
  type ChannelFrame,
  type HttpRequest,
  type HttpResponse,
  Pipe,
  type Sink,
  type Source,
  textResponse,
} from '#engine/http';
import { type Container, RuntimeError, startExec } from '#engine/node/cri';
import { type ChildProcess, createTty, type ExitStatus, type Tty } from '#engine/os';
import type { KubeletContext } from './context.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function execEndpoint(context: KubeletContext, containerId: string, request: HttpRequest): HttpResponse {
  const { query } = request;
  const argv = query.getAll('command');
  const wants = wanted(query);
  if (argv.length === 0) return textResponse(400, 'you must specify at least 1 command for the container');
  const out = new Pipe<ChannelFrame>(256);
  const tty = wants.tty ? createTty({ columns: 80, rows: 24 }) : undefined;
  const stdin = wants.stdin ? new Pipe<Uint8Array>(256) : undefined;
  let child: ChildProcess;
  try {
    child = startExec(context.runtime, containerId, argv, {
      ...(tty ? { tty } : { stdout: channel(out, 1), stderr: channel(out, 2), ...(stdin && { stdin }) }),
    });
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    out.push({
      channel: 3,
      data: encoder.encode(JSON.stringify(internalError(`error executing command in container: ${error.message}`))),
    });
    out.close();
    return session(out);
  }
  const screen = tty?.output.forEach((data) => void out.push({ channel: 1, data }));
  pumpInput(request, tty, tty ? tty.input : stdin);
  out.onBroken(() => child.kill('SIGHUP'));
  request.signal?.addEventListener('abort', () => out.cancel(), { once: true });
  void Promise.all([child.exited, screen]).then(([status]) => {
    out.push({ channel: 3, data: encoder.encode(JSON.stringify(exitStatus(status))) });
    out.close();
    stdin?.cancel();
  });
  return session(out);
}

export function attachEndpoint(container: Container, request: HttpRequest): HttpResponse {
  const wants = wanted(request.query);
  const out = new Pipe<ChannelFrame>(256);
  const attachment = {
    onOutput: (stream: 'stdout' | 'stderr', data: Uint8Array) =>
      void out.push({ channel: stream === 'stdout' ? 1 : 2, data }),
    onEnd: () => {
      out.push({ channel: 3, data: encoder.encode('{"metadata":{},"status":"Success"}') });
      out.close();
    },
  };
  if (container.state === 'exited' || container.silent) return textResponse(500, 'container is not running');
  container.attachments.add(attachment);
  const detach = () => container.attachments.delete(attachment);
  out.onBroken(detach);
  request.signal?.addEventListener('abort', () => out.cancel(), { once: true });
  const { tty } = container;
  // Who comes later finds standard input open, unless it is there for the first only.
  const stdin = wants.stdin ? (tty ? tty.input : container.stdin) : undefined;
  pumpInput(request, tty, stdin, container.config.stdinOnce === true);
  return session(out);
}

function wanted(query: URLSearchParams): { readonly tty: boolean; readonly stdin: boolean } {
  const flag = (...names: readonly string[]) =>
    names.some((name) => query.get(name) === 'true' || query.get(name) === '1');
  return { tty: flag('tty'), stdin: flag('stdin', 'input') };
}

const session = (frames: Source<ChannelFrame>): HttpResponse => ({
  status: 101,
  headers: {},
  body: { kind: 'stream', framing: 'channel', frames },
});

const channel = (out: Pipe<ChannelFrame>, number: number): Sink<Uint8Array> => ({
  get broken() {
    return out.broken;
  },
  write: (data) => out.write({ channel: number, data }),
  close: () => undefined,
  onBroken: (listener) => out.onBroken(listener),
});

/** Feeds the client's frames to the process: keystrokes, window sizes, the end of its input. */
function pumpInput(
  { body }: HttpRequest,
  tty: Tty | undefined,
  stdin: Sink<Uint8Array> | undefined,
  closes = true,
): void {
  const end = () => {
    if (closes) stdin?.close();
  };
  if (body?.kind !== 'stream' || body.framing !== 'channel') {
    if (!tty) end();
    return;
  }
  const pump = body.frames.forEach((frame) => {
    if (frame.channel === 0 && stdin && !stdin.broken) stdin.write(frame.data).catch(ignoreBrokenPipe);
    else if (frame.channel === 4 && tty) resize(tty, decoder.decode(frame.data));
    else if (frame.channel === 255 && frame.data[0] === 0) end();
  });
  pump.then(end, end);
}

/** The process has closed its input: what the client still types goes nowhere. */
const ignoreBrokenPipe = (): void => undefined;

function resize(tty: Tty, text: string): void {
  try {
    const { Width, Height } = JSON.parse(text) as { readonly Width?: number; readonly Height?: number };
    if (Width && Height) tty.resize(Width, Height);
  } catch {
    // A malformed size changes nothing.
    return;
  }
}

/** The Status that ends a session. @upstream staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/exec.go */
function exitStatus(status: ExitStatus): unknown {
  if (status.code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${status.code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(status.code) }] },
  };
}

const internalError = (why: string) => ({
  metadata: {},
  status: 'Failure',
  message: `Internal error occurred: ${why}`,
  reason: 'InternalError',
  details: { causes: [{ message: why }] },
  code: 500,
});
