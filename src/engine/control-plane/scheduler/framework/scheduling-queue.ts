/**
 * Which Pod next: active, backing off, or unschedulable until something happens that may help.
 * @upstream pkg/scheduler/backend/queue/scheduling_queue.go, active_queue.go
 */
import type { Pod } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Millis } from '#engine/sim';
import { BackoffQueue } from './backoff-queue.ts';
import {
  action,
  type ClusterEvent,
  podUpdateEvent,
  type QueueingHint,
  registrationMatches,
  unschedulableTimeout,
} from './cluster-event.ts';
import { Heap } from './heap.ts';
import type { Nominator } from './nominator.ts';
import type { Plugin } from './plugin.ts';
import { type PodInfo, podInfoOf } from './pod-info.ts';
import type { QueuedPod } from './queued-pod.ts';
import type { Outcome } from './verdict.ts';

/** What the queue needs of a profile. */
export interface QueueProfile {
  readonly plugins: readonly Plugin[];
  less(a: QueuedPod, b: QueuedPod): boolean;
  preEnqueue(pod: PodInfo): Outcome;
}

export interface SchedulingQueueOptions {
  readonly initialBackoffMs: Millis;
  readonly maxBackoffMs: Millis;
  /** Pods nothing has helped for this long are tried again. */
  readonly maxInUnschedulableMs: Millis;
}

export const defaultQueueOptions: SchedulingQueueOptions = {
  initialBackoffMs: 1_000,
  maxBackoffMs: 10_000,
  maxInUnschedulableMs: 300_000,
};

interface Happening {
  readonly event: ClusterEvent;
  readonly previous: KubeObject | undefined;
  readonly object: KubeObject | undefined;
}

type Strategy = 'skip' | 'afterBackoff' | 'immediately';

interface Registration {
  readonly plugin: string;
  readonly resource: Parameters<typeof registrationMatches>[0];
  readonly hint: QueueingHint | undefined;
}

const noPlugins: ReadonlySet<string> = new Set();

/**
 * @fidelity partial: no Pod groups; Pods that backed off are tried early when nothing else waits, as by default upstream
 */
export class SchedulingQueue {
  private readonly active: Heap<QueuedPod>;
  private readonly backoff: BackoffQueue;
  private readonly unschedulable = new Map<string, QueuedPod>();
  /** Pods in a cycle, with what has happened since: it may be just what they lack. */
  private readonly inFlight = new Map<string, Happening[]>();
  private readonly registrations = new Map<string, readonly Registration[]>();
  private sequence = 0;

  /**
   * @param profiles by schedulerName
   * @param onChange called when a Pod can be popped, or must be flushed, that could not before
   */
  constructor(
    private readonly now: () => Millis,
    private readonly profiles: ReadonlyMap<string, QueueProfile>,
    private readonly nominator: Nominator,
    private readonly options: SchedulingQueueOptions,
    private readonly onChange: () => void,
  ) {
    const [first] = profiles.values();
    const less = (a: QueuedPod, b: QueuedPod) => first?.less(a, b) ?? false;
    this.active = new Heap((pod) => pod.info.uid, less);
    this.backoff = new BackoffQueue({ initialMs: options.initialBackoffMs, maxMs: options.maxBackoffMs }, less);
    for (const [name, profile] of profiles) this.registrations.set(name, profile.plugins.flatMap(registrationsOf));
  }

  get sizes(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return { active: this.active.size, backoff: this.backoff.size, unschedulable: this.unschedulable.size };
  }

  /** A new Pod that waits for a Node. */
  add(pod: Pod): void {
    const info = podInfoOf(pod);
    const queued: QueuedPod = {
      info,
      timestamp: this.now(),
      sequence: this.sequence++,
      attempts: 0,
      unschedulableCount: 0,
      consecutiveErrors: 0,
      backoffExpiration: 0,
      initialAttempt: undefined,
      unschedulablePlugins: noPlugins,
      pendingPlugins: noPlugins,
      gatedBy: undefined,
    };
    if (pod.status.nominatedNodeName) this.nominator.set(info, pod.status.nominatedNodeName);
    this.moveToActive(queued);
  }

  update(previous: Pod, pod: Pod): void {
    const info = podInfoOf(pod);
    const event = podUpdateEvent('TargetPod', previous, pod);
    this.nominator.update(podInfoOf(previous), info);
    const happenings = this.inFlight.get(info.uid);
    if (happenings) {
      if (event) happenings.push({ event, previous, object: pod });
      return;
    }
    const waiting = this.active.get(info.uid);
    if (waiting) {
      waiting.info = info;
      this.active.push(waiting);
      return;
    }
    const backing = this.backoff.get(info.uid);
    if (backing) {
      backing.info = info;
      this.backoff.add(backing);
      return;
    }
    const stuck = this.unschedulable.get(info.uid);
    if (!stuck) {
      this.add(pod);
      return;
    }
    stuck.info = info;
    if (event) this.requeue(stuck, this.worthRequeuing(stuck, { event, previous, object: pod }));
  }

  delete(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.nominator.delete(uid);
    this.active.delete(uid);
    this.backoff.delete(uid);
    this.unschedulable.delete(uid);
  }

  /** The next Pod to schedule. It is in flight until `done` or `addUnschedulable`. */
  pop(): QueuedPod | undefined {
    const pod = this.active.pop() ?? this.backoff.popEarly();
    if (!pod) return undefined;
    pod.attempts++;
    pod.unschedulablePlugins = noPlugins;
    pod.pendingPlugins = noPlugins;
    pod.gatedBy = undefined;
    this.inFlight.set(pod.info.uid, []);
    return pod;
  }

  get isReady(): boolean {
    return this.active.size > 0 || this.backoff.hasEarly;
  }

  /** The Pod needs the queue no more. */
  done(uid: string): void {
    this.inFlight.delete(uid);
  }

  /** Back after a cycle without a Node. Plugins that refused it are on it; none means the cycle failed. */
  addUnschedulable(pod: QueuedPod): void {
    const happenings = this.inFlight.get(pod.info.uid) ?? [];
    this.inFlight.delete(pod.info.uid);
    pod.timestamp = this.now();
    pod.sequence = this.sequence++;
    pod.backoffExpiration = 0;
    if (pod.unschedulablePlugins.size + pod.pendingPlugins.size === 0) {
      pod.consecutiveErrors++;
      this.requeue(pod, 'afterBackoff');
      return;
    }
    pod.unschedulableCount++;
    pod.consecutiveErrors = 0;
    let strategy: Strategy = 'skip';
    for (const happening of happenings) {
      const next = this.worthRequeuing(pod, happening);
      if (next === 'immediately') strategy = next;
      else if (next === 'afterBackoff' && strategy === 'skip') strategy = next;
    }
    this.requeue(pod, strategy);
  }

  /** Something happened: Pods it may help are moved on. */
  moveAll(event: ClusterEvent, previous?: KubeObject, object?: KubeObject, allows?: (pod: PodInfo) => boolean): void {
    if (!this.isOfInterest(event)) return;
    const happening = { event, previous, object };
    for (const happenings of this.inFlight.values()) happenings.push(happening);
    for (const pod of [...this.unschedulable.values()]) {
      if (allows && !allows(pod.info)) continue;
      this.requeue(pod, this.worthRequeuing(pod, happening));
    }
  }

  /** A Pod was bound or changed on its Node: Pods that look at other Pods may care. */
  assignedPodUpdated(previous: Pod, pod: Pod): void {
    const event = podUpdateEvent('AssignedPod', previous, pod);
    if (event) this.moveAll(event, previous, pod);
  }

  /** Gives Pods another chance whatever keeps them. */
  activate(uids: readonly string[]): void {
    for (const uid of uids) {
      const pod = this.unschedulable.get(uid) ?? this.backoff.get(uid);
      if (pod) this.requeue(pod, 'immediately');
    }
  }

  /** When `flush` has something to do next. Gated Pods are not waited for: what ungates them is an event. */
  get nextFlush(): Millis | undefined {
    let next = this.backoff.nextExpiration;
    for (const pod of this.unschedulable.values()) {
      if (pod.gatedBy !== undefined) continue;
      const due = pod.timestamp + this.options.maxInUnschedulableMs + 1;
      if (next === undefined || due < next) next = due;
      // The others came later.
      break;
    }
    return next;
  }

  /** Backoffs that ended, and Pods nobody helped for five minutes. */
  flush(): void {
    const now = this.now();
    for (const pod of this.backoff.popExpired(now)) this.moveToActive(pod);
    for (const pod of [...this.unschedulable.values()]) {
      if (pod.gatedBy !== undefined || now - pod.timestamp <= this.options.maxInUnschedulableMs) continue;
      this.requeue(
        pod,
        this.worthRequeuing(pod, { event: unschedulableTimeout, previous: undefined, object: undefined }),
      );
    }
  }

  private isOfInterest(event: ClusterEvent): boolean {
    if (event.resource === '*') return true;
    for (const list of this.registrations.values()) {
      if (list.some(({ resource }) => registrationMatches(resource, event))) return true;
    }
    return false;
  }

  private worthRequeuing(pod: QueuedPod, { event, previous, object }: Happening): Strategy {
    if (pod.unschedulablePlugins.size + pod.pendingPlugins.size === 0 || event.resource === '*') return 'afterBackoff';
    let strategy: Strategy = 'skip';
    for (const { plugin, resource, hint } of this.registrations.get(pod.info.pod.spec.schedulerName ?? '') ?? []) {
      const pending = pod.pendingPlugins.has(plugin);
      if (!pending && !pod.unschedulablePlugins.has(plugin)) continue;
      if (!registrationMatches(resource, event)) continue;
      if (hint?.(pod.info.pod, previous, object) === 'Skip') continue;
      if (pending) return 'immediately';
      strategy = 'afterBackoff';
    }
    return strategy;
  }

  private requeue(pod: QueuedPod, strategy: Strategy): void {
    const { uid } = pod.info;
    if (strategy === 'skip') {
      this.unschedulable.set(uid, pod);
      this.onChange();
      return;
    }
    if (strategy === 'afterBackoff' && this.backoff.isBackingOff(pod, this.now())) {
      if (this.isGated(pod)) return;
      this.unschedulable.delete(uid);
      this.backoff.add(pod);
      this.onChange();
      return;
    }
    this.moveToActive(pod);
  }

  /** PreEnqueue decides; a Pod kept out waits among the unschedulable. */
  private isGated(pod: QueuedPod): boolean {
    const refused = this.profiles.get(pod.info.pod.spec.schedulerName ?? '')?.preEnqueue(pod.info);
    pod.gatedBy = refused?.plugin;
    if (!refused) return false;
    if (refused.plugin) pod.unschedulablePlugins = new Set([...pod.unschedulablePlugins, refused.plugin]);
    this.backoff.delete(pod.info.uid);
    this.unschedulable.set(pod.info.uid, pod);
    return true;
  }

  private moveToActive(pod: QueuedPod): void {
    if (this.isGated(pod)) return;
    this.unschedulable.delete(pod.info.uid);
    this.backoff.delete(pod.info.uid);
    this.active.push(pod);
    this.onChange();
  }
}

/** A plugin that can refuse Pods and registers nothing may be helped by anything. */
function registrationsOf(plugin: Plugin): readonly Registration[] {
  if (plugin.events) return plugin.events.map((resource) => ({ plugin: plugin.name, resource, hint: resource.hint }));
  const refuses = plugin.preEnqueue ?? plugin.preFilter ?? plugin.filter ?? plugin.reserve ?? plugin.permit;
  return refuses ? [{ plugin: plugin.name, resource: { resource: '*', action: action.All }, hint: undefined }] : [];
}
