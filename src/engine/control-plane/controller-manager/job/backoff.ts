/** After failures the next Pod comes ever later. @upstream pkg/controller/job/backoff_utils.go */
import type { ContainerStatus, Pod } from '#engine/api';
import { type Millis, parseTime } from '#engine/sim';
import { podCondition } from '../pod-status.ts';

const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 600_000;

/** What a Job's recent failures say. */
export interface BackoffRecord {
  readonly failuresAfterLastSuccess: number;
  readonly lastFailureAt?: Millis;
}

export const NO_FAILURES: BackoffRecord = { failuresAfterLastSuccess: 0 };

const timeOf = (time: string | undefined): Millis | undefined => (time === undefined ? undefined : parseTime(time));

function containersEnded({ spec, status }: Pod): Millis | undefined {
  const sidecars = new Set(
    (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  );
  const statuses: readonly ContainerStatus[] = [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ];
  let latest: Millis | undefined;
  for (const { state } of statuses) {
    const at = timeOf(state?.terminated?.finishedAt);
    if (at === undefined) return undefined;
    latest = Math.max(latest ?? at, at);
  }
  return latest;
}

/** When the Pod ended, as far as anybody can tell. */
export function finishedAt(pod: Pod): Millis {
  const ended = containersEnded(pod);
  if (ended !== undefined) return ended;
  const ready = podCondition(pod, 'Ready');
  const unready = ready?.status === 'False' ? timeOf(ready.lastTransitionTime) : undefined;
  if (unready !== undefined) return unready;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  const deleted = timeOf(deletionTimestamp);
  return deleted === undefined ? (timeOf(creationTimestamp) ?? 0) : deleted - deletionGracePeriodSeconds * 1000;
}

/** The record after Pods have ended that were not seen before. */
export function nextRecord(record: BackoffRecord, succeeded: readonly Pod[], failed: readonly Pod[]): BackoffRecord {
  const failures = failed.map(finishedAt).sort((a, b) => a - b);
  if (succeeded.length === 0) {
    const last = failures.at(-1);
    if (last === undefined) return record;
    return {
      failuresAfterLastSuccess: record.failuresAfterLastSuccess + failures.length,
      lastFailureAt: last,
    };
  }
  const success = Math.max(...succeeded.map(finishedAt));
  const after = failures.filter((at) => at > success);
  const last = after.at(-1);
  return last === undefined ? NO_FAILURES : { failuresAfterLastSuccess: after.length, lastFailureAt: last };
}

/** How long the next Pod has to wait, in milliseconds; 0: it may come. */
export function remainingDelay({ failuresAfterLastSuccess, lastFailureAt = 0 }: BackoffRecord, now: Millis): Millis {
  if (failuresAfterLastSuccess === 0) return 0;
  const delay = Math.min(FIRST_DELAY_MS * 2 ** Math.min(failuresAfterLastSuccess - 1, 30), LONGEST_DELAY_MS);
  return Math.max(0, delay - (now - lastFailureAt));
}
