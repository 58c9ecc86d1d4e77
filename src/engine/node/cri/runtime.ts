/** The container runtime of one Node. It outlives the kubelet: a restarted kubelet finds its containers again. */

import { NetError } from '#engine/http';
import type { NodeNetwork } from '#engine/node/cni';
import {
  createFileSystem,
  createVolume,
  type Disk,
  type FileSystem,
  type ImageRegistry,
  type Kernel,
  RegistryError,
  type Volume,
} from '#engine/os';
import type { Ledger, Millis, Rng, Saved, World } from '#engine/sim';
import { byCreation, drop, push } from './by-pod.ts';
import { Container } from './container.ts';
import { fakeImage } from './fake-image.ts';
import { ImageStore, type StoredImage } from './image-store.ts';
import { PodDirectories } from './pod-directories.ts';
import type { ContainerRecord, SandboxRecord } from './records.ts';
import { resolverOf, SandboxBox } from './sandbox.ts';
import {
  type ContainerConfig,
  type ContainerStatus,
  type ContainerUsage,
  type PodEvent,
  RuntimeError,
  type Sandbox,
  type SandboxConfig,
} from './types.ts';

export interface ContainerRuntimeOptions {
  readonly nodeName: string;
  readonly network: NodeNetwork;
  readonly registry: ImageRegistry;
  /** Runs the programs; needed unless hollow. */
  readonly kernel?: Kernel;
  /**
   * As kubemark's fake runtime: containers run without any program, every image is there, ids are `fakeRuntime://…`, every Pod
   * has the address 192.168.192.168 unless `podIp` says `'allocate'`.
   */
  readonly hollow?: boolean | { readonly podIp?: string };
  /** Rate of image transfers. */
  readonly bandwidthBytesPerSecond?: number;
  /** Images that are on the Node from the start, as after `kind load`. */
  readonly preloaded?: readonly string[];
  /** What starting a sandbox and a container takes, ms. Hollow ones take nothing; kubemark's take about 300. */
  readonly sandboxStartMs?: Millis;
  readonly containerStartMs?: Millis;
  /** The Node's disk: what survives a power cut of everything. */
  readonly ledger?: Ledger;
  /** What is on that disk from before. The preloaded images are among it. */
  readonly saved?: Saved;
}

const HOLLOW_POD_IP = '192.168.192.168';
const DEFAULT_BANDWIDTH = 50_000_000;
const DEFAULT_SANDBOX_START_MS = 400;
const DEFAULT_CONTAINER_START_MS = 60;
/** Half to one and a half of it. */
const HOLLOW_STOP_MS: Millis = 150;

/**
 * @fidelity partial: one runtime handler; no checkpoint, no user namespaces, cgroup limits act on what programs say they use
 */
export class ContainerRuntime {
  readonly hollow: boolean;
  readonly images: ImageStore;
  /** Of images, containers and volumes alike. */
  readonly disk: Disk = { full: false };
  readonly nodeDisk: Volume;
  /** The Node's disk: /etc/kubernetes/manifests, hostPath volumes. */
  readonly nodeFs: FileSystem;
  readonly network: NodeNetwork;
  private readonly rng: Rng;
  private readonly hollowPodIp: string | undefined;
  private readonly sandboxes = new Map<string, SandboxBox>();
  private readonly sandboxesByPod = new Map<string, SandboxBox[]>();
  private readonly containers = new Map<string, Container>();
  private readonly containersByPod = new Map<string, Container[]>();
  private readonly diskListeners = new Set<() => void>();
  private readonly listeners = new Set<(event: PodEvent) => void>();
  /** emptyDirs and restart counts, on the Node's disk. */
  readonly pods: PodDirectories;
  /** Counts crashes: what was under way before one must not appear after it. */
  private epoch = 0;
  /** Resolves when the preloaded images are there. */
  readonly ready: Promise<void>;

  constructor(
    readonly world: World,
    private readonly options: ContainerRuntimeOptions,
  ) {
    this.hollow = Boolean(options.hollow);
    this.network = options.network;
    this.rng = world.rng.fork(`cri/${options.nodeName}`);
    const podIp = typeof options.hollow === 'object' ? options.hollow.podIp : undefined;
    this.hollowPodIp = this.hollow && podIp !== 'allocate' ? (podIp ?? HOLLOW_POD_IP) : undefined;
    const { ledger, saved } = options;
    const bandwidth = options.bandwidthBytesPerSecond ?? DEFAULT_BANDWIDTH;
    this.images = new ImageStore(world.clock, options.registry, bandwidth, this.disk, ledger);
    this.nodeDisk = createVolume(world.clock, {
      source: '/dev/vda1',
      type: 'ext4',
      disk: this.disk,
      ...(ledger && { ledger: ledger.section('disk') }),
      ...(saved && { saved: saved.section('disk') }),
    });
    this.nodeFs = createFileSystem([{ path: '/', volume: this.nodeDisk }]);
    this.pods = new PodDirectories(world.clock, this.disk, ledger, saved);
    this.ready = saved ? this.restore(saved) : this.preload(options.preloaded ?? []);
  }

  /** The machine has power: what was running when it went is found dead. */
  powerOn(): void {
    for (const container of this.containers.values()) container.find();
  }

  /** Of a container id in statuses: `containerd://…`. */
  get idPrefix(): string {
    return this.hollow ? 'fakeRuntime://' : 'containerd://';
  }

  get networkReady(): boolean {
    return this.network.configured;
  }

  onNetworkReady(listener: () => void): () => void {
    return this.network.onConfigured(listener);
  }

  /** Something fills the Node's disk, or frees it again. */
  fillDisk(full: boolean): void {
    if (this.disk.full === full) return;
    this.disk.full = full;
    for (const listener of [...this.diskListeners]) listener();
  }

  onDiskChanged(listener: () => void): () => void {
    this.diskListeners.add(listener);
    return () => this.diskListeners.delete(listener);
  }

  onEvent(listener: (event: PodEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Rejects with RuntimeError when the network cannot be set up. */
  async runSandbox(config: SandboxConfig): Promise<Sandbox> {
    const delayMs = this.options.sandboxStartMs ?? (this.hollow ? 0 : DEFAULT_SANDBOX_START_MS);
    const id = this.hollow ? `${config.name}_${config.namespace}_${config.podUid}_${config.attempt}` : this.newId();
    const { epoch } = this;
    if (delayMs > 0) await this.world.clock.sleep(delayMs, 'cri/sandbox');
    if (epoch !== this.epoch) throw new RuntimeError('the machine went down');
    const sandbox = new SandboxBox(this.world.clock, id, config, this.attach(id, config), this.world.clock.now());
    this.addSandbox(sandbox);
    const record: SandboxRecord = { config, createdAt: sandbox.createdAt };
    this.options.ledger?.section('sandbox').put(id, () => record);
    this.emit({ podUid: config.podUid, type: 'SandboxStarted', id });
    return sandbox;
  }

  stopSandbox(id: string): void {
    const sandbox = this.sandboxes.get(id);
    if (!sandbox || sandbox.state === 'notready') return;
    for (const container of this.containersByPod.get(sandbox.config.podUid) ?? []) {
      if (container.sandbox === sandbox && container.state === 'running') void container.stop(0);
    }
    sandbox.stop();
    this.emit({ podUid: sandbox.config.podUid, type: 'SandboxStopped', id });
  }

  removeSandbox(id: string): void {
    this.stopSandbox(id);
    const sandbox = this.sandboxes.get(id);
    if (!sandbox) return;
    for (const container of [...(this.containersByPod.get(sandbox.config.podUid) ?? [])]) {
      if (container.sandbox === sandbox) this.removeContainer(container.id);
    }
    this.sandboxes.delete(id);
    this.options.ledger?.section('sandbox').remove(id);
    drop(this.sandboxesByPod, sandbox.config.podUid, sandbox);
  }

  /** Throws RuntimeError when the sandbox or the image is gone. */
  createContainer(sandboxId: string, config: ContainerConfig): string {
    const sandbox = this.sandboxes.get(sandboxId);
    if (!sandbox) throw new RuntimeError(`sandbox "${sandboxId}" not found`);
    const stored = this.hollow ? fakeImage(config.image) : this.images.get(config.image);
    if (!stored) throw new RuntimeError(`image "${config.image}" not found`);
    const id = this.hollow ? `${sandboxId}_${config.name}_${config.attempt}` : this.newId();
    const onExit = (ended: Container) => {
      this.trace('cri.exited', ended);
      this.emit({ podUid: sandbox.config.podUid, type: 'ContainerDied', id: ended.id });
    };
    const { kernel, ledger } = this.options;
    this.addContainer(new Container(this.world, kernel, id, sandbox, config, stored, this.disk, onExit, ledger));
    this.pods.tried(sandbox.config.podUid, config.name, config.attempt);
    return id;
  }

  private addSandbox(sandbox: SandboxBox): void {
    this.sandboxes.set(sandbox.id, sandbox);
    push(this.sandboxesByPod, sandbox.config.podUid, sandbox);
  }

  private addContainer(container: Container): void {
    this.containers.set(container.id, container);
    push(this.containersByPod, container.sandbox.config.podUid, container);
  }

  private async restore(saved: Saved): Promise<void> {
    const { clock } = this.world;
    const sandboxes = saved.section('sandbox');
    const made = Array.from(sandboxes.keys(), (id) => SandboxBox.past(clock, id, sandboxes.get(id) as SandboxRecord));
    for (const sandbox of made.sort(byCreation)) this.addSandbox(sandbox);
    const [containers, logs] = [saved.section('container'), saved.section('log')];
    const past = Array.from(containers.keys()).flatMap((id) => {
      const record = containers.get(id) as ContainerRecord;
      const sandbox = this.sandboxes.get(record.sandboxId);
      return sandbox ? [Container.past(this.world, id, sandbox, record, this.options.ledger, logs.section(id))] : [];
    });
    for (const container of past.sort(byCreation)) this.addContainer(container);
    await this.images.restore(saved);
  }

  /** Rejects with RuntimeError in runc's words. */
  async startContainer(id: string): Promise<void> {
    const container = this.mustGet(id);
    const delayMs = this.options.containerStartMs ?? (this.hollow ? 0 : DEFAULT_CONTAINER_START_MS);
    if (delayMs > 0) await this.world.clock.sleep(delayMs, 'cri/container');
    if (container.state !== 'created') throw new RuntimeError(`container "${id}" is not in created state`);
    if (this.hollow) container.running();
    else container.start();
    this.trace('cri.started', container);
    this.emit({ podUid: container.sandbox.config.podUid, type: 'ContainerStarted', id });
  }

  /** Resolves when it has ended, SIGKILLed after `graceMs` at the latest. */
  async stopContainer(id: string, graceMs: Millis): Promise<void> {
    const container = this.containers.get(id);
    if (!container) return;
    if (this.hollow) {
      await this.world.clock.sleep(HOLLOW_STOP_MS / 2 + this.rng.int(HOLLOW_STOP_MS), 'cri/hollow-stop');
    }
    await container.stop(graceMs);
  }

  removeContainer(id: string): void {
    const container = this.containers.get(id);
    if (!container || container.state === 'running') return;
    container.discard();
    this.containers.delete(id);
    drop(this.containersByPod, container.sandbox.config.podUid, container);
    this.emit({ podUid: container.sandbox.config.podUid, type: 'ContainerRemoved', id });
  }

  container(id: string): Container | undefined {
    return this.containers.get(id);
  }

  /** In order of creation. */
  podContainers(podUid: string): readonly ContainerStatus[] {
    return (this.containersByPod.get(podUid) ?? []).map((container) => container.status);
  }

  /** In order of creation. */
  podSandboxes(podUid: string): readonly Sandbox[] {
    return this.sandboxesByPod.get(podUid) ?? [];
  }

  /** Pods that have anything here: what a restarted kubelet finds. */
  podUids(): readonly string[] {
    return [...new Set([...this.sandboxesByPod.keys(), ...this.containersByPod.keys()])];
  }

  /** The newest attempt of a container ever made, also before a crash of the machine. */
  lastAttempt(podUid: string, name: string): number | undefined {
    return this.pods.lastAttempt(podUid, name);
  }

  /** The Pod is gone for good: its emptyDirs go too. */
  forgetPod(podUid: string): void {
    this.pods.forget(podUid);
  }

  usage(id: string): ContainerUsage | undefined {
    const container = this.containers.get(id);
    if (container?.state !== 'running') return undefined;
    return {
      cpuUsageMs: container.group?.cpuUsageMs ?? 0,
      memoryBytes: container.group?.memoryBytes ?? 0,
      fsUsedBytes: container.fsUsedBytes,
    };
  }

  /** In-place resize. */
  updateContainer(id: string, limits: { readonly cpuLimitCores?: number; readonly memoryLimitBytes?: number }): void {
    this.mustGet(id).resize(limits);
  }

  /** The image a Pod's reference means here; a hollow runtime has every image. */
  image(reference: string): StoredImage | undefined {
    return this.hollow ? fakeImage(reference) : this.images.get(reference);
  }

  /** SIGKILL to the running containers of a Pod, or to one of them. True when there was one. */
  killContainers(namespace: string, pod: string, name?: string): boolean {
    let found = false;
    for (const container of [...this.containers.values()]) {
      const { config } = container.sandbox;
      if (config.namespace !== namespace || config.name !== pod || container.state !== 'running') continue;
      if (name !== undefined && container.config.name !== name) continue;
      found = true;
      void container.stop(0);
    }
    return found;
  }

  /** The machine lost power: processes are gone, what is on the disk stays: images, records of containers, logs, emptyDirs. */
  crash(): void {
    this.epoch++;
    // The network goes first: dying processes must not be heard.
    for (const sandbox of this.sandboxes.values()) sandbox.vanish();
    for (const container of this.containers.values()) container.vanish();
    this.pods.powerLost();
  }

  private attach(id: string, config: SandboxConfig) {
    try {
      return this.network.attachPod({
        namespace: config.namespace,
        name: config.name,
        hostNetwork: config.hostNetwork,
        hostPorts: config.portMappings.filter((mapping) => mapping.hostPort > 0),
        resolver: resolverOf(config),
        ...(this.hollowPodIp !== undefined && { address: this.hollowPodIp }),
      });
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      throw new RuntimeError(
        `rpc error: code = Unknown desc = failed to setup network for sandbox "${id}": ${error.message}`,
      );
    }
  }

  private async preload(references: readonly string[]): Promise<void> {
    for (const reference of references) {
      try {
        await this.images.load(reference);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        this.world.trace.emit('cri.preload-failed', { node: this.options.nodeName, reference, message: error.message });
      }
    }
  }

  private mustGet(id: string): Container {
    const container = this.containers.get(id);
    if (!container) throw new RuntimeError(`container "${id}" not found`);
    return container;
  }

  private trace(type: string, { sandbox, config, exitCode }: Container): void {
    const { namespace, name } = sandbox.config;
    const what = { node: this.options.nodeName, namespace, pod: name, container: config.name };
    this.world.trace.emit(type, exitCode === undefined ? what : { ...what, exitCode });
  }

  private emit(event: PodEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  private newId(): string {
    let id = '';
    for (let i = 0; i < 8; i++) id += this.rng.int(0x1_0000_0000).toString(16).padStart(8, '0');
    return id;
  }
}

export const createContainerRuntime = (world: World, options: ContainerRuntimeOptions): ContainerRuntime =>
  new ContainerRuntime(world, options);
