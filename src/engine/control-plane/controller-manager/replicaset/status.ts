/** What a ReplicaSet reports. @upstream pkg/controller/replicaset/replica_set_utils.go */
import type { Pod, PodTemplateSpec, ReplicaSetCondition, ReplicaSetStatus } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { formatTime, type Millis } from '#engine/sim';
import { isPodAvailable, isPodReady } from '../pod-status.ts';

/** What ReplicaSets and ReplicationControllers have in common; only the former count what is terminating. */
export interface Replicated extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly template?: PodTemplateSpec;
  };
  readonly status: ReplicaSetStatus;
}

/** @param failure why Pods could not be created or deleted in this sync */
export function calculateStatus(
  set: Replicated,
  active: readonly Pod[],
  terminating: number,
  failure: string | undefined,
  now: Millis,
): ReplicaSetStatus {
  const { spec } = set;
  const templateLabels = Object.entries(spec.template?.metadata?.labels ?? {});
  let fullyLabeled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of active) {
    const labels = pod.metadata.labels ?? {};
    if (templateLabels.every(([key, value]) => labels[key] === value)) fullyLabeled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (isPodAvailable(pod, spec.minReadySeconds ?? 0, now)) available++;
  }
  const conditions = failureConditions(set, active.length, failure, now);
  const { generation } = set.metadata;
  return {
    replicas: active.length,
    ...(fullyLabeled > 0 && { fullyLabeledReplicas: fullyLabeled }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    terminatingReplicas: terminating,
    ...(generation !== undefined && { observedGeneration: generation }),
    ...(conditions.length > 0 && { conditions }),
  };
}

function failureConditions(
  { spec, status }: Replicated,
  active: number,
  failure: string | undefined,
  now: Millis,
): readonly ReplicaSetCondition[] {
  const current = status.conditions ?? [];
  const known = current.some((condition) => condition.type === 'ReplicaFailure');
  if (failure === undefined) return known ? current.filter(({ type }) => type !== 'ReplicaFailure') : current;
  if (known) return current;
  const difference = active - (spec.replicas ?? 1);
  const reason = difference < 0 ? 'FailedCreate' : difference > 0 ? 'FailedDelete' : '';
  const condition: ReplicaSetCondition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: formatTime(now),
    ...(reason && { reason }),
    message: failure,
  };
  return [...current, condition];
}

/** True when writing `next` would tell nobody anything. */
export function isSameStatus(current: ReplicaSetStatus, next: ReplicaSetStatus): boolean {
  return (
    current.replicas === next.replicas &&
    (current.fullyLabeledReplicas ?? 0) === (next.fullyLabeledReplicas ?? 0) &&
    (current.readyReplicas ?? 0) === (next.readyReplicas ?? 0) &&
    (current.availableReplicas ?? 0) === (next.availableReplicas ?? 0) &&
    current.terminatingReplicas === next.terminatingReplicas &&
    current.observedGeneration === next.observedGeneration &&
    (current.conditions ?? []).length === (next.conditions ?? []).length &&
    (current.conditions ?? []).every((condition, i) => condition === next.conditions?.[i])
  );
}
