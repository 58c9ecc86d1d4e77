/** Further processes in a running container, and joining the first one. */
import type { Sink, Source } from '#engine/http';
import { type ChildProcess, OsError, type Tty } from '#engine/os';
import type { Millis } from '#engine/sim';
import type { ContainerRuntime } from './runtime.ts';
import { type ExecResult, RuntimeError } from './types.ts';

export interface ExecStreams {
  readonly stdin?: Source<Uint8Array>;
  readonly stdout?: Sink<Uint8Array>;
  readonly stderr?: Sink<Uint8Array>;
  readonly tty?: Tty;
}

const decoder = new TextDecoder();

/** Starts a process in a running container. Throws RuntimeError in containerd's words. */
export function startExec(
  runtime: ContainerRuntime,
  id: string,
  argv: readonly string[],
  streams: ExecStreams,
): ChildProcess {
  const container = runtime.container(id);
  if (!container) throw new RuntimeError(`container "${id}" not found`);
  const { group } = container;
  if (container.state !== 'running' || !group) {
    throw new RuntimeError(`failed to exec in container: container is not running`);
  }
  try {
    return group.start(argv, { ...container.startOptions(), ...streams });
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    const name = argv[0] ?? '';
    const why =
      error.code !== 'ENOENT'
        ? error.message.toLowerCase()
        : name.includes('/')
          ? `stat ${name}: no such file or directory`
          : 'executable file not found in $PATH';
    throw new RuntimeError(
      `failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${why}`,
    );
  }
}

/** Runs a command to its end, for probes and hooks; undefined when it took longer than `timeoutMs` (it is then killed). */
export async function execSync(
  runtime: ContainerRuntime,
  id: string,
  argv: readonly string[],
  timeoutMs: Millis,
): Promise<ExecResult | undefined> {
  const parts: Uint8Array[] = [];
  const collect: Sink<Uint8Array> = {
    broken: false,
    write: async (data) => {
      parts.push(data);
    },
    close: () => undefined,
    onBroken: () => undefined,
  };
  const child = startExec(runtime, id, argv, { stdout: collect, stderr: collect });
  let timedOut = false;
  const timer =
    timeoutMs > 0
      ? runtime.world.clock.after(timeoutMs, 'cri/exec-timeout', () => {
          timedOut = true;
          child.kill('SIGKILL');
        })
      : undefined;
  const status = await child.exited;
  timer?.cancel();
  if (timedOut) return undefined;
  return { status, output: parts.map((part) => decoder.decode(part)).join('') };
}
