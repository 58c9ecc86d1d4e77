/** The processes of one container: a PID namespace with an init, a CPU and a memory limit (a cgroup), one root file system. */
import type { Net, Sink, Source } from '#engine/http';
import type { Clock, Millis, World } from '#engine/sim';
import { emptySource, nullSink } from './byte-stream.ts';
import { type Command, DEFAULT_PATH, type ProgramTable, resolveCommand } from './executable.ts';
import { type FileSystem, type MountInfo, osError } from './file-system.ts';
import { MountedFileSystem } from './mounted-file-system.ts';
import { procVolume } from './proc.ts';
import type { ChildProcess, ProcessInfo, Program, Signal, SpawnOptions } from './process.ts';
import { Task } from './task.ts';
import { bareSink, bareSource } from './task-view.ts';
import type { Tty } from './tty.ts';

export interface ProcessGroupOptions {
  /** Who waits, in timers and diagnostics: namespace/pod/container. */
  readonly name: string;
  readonly hostname: string;
  /** What its processes take for the time; absent: the world's. */
  readonly clock?: Clock;
  /** /proc is added to it. */
  readonly fs: FileSystem;
  readonly net: Net;
  /** Absent: every process may use a whole core. */
  readonly cpuLimitCores?: number;
  readonly memoryLimitBytes?: number;
  /** EAGAIN beyond it. */
  readonly maxProcesses?: number;
  /** The kernel's out-of-memory killer took this process. */
  readonly onOutOfMemory?: (victim: { readonly pid: number; readonly isInit: boolean }) => void;
  /** One PID namespace for several groups (shareProcessNamespace). */
  readonly sharePidsWith?: ProcessGroup;
}

export interface StartOptions {
  readonly env?: ReadonlyMap<string, string>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Absent: empty. */
  readonly stdin?: Source<Uint8Array>;
  /** Absent: dropped. */
  readonly stdout?: Sink<Uint8Array>;
  readonly stderr?: Sink<Uint8Array>;
  /** Instead of the three streams. */
  readonly tty?: Tty;
}

export interface KernelParts {
  readonly world: World;
  readonly programs: ProgramTable;
  /** What starting a program costs. */
  readonly execCpuMs: Millis;
}

/** What a fork bomb may fill: with twice as many it keeps the engine busy for many seconds before it is over. */
const DEFAULT_MAX_PROCESSES = 256;

/** Process identifiers and who has them, shared by the groups of one PID namespace. */
export class PidNamespace {
  private last = 0;
  readonly tasks = new Map<number, Task>();

  next(): number {
    return ++this.last;
  }

  infos(): readonly ProcessInfo[] {
    return [...this.tasks.values()].map((task) => task.info);
  }

  /** Throws OsError ESRCH or EPERM. */
  signal(pid: number, signal: Signal, uid = 0): void {
    const task = this.tasks.get(pid);
    if (!task) throw osError('ESRCH');
    if (uid !== 0 && task.uid !== uid) throw osError('EPERM');
    task.signal(signal);
  }
}

/**
 * @fidelity partial: CPU is a rate per container, memory is what programs say they use; no nice values, sessions or job control by the kernel
 */
export class ProcessGroup {
  readonly name: string;
  readonly hostname: string;
  readonly net: Net;
  readonly world: World;
  readonly pids: PidNamespace;
  /** A process that says nothing still holds this much. */
  readonly baseMemoryBytes = 1024 * 1024;
  /** May be changed while running (in-place resize). */
  cpuLimitCores: number | undefined;
  memoryLimitBytes: number | undefined;
  /** True once the kernel killed for memory. */
  outOfMemory = false;
  private readonly tasks = new Map<number, Task>();
  private readonly fs: FileSystem;
  private init: Task | undefined;
  private cpuUsed = 0;
  private busyUntil = 0;

  constructor(
    private readonly kernel: KernelParts,
    private readonly options: ProcessGroupOptions,
  ) {
    this.name = options.name;
    this.hostname = options.hostname;
    this.net = options.net;
    this.world = options.clock ? { ...kernel.world, clock: options.clock } : kernel.world;
    this.pids = options.sharePidsWith?.pids ?? new PidNamespace();
    this.cpuLimitCores = options.cpuLimitCores;
    this.memoryLimitBytes = options.memoryLimitBytes;
    const proc = { path: '/proc', volume: procVolume(this.world.clock, this) };
    this.fs = options.fs instanceof MountedFileSystem ? options.fs.as({}, [proc]) : options.fs;
  }

  get execCpuMs(): Millis {
    return this.kernel.execCpuMs;
  }

  /** CPU time burnt since the start, of all processes. */
  get cpuUsageMs(): Millis {
    return this.cpuUsed;
  }

  get memoryBytes(): number {
    let sum = 0;
    for (const task of this.tasks.values()) sum += task.memoryBytes;
    return sum;
  }

  processes(): readonly ProcessInfo[] {
    return this.pids.infos();
  }

  rootMounts(): readonly MountInfo[] {
    return this.fs.mounts();
  }

  /** Starts the container's init, or later a process of `exec`. Throws OsError ENOENT, EACCES, ENOEXEC or EAGAIN. */
  start(argv: readonly string[], options: StartOptions = {}): ChildProcess {
    const env = options.env ?? new Map<string, string>();
    const cwd = options.cwd ?? '/';
    const path = env.get('PATH') ?? DEFAULT_PATH;
    const fs = this.rootFor(options.uid ?? 0, options.gid ?? 0);
    const command = resolveCommand(argv, { fs, programs: this.kernel.programs, cwd, path });
    const { tty } = options;
    const task = this.admit(command.argv, {
      ppid: 0,
      env,
      cwd,
      uid: options.uid ?? 0,
      gid: options.gid ?? 0,
      stdin: tty?.slave.source ?? options.stdin ?? emptySource(),
      stdout: tty?.slave.sink ?? options.stdout ?? nullSink,
      stderr: tty?.slave.sink ?? options.stderr ?? nullSink,
      terminal: tty?.terminal,
      background: false,
    });
    if (tty) {
      tty.onSignal((signal) => this.signalTerminal(tty, signal));
      task.onDeath(() => tty.close());
    }
    return this.launch(task, command.program, this.kernel.execCpuMs);
  }

  /** Throws OsError ESRCH. An init without a handler ignores everything but SIGKILL and SIGSTOP, as Linux does. */
  kill(pid: number, signal: Signal): void {
    this.pids.signal(pid, signal);
  }

  killAll(): void {
    for (const task of [...this.tasks.values()]) task.signal('SIGKILL');
  }

  spawn(parent: Task, argv: readonly string[], options: SpawnOptions): ChildProcess {
    const command = this.resolve(parent, argv, options);
    return this.launch(this.inherit(parent, command.argv, options), command.program, this.kernel.execCpuMs);
  }

  /** The program behind a command, as this process would find it. */
  resolve(task: Task, argv: readonly string[], options: SpawnOptions): Command {
    const path = (options.env ?? task.env).get('PATH') ?? DEFAULT_PATH;
    return resolveCommand(argv, { fs: task.fs, programs: this.kernel.programs, cwd: options.cwd ?? task.cwd, path });
  }

  fork(parent: Task, program: Program, options: SpawnOptions): ChildProcess {
    return this.launch(this.inherit(parent, parent.argv, options), program, 0);
  }

  /** How long burning that much CPU time takes under the limit, when the processes share it. */
  burn(cpu: Millis): Millis {
    this.cpuUsed += cpu;
    const cores = this.cpuLimitCores;
    if (cores === undefined) return cpu;
    const now = this.world.clock.now();
    this.busyUntil = Math.max(now, this.busyUntil) + cpu / Math.max(cores, 0.001);
    return Math.max(cpu, this.busyUntil - now);
  }

  checkMemory(): void {
    const limit = this.memoryLimitBytes;
    if (limit === undefined || this.memoryBytes <= limit) return;
    let victim: Task | undefined;
    for (const task of this.tasks.values()) if (!victim || task.memoryBytes > victim.memoryBytes) victim = task;
    if (!victim) return;
    this.outOfMemory = true;
    this.options.onOutOfMemory?.({ pid: victim.pid, isInit: victim === this.init });
    victim.signal('SIGKILL');
  }

  viewFor(task: Task): FileSystem {
    return this.fs instanceof MountedFileSystem ? this.fs.as({ pid: task.pid, uid: task.uid, gid: task.gid }) : this.fs;
  }

  reap(task: Task): void {
    this.tasks.delete(task.pid);
    this.pids.tasks.delete(task.pid);
    if (task === this.init) this.killAll();
  }

  private rootFor(uid: number, gid: number): FileSystem {
    return this.fs instanceof MountedFileSystem ? this.fs.as({ uid, gid }) : this.fs;
  }

  private inherit(parent: Task, argv: readonly string[], options: SpawnOptions): Task {
    return this.admit(argv, {
      ppid: parent.pid,
      env: options.env ?? parent.env,
      cwd: options.cwd ?? parent.cwd,
      uid: options.uid ?? parent.uid,
      gid: options.gid ?? parent.gid,
      stdin: bareSource(options.stdin ?? parent.stdin),
      stdout: bareSink(options.stdout ?? parent.stdout),
      stderr: bareSink(options.stderr ?? parent.stderr),
      terminal: options.terminal ?? parent.terminal,
      background: options.background ?? parent.background,
    });
  }

  private admit(
    argv: readonly string[],
    options: Omit<ConstructorParameters<typeof Task>[1], 'pid' | 'argv' | 'isInit'>,
  ): Task {
    if (this.tasks.size >= (this.options.maxProcesses ?? DEFAULT_MAX_PROCESSES)) throw osError('EAGAIN');
    const pid = this.pids.next();
    const task = new Task(this, { ...options, pid, argv, isInit: pid === 1 });
    this.init ??= task;
    this.tasks.set(pid, task);
    this.pids.tasks.set(pid, task);
    return task;
  }

  private launch(task: Task, program: Program, startCpuMs: Millis): ChildProcess {
    this.checkMemory();
    void Promise.resolve().then(() => task.run(program, startCpuMs));
    return { pid: task.pid, exited: task.exited, kill: (signal) => task.signal(signal) };
  }

  private signalTerminal(tty: Tty, signal: Signal): void {
    for (const task of [...this.tasks.values()]) {
      if (task.terminal === tty.terminal && (!task.background || signal === 'SIGHUP')) task.signal(signal);
    }
  }
}
