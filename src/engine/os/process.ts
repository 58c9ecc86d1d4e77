/** What a program sees. nginx, redis, sh, kubectl and the control-plane components themselves are Programs. */
import type { Net, Sink, Source } from '#engine/http';
import type { Millis, World } from '#engine/sim';
import type { FileSystem } from './file-system.ts';

/** Resolves with the exit code (0 to 255). A rejection is a crash: exit code 2 and the message on stderr. */
export type Program = (process: Process) => Promise<number>;

export type Signal =
  | 'SIGHUP'
  | 'SIGINT'
  | 'SIGQUIT'
  | 'SIGKILL'
  | 'SIGUSR1'
  | 'SIGUSR2'
  | 'SIGPIPE'
  | 'SIGTERM'
  | 'SIGCHLD'
  | 'SIGCONT'
  | 'SIGSTOP'
  | 'SIGTSTP'
  | 'SIGWINCH';

/** How a process ended. A signalled process has the shell's code, 128 + the signal's number. */
export interface ExitStatus {
  readonly code: number;
  readonly signal?: Signal;
}

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** Returns a function that stops listening. */
  onResize(listener: () => void): () => void;
}

export interface SpawnOptions {
  readonly env?: ReadonlyMap<string, string>;
  readonly cwd?: string;
  readonly stdin?: Source<Uint8Array>;
  readonly stdout?: Sink<Uint8Array>;
  readonly stderr?: Sink<Uint8Array>;
  readonly terminal?: Terminal;
}

export interface ChildProcess {
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  kill(signal: Signal): void;
}

export interface Process extends World {
  readonly pid: number;
  /** argv[0] is the program's name as it was called. */
  readonly argv: readonly string[];
  /** The process's own copy: changing it changes what its children inherit. */
  readonly env: Map<string, string>;
  cwd: string;
  readonly uid: number;
  readonly hostname: string;
  readonly stdin: Source<Uint8Array>;
  readonly stdout: Sink<Uint8Array>;
  readonly stderr: Sink<Uint8Array>;
  /** Present when the process has a terminal (`-t`). */
  readonly terminal?: Terminal;
  readonly fs: FileSystem;
  readonly net: Net;
  /** Aborts when the process dies by a signal: every wait of the program must end then. What it still writes is dropped. */
  readonly killed: AbortSignal;
  /** Handles a signal instead of dying of it (SIGKILL and SIGSTOP cannot be). Returns a function that restores the default. */
  onSignal(signal: Signal, handler: () => void): () => void;
  /**
   * Starts another program: argv[0] is searched in PATH, a `#!` line is honoured.
   * Streams not given are inherited. Throws OsError ENOENT or EACCES.
   */
  spawn(argv: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Burns virtual CPU time. Every loop a user can write must pass through here, so that it cannot hang the engine. */
  compute(cpu: Millis): Promise<void>;
}
