/**
 * One Pod on this Node, from admission to the end: syncing, terminating, terminated.
 * It wakes when its spec, a container or a probe changes, and by itself only to retry.
 */
import type { Container, Pod } from '#engine/api';
import { type ContainerStatus, RuntimeError, type Sandbox } from '#engine/node/cri';
import type { Millis, Timer } from '#engine/sim';
import { computePodActions, type PodActions } from './compute-pod-actions.ts';
import { limitsOf, startContainer } from './container-starter.ts';
import { fieldPathOf, type KubeletContext, podEvent } from './context.ts';
import { finalStatus } from './final-status.ts';
import { killContainer, killPod } from './pod-killer.ts';
import { generatePodStatus } from './pod-status.ts';
import { PodVolumes } from './pod-volumes.ts';
import { sandboxConfig } from './sandbox-config.ts';
import { ofPod, tell } from './traces.ts';
import { formatDuration, formatPod, latestContainer, type StartFailure } from './types.ts';

export type WorkerPhase = 'syncing' | 'terminating' | 'terminated' | 'finished';

const BACKOFF_PERIOD_MS = 10_000;
const RESYNC_MS = 60_000;
const TRANSIENT_MS = 1_000;
const NETWORK_NOT_READY =
  'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/** When to look again; absent: only when something happens. */
type Requeue = { readonly afterMs: Millis } | undefined;

export class PodWorker {
  phase: WorkerPhase = 'syncing';
  /** The Pod is no longer in the API (or its manifest is gone). */
  removed = false;
  private running = false;
  private again = false;
  private timer: Timer | undefined;
  private deadline: Timer | undefined;
  private eviction: { readonly reason: string; readonly message: string } | undefined;
  private readonly failures = new Map<string, StartFailure>();
  private readonly volumes: PodVolumes;
  private graceMs: Millis | undefined;
  /** Ends the starting of containers when the Pod is to go: a pull under way is not waited for. */
  private readonly starting = new AbortController();
  /** The context while the Pod is syncing. */
  private readonly syncing: KubeletContext;

  constructor(
    private readonly context: KubeletContext,
    public pod: Pod,
    /** Called when nothing of the Pod is left to do here. */
    private readonly onFinished: (worker: PodWorker) => void,
  ) {
    this.syncing = { ...context, signal: this.starting.signal };
    this.volumes = new PodVolumes(this.syncing);
    if (!context.options.hollow) context.prober.add(pod);
  }

  private get uid(): string {
    return this.pod.metadata.uid ?? '';
  }

  update(pod: Pod): void {
    this.pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) this.starting.abort();
    if (this.phase === 'terminating' && pod.metadata.deletionGracePeriodSeconds !== undefined) this.shortenGrace();
    this.wake();
  }

  /** The Pod must end although the API does not ask for it. */
  evict(reason: string, message: string): void {
    if (!this.eviction) {
      const { world, options } = this.context;
      tell(world, 'kubelet.evict', { ...ofPod(options.nodeName, this.pod), reason, message });
    }
    this.eviction ??= { reason, message };
    this.wake();
  }

  /** Nobody wants the Pod any more: its object or manifest is gone. */
  remove(): void {
    this.removed = true;
    this.starting.abort();
    if (this.phase === 'finished') this.cleanUp();
    else this.wake();
  }

  /** The kubelet ends: whatever is under way must not touch the runtime any more. */
  stop(): void {
    this.starting.abort();
    this.timer?.cancel();
    this.deadline?.cancel();
  }

  wake(): void {
    if (this.phase === 'finished' || this.context.signal.aborted) return;
    this.again = true;
    if (!this.running) void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    this.timer?.cancel();
    let requeue: Requeue;
    while (this.again && !this.context.signal.aborted) {
      this.again = false;
      requeue = await this.step();
    }
    this.running = false;
    if (this.context.signal.aborted || !requeue) return;
    this.timer = this.context.atTick(requeue.afterMs, 'kubelet/requeue', () => this.wake());
  }

  private step(): Promise<Requeue> {
    if (this.phase === 'syncing' && (this.removed || this.pod.metadata.deletionTimestamp !== undefined))
      this.phase = 'terminating';
    if (this.phase === 'syncing') return this.sync();
    if (this.phase === 'terminating') return this.terminate();
    return Promise.resolve(this.phase === 'terminated' ? this.terminated() : undefined);
  }

  // ---- syncing

  private async sync(): Promise<Requeue> {
    const { syncing: context, pod } = this;
    this.checkDeadline();
    const status = this.report(false, true);
    if (status.phase === 'Failed' || status.phase === 'Succeeded') {
      this.phase = 'terminating';
      return { afterMs: 0 };
    }
    if (!context.options.hollow && !context.runtime.networkReady && !pod.spec.hostNetwork) {
      podEvent(context, pod, 'Warning', 'NetworkNotReady', NETWORK_NOT_READY);
      return { afterMs: TRANSIENT_MS * context.jitter() };
    }
    const retryMs = await this.volumes.mountAll(pod);
    if (context.signal.aborted) return undefined;
    if (retryMs !== undefined) return { afterMs: retryMs };
    const retryAt = await this.act();
    if (context.signal.aborted) return undefined;
    if (retryAt !== undefined) {
      const wait = Math.min(Math.max(0, retryAt - context.world.clock.now()), RESYNC_MS);
      return { afterMs: wait * context.jitter() };
    }
    if (!PodVolumes.refreshes(pod)) return undefined;
    if (!this.again) await this.volumes.refresh(pod);
    return { afterMs: RESYNC_MS * context.jitter() };
  }

  /** Brings the containers where they should be. Undefined when that worked, else when to try again (an instant). */
  private async act(): Promise<Millis | undefined> {
    const { syncing: context, pod } = this;
    if (!context.options.hollow) this.resize();
    const actions = this.computeActions();
    if (actions.killPod) {
      if (actions.createSandbox && actions.sandboxId !== undefined) {
        podEvent(context, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      }
      await killPod(context, pod, this.effectiveGraceMs());
    } else {
      await Promise.all(actions.containersToKill.map((target) => killContainer(context, pod, target)));
    }
    if (context.signal.aborted || (actions.killPod && !actions.createSandbox)) return undefined;
    const sandbox = await this.sandbox(actions);
    if (!sandbox || context.signal.aborted) return this.backoffPeriod();
    return this.startAll(actions, sandbox);
  }

  /** Limits that were edited take effect in the running containers. */
  private resize(): void {
    for (const container of this.pod.spec.containers) {
      const status = latestContainer(this.context.runtimePod(this.uid), container.name);
      if (status?.state !== 'running') continue;
      const limits = limitsOf(container);
      if (status.cpuLimitCores === limits.cpuLimitCores && status.memoryLimitBytes === limits.memoryLimitBytes)
        continue;
      this.context.runtime.updateContainer(status.id, limits);
    }
  }

  private computeActions(): PodActions {
    const { syncing: context } = this;
    return computePodActions({
      pod: this.pod,
      runtime: context.runtimePod(this.uid),
      probe: (kind, id) => context.prober.result(kind, id),
      imageChanged: (container, status) => imageChanged(context, container, status),
    });
  }

  private async sandbox(actions: PodActions): Promise<Sandbox | undefined> {
    const { syncing: context, pod } = this;
    const existing = context.runtimePod(this.uid).sandboxes.find((sandbox) => sandbox.id === actions.sandboxId);
    if (!actions.createSandbox) return existing;
    try {
      const sandbox = await context.runtime.runSandbox(sandboxConfig(pod, context.options, actions.attempt));
      if (context.signal.aborted) {
        // The request was cancelled while the runtime worked on it.
        context.runtime.removeSandbox(sandbox.id);
        return undefined;
      }
      context.statuses.setSandboxReady(pod);
      return sandbox;
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      podEvent(context, pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${error.message}`);
      return undefined;
    }
  }

  private async startAll(actions: PodActions, sandbox: Sandbox): Promise<Millis | undefined> {
    const { initContainers = [], containers, ephemeralContainers = [] } = this.pod.spec;
    let retryAt: Millis | undefined;
    const note = (at: Millis | undefined) => {
      if (at !== undefined) retryAt = Math.min(at, retryAt ?? at);
    };
    for (const i of actions.ephemeralContainersToStart)
      note(await this.start(ephemeralContainers[i] as Container, sandbox));
    for (const i of actions.initContainersToStart) {
      const failed = await this.start(initContainers[i] as Container, sandbox);
      note(failed);
      // What comes after an init container waits for it.
      if (failed !== undefined && initContainers[i]?.restartPolicy !== 'Always') return retryAt;
    }
    for (const i of actions.containersToStart) note(await this.start(containers[i] as Container, sandbox));
    return retryAt;
  }

  /** Undefined when it runs, else when to try again. */
  private async start(container: Container, sandbox: Sandbox): Promise<Millis | undefined> {
    const { syncing: context, pod } = this;
    if (context.signal.aborted) return undefined;
    const held = this.inBackoff(container);
    if (held !== undefined) return held;
    const failure = await startContainer(context, { pod, container, sandbox, volumes: this.volumes.mounted });
    if (context.signal.aborted) return undefined;
    this.prune(container.name);
    if (!failure) {
      this.failures.delete(container.name);
      return undefined;
    }
    this.failures.set(container.name, failure);
    return this.backoffPeriod();
  }

  /** CrashLoopBackOff: when the container may start again, if not now. */
  private inBackoff(container: Container): Millis | undefined {
    const { context, pod } = this;
    const { crashBackoff } = context;
    const last = latestContainer(context.runtimePod(this.uid), container.name);
    if (last?.state !== 'exited') return undefined;
    const key = `${this.uid} ${container.name} ${container.image}`;
    const endedAt = last.finishedAt ?? 0;
    if (!crashBackoff.isInBackOffSince(key, endedAt)) {
      crashBackoff.next(key, endedAt);
      return undefined;
    }
    const message = `Back-off restarting failed container ${container.name} in pod ${formatPod(pod)}`;
    podEvent(context, pod, 'Warning', 'BackOff', message, fieldPathOf(pod, container.name));
    const [delayMs, until] = [crashBackoff.get(key), crashBackoff.endsAt(key, endedAt)];
    if (this.failures.get(container.name)?.reason !== 'CrashLoopBackOff') {
      const whose = ofPod(context.options.nodeName, pod);
      tell(context.world, 'kubelet.back-off', { ...whose, container: container.name, delayMs, until });
    }
    this.failures.set(container.name, {
      reason: 'CrashLoopBackOff',
      message: `back-off ${formatDuration(delayMs)} restarting failed container=${container.name} pod=${formatPod(pod)}`,
    });
    return until;
  }

  /** One dead container of each name is kept for its log. */
  private prune(name: string): void {
    const dead = this.context
      .runtimePod(this.uid)
      .containers.filter((status) => status.name === name && status.state === 'exited');
    const keep = this.context
      .runtimePod(this.uid)
      .containers.some((status) => status.name === name && status.state !== 'exited')
      ? 1
      : 2;
    for (const status of dead.slice(0, Math.max(0, dead.length - keep)))
      this.context.runtime.removeContainer(status.id);
  }

  private backoffPeriod(): Millis {
    return this.context.world.clock.now() + BACKOFF_PERIOD_MS;
  }

  private checkDeadline(): void {
    const seconds = this.pod.spec.activeDeadlineSeconds;
    if (seconds === undefined || this.deadline) return;
    this.deadline = this.context.world.clock.after(seconds * 1000, 'kubelet/active-deadline', () => {
      if (this.context.signal.aborted || this.phase !== 'syncing') return;
      const message = 'Pod was active on the node longer than the specified deadline';
      podEvent(this.context, this.pod, 'Normal', 'DeadlineExceeded', message);
      this.evict('DeadlineExceeded', message);
    });
  }

  // ---- terminating

  private async terminate(): Promise<Requeue> {
    const { context } = this;
    this.report(false, true);
    context.prober.stopLivenessAndStartup(this.pod);
    await killPod(context, this.pod, this.effectiveGraceMs());
    if (context.signal.aborted) return undefined;
    this.report(true, false);
    context.prober.remove(this.pod);
    this.phase = 'terminated';
    // Events of the containers that just ended must not hurry the last step.
    this.again = false;
    return { afterMs: 0 };
  }

  private terminated(): Requeue {
    const { context, pod } = this;
    this.report(true, false, true);
    this.phase = 'finished';
    this.deadline?.cancel();
    context.images.forget(this.uid);
    if (!this.removed) context.statuses.finish(pod);
    if (this.removed) this.cleanUp();
    return undefined;
  }

  /** Forgets the Pod and its dead containers. */
  private cleanUp(): void {
    const { context } = this;
    for (const sandbox of [...context.runtimePod(this.uid).sandboxes]) context.runtime.removeSandbox(sandbox.id);
    context.runtime.forgetPod(this.uid);
    context.statuses.forget(this.uid);
    context.crashBackoff.forget(`${this.uid} `);
    this.onFinished(this);
  }

  private shortenGrace(): void {
    const before = this.graceMs ?? Number.POSITIVE_INFINITY;
    const now = this.effectiveGraceMs();
    if (now >= before) return;
    for (const status of this.context.runtimePod(this.uid).containers) {
      if (status.state === 'running') void this.context.runtime.stopContainer(status.id, now);
    }
  }

  /** At least one second; what the API says can only shorten it. */
  private effectiveGraceMs(): Millis {
    const { deletionGracePeriodSeconds } = this.pod.metadata;
    const seconds = deletionGracePeriodSeconds || this.pod.spec.terminationGracePeriodSeconds || 1;
    const wanted = deletionGracePeriodSeconds === 0 ? 1 : Math.max(1, seconds);
    this.graceMs = Math.min(this.graceMs ?? Number.POSITIVE_INFINITY, wanted * 1000);
    return this.graceMs;
  }

  private report(isTerminal: boolean, couldRun: boolean, isOver = false) {
    const { context, pod } = this;
    const status = generatePodStatus({
      pod,
      runtime: context.runtimePod(this.uid),
      failures: this.failures,
      probes: context.prober,
      previous: context.statuses.get(this.uid) ?? pod.status,
      idPrefix: context.runtime.idPrefix,
      hollow: context.options.hollow ?? false,
      now: context.world.clock.now(),
      nodeAddresses: context.options.addresses,
      isTerminal,
      ...(this.eviction && { eviction: this.eviction }),
    });
    if (!this.removed) context.statuses.set(pod, isOver ? finalStatus(pod, status) : status, couldRun);
    return status;
  }
}

/** A running container's image name was edited. */
function imageChanged(context: KubeletContext, container: Container, status: ContainerStatus): boolean {
  return context.runtime.container(status.id)?.config.image !== container.image;
}
