/** One container: a root file system, processes, a log, and how it ended. */
import type { Source } from '#engine/http';
import { Pipe } from '#engine/http';
import {
  type ChildProcess,
  createDevices,
  createFileSystem,
  createTty,
  createVolume,
  type Disk,
  type ExitStatus,
  type FileSystem,
  type Kernel,
  OsError,
  type ProcessGroup,
  type Signal,
  type StartOptions,
  type Tty,
  type Volume,
} from '#engine/os';
import type { Ledger, Millis, Saved, World } from '#engine/sim';
import { commandOf, limitsOf } from './container-config.ts';
import { ContainerLog } from './container-log.ts';
import { imageRefOf, type StoredImage } from './image-store.ts';
import { type ContainerRecord, configOfRecord, imageOfRecord } from './records.ts';
import type { SandboxBox } from './sandbox.ts';
import {
  type ContainerConfig,
  type ContainerState,
  type ContainerStatus,
  type ContainerUser,
  RuntimeError,
} from './types.ts';
import { resolveUser } from './user.ts';

const decoder = new TextDecoder();
/** Bytes of a termination message that the kubelet reads. */
const TERMINATION_MESSAGE_BYTES = 4096;

const SHORTEST_RUN_MS: Millis = 50;

const NO_DISK: Disk = { full: false };

/** Of a container whose end nobody saw. */
const UNKNOWN_EXIT_CODE = 255;

/** Who watches an attached container. */
export interface Attachment {
  onOutput(stream: 'stdout' | 'stderr', data: Uint8Array): void;
  onEnd(): void;
}

export class Container {
  readonly log: ContainerLog;
  createdAt: Millis;
  state: ContainerState = 'created';
  startedAt: Millis | undefined;
  finishedAt: Millis | undefined;
  exitCode: number | undefined;
  reason: string | undefined;
  message: string | undefined;
  group: ProcessGroup | undefined;
  readonly attachments = new Set<Attachment>();
  /** Its first process has ended and prints no more, whether that has been told or not. */
  silent = false;
  tty: Tty | undefined;
  readonly stdin: Pipe<Uint8Array> | undefined;
  private user: ContainerUser | undefined;
  private terminationMessage: string | undefined;
  private root: Volume | undefined;
  private fs: FileSystem | undefined;
  private init: ChildProcess | undefined;
  private limits: Pick<ContainerConfig, 'cpuLimitCores' | 'memoryLimitBytes'>;
  private outOfMemory = false;
  /** The power went while it ran, and has not come back. */
  private lost = false;
  private readonly exitWaiters: (() => void)[] = [];

  constructor(
    private readonly world: World,
    private readonly kernel: Kernel | undefined,
    readonly id: string,
    readonly sandbox: SandboxBox,
    readonly config: ContainerConfig,
    readonly stored: StoredImage,
    private readonly disk: Disk,
    private readonly onExit: (container: Container) => void,
    private readonly ledger?: Ledger,
    savedLog?: Saved,
  ) {
    this.createdAt = world.clock.now();
    this.log = new ContainerLog(world.clock, ledger?.section('log').section(id), savedLog);
    this.limits = limitsOf(config);
    this.stdin = config.stdin ? new Pipe<Uint8Array>(256) : undefined;
    if (!savedLog) this.note();
  }

  /** A container of before a power cut, as the Node's disk tells of it. */
  static past(
    world: World,
    id: string,
    sandbox: SandboxBox,
    record: ContainerRecord,
    ledger?: Ledger,
    log?: Saved,
  ): Container {
    const config = { ...configOfRecord(record), ...limitsOf(record) };
    const image = imageOfRecord(record);
    const container = new Container(world, undefined, id, sandbox, config, image, NO_DISK, () => {}, ledger, log);
    const {
      config: _config,
      image: _image,
      sandboxId: _sandboxId,
      cpuLimitCores: _cpu,
      memoryLimitBytes: _memory,
      ...facts
    } = record;
    Object.assign(container, facts);
    if (container.state !== 'exited') container.lose();
    return container;
  }

  get fileSystem(): FileSystem {
    this.fs ??= this.mountAll();
    return this.fs;
  }

  get fsUsedBytes(): number {
    return this.root?.usedBytes ?? 0;
  }

  /** Starts the first process. Throws RuntimeError in runc's words; the container has then exited with StartError. */
  start(): void {
    if (!this.kernel) throw new RuntimeError('this runtime runs no programs');
    const { config, stored } = this;
    const argv = commandOf(config, stored.image.config.entrypoint, stored.image.config.cmd);
    const name = `${this.sandbox.config.namespace}/${this.sandbox.config.name}/${config.name}`;
    try {
      this.user = resolveUser(config.user, stored.image.config.user, this.fileSystem);
      if (argv.length === 0) throw new RuntimeError('no command specified');
      this.group = this.kernel.createGroup({
        name,
        hostname: this.sandbox.config.hostname,
        clock: this.world.clock,
        fs: this.fileSystem,
        net: this.sandbox.net,
        ...this.limits,
        onOutOfMemory: ({ isInit }) => {
          this.outOfMemory ||= isInit;
        },
        ...(this.sandbox.pidGroup && { sharePidsWith: this.sandbox.pidGroup }),
      });
      if (this.sandbox.config.sharePids) this.sandbox.pidGroup ??= this.group;
      this.init = this.group.start(argv, this.startOptions());
    } catch (error) {
      throw this.failedToStart(error, argv[0] ?? '');
    }
    this.running();
    void this.init.exited.then((status) => this.noticeExit(status));
  }

  /** Marks it running without any process: a hollow runtime. */
  running(): void {
    this.state = 'running';
    this.startedAt = this.world.clock.now();
    this.note();
  }

  /** Sends the stop signal, and SIGKILL after `graceMs`. Resolves when it has ended. */
  async stop(graceMs: Millis): Promise<void> {
    if (this.state !== 'running') return;
    if (!this.init) {
      this.end(0, undefined);
      return;
    }
    const init = this.init;
    const kill = () => {
      init.kill('SIGKILL');
      this.group?.killAll();
    };
    if (graceMs <= 0) kill();
    else {
      init.kill(this.stopSignal);
      const timer = this.world.clock.after(graceMs, 'cri/kill', kill);
      this.exitWaiters.push(() => timer.cancel());
    }
    await this.ended();
  }

  /** Resolves when it has ended; at once when it already has. */
  ended(): Promise<void> {
    if (this.state === 'exited') return Promise.resolve();
    return new Promise((resolve) => this.exitWaiters.push(resolve));
  }

  /** Limits that were changed while it runs. */
  resize(limits: Pick<ContainerConfig, 'cpuLimitCores' | 'memoryLimitBytes'>): void {
    this.limits = limits;
    this.note();
    if (!this.group) return;
    this.group.cpuLimitCores = limits.cpuLimitCores;
    this.group.memoryLimitBytes = limits.memoryLimitBytes;
  }

  /** The machine lost power: nothing is reported to anybody. */
  vanish(): void {
    if (this.state === 'exited') return;
    this.lose();
    this.group?.killAll();
    this.log.close();
    for (const wake of this.exitWaiters.splice(0)) wake();
  }

  /** The machine has power again, and the runtime finds that the task is gone. @upstream containerd internal/cri/server/restart.go */
  find(): void {
    if (!this.lost) return;
    this.lost = false;
    this.finishedAt = this.world.clock.now();
    this.note();
  }

  /** Nothing of it is left. */
  discard(): void {
    this.log.discard();
    this.ledger?.section('container').remove(this.id);
  }

  get status(): ContainerStatus {
    const { config, stored } = this;
    return {
      id: this.id,
      sandboxId: this.sandbox.id,
      podUid: this.sandbox.config.podUid,
      name: config.name,
      attempt: config.attempt,
      state: this.state,
      createdAt: this.createdAt,
      ...(this.startedAt !== undefined && { startedAt: this.startedAt }),
      ...(this.finishedAt !== undefined && { finishedAt: this.finishedAt }),
      ...(this.exitCode !== undefined && { exitCode: this.exitCode }),
      ...(this.reason !== undefined && { reason: this.reason }),
      ...(this.message !== undefined && { message: this.message }),
      image: stored.repoTags[0] ?? stored.repoDigests[0] ?? config.image,
      imageRef: imageRefOf(stored),
      ...(this.user && { user: this.user }),
      ...this.limits,
      log: this.log,
      ...(this.terminationMessage !== undefined && { terminationMessage: this.terminationMessage }),
    };
  }

  private lose(): void {
    this.state = 'exited';
    this.lost = true;
    this.exitCode = UNKNOWN_EXIT_CODE;
    this.reason = 'Unknown';
  }

  /** On the disk as it is now; while the machine is off nobody writes. */
  private note(): void {
    this.ledger?.section('container').put(this.id, () => this.record());
  }

  private record(): ContainerRecord {
    const { config, stored, status, lost } = this;
    const { repoTags, repoDigests } = stored;
    return {
      sandboxId: this.sandbox.id,
      config: { name: config.name, attempt: config.attempt, image: config.image },
      image: { repoTags, repoDigests, id: stored.image.id },
      createdAt: this.createdAt,
      // Nobody has written down how a lost one ended.
      state: lost ? 'running' : this.state,
      ...(this.startedAt !== undefined && { startedAt: this.startedAt }),
      ...(this.finishedAt !== undefined && { finishedAt: this.finishedAt }),
      ...(this.exitCode !== undefined && !lost && { exitCode: this.exitCode }),
      ...(this.reason !== undefined && !lost && { reason: this.reason }),
      ...(this.message !== undefined && { message: this.message }),
      ...(status.terminationMessage !== undefined && { terminationMessage: status.terminationMessage }),
      ...(this.user && { user: this.user }),
      ...this.limits,
    };
  }

  /** Options for a further process with the container's environment, directory and user. */
  startOptions(): StartOptions & { readonly env: ReadonlyMap<string, string> } {
    const { config, stored, user } = this;
    const env = new Map<string, string>([
      ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ['HOSTNAME', this.sandbox.config.hostname],
    ]);
    if (config.tty) env.set('TERM', 'xterm');
    for (const entry of stored.image.config.env ?? []) {
      const equals = entry.indexOf('=');
      if (equals > 0) env.set(entry.slice(0, equals), entry.slice(equals + 1));
    }
    for (const [key, value] of config.env) env.set(key, value);
    if (!env.has('HOME')) env.set('HOME', (user?.uid ?? 0) === 0 ? '/root' : '/');
    return {
      env,
      cwd: config.workingDir || stored.image.config.workingDir || '/',
      uid: user?.uid ?? 0,
      gid: user?.gid ?? 0,
      ...this.streams(),
    };
  }

  private streams(): Partial<StartOptions> {
    if (this.state !== 'created') return {};
    const tee = (stream: 'stdout' | 'stderr') => (data: Uint8Array) => {
      for (const attachment of this.attachments) attachment.onOutput(stream, data);
    };
    if (!this.config.tty) {
      return {
        stdout: this.log.sink('stdout', tee('stdout')),
        stderr: this.log.sink('stderr', tee('stderr')),
        ...(this.stdin && { stdin: this.stdin as Source<Uint8Array> }),
      };
    }
    const tty = createTty({ columns: 80, rows: 24 });
    this.tty = tty;
    const sink = this.log.sink('stdout', tee('stdout'));
    void tty.output.forEach((data) => void sink.write(data));
    return { tty };
  }

  private get stopSignal(): Signal {
    return this.config.stopSignal ?? this.stored.image.config.stopSignal ?? 'SIGTERM';
  }

  private mountAll(): FileSystem {
    const { clock } = this.world;
    this.root ??= createVolume(clock, { layers: this.stored.image.layers, disk: this.disk });
    const cwd = this.config.workingDir || this.stored.image.config.workingDir;
    if (cwd && cwd !== '/') {
      const root = createFileSystem([{ path: '/', volume: this.root }]);
      if (!root.exists(cwd)) root.mkdir(cwd, { recursive: true });
    }
    return createFileSystem([
      { path: '/', volume: this.root, ...(this.config.readOnlyRoot && { readOnly: true }) },
      { path: '/dev', volume: createDevices(clock) },
      ...this.sandbox.etcMounts(),
      ...this.config.mounts,
    ]);
  }

  private failedToStart(error: unknown, argv0: string): RuntimeError {
    if (!(error instanceof OsError) && !(error instanceof RuntimeError)) throw error;
    const inPath = argv0.includes('/')
      ? `stat ${argv0}: no such file or directory`
      : 'executable file not found in $PATH';
    const why =
      error instanceof RuntimeError
        ? error.message
        : `exec: "${argv0}": ${error.code === 'ENOENT' ? inPath : error.message.toLowerCase()}`;
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}`;
    this.startedAt = 0;
    this.message = message;
    this.end(128, 'StartError');
    return new RuntimeError(message);
  }

  /** However short the run was, it takes a moment until the shim has told of start and end. */
  private noticeExit(status: ExitStatus): void {
    this.silent = true;
    const wait = (this.startedAt ?? 0) + SHORTEST_RUN_MS - this.world.clock.now();
    if (wait > 0) this.world.clock.after(wait, 'cri/exit', () => this.exited(status));
    else this.exited(status);
  }

  private exited(status: ExitStatus): void {
    if (this.state === 'exited') return;
    const killedForMemory = this.outOfMemory;
    this.end(status.code, killedForMemory ? 'OOMKilled' : status.code === 0 ? 'Completed' : 'Error');
  }

  private end(code: number, reason: string | undefined): void {
    this.state = 'exited';
    this.finishedAt = this.world.clock.now();
    this.exitCode = code;
    this.reason = reason;
    this.terminationMessage = this.readTerminationMessage();
    this.note();
    this.group?.killAll();
    this.log.close();
    this.stdin?.cancel();
    for (const attachment of [...this.attachments]) attachment.onEnd();
    for (const wake of this.exitWaiters.splice(0)) wake();
    this.onExit(this);
  }

  private readTerminationMessage(): string | undefined {
    const path = this.config.terminationMessagePath;
    if (!path || !this.fs?.exists(path)) return undefined;
    const data = this.fs.readFile(path);
    return data.length === 0 ? undefined : decoder.decode(data.slice(0, TERMINATION_MESSAGE_BYTES));
  }
}
