/** What the scheduler does to the cluster, through a client. */
import { type Pod, type PodCondition, persistentVolumeClaims, persistentVolumes, pods } from '#engine/api';
import { isNotFound, objectKey } from '#engine/apimachinery';
import { type Client, type EventsV1Recorder, isPanic } from '#engine/client-go';
import { formatTime, type World } from '#engine/sim';
import type { PodInfo } from './framework/pod-info.ts';
import { type Outcome, verdict } from './framework/verdict.ts';
import type { VolumeWork } from './framework/volume-view.ts';
import type { SchedulerEffects, SchedulingFailure } from './settings.ts';

/** How often bound claims are looked for, and for how long. */
const BIND_POLL_MS = 1000;
const BIND_TIMEOUT_MS = 600_000;

/** Longest note of an Event. */
const NOTE_LIMIT = 1024;

const truncated = (message: string): string =>
  message.length <= NOTE_LIMIT ? message : `${message.slice(0, NOTE_LIMIT - 4)} ...`;

/**
 * The condition to write, or undefined when the Pod says it already.
 * @upstream pkg/api/v1/pod/util.go UpdatePodCondition
 */
function changedCondition(
  pod: Pod,
  next: Omit<PodCondition, 'lastTransitionTime'>,
  now: string,
): PodCondition | undefined {
  const current = pod.status.conditions?.find((condition) => condition.type === next.type);
  if (!current) return { ...next, lastTransitionTime: now };
  if (
    current.status === next.status &&
    current.reason === next.reason &&
    current.message === next.message &&
    current.observedGeneration === next.observedGeneration
  ) {
    return undefined;
  }
  const since = current.status === next.status ? current.lastTransitionTime : undefined;
  return { ...next, lastTransitionTime: since ?? now };
}

const observedGeneration = (pod: Pod) =>
  pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation };

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A killed process waits for nothing any more. */
const dead = <T>(): Promise<T> => new Promise(() => undefined);

interface StatusChange {
  readonly condition?: PodCondition | undefined;
  readonly nominatedNodeName?: string | undefined;
}

const nameOf = (pod: Pod) => ({ namespace: pod.metadata.namespace, name: pod.metadata.name });

/**
 * @upstream pkg/scheduler/schedule_one.go, pkg/scheduler/framework/preemption/executor.go
 * @fidelity full
 */
export class ApiEffects implements SchedulerEffects {
  constructor(
    private readonly world: World,
    private readonly client: Client,
    private readonly recorder: EventsV1Recorder,
    private readonly onPanic: (error: unknown) => void,
    private readonly signal: AbortSignal,
  ) {}

  async bind({ pod }: PodInfo, nodeName: string): Promise<Outcome> {
    if (this.signal.aborted) return dead();
    const { namespace, name, uid } = pod.metadata;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { ...(namespace !== undefined && { namespace }), name, ...(uid !== undefined && { uid }) },
      target: { kind: 'Node', name: nodeName },
    };
    try {
      await this.client.createSubresource(pods, { namespace, name }, 'binding', binding);
      return undefined;
    } catch (error) {
      if (isPanic(error)) throw error;
      return verdict('Error', 'DefaultBinder', reasonOf(error));
    }
  }

  async bindVolumes({ volumes, claims, wrote, progress }: VolumeWork): Promise<Outcome> {
    try {
      for (const volume of volumes) wrote(await this.client.update(persistentVolumes, volume));
      for (const claim of claims) wrote(await this.client.update(persistentVolumeClaims, claim));
    } catch (error) {
      if (isPanic(error)) throw error;
      return verdict('Error', 'VolumeBinding', `binding volumes: ${reasonOf(error)}`);
    }
    const until = this.world.clock.now() + BIND_TIMEOUT_MS;
    while (this.world.clock.now() < until) {
      await this.world.clock.sleep(BIND_POLL_MS, 'binding volumes', this.signal);
      if (this.signal.aborted) return dead();
      const state = progress();
      if (state) return state === 'bound' ? undefined : state;
    }
    return verdict('Error', 'VolumeBinding', 'binding volumes: context deadline exceeded');
  }

  scheduled(pod: Pod, nodeName: string): void {
    const { namespace, name } = pod.metadata;
    const note = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
    this.recorder.event(pod, undefined, 'Normal', 'Scheduled', 'Binding', note);
  }

  failed(pod: Pod, { reason, message, nomination }: SchedulingFailure): void {
    this.recorder.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', truncated(message));
    const refused = { type: 'PodScheduled', ...observedGeneration(pod), status: 'False', reason, message };
    const nominated = nomination?.nominatedNodeName;
    const changed = nominated !== undefined && nominated !== (pod.status.nominatedNodeName ?? '');
    const change = {
      condition: changedCondition(pod, refused, this.now()),
      nominatedNodeName: changed ? nominated : undefined,
    };
    this.inBackground(pod, 'updating status', this.patchStatus(pod, change));
  }

  skipped(pod: Pod): void {
    const note = `skip schedule deleting pod: ${pod.metadata.namespace}/${pod.metadata.name}`;
    this.recorder.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', note);
  }

  async evict({ pod: victim }: PodInfo, { pod: preemptor }: PodInfo, nodeName: string): Promise<boolean> {
    if (this.signal.aborted) return dead();
    const disruption = {
      type: 'DisruptionTarget',
      ...observedGeneration(victim),
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${preemptor.spec.schedulerName}: preempting to accommodate a higher priority pod`,
    };
    try {
      await this.patchStatus(victim, { condition: changedCondition(victim, disruption, this.now()) });
      await this.client.delete(pods, nameOf(victim));
    } catch (error) {
      if (isPanic(error)) throw error;
      if (!isNotFound(error)) this.complain(victim, 'preempting', error);
      return false;
    }
    const note = `Preempted by pod ${preemptor.metadata.uid} on node ${nodeName}`;
    this.recorder.event(victim, preemptor, 'Normal', 'Preempted', 'Preempting', note);
    return true;
  }

  clearNomination({ pod }: PodInfo): void {
    if (!pod.status.nominatedNodeName) return;
    this.inBackground(pod, 'clearing nominated node', this.patchStatus(pod, { nominatedNodeName: '' }));
  }

  private now(): string {
    return formatTime(this.world.clock.now());
  }

  private async patchStatus(pod: Pod, { condition, nominatedNodeName }: StatusChange): Promise<void> {
    if (!condition && nominatedNodeName === undefined) return;
    const status = {
      ...(condition && { conditions: [condition] }),
      // null is how a patch takes a field away.
      ...(nominatedNodeName !== undefined && {
        nominatedNodeName: nominatedNodeName === '' ? null : nominatedNodeName,
      }),
    };
    await this.client.patch(pods, { ...nameOf(pod), subresource: 'status' }, 'strategic', { status });
  }

  /** Upstream logs what it cannot write; the next cycle writes it again. */
  private inBackground(pod: Pod, what: string, work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (isPanic(error)) this.onPanic(error);
      else this.complain(pod, what, error);
    });
  }

  private complain(pod: Pod, what: string, error: unknown): void {
    this.world.trace.emit('scheduler.error', { pod: objectKey(pod), what, message: reasonOf(error) });
  }
}
