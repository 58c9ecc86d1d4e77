/** A machine to try programs on: an image's files, the programs of this room, a network of fixed servers. For tests. */
import { type Handler, type Net, NetError, Pipe } from '#engine/http';
import {
  createDevices,
  createFileSystem,
  createKernel,
  createTty,
  createVolume,
  type ExitStatus,
  executable,
  type FileSystem,
  type ProcessGroup,
  type ProcessGroupOptions,
  type Program,
  type Tty,
} from '#engine/os';
import { createRng, Loop } from '#engine/sim';
import { createImageRegistry } from './images/registry.ts';
import { programs } from './programs/index.ts';

export interface LabOptions {
  readonly image?: string;
  readonly programs?: ReadonlyMap<string, Program>;
  readonly group?: Partial<ProcessGroupOptions>;
  /** Servers elsewhere, by `host:port`. */
  readonly hosts?: ReadonlyMap<string, Handler>;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface Lab {
  readonly loop: Loop;
  readonly fs: FileSystem;
  readonly group: ProcessGroup;
  readonly net: Net;
  /** Runs a command to its end, or kills it after `limitMs` of virtual time (code -1). */
  run(
    argv: readonly string[],
    options?: {
      readonly stdin?: string;
      readonly cwd?: string;
      readonly limitMs?: number;
      readonly env?: { readonly [name: string]: string };
    },
  ): Promise<Outcome>;
  /** Starts a command and leaves it running. */
  start(argv: readonly string[]): {
    readonly output: () => string;
    readonly status: () => ExitStatus | undefined;
    readonly kill: ReturnType<ProcessGroup['start']>['kill'];
  };
  /** A terminal with a program behind it; `type` sends keys, lets time pass and gives the new output. */
  terminal(argv: readonly string[]): Promise<{
    readonly tty: Tty;
    readonly type: (keys: string, ms?: number) => Promise<string>;
    readonly status: () => ExitStatus | undefined;
  }>;
  write(path: string, text: string, mode?: number): void;
}

/** 2026-01-01T00:00:00Z */
const START = 1_767_225_600_000;
const ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', TERM: 'xterm' };

/** @param settle the host's macrotask */
export async function createLab(settle: () => Promise<void>, options: LabOptions = {}): Promise<Lab> {
  const loop = new Loop({ settle, trace: () => undefined }, START);
  const image = await createImageRegistry().resolve(options.image ?? 'podarium.local/workstation:latest');
  const fs = createFileSystem([
    { path: '/', volume: createVolume(loop, { layers: image.layers }) },
    { path: '/dev', volume: createDevices(loop) },
  ]);
  fs.mkdir('/usr/bin', { recursive: true });
  fs.writeFile('/usr/bin/pause', executable('pause'), { mode: 0o755 });
  const net = labNet(options.hosts ?? new Map());
  const kernel = createKernel(
    { clock: loop, trace: loop, rng: createRng(7) },
    { programs: new Map([...programs, ...(options.programs ?? [])]) },
  );
  const group = kernel.createGroup({ name: 'lab', hostname: 'lab', fs, net, ...options.group });
  const env = new Map<string, string>([
    ...Object.entries(ENV),
    ...(image.config.env ?? []).map((line): [string, string] => [
      line.slice(0, line.indexOf('=')),
      line.slice(line.indexOf('=') + 1),
    ]),
  ]);
  // Something must be the init, so that commands are ordinary processes.
  group.start(['pause'], { env });
  await loop.settle();
  const write = (path: string, text: string, mode?: number) =>
    fs.writeFile(path, encoder.encode(text), mode === undefined ? {} : { mode });
  const machine = { loop, fs, group, net, env };
  return {
    ...machine,
    write,
    run: (argv, runOptions) => runCommand(machine, argv, runOptions ?? {}),
    start: (argv) => startCommand(machine, argv),
    terminal: (argv) => openTerminal(machine, argv),
  };
}

interface Machine {
  readonly loop: Loop;
  readonly group: ProcessGroup;
  readonly env: ReadonlyMap<string, string>;
}

const encoder = new TextEncoder();

async function runCommand(
  { loop, group, env }: Machine,
  argv: readonly string[],
  options: NonNullable<Parameters<Lab['run']>[1]>,
): Promise<Outcome> {
  const { stdin = '', cwd = '/', limitMs = 60_000, env: extra = {} } = options;
  const [input, out, err] = [new Pipe<Uint8Array>(1e6), new Pipe<Uint8Array>(1e6), new Pipe<Uint8Array>(1e6)];
  if (stdin !== '') input.push(encoder.encode(stdin));
  input.close();
  const texts = [collect(out), collect(err)] as const;
  const child = group.start(argv, {
    stdin: input,
    stdout: out,
    stderr: err,
    cwd,
    env: new Map([...env, ...Object.entries(extra)]),
  });
  const status = watch(child.exited);
  await loop.runUntil(loop.now() + limitMs, () => status() !== undefined);
  const code = status()?.code ?? -1;
  child.kill('SIGKILL');
  await loop.settle();
  return { stdout: texts[0](), stderr: texts[1](), code };
}

function startCommand({ group, env }: Machine, argv: readonly string[]): ReturnType<Lab['start']> {
  const out = new Pipe<Uint8Array>(1e6);
  const output = collect(out);
  const child = group.start(argv, { stdout: out, stderr: out, env });
  return { output, status: watch(child.exited), kill: (signal) => child.kill(signal) };
}

async function openTerminal({ loop, group, env }: Machine, argv: readonly string[]): ReturnType<Lab['terminal']> {
  const tty = createTty({ columns: 80, rows: 24 });
  const output = collect(tty.output);
  const status = watch(group.start(argv, { tty, env, cwd: '/root' }).exited);
  let seen = 0;
  const type = async (keys: string, ms = 100) => {
    await tty.input.write(encoder.encode(keys));
    await loop.runUntil(loop.now() + ms);
    const text = output().slice(seen);
    seen += text.length;
    return text;
  };
  return { tty, type, status };
}

function watch(exited: Promise<ExitStatus>): () => ExitStatus | undefined {
  let status: ExitStatus | undefined;
  void exited.then((end) => {
    status = end;
  });
  return () => status;
}

function collect(source: { forEach(take: (bytes: Uint8Array) => void): Promise<void> }): () => string {
  const decoder = new TextDecoder();
  let text = '';
  source
    .forEach((bytes) => {
      text += decoder.decode(bytes, { stream: true });
    })
    .catch((error: unknown) => {
      text += `<${String(error)}>`;
    });
  return () => text;
}

function labNet(hosts: ReadonlyMap<string, Handler>): Net {
  const ports = new Map<number, Handler>();
  return {
    addresses: ['10.0.0.5'],
    listen(port, handler) {
      if (ports.has(port)) throw new NetError('EADDRINUSE', `listen tcp :${port}: bind: address already in use`);
      ports.set(port, handler);
      return { close: () => ports.delete(port) };
    },
    async fetch(request) {
      const authority = request.authority ?? '';
      const [host = '', port = '80'] = authority.split(':');
      const own = ['localhost', '127.0.0.1', '10.0.0.5'].includes(host) ? ports.get(Number(port)) : undefined;
      const handler = own ?? hosts.get(authority);
      if (handler) return handler({ ...request, peer: { address: '10.0.0.5' } });
      if (host === '10.0.0.99') return new Promise(() => undefined);
      throw new NetError('ECONNREFUSED', 'connection refused');
    },
    async lookup(name) {
      if (name === 'localhost') return ['127.0.0.1'];
      if ([...hosts.keys()].some((authority) => authority.startsWith(`${name}:`)) || /^[\d.]+$/.test(name))
        return [name];
      throw new NetError('ENOTFOUND', `lookup ${name}: no such host`);
    },
  };
}
