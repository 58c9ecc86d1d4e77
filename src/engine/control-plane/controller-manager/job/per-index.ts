/**
 * Failures counted for each index of an Indexed Job by itself. The count rides in annotations of the Pods: so a failed Pod stays until
 * its successor has taken the count over.
 * @upstream pkg/controller/job/indexed_job_utils.go
 */
import type { Job, Pod } from '#engine/api';
import { type BackoffRecord, finishedAt } from './backoff.ts';
import { completionIndexOf, indexesOf, validIndexOf } from './completion-index.ts';
import { hasIndex, type Intervals, parseIntervals, withIndexes } from './intervals.ts';
import { isPodFailed, judgeFailure } from './policies.ts';

const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED = 'batch.kubernetes.io/job-index-ignored-failure-count';

export const limitsEachIndex = ({ spec }: Job): boolean => spec.backoffLimitPerIndex !== undefined;

function count(pod: Pod, annotation: string): number {
  const text = pod.metadata.annotations?.[annotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
}

const allFailures = (pod: Pod): number => count(pod, FAILURES) + count(pod, IGNORED);

function hasFailedForGood(job: Job, pod: Pod): boolean {
  if (!isPodFailed(pod, job)) return false;
  const { counts, failIndex } = judgeFailure(job.spec.podFailurePolicy, pod);
  return failIndex || (counts && count(pod, FAILURES) >= (job.spec.backoffLimitPerIndex ?? 0));
}

/** The indexes that are given up; `tracked` Pods have not been counted yet. */
export function failedIndexesOf(job: Job, tracked: readonly Pod[]): Intervals {
  const before = parseIntervals(job.status.failedIndexes, job.spec.completions ?? 0);
  const failed = new Set<number>();
  for (const pod of tracked) {
    const index = validIndexOf(pod, job);
    if (index !== undefined && hasFailedForGood(job, pod)) failed.add(index);
  }
  return withIndexes(before, failed);
}

/** By index, the last failed Pod that waits for its successor. */
export function awaitingSuccessor(
  job: Job,
  tracked: readonly Pod[],
  active: readonly Pod[],
  ended: readonly Intervals[],
): ReadonlyMap<number, Pod> {
  const running = indexesOf(active);
  const waiting = new Map<number, Pod>();
  for (const pod of tracked) {
    const index = validIndexOf(pod, job);
    if (index === undefined || running.has(index) || !isPodFailed(pod, job)) continue;
    if (ended.some((intervals) => hasIndex(intervals, index))) continue;
    const other = waiting.get(index);
    const later = !other || (allFailures(other) <= allFailures(pod) && finishedAt(pod) >= finishedAt(other));
    if (later) waiting.set(index, pod);
  }
  return waiting;
}

/** What the successor of a failed Pod is told; undefined: it is the first of its index. */
export function failureAnnotations(job: Job, failed: Pod | undefined): { readonly [annotation: string]: string } {
  if (!failed) return { [FAILURES]: '0' };
  const { counts } = judgeFailure(job.spec.podFailurePolicy, failed);
  const ignored = count(failed, IGNORED) + (counts ? 0 : 1);
  return {
    [FAILURES]: String(count(failed, FAILURES) + (counts ? 1 : 0)),
    ...(ignored > 0 && { [IGNORED]: String(ignored) }),
  };
}

/** The failures of an index, for the wait before its next Pod. */
export const recordOf = (failed: Pod): BackoffRecord => ({
  failuresAfterLastSuccess: allFailures(failed) + 1,
  lastFailureAt: finishedAt(failed),
});

/** Pods by index; those without one first. */
export const byIndex = (a: Pod, b: Pod): number => (completionIndexOf(a) ?? -1) - (completionIndexOf(b) ?? -1);
