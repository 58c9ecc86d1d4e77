/** One running process: its program's view of the world, cut off from everything the instant it dies. */
import type { Net, Sink, Source } from '#engine/http';
import type { Clock, Millis, Rng, Tracer, World } from '#engine/sim';
import { ByteInput, isHeld } from './byte-stream.ts';
import type { Command } from './executable.ts';
import type { FileSystem } from './file-system.ts';
import type {
  ChildProcess,
  ExitStatus,
  Process,
  ProcessInfo,
  Program,
  Signal,
  SpawnOptions,
  Terminal,
} from './process.ts';
import { defaultAction, signalNumber } from './signals.ts';
import {
  bareSink,
  bareSource,
  ProcessExit,
  ProcessKilled,
  TaskClock,
  TaskNet,
  TaskSink,
  TaskSource,
} from './task-view.ts';

/** What a task needs of the group it belongs to. */
export interface TaskHost {
  readonly name: string;
  readonly hostname: string;
  readonly net: Net;
  readonly world: World;
  readonly baseMemoryBytes: number;
  readonly execCpuMs: Millis;
  readonly pids: { infos(): readonly ProcessInfo[]; signal(pid: number, signal: Signal, uid?: number): void };
  spawn(parent: Task, argv: readonly string[], options: SpawnOptions): ChildProcess;
  fork(parent: Task, program: Program, options: SpawnOptions): ChildProcess;
  resolve(task: Task, argv: readonly string[], options: SpawnOptions): Command;
  burn(cpu: Millis): Millis;
  checkMemory(): void;
  viewFor(task: Task): FileSystem;
  reap(task: Task): void;
}

export interface TaskOptions {
  readonly pid: number;
  readonly ppid: number;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly stdin: Source<Uint8Array>;
  readonly stdout: Sink<Uint8Array>;
  readonly stderr: Sink<Uint8Array>;
  readonly terminal?: Terminal | undefined;
  readonly background: boolean;
  readonly isInit: boolean;
}

/** CPU debts below this are saved up: one timer for many small commands. */
const QUANTUM_MS = 2;
const MIN_COST_MS = 0.001;
const encoder = new TextEncoder();

export class Task implements Process {
  readonly pid: number;
  readonly ppid: number;
  argv: readonly string[];
  env: Map<string, string>;
  cwd: string;
  readonly uid: number;
  readonly gid: number;
  stdin: Source<Uint8Array>;
  stdout: Sink<Uint8Array>;
  stderr: Sink<Uint8Array>;
  declare readonly terminal?: Terminal;
  readonly background: boolean;
  readonly isInit: boolean;
  readonly clock: Clock;
  readonly net: Net;
  readonly startedAt: Millis;
  readonly exited: Promise<ExitStatus>;
  cpuMs = 0;
  memoryBytes: number;
  status: ExitStatus | undefined;
  private view: FileSystem | undefined;
  private forks: Rng | undefined;
  private controller: AbortController | undefined;
  private finish!: (status: ExitStatus) => void;
  private debt = 0;
  private runnable = 0;
  private stopped: { readonly resumed: Promise<void>; readonly resume: () => void } | undefined;
  private readonly handlers = new Map<Signal, Set<() => void>>();
  private readonly deaths = new Set<() => void>();
  private ends: readonly (Source<Uint8Array> | Sink<Uint8Array>)[] = [];

  constructor(
    readonly group: TaskHost,
    options: TaskOptions,
  ) {
    this.pid = options.pid;
    this.ppid = options.ppid;
    this.argv = options.argv;
    this.env = new Map(options.env);
    this.cwd = options.cwd;
    this.uid = options.uid;
    this.gid = options.gid;
    this.background = options.background;
    this.isInit = options.isInit;
    this.memoryBytes = group.baseMemoryBytes;
    if (options.terminal) this.terminal = options.terminal;
    this.stdin = new TaskSource(this, ByteInput.over(options.stdin));
    this.stdout = new TaskSink(this, options.stdout);
    this.stderr = new TaskSink(this, options.stderr);
    this.hold();
    this.clock = new TaskClock(this, group.world.clock);
    this.net = new TaskNet(this, group.net);
    this.startedAt = group.world.clock.now();
    this.exited = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  get hostname(): string {
    return this.group.hostname;
  }

  get trace(): Tracer {
    return this.group.world.trace;
  }

  get rng(): Rng {
    this.forks ??= this.group.world.rng.fork(`${this.group.name}/${this.pid}`);
    return this.forks;
  }

  get fs(): FileSystem {
    this.view ??= this.group.viewFor(this);
    return this.view;
  }

  get killed(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.status) this.controller.abort();
    }
    return this.controller.signal;
  }

  get info(): ProcessInfo {
    const { pid, ppid, uid, argv, startedAt, cpuMs, memoryBytes } = this;
    return {
      pid,
      ppid,
      uid,
      argv,
      startedAt,
      cpuMs,
      memoryBytes,
      state: this.stopped ? 'T' : this.runnable > 0 ? 'R' : 'S',
    };
  }

  /** Runs the program to its end. Called once. */
  async run(program: Program, startCpuMs: Millis): Promise<void> {
    try {
      if (startCpuMs > 0) await this.compute(startCpuMs);
      this.end({ code: (await program(this)) & 0xff });
    } catch (error) {
      if (this.status) return;
      if (error instanceof ProcessExit) this.end({ code: error.code & 0xff });
      else {
        const text = error instanceof Error ? error.message : String(error);
        this.stderr.write(encoder.encode(`${this.argv[0]}: ${text}\n`)).catch(() => this.end({ code: 2 }));
        this.end({ code: 2 });
      }
    }
  }

  onSignal(signal: Signal, handler: () => void): () => void {
    const handlers = this.handlers.get(signal) ?? new Set();
    this.handlers.set(signal, handlers.add(handler));
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0 && this.handlers.get(signal) === handlers) this.handlers.delete(signal);
    };
  }

  /** Delivers a signal: to the handler, or its default action. An init without a handler ignores all but SIGKILL and SIGSTOP. */
  signal(signal: Signal): void {
    if (this.status) return;
    const handlers = this.handlers.get(signal);
    if (signal === 'SIGKILL') this.end({ code: 137, signal });
    else if (signal === 'SIGCONT') this.resume();
    else if (handlers && signal !== 'SIGSTOP') for (const handler of [...handlers]) handler();
    else this.actByDefault(signal);
  }

  spawn(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    this.check();
    return this.group.spawn(this, argv, options);
  }

  fork(program: Program, options: SpawnOptions = {}): ChildProcess {
    this.check();
    return this.group.fork(this, program, options);
  }

  async exec(argv: readonly string[], options: SpawnOptions = {}): Promise<never> {
    this.check();
    const { program, argv: actual } = this.group.resolve(this, argv, options);
    this.argv = actual;
    if (options.env) this.env = new Map(options.env);
    if (options.cwd !== undefined) this.cwd = options.cwd;
    if (options.stdin) this.stdin = new TaskSource(this, ByteInput.over(bareSource(options.stdin)));
    if (options.stdout) this.stdout = new TaskSink(this, bareSink(options.stdout));
    if (options.stderr) this.stderr = new TaskSink(this, bareSink(options.stderr));
    this.hold();
    this.handlers.clear();
    // Also keeps a program that executes itself for ever from standing still in time.
    await this.compute(this.group.execCpuMs);
    throw new ProcessExit(await program(this));
  }

  async compute(cpu: Millis): Promise<void> {
    this.check();
    const cost = Math.max(cpu, MIN_COST_MS);
    this.cpuMs += cost;
    this.debt += cost;
    if (this.debt >= QUANTUM_MS) {
      const burn = this.debt;
      this.debt = 0;
      this.runnable++;
      await this.clock.sleep(this.group.burn(burn), this.group.name);
      this.runnable--;
    }
    if (this.stopped) await this.until(this.stopped.resumed);
  }

  setMemory(bytes: number): void {
    this.check();
    this.memoryBytes = Math.max(bytes, this.group.baseMemoryBytes);
    this.group.checkMemory();
    this.check();
  }

  processes(): readonly ProcessInfo[] {
    return this.group.pids.infos();
  }

  kill(pid: number, signal: Signal): void {
    this.check();
    this.group.pids.signal(pid, signal, this.uid);
    this.check();
  }

  until<T>(promise: Promise<T>): Promise<T> {
    if (this.status) return Promise.reject(new ProcessKilled());
    return new Promise((resolve, reject) => {
      const die = () => reject(new ProcessKilled());
      this.deaths.add(die);
      promise.then(
        (value) => {
          this.deaths.delete(die);
          resolve(value);
        },
        (error: unknown) => {
          this.deaths.delete(die);
          reject(error);
        },
      );
    });
  }

  /** Calls back once when the process ends. Returns a function that forgets it. */
  onDeath(listener: () => void): () => void {
    this.deaths.add(listener);
    return () => this.deaths.delete(listener);
  }

  get dead(): boolean {
    return this.status !== undefined;
  }

  /** Throws when the process is dead. */
  check(): void {
    if (this.dead) throw new ProcessKilled();
  }

  /** Counts this process among the holders of its streams, and lets go of those it held before. */
  private hold(): void {
    const before = this.ends;
    this.ends = [bareSource(this.stdin), bareSink(this.stdout), bareSink(this.stderr)];
    for (const end of this.ends) if (isHeld(end)) end.retain();
    for (const end of before) if (isHeld(end)) end.release();
  }

  private actByDefault(signal: Signal): void {
    const action = defaultAction(signal);
    if (action === 'stop' && !(this.isInit && signal !== 'SIGSTOP')) this.stop();
    else if (action === 'terminate' && !this.isInit) this.end({ code: 128 + signalNumber(signal), signal });
    else if (action === 'terminate' && signal === 'SIGPIPE') this.end({ code: 1 });
  }

  private stop(): void {
    if (this.stopped) return;
    let resume: () => void = () => undefined;
    const resumed = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.stopped = { resumed, resume };
  }

  private resume(): void {
    const stopped = this.stopped;
    this.stopped = undefined;
    stopped?.resume();
  }

  private end(status: ExitStatus): void {
    if (this.status) return;
    this.status = status;
    for (const die of [...this.deaths]) die();
    this.deaths.clear();
    this.handlers.clear();
    this.resume();
    if (status.signal || this.controller) this.controller?.abort();
    for (const end of this.ends) if (isHeld(end)) end.release();
    this.group.reap(this);
    this.finish(status);
  }
}
