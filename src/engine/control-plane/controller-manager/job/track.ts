/**
 * Counts the Pods that ended, each exactly once: first their uids are written into the status, then their finalizers go, then the
 * counters grow.
 * @upstream pkg/controller/job/job_controller.go trackJobStatusAndRemoveFinalizers
 */
import type { Job, JobStatus, Pod } from '#engine/api';
import { jobs, pods } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import { type Client, type EventRecorder, isPanic } from '#engine/client-go';
import type { World } from '#engine/sim';
import type { BackoffRecord } from './backoff.ts';
import { isIndexed, validIndexOf } from './completion-index.ts';
import { ensureCondition, findCondition, newCondition } from './conditions.ts';
import { isTracked, UNTRACK, type Untracked } from './finalizer.ts';
import { countOf, formatIntervals, hasIndex, withIndexes } from './intervals.ts';
import { byIndex } from './per-index.ts';
import { isPodFailed, judgeFailure } from './policies.ts';
import { mayUntrack, type Round, uidOf } from './round.ts';

/** Uids that a status holds at most: it must not grow without bound. */
const MAX_UNCOUNTED = 500;

export interface TrackTools {
  readonly world: World;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly untracked: Untracked;
  readonly remember: (key: string, record: BackoffRecord) => void;
}

/** Counts those whose finalizer is gone. True: something changed. */
function settleUncounted({ status }: Round, withFinalizer: ReadonlySet<string>): boolean {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  const openSucceeded = succeeded.filter((uid) => withFinalizer.has(uid));
  const openFailed = failed.filter((uid) => withFinalizer.has(uid));
  const counted = succeeded.length - openSucceeded.length + failed.length - openFailed.length;
  if (counted === 0) return false;
  if (openSucceeded.length < succeeded.length) {
    status.succeeded = (status.succeeded ?? 0) + succeeded.length - openSucceeded.length;
  }
  if (openFailed.length < failed.length) {
    status.failed = (status.failed ?? 0) + failed.length - openFailed.length;
  }
  status.uncountedTerminatedPods = uncounted(openSucceeded, openFailed);
  return true;
}

const uncounted = (succeeded: readonly string[], failed: readonly string[]) => ({
  ...(succeeded.length > 0 && { succeeded }),
  ...(failed.length > 0 && { failed }),
});

interface Counting {
  readonly toRelease: Pod[];
  readonly newIndexes: number[];
  readonly succeeded: string[];
  readonly failed: string[];
  changed: boolean;
}

function countSuccess({ job, previouslySucceeded, uncounted: known }: Round, pod: Pod, counting: Counting): void {
  if (isIndexed(job)) {
    const index = validIndexOf(pod, job);
    if (index === undefined || hasIndex(previouslySucceeded, index)) return;
    counting.newIndexes.push(index);
  } else if (known.succeeded.has(uidOf(pod))) return;
  else counting.succeeded.push(uidOf(pod));
  counting.changed = true;
}

function countFailure({ job, uncounted: known }: Round, pod: Pod, counting: Counting): void {
  if (known.failed.has(uidOf(pod))) return;
  if (isIndexed(job) && validIndexOf(pod, job) === undefined) return;
  if (!judgeFailure(job.spec.podFailurePolicy, pod).counts) return;
  counting.failed.push(uidOf(pod));
  counting.changed = true;
}

/** True: there are more than one status can hold. */
function countEnds(round: Round, counting: Counting): boolean {
  const { job, tracked, finished } = round;
  const inOrder = isIndexed(job) ? [...tracked].sort(byIndex) : tracked;
  for (const pod of inOrder) {
    if (!mayUntrack(round, pod)) continue;
    counting.toRelease.push(pod);
    const failing = finished !== undefined && finished.type !== 'SuccessCriteriaMet';
    if (pod.status.phase === 'Succeeded' && !round.uncounted.failed.has(uidOf(pod))) countSuccess(round, pod, counting);
    else if (isPodFailed(pod, job) || failing) countFailure(round, pod, counting);
    const size = counting.newIndexes.length + counting.succeeded.length + counting.failed.length;
    if (size >= MAX_UNCOUNTED) return true;
  }
  return false;
}

/** Writes the sets of indexes down. True: they changed. */
function writeIndexes(round: Round, newIndexes: readonly number[]): boolean {
  const { job, status } = round;
  if (!isIndexed(job)) return false;
  round.succeededIndexes = withIndexes(round.succeededIndexes, newIndexes);
  const text = formatIntervals(round.succeededIndexes);
  let changed = text !== (status.completedIndexes ?? '');
  const total = countOf(round.succeededIndexes);
  if (total > 0 || status.succeeded !== undefined) status.succeeded = total;
  if (text !== '' || status.completedIndexes !== undefined) status.completedIndexes = text;
  const failed = round.failedIndexes && formatIntervals(round.failedIndexes);
  if (failed !== undefined && failed !== status.failedIndexes) {
    status.failedIndexes = failed;
    changed = true;
  }
  return changed;
}

/** Says first what will be said at last, so that nobody misses it when the Pods are gone. True: it was not said before. */
function announceEnd(round: Round, now: number): boolean {
  const { finished, status } = round;
  if (finished?.type === 'FailureTarget') {
    status.conditions = [...(status.conditions ?? []), finished];
    round.finished = newCondition('Failed', 'True', finished.reason ?? '', finished.message ?? '', now);
    return true;
  }
  if (finished?.type !== 'SuccessCriteriaMet') return false;
  const isNew = findCondition(status.conditions, 'SuccessCriteriaMet') === undefined;
  if (isNew) status.conditions = [...(status.conditions ?? []), finished];
  round.finished = newCondition('Complete', 'True', finished.reason ?? '', finished.message ?? '', now);
  return isNew;
}

async function flush({ client }: TrackTools, round: Round): Promise<void> {
  const written: Job = await client.updateStatus(jobs, { ...round.job, status: printable(round.status) });
  round.job = written;
}

/** A count of nothing is not written. */
function printable(status: JobStatus): JobStatus {
  const { active, succeeded, failed, completedIndexes, ...rest } = status;
  return {
    ...rest,
    ...(active && { active }),
    ...(succeeded && { succeeded }),
    ...(failed && { failed }),
    ...(completedIndexes && { completedIndexes }),
  };
}

/** Resolves with the uids of the Pods that were let go, and what went wrong. */
async function releasePods(
  { client, untracked }: TrackTools,
  { key }: Round,
  released: readonly Pod[],
): Promise<{ readonly gone: readonly string[]; readonly error?: unknown }> {
  untracked.expect(key, released.map(uidOf));
  const gone: string[] = [];
  let failure: unknown;
  await Promise.all(
    released.map(async (pod) => {
      const { namespace, name } = pod.metadata;
      try {
        await client.patch(pods, { namespace, name }, 'strategic', UNTRACK);
      } catch (error) {
        if (isPanic(error)) throw error;
        untracked.observed(key, uidOf(pod));
        if (!isNotFound(error)) {
          failure ??= error;
          return;
        }
      }
      gone.push(uidOf(pod));
    }),
  );
  return { gone, ...(failure !== undefined && { error: failure }) };
}

/** The last condition, once nothing is left to count. True: the Job is over. */
function enactEnd({ finished, status, terminating }: Round): boolean {
  if (!finished) return false;
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length > 0 || terminating > 0) return false;
  status.conditions = ensureCondition(status.conditions, finished) ?? [];
  if (finished.type === 'Complete') status.completionTime = finished.lastTransitionTime ?? '';
  return true;
}

function sayEnd({ recorder }: TrackTools, { job, status, finished }: Round): void {
  if (finished?.type !== 'Complete') {
    recorder.event(job, 'Warning', finished?.reason ?? '', finished?.message ?? '');
    return;
  }
  if (job.spec.completions !== undefined && (status.succeeded ?? 0) > job.spec.completions) {
    const why = 'Too many succeeded pods running after completion count reached';
    recorder.event(job, 'Warning', 'TooManySucceededPods', why);
  }
  recorder.event(job, 'Normal', 'Completed', 'Job completed');
}

/** `changed`: the status has changed already and must be written. */
export async function trackEnds(tools: TrackTools, round: Round, changed: boolean): Promise<void> {
  const now = tools.world.clock.now();
  const withFinalizer = new Set(round.tracked.filter(isTracked).map(uidOf));
  let dirty = settleUncounted(round, withFinalizer) || changed;
  const { succeeded = [], failed = [] } = round.status.uncountedTerminatedPods ?? {};
  const counting: Counting = {
    toRelease: [],
    newIndexes: [],
    succeeded: [...succeeded],
    failed: [...failed],
    changed: false,
  };
  const more = countEnds(round, counting);
  round.status.uncountedTerminatedPods = uncounted(counting.succeeded, counting.failed);
  dirty = counting.changed || dirty;
  dirty = writeIndexes(round, counting.newIndexes) || dirty;
  dirty = announceEnd(round, now) || dirty;
  if (dirty) {
    await flush(tools, round);
    tools.remember(round.key, round.backoff);
    dirty = false;
  }
  let failure: unknown;
  if (counting.toRelease.length > 0) {
    const { gone, error } = await releasePods(tools, round, counting.toRelease);
    for (const uid of gone) withFinalizer.delete(uid);
    failure = error;
  }
  dirty = settleUncounted(round, withFinalizer);
  if (failure !== undefined) {
    if (dirty) await flush(tools, round);
    throw failure;
  }
  const over = !more && enactEnd(round);
  if (!over && !dirty) return;
  await flush(tools, round);
  if (over) sayEnd(tools, round);
}
