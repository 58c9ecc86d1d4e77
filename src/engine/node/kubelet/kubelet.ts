/** The node agent: makes what runs on its Node match the Pods assigned to it, and tells the API about both. */
import { type Pod, pods, type Service, services } from '#engine/api';
import { type Client, createEventRecorder, createInformerFactory, type InformerFactory } from '#engine/client-go';
import type { Listener } from '#engine/http';
import type { PodEvent } from '#engine/node/cri';
import type { Millis, Rng, World } from '#engine/sim';
import { admit, isAboutNode, type Rejection } from './admission.ts';
import { Backoff } from './backoff.ts';
import { type KubeletContext, podEvent } from './context.ts';
import { ImageManager } from './image-manager.ts';
import { NodeAgent } from './node-agent.ts';
import { allocatableOf } from './node-status.ts';
import { ObjectReader } from './object-reader.ts';
import { OWNED_CONDITIONS } from './pod-conditions.ts';
import { qosClass } from './pod-status.ts';
import { PodWorker } from './pod-worker.ts';
import { Prober } from './prober.ts';
import { kubeletServer } from './server.ts';
import { Mirrors, nameOf, seenNow, staticPod } from './static-pods.ts';
import { StatusManager } from './status-manager.ts';
import { isMirrorPod, type KubeletOptions } from './types.ts';

const TICK_MS = 1_000;
const HOLLOW_LOOK_MS: Millis = 60;
const CRASH_INITIAL_MS = 10_000;
const CRASH_MAX_MS = 300_000;

/**
 * Runs a kubelet until the signal aborts. It starts without an API server and goes on when that goes away: static Pods run,
 * running Pods keep running, and what happened is reported later.
 * @upstream pkg/kubelet/kubelet.go
 * @fidelity partial: no eviction for resource pressure, no devices, no swap, no in-place resize of running Pods
 */
export async function runKubelet(
  world: World,
  client: Client,
  options: KubeletOptions,
  signal: AbortSignal,
): Promise<void> {
  const kubelet = new Kubelet(world, client, options, signal);
  if (signal.aborted) return;
  kubelet.start();
  await new Promise<void>((resolve) => {
    const stop = () => {
      kubelet.stop();
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

class Kubelet {
  private readonly workers = new Map<string, PodWorker>();
  private readonly statics = new Map<string, Pod>();
  /** Pods in which a container has ended since the last relist. */
  private readonly died = new Set<string>();
  /** Pods about which the API is asked before they are rejected. */
  private readonly pending = new Map<string, Pod>();
  private readonly context: KubeletContext;
  private readonly agent: NodeAgent;
  private readonly mirrors: Mirrors;
  private readonly informers: InformerFactory;
  private readonly tickPhase: Millis;
  private readonly hollowRng: Rng;
  private readonly stops: (() => void)[] = [];
  private listener: Listener | undefined;

  constructor(
    private readonly world: World,
    client: Client,
    private readonly options: KubeletOptions,
    private readonly signal: AbortSignal,
  ) {
    const { nodeName, runtime } = options;
    const rng = world.rng.fork(`kubelet/${nodeName}`);
    this.tickPhase = rng.int(TICK_MS);
    this.hollowRng = rng.fork('hollow');
    const recorder = createEventRecorder(world, client, { component: 'kubelet', host: nodeName }, signal);
    this.informers = createInformerFactory(world, client, signal);
    this.mirrors = new Mirrors(world, client, () => this.agent.node, signal);
    this.agent = new NodeAgent(world, client, options, runtime, recorder, signal);
    const runtimePod = (uid: string) => ({
      sandboxes: runtime.podSandboxes(uid),
      containers: runtime.podContainers(uid),
    });
    const prober = new Prober({
      clock: world.clock,
      trace: world.trace,
      nodeName: options.nodeName,
      net: options.net,
      runtime,
      rng,
      recorder,
      runtimePod,
      podAddress: (pod) =>
        pod.spec.hostNetwork ? options.addresses[0] : runtimePod(pod.metadata.uid ?? '').sandboxes.at(-1)?.addresses[0],
      changed: (uid) => this.workers.get(uid)?.wake(),
    });
    this.context = {
      world,
      client,
      options,
      runtime,
      recorder,
      statuses: new StatusManager(world, client, signal, (pod) => this.mirrors.of(pod)),
      prober,
      images: new ImageManager(world, runtime, recorder, nodeName, signal),
      crashBackoff: new Backoff(world.clock, CRASH_INITIAL_MS, CRASH_MAX_MS),
      reader: new ObjectReader(world.clock, client),
      signal,
      allocatable: allocatableOf(options),
      services: () => this.services(),
      runtimePod,
      atTick: (ms, name, ring) => world.clock.after(this.untilTick(ms), name, () => !signal.aborted && ring()),
      jitter: () => 1 + rng.next() / 2,
    };
  }

  start(): void {
    const { options } = this;
    this.stops.push(options.runtime.onEvent((event) => this.onRuntimeEvent(event)));
    this.listener = options.net.listen(
      options.port ?? 10250,
      kubeletServer(
        this.context,
        (ns, name) => this.findPod(ns, name),
        () => this.allPods(),
      ),
    );
    if (options.staticPods) {
      this.stops.push(options.staticPods.onChange(() => this.syncStatics()));
      void options.runtime.ready.then(() => !this.signal.aborted && this.syncStatics());
    }
    void this.agent.start().then(() => {
      if (this.signal.aborted) return;
      for (const pod of this.statics.values()) void this.mirrors.ensure(pod);
      this.watchPods();
    });
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
    for (const worker of this.workers.values()) worker.stop();
    this.listener?.close();
    this.context.prober.stop();
  }

  private watchPods(): void {
    const informer = this.informers.informer(pods, { fieldSelector: `spec.nodeName=${this.options.nodeName}` });
    informer.addEventHandler({
      added: (pod) => this.podAdded(pod),
      updated: (_, pod) => this.podUpdated(pod),
      deleted: (pod) => this.podDeleted(pod),
    });
    void informer.synced.then(() => !this.signal.aborted && this.killOrphans());
  }

  private podAdded(pod: Pod): void {
    if (isMirrorPod(pod)) {
      this.mirrorChanged(pod);
      return;
    }
    const uid = pod.metadata.uid ?? '';
    if (this.workers.has(uid)) {
      this.podUpdated(pod);
      return;
    }
    const knownHere = this.options.runtime.podSandboxes(uid).length > 0;
    const ended = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
    if (knownHere || ended || pod.metadata.deletionTimestamp) {
      this.addWorker(pod).wake();
      return;
    }
    const rejection = this.rejection(pod);
    if (!rejection) this.begin(pod);
    else if (!isAboutNode(rejection)) this.reject(pod, rejection);
    else void this.reconsider(pod);
  }

  /** A hollow Pod is ready as soon as it is looked at: those of one instant are looked at one after the other, as upstream's are. */
  private begin(pod: Pod): void {
    const worker = this.addWorker(pod);
    if (!this.options.hollow) worker.wake();
    else this.world.clock.after(this.hollowRng.int(HOLLOW_LOOK_MS), 'kubelet/hollow', () => worker.wake());
  }

  /** Labels or taints of the Node may have changed since it was last seen: before it is rejected for them it is read again. */
  private async reconsider(pod: Pod): Promise<void> {
    const uid = pod.metadata.uid ?? '';
    this.pending.set(uid, pod);
    await this.agent.refresh();
    const latest = this.pending.get(uid);
    this.pending.delete(uid);
    if (this.signal.aborted || !latest) return;
    const rejection = this.rejection(latest);
    if (rejection) this.reject(latest, rejection);
    else this.addWorker(latest).wake();
  }

  private podUpdated(pod: Pod): void {
    if (isMirrorPod(pod)) {
      this.mirrorChanged(pod);
      return;
    }
    this.context.statuses.observe(pod);
    const worker = this.workers.get(pod.metadata.uid ?? '');
    if (this.pending.has(pod.metadata.uid ?? '')) this.pending.set(pod.metadata.uid ?? '', pod);
    else if (!worker) {
      this.deleteRejected(pod);
      return;
    }
    if (!worker) return;
    // Our own status reports come back as updates: only what others decide wakes the worker.
    const before = worker.pod;
    if (before.spec === pod.spec || before.metadata.generation === pod.metadata.generation) {
      const sameMeta =
        before.metadata.deletionTimestamp === pod.metadata.deletionTimestamp &&
        before.metadata.deletionGracePeriodSeconds === pod.metadata.deletionGracePeriodSeconds;
      if (sameMeta && sameForeignConditions(before, pod)) {
        worker.pod = pod;
        return;
      }
    }
    worker.update(pod);
  }

  private podDeleted(pod: Pod): void {
    if (isMirrorPod(pod)) {
      this.mirrors.gone(pod);
      const source = this.statics.get(nameOf(pod));
      if (source) void this.mirrors.ensure(source);
      return;
    }
    const uid = pod.metadata.uid ?? '';
    this.pending.delete(uid);
    this.context.statuses.forget(uid);
    this.workers.get(uid)?.remove();
  }

  private addWorker(pod: Pod): PodWorker {
    const worker = new PodWorker(this.context, pod, () => this.workers.delete(pod.metadata.uid ?? ''));
    this.workers.set(pod.metadata.uid ?? '', worker);
    for (const status of this.context.runtimePod(pod.metadata.uid ?? '').containers) {
      if (status.state === 'running') this.context.prober.started(status.podUid, status.name, status.id);
    }
    return worker;
  }

  private rejection(pod: Pod): Rejection | undefined {
    const others = [...this.workers.values()]
      .filter((worker) => worker.phase !== 'finished')
      .map((worker) => worker.pod);
    return admit(pod, others, this.context.allocatable, this.agent.node);
  }

  /** The Pod may not run here: it has failed. */
  private reject(pod: Pod, { reason, message }: Rejection): void {
    podEvent(this.context, pod, 'Warning', reason, message);
    const status = { phase: 'Failed', reason, message: `Pod was rejected: ${message}`, qosClass: qosClass(pod) };
    this.context.statuses.set(pod, { ...pod.status, ...status }, false);
  }

  /** A Pod that never ran here needs nobody's leave to go. */
  private deleteRejected(pod: Pod): void {
    if (pod.metadata.deletionTimestamp) this.context.statuses.finish(pod);
  }

  private onRuntimeEvent(event: PodEvent): void {
    if (this.signal.aborted) return;
    if (event.type === 'ContainerStarted') {
      const container = this.options.runtime.container(event.id);
      if (container) this.context.prober.started(event.podUid, container.config.name, event.id);
    }
    if (event.type === 'ContainerRemoved') return;
    if (event.type === 'ContainerDied') this.relistFor(event.podUid);
    else this.workers.get(event.podUid)?.wake();
  }

  /** An end is noticed when the runtime is next looked at, once a second. @upstream pkg/kubelet/pleg/generic.go */
  private relistFor(podUid: string): void {
    const waiting = this.died.size > 0;
    this.died.add(podUid);
    if (waiting) return;
    this.context.atTick(0, 'kubelet/relist', () => {
      const uids = [...this.died];
      this.died.clear();
      for (const uid of uids) this.workers.get(uid)?.wake();
    });
  }

  /** Containers of Pods that went away while no kubelet was running. */
  private killOrphans(): void {
    const { runtime } = this.options;
    for (const uid of runtime.podUids()) {
      if (this.workers.has(uid)) continue;
      for (const sandbox of [...runtime.podSandboxes(uid)]) runtime.removeSandbox(sandbox.id);
      runtime.forgetPod(uid);
    }
  }

  // ---- static Pods

  private syncStatics(): void {
    const seen = seenNow(this.world);
    const wanted = new Map<string, Pod>();
    for (const manifest of this.options.staticPods?.list() ?? []) {
      const pod = staticPod(manifest, this.options.nodeName, seen);
      wanted.set(nameOf(pod), pod);
    }
    for (const [name, pod] of this.statics) {
      if (wanted.get(name)?.metadata.uid === pod.metadata.uid) continue;
      this.statics.delete(name);
      this.workers.get(pod.metadata.uid ?? '')?.remove();
      const mirror = this.mirrors.of(pod);
      if (mirror && !wanted.has(name)) void this.mirrors.delete(mirror);
    }
    for (const [name, pod] of wanted) {
      if (this.statics.has(name)) continue;
      this.statics.set(name, pod);
      this.addWorker(pod).wake();
      void this.mirrors.ensure(pod);
    }
  }

  private mirrorChanged(mirror: Pod): void {
    this.mirrors.observed(mirror);
    const source = this.statics.get(nameOf(mirror));
    if (!source) void this.mirrors.delete(mirror);
    else if (
      mirror.metadata.deletionTimestamp ||
      mirror.metadata.annotations?.['kubernetes.io/config.mirror'] !== source.metadata.uid
    ) {
      void this.mirrors.delete(mirror);
    } else this.context.statuses.observeMirror(source.metadata.uid ?? '', mirror);
  }

  // ---- lookups

  private findPod(namespace: string, name: string): Pod | undefined {
    const own = this.statics.get(`${namespace}/${name}`);
    if (own) return own;
    for (const { pod } of this.workers.values()) {
      if (pod.metadata.name === name && pod.metadata.namespace === namespace) return pod;
    }
    return undefined;
  }

  private allPods(): readonly Pod[] {
    return [...this.workers.values()].map(({ pod }) => ({
      ...pod,
      status: this.context.statuses.get(pod.metadata.uid ?? '') ?? pod.status,
    }));
  }

  private async services(): Promise<readonly Service[]> {
    if (this.options.services) return this.options.services.list();
    // Static Pods must start before there is an API server to ask.
    if (!this.agent.node) return [];
    const informer = this.informers.informer(services);
    if (!informer.hasSynced) await informer.synced;
    return informer.lister.list();
  }

  private untilTick(ms: Millis): Millis {
    const due = this.world.clock.now() + ms - this.tickPhase;
    return Math.max(0, Math.ceil(due / TICK_MS) * TICK_MS + this.tickPhase - this.world.clock.now());
  }
}

/** Readiness gates are conditions that somebody else writes. */
function sameForeignConditions(before: Pod, after: Pod): boolean {
  const [a, b] = [before.status.conditions ?? [], after.status.conditions ?? []];
  let foreign = 0;
  for (const condition of a) if (!OWNED_CONDITIONS.includes(condition.type)) foreign++;
  for (const condition of b) {
    if (OWNED_CONDITIONS.includes(condition.type)) continue;
    foreign--;
    if (a.find((other) => other.type === condition.type)?.status !== condition.status) return false;
  }
  return foreign === 0;
}
