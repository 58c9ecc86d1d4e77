/** What a StatefulSet reports. @upstream pkg/controller/statefulset/stateful_set_control.go, pkg/controller/statefulset/stateful_set_utils.go */
import type { Pod, StatefulSet, StatefulSetStatus } from '#engine/api';
import type { Millis } from '#engine/sim';
import { isPodAvailable, isPodReady } from '../pod-status.ts';
import type { Revisions } from './history.ts';
import { revisionOf } from './identity.ts';

export const isRunningAndReady = (pod: Pod): boolean => pod.status.phase === 'Running' && isPodReady(pod);

export const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;

/** Counts as they are found; what was done in the same sync shows in the next. */
export function calculateStatus(
  { metadata, spec }: StatefulSet,
  { current, update, collisionCount }: Revisions,
  pods: readonly Pod[],
  now: Millis,
): StatefulSetStatus {
  const counts = { ready: 0, available: 0, current: 0, updated: 0 };
  for (const pod of pods) {
    if (isRunningAndReady(pod)) {
      counts.ready++;
      if (isPodAvailable(pod, spec.minReadySeconds ?? 0, now)) counts.available++;
    }
    if (isTerminating(pod)) continue;
    const revision = revisionOf(pod);
    if (revision === current.name) counts.current++;
    if (revision === update.name) counts.updated++;
  }
  return {
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    replicas: pods.length,
    readyReplicas: counts.ready,
    currentReplicas: counts.current,
    updatedReplicas: counts.updated,
    currentRevision: current.name,
    updateRevision: update.name,
    collisionCount,
    availableReplicas: counts.available,
  };
}

/** A rollout that has reached every Pod is over: what was asked for is what there is. */
export function completeRollingUpdate({ spec }: StatefulSet, status: StatefulSetStatus): StatefulSetStatus {
  const { replicas = 1, updateStrategy } = spec;
  const done =
    updateStrategy?.type === 'RollingUpdate' &&
    [status.updatedReplicas, status.readyReplicas, status.replicas].every((count) => count === replicas);
  if (!done) return status;
  return {
    ...status,
    ...(status.updatedReplicas !== undefined && { currentReplicas: status.updatedReplicas }),
    ...(status.updateRevision !== undefined && { currentRevision: status.updateRevision }),
  };
}

const COUNTS = ['replicas', 'currentReplicas', 'readyReplicas', 'updatedReplicas', 'availableReplicas'] as const;

/** True when writing `next` would tell nobody anything. */
export const isSameStatus = (status: StatefulSetStatus, next: StatefulSetStatus): boolean =>
  (next.observedGeneration ?? 0) <= (status.observedGeneration ?? 0) &&
  COUNTS.every((field) => (status[field] ?? 0) === (next[field] ?? 0)) &&
  (status.currentRevision ?? '') === next.currentRevision &&
  (status.updateRevision ?? '') === next.updateRevision;

const OPTIONAL = ['currentReplicas', 'readyReplicas', 'updatedReplicas'] as const;

/** Without the counts that are zero, as Go leaves them out. */
export function writtenStatus(status: StatefulSetStatus): StatefulSetStatus {
  const written: { -readonly [field in keyof StatefulSetStatus]: StatefulSetStatus[field] } = { ...status };
  for (const field of OPTIONAL) if (written[field] === 0) delete written[field];
  return written;
}
