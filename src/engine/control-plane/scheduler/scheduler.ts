/** The scheduler without its client: events in, decisions out. @upstream pkg/scheduler/scheduler.go, schedule_one.go */
import type { Node, Pod } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { invariant, type World } from '#engine/sim';
import { SchedulerCache } from './framework/cache.ts';
import {
  assignedPodAdd,
  assignedPodDelete,
  type ClusterEvent,
  nodeAdd,
  nodeDelete,
  nodeUpdateEvents,
} from './framework/cluster-event.ts';
import { CycleState } from './framework/cycle-state.ts';
import { CycleExplanation, ExplanationRing } from './framework/explanation.ts';
import { Framework, SchedulingError } from './framework/framework.ts';
import type { NodeInfo } from './framework/node-info.ts';
import { fitErrorMessage, NodeStatuses } from './framework/node-statuses.ts';
import { Nominator } from './framework/nominator.ts';
import type { Candidate, PluginHandle, PreemptionExplanation } from './framework/plugin.ts';
import { type PodInfo, podInfoOf, withNodeName } from './framework/pod-info.ts';
import { resolveProfile, SchedulerConfigurationError } from './framework/profile.ts';
import type { QueuedPod } from './framework/queued-pod.ts';
import { PodScheduler, preFilterMessage, type ScheduleResult } from './framework/schedule-pod.ts';
import { defaultQueueOptions, SchedulingQueue } from './framework/scheduling-queue.ts';
import { isRejected, type Verdict, verdictMessage } from './framework/verdict.ts';
import { WaitingPods } from './framework/waiting-pods.ts';
import { createRegistry } from './plugins/registry.ts';
import type { SchedulerSettings, SchedulingFailure } from './settings.ts';

export class Scheduler {
  readonly cache = new SchedulerCache();
  readonly nominator = new Nominator();
  readonly queue: SchedulingQueue;
  readonly explanations: ExplanationRing;
  private readonly waiting: WaitingPods;
  private readonly frameworks = new Map<string, Framework>();
  private readonly podScheduler: PodScheduler;
  /** Preemptors whose evictions have not all been asked for. */
  private readonly preempting = new Set<string>();
  private lastPreemption: PreemptionExplanation | undefined;

  constructor(
    private readonly world: World,
    private readonly settings: SchedulerSettings,
  ) {
    const config = settings.config ?? {};
    const rng = world.rng.fork('scheduler');
    const hosts = rng.fork('select-host');
    this.explanations = settings.explanations ?? new ExplanationRing();
    this.waiting = new WaitingPods(world.clock);
    this.podScheduler = new PodScheduler(this.cache, {
      percentageOfNodesToScore: config.percentageOfNodesToScore ?? 0,
      chooseHost: settings.chooseHost ?? ((tied) => tied[hosts.int(tied.length)] as NodeInfo),
    });
    const offsets = rng.fork('preemption');
    for (const profile of config.profiles?.length ? config.profiles : [{}]) {
      // The plugins and the framework that runs them know each other.
      let framework: Framework | undefined;
      const handle = this.handle(
        () => {
          invariant(framework, 'a plugin ran before its framework was built');
          return framework;
        },
        (bound) => offsets.int(bound),
      );
      const resolved = resolveProfile(profile, { ...createRegistry(handle), ...settings.outOfTree?.(handle) });
      if (this.frameworks.has(resolved.schedulerName)) {
        throw new SchedulerConfigurationError(
          `duplicate profile with scheduler name ${JSON.stringify(resolved.schedulerName)}`,
        );
      }
      framework = new Framework(resolved, this.nominator);
      this.frameworks.set(resolved.schedulerName, framework);
    }
    this.queue = new SchedulingQueue(
      () => world.clock.now(),
      new Map([...this.frameworks].map(([name, framework]) => [name, queueProfile(framework)])),
      this.nominator,
      {
        ...defaultQueueOptions,
        ...(config.podInitialBackoffSeconds !== undefined && {
          initialBackoffMs: config.podInitialBackoffSeconds * 1000,
        }),
        ...(config.podMaxBackoffSeconds !== undefined && { maxBackoffMs: config.podMaxBackoffSeconds * 1000 }),
      },
      settings.onChange,
    );
  }

  private handle(framework: () => Framework, random: (bound: number) => number): PluginHandle {
    const { settings, world } = this;
    return {
      snapshot: this.cache,
      cluster: settings.cluster,
      runner: {
        filterWithNominatedPods: (state, pod, node) => framework().filterWithNominatedPods(state, pod, node),
        addPod: (state, toSchedule, pod, node) => framework().addPod(state, toSchedule, pod, node),
        removePod: (state, toSchedule, pod, node) => framework().removePod(state, toSchedule, pod, node),
      },
      now: () => world.clock.now(),
      random,
      chooseCandidate: settings.chooseCandidate ?? ((nodes) => nodes[random(nodes.length)] as string),
      preempt: (preemptor, candidate) => this.start(this.preempt(preemptor, candidate)),
      isPreempting: (uid) => this.preempting.has(uid),
      explainPreemption: (explanation) => {
        this.lastPreemption = explanation;
      },
      allowWaiting: (uid, plugin) => this.waiting.allow(uid, plugin),
      rejectWaiting: (uid, plugin, message) => void this.waiting.reject(uid, plugin, message),
      bind: (pod, nodeName) => settings.effects.bind(pod, nodeName),
      bindVolumes: (work) => settings.effects.bindVolumes(work),
    };
  }

  private start(work: Promise<void>): void {
    work.catch(this.settings.onPanic);
  }

  // Events. Each is called once per change, in order. @upstream pkg/scheduler/eventhandlers.go

  nodeAdded(node: Node): void {
    this.cache.addNode(node);
    this.queue.moveAll(nodeAdd, undefined, node);
  }

  nodeUpdated(previous: Node, node: Node): void {
    this.cache.updateNode(node);
    const event = nodeUpdateEvents(previous, node);
    if (event) this.queue.moveAll(event, previous, node);
  }

  nodeDeleted(node: Node): void {
    this.queue.moveAll(nodeDelete, node, undefined);
    this.cache.removeNode(node);
  }

  podAdded(pod: Pod): void {
    if (pod.spec.nodeName) this.assigned(pod);
    else if (this.isResponsible(pod)) this.queue.add(pod);
  }

  podUpdated(previous: Pod, pod: Pod): void {
    if (!pod.spec.nodeName) {
      if (this.isResponsible(pod) && !this.cache.isAssumed(pod.metadata.uid ?? '')) this.queue.update(previous, pod);
      return;
    }
    if (!previous.spec.nodeName) {
      this.queue.delete(previous);
      this.assigned(pod);
      return;
    }
    this.cache.addPod(pod);
    this.queue.assignedPodUpdated(previous, pod);
  }

  podDeleted(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (pod.spec.nodeName) {
      this.cache.removePod(uid);
      this.queue.moveAll(assignedPodDelete, pod, undefined);
      return;
    }
    const nominated = this.nominator.nominatedNode(uid) !== undefined;
    this.queue.delete(pod);
    this.waiting.reject(uid, '', 'pod was deleted');
    // What was held for it is free for others.
    if (nominated) this.queue.moveAll(assignedPodDelete, pod, undefined);
  }

  /** Anything else plugins may have registered for. */
  happened(event: ClusterEvent, previous: KubeObject | undefined, object: KubeObject | undefined): void {
    this.queue.moveAll(event, previous, object);
  }

  private assigned(pod: Pod): void {
    this.cache.addPod(pod);
    this.queue.moveAll(assignedPodAdd, undefined, pod);
  }

  private isResponsible(pod: Pod): boolean {
    return this.frameworks.has(pod.spec.schedulerName ?? '');
  }

  /** One scheduling cycle, start to end within this call; binding goes on beside. False when no Pod waits. */
  scheduleOne(): boolean {
    const queued = this.queue.pop();
    if (!queued) return false;
    const { pod, uid } = queued.info;
    const framework = this.frameworks.get(pod.spec.schedulerName ?? '');
    if (!framework || pod.metadata.deletionTimestamp || this.cache.isAssumed(uid)) {
      if (pod.metadata.deletionTimestamp) this.settings.effects.skipped(pod);
      this.queue.done(uid);
      return true;
    }
    this.cycle(framework, queued);
    return true;
  }

  private cycle(framework: Framework, queued: QueuedPod): void {
    const state = new CycleState();
    this.lastPreemption = undefined;
    if (this.cache.nodes.length === 0) {
      const message = 'no nodes available to schedule pods';
      this.explain(framework, queued, undefined, { message });
      this.fail(queued, { reason: 'Unschedulable', message, nomination: { nominatedNodeName: '' } });
      return;
    }
    try {
      const result = this.podScheduler.schedule(framework, state, queued.info);
      if (result.host) this.place(framework, state, queued, result, result.host);
      else this.postFilter(framework, state, queued, result);
    } catch (error) {
      if (!(error instanceof SchedulingError)) throw error;
      this.explain(framework, queued, undefined, { message: error.message });
      this.fail(queued, { reason: 'SchedulerError', message: error.message, nomination: { nominatedNodeName: '' } });
    }
  }

  private postFilter(framework: Framework, state: CycleState, queued: QueuedPod, result: ScheduleResult): void {
    const numAllNodes = this.cache.nodes.length;
    const has = framework.profile.points.postFilter.length > 0;
    const answer = has
      ? framework.postFilter(state, queued.info, result.statuses)
      : { nomination: { nominatedNodeName: '' }, verdict: undefined };
    const message = fitErrorMessage(numAllNodes, result.statuses, {
      preFilterMessage: preFilterMessage(result),
      postFilterMessage: verdictMessage(answer.verdict),
    });
    queued.unschedulablePlugins = result.unschedulablePlugins;
    this.explain(framework, queued, result, { message });
    this.fail(queued, { reason: 'Unschedulable', message, nomination: answer.nomination });
  }

  /** Counts the Pod on its Node and starts binding. */
  private place(
    framework: Framework,
    state: CycleState,
    queued: QueuedPod,
    result: ScheduleResult,
    host: NodeInfo,
  ): void {
    const assumed = podInfoOf(withNodeName(queued.info.pod, host.name));
    this.cache.assume(assumed, host.name);
    this.nominator.delete(assumed.uid);
    const permit = framework.reserve(state, assumed, host.name) ?? framework.permit(state, assumed, host.name);
    if (permit && 'code' in permit) {
      this.release(framework, state, assumed, host.name);
      const message = isRejected(permit) ? refusedHere(host.name, permit) : verdictMessage(permit);
      if (isRejected(permit) && permit.plugin) queued.unschedulablePlugins = new Set([permit.plugin]);
      this.explain(framework, queued, result, { message });
      this.fail(queued, {
        reason: isRejected(permit) ? 'Unschedulable' : 'SchedulerError',
        message,
        nomination: { nominatedNodeName: '' },
      });
      return;
    }
    this.explain(framework, queued, result, { nodeName: host.name });
    this.start(this.bindingCycle(framework, state, queued, assumed, host.name, permit));
  }

  private release(framework: Framework, state: CycleState, pod: PodInfo, nodeName: string): void {
    framework.unreserve(state, pod, nodeName);
    this.cache.forget(pod.uid);
  }

  private async bindingCycle(
    framework: Framework,
    state: CycleState,
    queued: QueuedPod,
    pod: PodInfo,
    nodeName: string,
    waitFor: ReadonlyMap<string, number> | undefined,
  ): Promise<void> {
    const held = waitFor && (await this.waiting.wait(pod.uid, waitFor));
    if (!held) this.queue.done(pod.uid);
    const outcome =
      held ?? (await framework.preBind(state, pod, nodeName)) ?? (await framework.bind(state, pod, nodeName));
    if (!outcome) {
      framework.postBind(state, pod, nodeName);
      this.settings.effects.scheduled(pod.pod, nodeName);
      return;
    }
    this.release(framework, state, pod, nodeName);
    this.queue.moveAll(assignedPodDelete, pod.pod, undefined, (other) => other.uid !== pod.uid);
    if (held?.plugin) queued.unschedulablePlugins = new Set([held.plugin]);
    this.fail(queued, {
      reason: held ? 'Unschedulable' : 'SchedulerError',
      message: held
        ? refusedHere(nodeName, held)
        : `binding rejected: running Bind plugin ${JSON.stringify(outcome.plugin ?? '')}: ${verdictMessage(outcome)}`,
      nomination: { nominatedNodeName: '' },
    });
  }

  /** Back to the queue, unless the Pod is gone or bound meanwhile. @upstream pkg/scheduler/schedule_one.go handleSchedulingFailure */
  private fail(queued: QueuedPod, failure: SchedulingFailure): void {
    const current = this.settings.currentPod(queued.info.key);
    if (!current || current.metadata.uid !== queued.info.uid || current.spec.nodeName) {
      this.queue.done(queued.info.uid);
      return;
    }
    queued.info = podInfoOf(current);
    if (failure.nomination) this.nominator.set(queued.info, failure.nomination.nominatedNodeName);
    this.queue.addUnschedulable(queued);
    this.settings.effects.failed(current, failure);
  }

  /** Evicts all victims at once but the last, whose going is the event that brings the preemptor back. */
  private async preempt(preemptor: PodInfo, { node, victims }: Candidate): Promise<void> {
    const { effects } = this.settings;
    this.preempting.add(preemptor.uid);
    for (const other of this.nominator.podsOn(node)) {
      if (other.priority >= preemptor.priority || other.uid === preemptor.uid) continue;
      this.nominator.delete(other.uid);
      effects.clearNomination(other);
    }
    const last = victims.at(-1);
    /** False when no event will tell of the victim's going. */
    const evict = async (victim: PodInfo): Promise<boolean> =>
      this.waiting.reject(victim.uid, 'DefaultPreemption', 'preempted') || effects.evict(victim, preemptor, node);
    const before = await Promise.all(victims.slice(0, -1).map(evict));
    this.preempting.delete(preemptor.uid);
    const complete = last !== undefined && before.every(Boolean) && (await evict(last));
    if (!complete) this.queue.activate([preemptor.uid]);
  }

  private explain(
    framework: Framework,
    queued: QueuedPod,
    result: ScheduleResult | undefined,
    outcome: { readonly nodeName?: string; readonly message?: string },
  ): void {
    const explanation = new CycleExplanation({
      at: this.world.clock.now(),
      pod: queued.info.key,
      uid: queued.info.uid,
      attempt: queued.attempts,
      profile: framework.profile.schedulerName,
      numAllNodes: this.cache.nodes.length,
      feasible: result?.feasible.map((node) => node.name) ?? [],
      refused: result?.statuses.explicit ?? new NodeStatuses().explicit,
      absent: result?.preFilterVerdict ?? result?.statuses.absent,
      scores: result?.scores,
      best: result?.tied.map((node) => node.name),
      unschedulablePlugins: [...(result?.unschedulablePlugins ?? [])].sort(),
      preemption: this.lastPreemption,
      ...outcome,
    });
    this.explanations.add(explanation);
    this.world.trace.emit('scheduler.cycle', explanation);
  }
}

/** Reserve or Permit refused the one Node chosen. */
function refusedHere(node: string, verdict: Verdict): string {
  const statuses = new NodeStatuses();
  statuses.set(node, verdict);
  return fitErrorMessage(1, statuses);
}

const queueProfile = (framework: Framework) => {
  const [sort] = framework.profile.points.queueSort;
  return {
    plugins: framework.profile.plugins,
    less: (a: QueuedPod, b: QueuedPod) => sort?.less?.(a, b) ?? false,
    preEnqueue: (pod: PodInfo) => framework.preEnqueue(pod),
  };
};
