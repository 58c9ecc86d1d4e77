/** Conditions of a Deployment. @upstream pkg/controller/deployment/util/deployment_util.go */
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '#engine/api';
import { formatTime, type Millis } from '#engine/sim';

export const NEW_REPLICA_SET_AVAILABLE = 'NewReplicaSetAvailable';
export const TIMED_OUT = 'ProgressDeadlineExceeded';

export const findCondition = (status: DeploymentStatus, type: string): DeploymentCondition | undefined =>
  status.conditions?.find((condition) => condition.type === type);

export function newCondition(
  type: string,
  status: string,
  reason: string,
  message: string,
  now: Millis,
): DeploymentCondition {
  const time = formatTime(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** Same status and reason: nothing new. Same status: the time of the transition stays. */
export function withCondition(status: DeploymentStatus, condition: DeploymentCondition): DeploymentStatus {
  const current = findCondition(status, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return status;
  const since = current?.status === condition.status ? current.lastTransitionTime : undefined;
  const next = since === undefined ? condition : { ...condition, lastTransitionTime: since };
  return { ...withoutCondition(status, condition.type), conditions: [...others(status, condition.type), next] };
}

export function withoutCondition(status: DeploymentStatus, type: string): DeploymentStatus {
  if (!findCondition(status, type)) return status;
  const { conditions: _, ...rest } = status;
  const left = others(status, type);
  return left.length > 0 ? { ...rest, conditions: left } : rest;
}

const others = (status: DeploymentStatus, type: string) =>
  (status.conditions ?? []).filter((condition) => condition.type !== type);

/** A deadline of the largest integer means none. */
export const hasProgressDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== 2 ** 31 - 1;

/** The failure of the new ReplicaSet, or else of any. */
export function replicaFailure(
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
): DeploymentCondition | undefined {
  for (const { status } of newReplicaSet ? [newReplicaSet, ...all] : all) {
    const failure = status.conditions?.find((condition) => condition.type === 'ReplicaFailure');
    if (!failure) continue;
    const { type, status: value, lastTransitionTime, reason, message } = failure;
    return {
      type,
      status: value,
      ...(lastTransitionTime !== undefined && { lastUpdateTime: lastTransitionTime, lastTransitionTime }),
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
    };
  }
  return undefined;
}
