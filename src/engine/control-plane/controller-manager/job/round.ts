/**
 * One look at a Job: what its Pods say, what must be counted, whether it is over. Nothing here asks or tells anybody.
 * @upstream pkg/controller/job/job_controller.go
 */
import type { Job, JobCondition, JobStatus, Pod } from '#engine/api';
import { formatTime, type Millis, parseTime } from '#engine/sim';
import { isPodActive, isPodReady, isPodTerminating } from '../pod-status.ts';
import { type BackoffRecord, nextRecord } from './backoff.ts';
import { isIndexed, validIndexOf } from './completion-index.ts';
import { findCondition, newCondition } from './conditions.ts';
import { isTracked } from './finalizer.ts';
import { countOf, type Intervals, parseIntervals, withIndexes } from './intervals.ts';
import { awaitingSuccessor, failedIndexesOf, limitsEachIndex } from './per-index.ts';
import { isPodFailed, judgeFailure, metSuccessRule } from './policies.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What a sync works on; its status is written down as it grows. */
export interface Round {
  job: Job;
  readonly key: string;
  readonly status: Writable<JobStatus>;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  /** Pods whose end has not been counted, as far as the cache knows. */
  readonly tracked: readonly Pod[];
  /** Uids of ends that are counted but whose finalizer may still be there. */
  readonly uncounted: { readonly succeeded: ReadonlySet<string>; readonly failed: ReadonlySet<string> };
  ready: number;
  terminating: number;
  succeeded: number;
  failed: number;
  readonly backoff: BackoffRecord;
  finished: JobCondition | undefined;
  readonly previouslySucceeded: Intervals;
  succeededIndexes: Intervals;
  readonly failedIndexes: Intervals | undefined;
  readonly waiting: ReadonlyMap<number, Pod>;
}

export const uidOf = ({ metadata }: Pod): string => metadata.uid ?? '';
export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true;

/** Reads the state of a Job. `removed`: Pods whose finalizer is gone though the cache shows it. */
export function beginRound(
  key: string,
  job: Job,
  pods: readonly Pod[],
  removed: ReadonlySet<string>,
  record: BackoffRecord,
  now: Millis,
): Round {
  const status: Writable<JobStatus> = { ...job.status };
  status.uncountedTerminatedPods ??= {};
  const uncounted = {
    succeeded: new Set(status.uncountedTerminatedPods.succeeded ?? []),
    failed: new Set(status.uncountedTerminatedPods.failed ?? []),
  };
  const active = pods.filter(isPodActive);
  const tracked = pods.filter((pod) => isTracked(pod) && !removed.has(uidOf(pod)));
  const indexed = isIndexed(job);
  const mine = indexed ? tracked.filter((pod) => validIndexOf(pod, job) !== undefined) : tracked;
  const newSuccesses = mine.filter((pod) => pod.status.phase === 'Succeeded' && !uncounted.succeeded.has(uidOf(pod)));
  const newFailures = mine.filter((pod) => isPodFailed(pod, job) && !uncounted.failed.has(uidOf(pod)));
  const counted = newFailures.filter((pod) => judgeFailure(job.spec.podFailurePolicy, pod).counts);
  if (status.startTime === undefined && !isSuspended(job)) status.startTime = formatTime(now);

  const completions = job.spec.completions ?? 0;
  const previouslySucceeded = indexed ? parseIntervals(job.status.completedIndexes, completions) : [];
  const ended = indexed ? pods.filter((pod) => pod.status.phase === 'Succeeded' && isTracked(pod)) : [];
  const indexes = ended.map((pod) => validIndexOf(pod, job)).filter((index) => index !== undefined);
  const succeededIndexes = withIndexes(previouslySucceeded, indexes);
  const perIndex = indexed && limitsEachIndex(job);
  const failedIndexes = perIndex ? failedIndexesOf(job, pods.filter(isTracked)) : undefined;
  return {
    job,
    key,
    status,
    pods,
    active,
    tracked,
    uncounted,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter(isPodTerminating).length,
    succeeded: indexed
      ? countOf(succeededIndexes)
      : (status.succeeded ?? 0) + newSuccesses.length + uncounted.succeeded.size,
    failed: (status.failed ?? 0) + counted.length + uncounted.failed.size,
    backoff: nextRecord(record, newSuccesses, newFailures),
    finished: undefined,
    previouslySucceeded,
    succeededIndexes,
    failedIndexes,
    waiting: perIndex
      ? awaitingSuccessor(job, tracked, active, [succeededIndexes, failedIndexes ?? []])
      : new Map<number, Pod>(),
  };
}

/** Restarts inside Pods count against the limit too. */
function tooManyRestarts({ job, pods }: Round): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue;
    for (const { restartCount } of status.initContainerStatuses ?? []) restarts += restartCount;
    for (const { restartCount } of status.containerStatuses ?? []) restarts += restartCount;
  }
  const limit = job.spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Milliseconds until the Job has been active for too long; undefined without a limit. */
export function untilDeadline({ job, status }: Round, now: Millis): Millis | undefined {
  const { activeDeadlineSeconds } = job.spec;
  if (activeDeadlineSeconds === undefined || isSuspended(job) || status.startTime === undefined) return undefined;
  return activeDeadlineSeconds * 1000 - (now - (parseTime(status.startTime) ?? now));
}

function failureOfPolicy({ job, pods }: Round): string | undefined {
  if (!job.spec.podFailurePolicy) return undefined;
  for (const pod of pods) {
    if (!isPodFailed(pod, job)) continue;
    const { failJob } = judgeFailure(job.spec.podFailurePolicy, pod);
    if (failJob !== undefined) return failJob;
  }
  return undefined;
}

/** The condition that says that the Job is over, or about to be; undefined while it goes on. */
export function endOf(round: Round, now: Millis): JobCondition | undefined {
  const { job, status } = round;
  const { spec } = job;
  const met = findCondition(status.conditions, 'SuccessCriteriaMet');
  if (met) return met;
  const target = findCondition(status.conditions, 'FailureTarget');
  if (target) return newCondition('Failed', 'True', target.reason ?? '', target.message ?? '', now);
  const fail = (reason: string, message: string) => newCondition('FailureTarget', 'True', reason, message, now);
  const policy = failureOfPolicy(round);
  if (policy !== undefined) return fail('PodFailurePolicy', policy);
  if (round.failed > (spec.backoffLimit ?? 6) || tooManyRestarts(round)) {
    return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  const left = untilDeadline(round, now);
  if (left !== undefined && left <= 0) {
    return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  const { failedIndexes, succeededIndexes } = round;
  const given = failedIndexes ? countOf(failedIndexes) : 0;
  if (spec.maxFailedIndexes !== undefined && given > spec.maxFailedIndexes) {
    return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  if (given > 0 && given + countOf(succeededIndexes) >= (spec.completions ?? 0)) {
    return fail('FailedIndexes', 'Job has failed indexes');
  }
  const rule = isIndexed(job) ? metSuccessRule(job, succeededIndexes) : undefined;
  return rule === undefined ? undefined : newCondition('SuccessCriteriaMet', 'True', 'SuccessPolicy', rule, now);
}

/** Whether enough Pods have succeeded and none is left. */
export function isComplete({ job: { spec }, succeeded }: Round, active: number): boolean {
  if (active > 0) return false;
  return spec.completions === undefined ? succeeded > 0 : succeeded >= spec.completions;
}

/** How many Pods should be running now. */
export function wantedPods({ job: { spec }, succeeded, active }: Round): number {
  const parallelism = spec.parallelism ?? 1;
  if (spec.completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(spec.completions - succeeded, parallelism));
}

/** Whether the end of a Pod may be counted and its finalizer go. */
export function mayUntrack({ job, finished, waiting }: Round, pod: Pod): boolean {
  if (job.metadata.deletionTimestamp !== undefined || finished || pod.status.phase === 'Succeeded') return true;
  if (!isPodFailed(pod, job)) return false;
  const index = validIndexOf(pod, job);
  return index === undefined || waiting.get(index)?.metadata.uid !== pod.metadata.uid;
}
