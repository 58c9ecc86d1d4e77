/** Runs Jobs to their end. @upstream pkg/controller/job/job_controller.go */
import { type Job, jobs, type Pod, pods } from '#engine/api';
import {
  controllerOf,
  isNotFound,
  keyOf,
  labelSelectorAsMatcher,
  matchesLabels,
  objectKey,
  splitKey,
} from '#engine/apimachinery';
import {
  type Client,
  type ControllerQueue,
  type EventRecorder,
  Expectations,
  isPanic,
  type Lister,
  type ResourceEventHandler,
  startController,
  watchWith,
} from '#engine/client-go';
import { formatTime, type Millis, type World } from '#engine/sim';
import { type ControllerContext, recorderFor } from '../context.ts';
import { createPodControl, type PodControl } from '../pod-control.ts';
import { isPodReady } from '../pod-status.ts';
import { CONTROLLER_INDEX, claimObjects, controllerIndex, orphansOf } from '../ref-manager.ts';
import { type BackoffRecord, NO_FAILURES } from './backoff.ts';
import { ensureCondition, finishedConditionOf, newCondition } from './conditions.ts';
import { isTracked, TRACKING, UNTRACK, Untracked } from './finalizer.ts';
import { managePods } from './manage.ts';
import { beginRound, endOf, isComplete, isSuspended, type Round, untilDeadline } from './round.ts';
import { trackEnds } from './track.ts';

/** What happens to Pods within a second is looked at together. */
const BATCH_MS = 1000;
const OWN_NAME = 'kubernetes.io/job-controller';

const isForeign = ({ spec }: Job): boolean => spec.managedBy !== undefined && spec.managedBy !== OWN_NAME;

/**
 * Starts the Job controller.
 * @fidelity full
 */
export function startJobController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('job-controller');
  const recorder = recorderFor(context, client, 'job-controller');
  const controller = new JobController(context, client, recorder, createPodControl(client, recorder));
  const { queue } = startController(
    world,
    informers,
    {
      name: 'job',
      watches: [
        watchWith(jobs, (own) => controller.jobHandlers(own)),
        watchWith(pods, (own) => controller.podHandlers(own)),
      ],
      reconcile: async (key) => {
        await controller.sync(key);
        return undefined;
      },
    },
    signal,
  );
  controller.queue = queue;
  const orphans = startController(
    world,
    informers,
    {
      name: 'job-orphan-pod',
      workers: 1,
      watches: [],
      reconcile: async (key) => {
        await controller.releaseOrphan(key);
        return undefined;
      },
    },
    signal,
  );
  controller.orphanQueue = orphans.queue;
}

class JobController {
  queue: ControllerQueue | undefined;
  orphanQueue: ControllerQueue | undefined;
  private readonly world: World;
  private readonly expectations: Expectations;
  private readonly untracked = new Untracked();
  private readonly records = new Map<string, BackoffRecord>();
  private readonly jobs: Lister<Job>;
  private readonly pods: Lister<Pod>;

  constructor(
    { world, informers }: ControllerContext,
    private readonly client: Client,
    private readonly recorder: EventRecorder,
    private readonly podControl: PodControl,
  ) {
    this.world = world;
    this.expectations = new Expectations(world.clock);
    const indexers = { [CONTROLLER_INDEX]: controllerIndex };
    this.jobs = informers.informer(jobs, { indexers }).lister;
    this.pods = informers.informer(pods, { indexers }).lister;
  }

  jobHandlers(queue: ControllerQueue): ResourceEventHandler<Job> {
    return {
      added: (job) => queue.add(objectKey(job)),
      updated: (previous, job) => {
        const key = objectKey(job);
        const sameSpec = job.metadata.generation === previous.metadata.generation;
        if (sameSpec) queue.addAfter(key, BATCH_MS);
        else queue.add(key);
        if (finishedConditionOf(job)) this.releaseAll(job);
      },
      deleted: (job) => {
        queue.add(objectKey(job));
        this.releaseAll(job);
      },
    };
  }

  podHandlers(queue: ControllerQueue): ResourceEventHandler<Pod> {
    const gone = (pod: Pod, final: boolean) => {
      const job = this.ownerOf(pod);
      if (!job || finishedConditionOf(job)) {
        const mine = controllerOf(pod);
        if (isTracked(pod) && (!mine || mine.kind === 'Job')) this.orphanQueue?.add(objectKey(pod));
        return;
      }
      const key = objectKey(job);
      this.expectations.deletionObserved(key, pod.metadata.uid ?? '');
      if (final || !isTracked(pod)) this.untracked.observed(key, pod.metadata.uid ?? '');
      queue.addAfter(key, BATCH_MS);
    };
    return {
      added: (pod) => {
        if (pod.metadata.deletionTimestamp !== undefined) {
          gone(pod, false);
          return;
        }
        if (!controllerOf(pod)) {
          this.orphanSeen(queue, pod);
          return;
        }
        const job = this.ownerOf(pod);
        if (!job) return;
        this.expectations.creationObserved(objectKey(job));
        queue.addAfter(objectKey(job), BATCH_MS);
      },
      updated: (previous, pod) => {
        if (pod.metadata.deletionTimestamp !== undefined) gone(pod, false);
        else this.podChanged(queue, previous, pod);
      },
      deleted: (pod) => gone(pod, true),
    };
  }

  private podChanged(queue: ControllerQueue, previous: Pod, pod: Pod): void {
    const wake = (of: Pod) => {
      const job = this.ownerOf(of);
      if (!job) return;
      if (!isTracked(pod)) this.untracked.observed(objectKey(job), pod.metadata.uid ?? '');
      queue.addAfter(objectKey(job), BATCH_MS);
    };
    const changed = controllerOf(previous)?.uid !== controllerOf(pod)?.uid;
    if (changed && controllerOf(previous)) wake(previous);
    if (controllerOf(pod)) {
      wake(pod);
      return;
    }
    if (changed || previous.metadata.labels !== pod.metadata.labels) this.orphanSeen(queue, pod);
    else if (isTracked(pod)) this.orphanQueue?.add(objectKey(pod));
  }

  private orphanSeen(queue: ControllerQueue, pod: Pod): void {
    if (isTracked(pod)) this.orphanQueue?.add(objectKey(pod));
    for (const job of this.jobs.list(pod.metadata.namespace)) {
      const { selector } = job.spec;
      if (selector && matchesLabels(labelSelectorAsMatcher(selector), pod.metadata.labels)) {
        queue.addAfter(objectKey(job), BATCH_MS);
      }
    }
  }

  private ownerOf(pod: Pod): Job | undefined {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'Job') return undefined;
    const job = this.jobs.get(keyOf(owner.name, pod.metadata.namespace));
    return job?.metadata.uid === owner.uid ? job : undefined;
  }

  /** Pods of a Job that is over or gone. */
  private releaseAll({ metadata }: Job): void {
    for (const pod of this.pods.byIndex(CONTROLLER_INDEX, metadata.uid ?? '')) {
      if (isTracked(pod)) this.orphanQueue?.add(objectKey(pod));
    }
  }

  /** Takes the finalizer from a Pod that no Job counts any more. */
  async releaseOrphan(key: string): Promise<void> {
    const pod = this.pods.get(key);
    if (!pod || !isTracked(pod)) return;
    const owner = controllerOf(pod);
    if (owner) {
      if (owner.kind !== 'Job' || owner.apiVersion !== 'batch/v1') return;
      const job = this.ownerOf(pod);
      if (job && (isForeign(job) || !finishedConditionOf(job))) return;
    }
    try {
      await this.client.patch(pods, splitKey(key), 'strategic', UNTRACK);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async sync(key: string): Promise<void> {
    const job = this.jobs.get(key);
    if (!job) {
      this.expectations.forget(key);
      this.untracked.forget(key);
      this.records.delete(key);
      return;
    }
    if (isForeign(job)) return;
    if (finishedConditionOf(job)) {
      this.records.delete(key);
      return;
    }
    const settled = this.expectations.satisfied(key);
    const owned = await this.claimPods(job);
    const now = this.world.clock.now();
    const record = this.records.get(key) ?? NO_FAILURES;
    const round = beginRound(key, job, owned, this.untracked.of(key), record, now);
    round.finished = endOf(round, now);
    const left = round.finished ? undefined : untilDeadline(round, now);
    if (left !== undefined) this.queue?.addAfter(key, left);
    const { active, error, changed } = round.finished
      ? await this.end(round, settled)
      : await this.carryOn(round, settled);
    const { status } = round;
    const differs = active !== (status.active ?? 0) || round.ready !== status.ready;
    const dirty = changed || differs || round.terminating !== status.terminating;
    status.active = active;
    status.ready = round.ready;
    status.terminating = round.terminating;
    const { world, client, recorder, untracked } = this;
    const remember = (of: string, next: BackoffRecord) => this.records.set(of, next);
    await trackEnds({ world, client, recorder, untracked, remember }, round, dirty);
    if (error !== undefined) throw error;
  }

  private async claimPods(job: Job): Promise<readonly Pod[]> {
    const { uid = '', namespace = '' } = job.metadata;
    const matcher = labelSelectorAsMatcher(job.spec.selector);
    const matches = (pod: Pod) => matchesLabels(matcher, pod.metadata.labels);
    const owned = this.pods.byIndex(CONTROLLER_INDEX, uid);
    const orphans = this.pods.byIndex(CONTROLLER_INDEX, orphansOf(namespace));
    const candidates = orphans.length === 0 ? owned : [...owned, ...orphans];
    return claimObjects(this.client, jobs, job, pods, candidates, matches, TRACKING);
  }

  /** Removes what still runs; the finalizers stay until the Pods are counted. */
  private async end(round: Round, settled: boolean) {
    let deleted = 0;
    let failure: unknown;
    await Promise.all(
      round.active.map(async (pod) => {
        try {
          await this.podControl.delete(round.job, pod);
        } catch (error) {
          if (isPanic(error)) throw error;
          if (!isNotFound(error)) {
            failure ??= error;
            return;
          }
        }
        deleted++;
        if (isPodReady(pod)) round.ready--;
      }),
    );
    if (deleted !== round.active.length || !settled) round.finished = undefined;
    round.terminating += deleted;
    return { active: round.active.length - deleted, error: failure, changed: false };
  }

  private async carryOn(round: Round, settled: boolean) {
    const { job, status } = round;
    const managed = settled && job.metadata.deletionTimestamp === undefined;
    const { world, client, podControl, expectations } = this;
    const again = (key: string, ms: Millis) => this.queue?.addAfter(key, Math.max(ms, BATCH_MS));
    const { active, error } = managed
      ? await managePods({ world, client, podControl, expectations, again }, round)
      : { active: round.active.length, error: undefined };
    const now = world.clock.now();
    let changed = false;
    if (isComplete(round, active)) {
      round.finished = newCondition('SuccessCriteriaMet', 'True', 'CompletionsReached', COMPLETED, now);
    } else if (managed) {
      const suspended = isSuspended(job);
      const wanted = suspended
        ? newCondition('Suspended', 'True', 'JobSuspended', 'Job suspended', now)
        : newCondition('Suspended', 'False', 'JobResumed', 'Job resumed', now);
      const conditions = ensureCondition(status.conditions, wanted);
      if (conditions !== status.conditions) {
        changed = true;
        status.conditions = conditions ?? [];
        this.recorder.event(job, 'Normal', suspended ? 'Suspended' : 'Resumed', wanted.message ?? '');
        // The time of a Job that does not run does not count.
        if (suspended) delete status.startTime;
        else status.startTime = formatTime(now);
      }
    }
    return { active, error, changed };
  }
}

const COMPLETED = 'Reached expected number of succeeded pods';
