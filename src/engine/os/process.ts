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
  | 'SIGABRT'
  | 'SIGKILL'
  | 'SIGUSR1'
  | 'SIGSEGV'
  | 'SIGUSR2'
  | 'SIGPIPE'
  | 'SIGALRM'
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
  /** Raw: every byte comes as typed, nothing is echoed, Ctrl-C is a byte. Cooked: lines, echo and signals. */
  raw: boolean;
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
  /** The terminal's Ctrl-C does not reach it (nor its children). */
  readonly background?: boolean;
  readonly uid?: number;
  readonly gid?: number;
}

export interface ChildProcess {
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  kill(signal: Signal): void;
}

/** A row of `ps`. */
export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly argv: readonly string[];
  readonly startedAt: Millis;
  readonly cpuMs: Millis;
  readonly memoryBytes: number;
  readonly state: 'R' | 'S' | 'T';
}

export interface Process extends World {
  readonly pid: number;
  readonly ppid: number;
  /** argv[0] is the program's name as it was called. */
  readonly argv: readonly string[];
  /** The process's own copy: changing it changes what its children inherit. */
  readonly env: Map<string, string>;
  cwd: string;
  readonly uid: number;
  readonly gid: number;
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
   * Streams not given are inherited. Throws OsError ENOENT, EACCES, ENOEXEC, or EAGAIN when there are too many processes.
   */
  spawn(argv: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Starts a child that runs `program` under this process's own arguments: a shell's subshell. Throws OsError EAGAIN. */
  fork(program: Program, options?: SpawnOptions): ChildProcess;
  /** Becomes another program, keeping the pid: exec(3). Never resolves. Rejects with OsError like spawn, and then goes on. */
  exec(argv: readonly string[], options?: SpawnOptions): Promise<never>;
  /** Burns virtual CPU time. Every loop a user can write must pass through here, so that it cannot hang the engine. */
  compute(cpu: Millis): Promise<void>;
  /** Says how much memory the process holds now; beyond the container's limit the kernel kills. */
  setMemory(bytes: number): void;
  /** Everything in this process's PID namespace. */
  processes(): readonly ProcessInfo[];
  /** Sends a signal. Throws OsError ESRCH or EPERM. */
  kill(pid: number, signal: Signal): void;
  /** A promise that also ends (rejects) when the process dies: for waits on things that know nothing of processes. */
  until<T>(promise: Promise<T>): Promise<T>;
}
