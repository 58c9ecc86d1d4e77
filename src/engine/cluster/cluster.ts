import { createHaltedControllers } from '#engine/control-plane/controller-manager/halting';
import type { Handler } from '#engine/http';
import { createFabric, type OutsideHost } from '#engine/node/cni';
import { createKernel, type ImageRegistry, RegistryError } from '#engine/os';
import { type Changes, createRng, type Host, Journal, Loop, type Millis, parseTime, randomUuid } from '#engine/sim';
import { createImageRegistry, scriptedImage } from '#engine/userland';
import { watchActivity } from './activity.ts';
import { assetLoader, loadBeside, programTable } from './assets.ts';
import { Commands } from './commands.ts';
import { addonImages, componentImages } from './component-images.ts';
import { componentPrograms } from './components.ts';
import { type Desk, deskOf, writeDeskFile } from './desk.ts';
import { type Capture, stateDigest } from './digest.ts';
import { Editing } from './editing.ts';
import { EtcdMember } from './etcd-process.ts';
import { DEFAULT_HISTORY_REVISIONS, History } from './history.ts';
import type { Input } from './input.ts';
import { MachineRoom } from './machine-room.ts';
import { type MarkBatch, MarkRecorder } from './mark-recorder.ts';
import { createMemory, type Memory } from './memory.ts';
import type { NodeMachine } from './node-machine.ts';
import { createObserver, type Observer } from './observer.ts';
import { API_PORT, BOOT_TIME, type ClusterOptions, etcdQuotaOf } from './options.ts';
import { OutsideRequests } from './outside-requests.ts';
import { type PageAnswer, type PageRequest, requestPage } from './page-request.ts';
import { factsAt, type ObjectFacts } from './past-state.ts';
import { drawPki } from './pki.ts';
import { nodeAddress, type Site } from './site.ts';
import { POWER_CYCLE, type SiteDisk, SiteRecord } from './stable.ts';
import type { StandingFaults } from './standing-faults.ts';
import { StartUp } from './start-up.ts';
import { type TerminalScreen, Terminals, type TerminalWindow } from './terminals.ts';
import { certificateClient } from './transport.ts';
import { apiHandler, init, type Streams, serverUrl, Workstation } from './workstation.ts';

export interface Cluster {
  readonly loop: Loop;
  readonly journal: Journal<Input>;
  readonly adminToken: string;
  /** True once the API answers, every Node of the boot is Ready, and so is every Pod of kube-system. */
  readonly ready: boolean;
  /** The instant of the last write to etcd that is more than a heartbeat, a Lease or an Event. */
  readonly changedAt: Millis;
  /** The API server as a client outside sees it. Requests are inputs: they wait for the end of the present instant and are journaled. */
  readonly apiserver: Handler;
  /** Reads without touching the cluster, as its administrator: never an input, never journaled. Shows the present. */
  readonly observer: Handler;
  /** An observer of one's own, that can look at any instant of the past. */
  observe(): Observer;
  /** When what was written. */
  readonly history: History;
  /** Marks of a timeline from `since` on; see MarkBatch. */
  marks(since: number): MarkBatch;
  /** What the cluster was at an instant: facts to compare, or a digest of all of it. */
  factsAt(at: Millis): readonly ObjectFacts[];
  digestAt(at: Millis): string;
  /** Whether an API server runs that reaches etcd. Observers see without one. */
  readonly answers: boolean;
  /** The outcome is the command's exit code, the response of a request, or nothing. */
  submit(input: Input): Promise<unknown>;
  /** A command at the workstation with streams of its own. */
  run(line: string, streams?: Streams, signal?: AbortSignal): Promise<number>;
  /** An interactive shell. Keystrokes, sizes and the end go through `submit`. */
  openTerminal(terminal: string, window: TerminalWindow): Promise<TerminalScreen>;
  /** The workstation's files, and those that wait for their editor, to look at. */
  readonly desk: Desk;
  readonly machines: ReadonlyMap<string, NodeMachine>;
  /** What is broken on purpose. */
  readonly faults: StandingFaults;
  /** What etcd remembers, for explanations. */
  readonly memory: Memory;
  /** What brings this cluster back as it is at the end of the present instant. */
  capture(): Promise<Capture>;
  /** See `stateDigest`. */
  digest(): string;
  /** Power cuts so far. */
  readonly boots: number;
  /** False after a power cut, until controllers and scheduler lead again. */
  readonly awake: boolean;
  /**
   * What changed on the disks since the last call; undefined when nothing did, or nothing is written down. Only between two runs of the loop:
   * the changes of all calls so far, and the clock, are then of one and the same instant.
   */
  changes(): Changes | undefined;
  stop(): void;
}

/** An image registry in which some images cannot be had. */
function breakable(registry: ImageRegistry, unavailable: ReadonlySet<string>): ImageRegistry {
  return {
    async resolve(reference) {
      const image = await registry.resolve(reference);
      if (unavailable.has(reference) || unavailable.has(image.name) || unavailable.has(`${image.name}:${image.tag}`)) {
        throw new RegistryError(
          'Unavailable',
          `failed to resolve reference "${image.name}:${image.tag}": unexpected status from HEAD request: 503 Service Unavailable`,
        );
      }
      return image;
    },
  };
}

const scenarioImages = ({ scenario }: ClusterOptions) =>
  Object.entries(scenario?.images ?? {}).map(([reference, script]) => scriptedImage(reference, script));

/** @param disk what is to survive a power cut, and what has survived one: then the cluster is the saved one, after it */
export async function createCluster(host: Host, options: ClusterOptions = {}, disk: SiteDisk = {}): Promise<Cluster> {
  const record = new SiteRecord(disk);
  const start = parseTime(options.start ?? BOOT_TIME) as number;
  const loop = new Loop(host, record.cutAt ?? start);
  const keys = createRng(options.seed ?? 1);
  // After a power cut everything draws anew: names and uids must not come again.
  const rng = record.boots === 0 ? keys : keys.fork(`boot ${record.boots}`);
  const world = { clock: loop, rng, trace: loop };
  const fabric = createFabric(world, { traceRequests: (port) => port !== API_PORT });
  const unavailableImages = new Set<string>();
  const registry = createImageRegistry({
    extraImages: [...componentImages, ...addonImages, ...scenarioImages(options)],
  });
  const editing = new Editing();
  const load = assetLoader(loop);
  const programs = programTable(
    load,
    new Map([...componentPrograms(() => site), ['init', init], ['edit', editing.program]]),
  );
  const beside = loadBeside(host);
  const site: Site = {
    world,
    options,
    fabric,
    load,
    loadBeside: beside,
    disk,
    etcd: new EtcdMember(world, { ...sectionOf(disk, 'etcd'), quotaKeys: etcdQuotaOf(options) }),
    registry: breakable(registry, unavailableImages),
    kernel: createKernel(world, { programs }),
    apiAddress: nodeAddress(0),
    hosts: new Map(),
    pki: options.pki ?? drawPki(await beside('x509'), keys, start),
    halted: createHaltedControllers(),
    adminToken: randomUuid(keys.fork('admin-token')),
    apiServers: new Set(),
  };
  const resolver = { nameservers: [], searches: [], ndots: 1, hosts: site.hosts };
  const desk = fabric.addOutside({ name: 'workstation', addresses: ['192.168.1.10'], resolver });
  const workstation = new Workstation({
    world,
    kernel: site.kernel,
    net: desk.net,
    image: await registry.resolve('podarium.local/workstation:latest'),
    tools: ['kubectl'],
    server: serverUrl(site.apiAddress),
    token: site.adminToken,
    authority: site.pki['ca.crt'],
    ...sectionOf(disk, 'workstation'),
  });
  const room = new MachineRoom(site, record, unavailableImages);
  const cluster = new RunningCluster(loop, site, desk, workstation, editing, room, record);
  await cluster.power();
  return cluster;
}

const sectionOf = ({ ledger, saved }: SiteDisk, name: string) => ({
  ...(ledger && { ledger: ledger.section(name) }),
  ...(saved && { saved: saved.section(name) }),
});

class RunningCluster implements Cluster {
  readonly journal: Journal<Input>;
  readonly memory: Memory;
  readonly desk: Desk;
  private readonly stopped = new AbortController();
  private readonly startUp: StartUp;
  private readonly terminals: Terminals;
  private readonly commands: Commands;
  private readonly requests: OutsideRequests;
  readonly history: History;
  readonly observer: Handler;
  private recorder: MarkRecorder | undefined;
  private readonly activity: { readonly changedAt: Millis };

  constructor(
    readonly loop: Loop,
    private readonly site: Site,
    private readonly host: OutsideHost,
    private readonly workstation: Workstation,
    private readonly editing: Editing,
    private readonly room: MachineRoom,
    private readonly record: SiteRecord,
  ) {
    this.journal = new Journal<Input>(record.journal, record.savedJournal);
    this.memory = createMemory(site.etcd.store);
    this.activity = watchActivity(loop, site.etcd.store);
    const guard = (work: Promise<unknown>) => this.guard(work);
    const submit = (input: Input) => this.submit(input);
    this.desk = deskOf(workstation.fs, editing);
    this.terminals = new Terminals(workstation, loop, guard);
    this.commands = new Commands(workstation, loop, submit, guard);
    this.requests = new OutsideRequests(apiHandler(host.net, site.apiAddress), submit, guard);
    const { historyRevisions } = site.options;
    this.history = new History(
      site.world,
      site.etcd.store,
      historyRevisions ?? DEFAULT_HISTORY_REVISIONS,
      sectionOf(site.disk, 'history'),
    );
    this.observer = this.observe().handler;
    const identity = { commonName: 'kubernetes-admin', organizations: ['system:masters'] };
    this.startUp = new StartUp({
      site,
      room,
      record,
      workstation,
      guard,
      admin: certificateClient(host.net, site.apiAddress, identity, 'kubeadm'),
      signal: this.stopped.signal,
      changedAt: () => this.changedAt,
    });
  }

  /** Switches everything on. A power cut that came before is an input, and the first one. */
  power(): Promise<void> {
    if (this.record.boots > 0) this.journal.append(this.loop.now(), POWER_CYCLE);
    return this.startUp.power();
  }

  get ready(): boolean {
    return this.startUp.ready;
  }

  get awake(): boolean {
    return this.startUp.awake;
  }

  get machines(): ReadonlyMap<string, NodeMachine> {
    return this.room.machines;
  }

  get faults(): StandingFaults {
    return this.room.faults;
  }

  changes(): Changes | undefined {
    const { ledger } = this.site.disk;
    if (!ledger || ledger.empty) return undefined;
    this.record.noteNow(this.loop.now());
    return ledger.take();
  }

  get boots(): number {
    return this.record.boots;
  }

  get changedAt(): Millis {
    return this.activity.changedAt;
  }

  get adminToken(): string {
    return this.site.adminToken;
  }

  get answers(): boolean {
    return this.site.apiServers.size > 0 && this.site.etcd.serves;
  }

  readonly apiserver: Handler = (request) =>
    this.post((resolve) => {
      request.signal?.throwIfAborted();
      const input = this.requests.record(request);
      this.journal.append(this.loop.now(), input);
      resolve(this.requests.send(input, request));
    });

  marks(since: number): MarkBatch {
    const { loop, site, history, journal } = this;
    this.recorder ??= new MarkRecorder(loop, site.etcd.store, history, journal);
    return this.recorder.read(since);
  }

  factsAt(at: Millis): readonly ObjectFacts[] {
    return factsAt(this.site.etcd.store, this.history.revisionAt(at));
  }

  digestAt(at: Millis): string {
    return stateDigest(this.site.etcd.store, at, this.history.revisionAt(at));
  }

  observe(): Observer {
    const { site, history, loop } = this;
    return createObserver({ site, history, fail: (error) => loop.fail(error) });
  }

  submit(input: Input): Promise<unknown> {
    return this.post((resolve) => {
      this.journal.append(this.loop.now(), input);
      resolve(this.perform(input));
    });
  }

  run(line: string, streams: Streams = {}, signal?: AbortSignal): Promise<number> {
    return this.post((resolve) => {
      const input = this.commands.record(line, streams, signal);
      this.journal.append(this.loop.now(), input);
      resolve(this.commands.run(input, streams, signal));
    });
  }

  openTerminal(terminal: string, window: TerminalWindow): Promise<TerminalScreen> {
    return this.post((resolve) => {
      this.journal.append(this.loop.now(), { type: 'terminal.open', terminal, ...window });
      resolve(Promise.resolve(this.terminals.start(terminal, window, true)));
    });
  }

  capture(): Promise<Capture> {
    return this.post((resolve) => {
      const until = this.loop.now();
      resolve(Promise.resolve({ journal: this.journal.entries(), until, digest: this.digest() }));
    });
  }

  digest(): string {
    return stateDigest(this.site.etcd.store, this.loop.now());
  }

  stop(): void {
    this.stopped.abort();
    for (const machine of this.machines.values()) machine.crash();
  }

  private async perform(input: Input): Promise<unknown> {
    if (input.type === 'fault') return this.room.apply(input.fault);
    if (input.type === 'http') return this.requests.send(input);
    if (input.type === 'fetch') return this.browse(input);
    if (input.type === 'http.frames') return this.requests.frames(input.id, input.frames);
    if (input.type === 'http.end') return this.requests.end(input.id);
    if (input.type === 'http.cancel') return this.requests.cancel(input.id);
    if (input.type === 'command') return this.commands.run(input);
    if (input.type === 'command.input') return this.commands.type(input.id, input.data);
    if (input.type === 'command.end') return this.commands.end(input.id);
    if (input.type === 'command.interrupt') return this.commands.interrupt(input.id);
    if (input.type === 'terminal.open') return this.terminals.start(input.terminal, input, false).exited;
    if (input.type === 'terminal.input') return this.terminals.type(input.terminal, input.text);
    if (input.type === 'terminal.resize') return this.terminals.resize(input.terminal, input);
    if (input.type === 'file.saved') return writeDeskFile(this.workstation.fs, input.path, input.text);
    if (input.type === 'editor.saved') return this.editing.finish(input.edit, input.text);
    if (input.type === 'terminal.hangup') return this.terminals.hangUp(input.terminal);
    throw new Error('a cluster does not survive its own power cut: see powerCycle');
  }

  private async browse(request: PageRequest): Promise<PageAnswer> {
    const answer = await requestPage(this.loop, this.host, request);
    const { method, url } = request;
    this.loop.emit('browser.visit', {
      method,
      url,
      ...('failed' in answer ? { failed: answer.failed } : { status: answer.status }),
    });
    return answer;
  }

  private post<T>(act: (resolve: (value: Promise<T>) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.loop.post('input', () => {
        try {
          act(resolve);
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  /** A part of the cluster that fails by a bug of ours stops the world. */
  private guard(promise: Promise<unknown>): void {
    promise.catch((error) => this.loop.fail(error));
  }
}
