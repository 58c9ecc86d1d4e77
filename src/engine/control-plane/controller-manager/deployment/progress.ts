/** What a Deployment reports of its rollout. @upstream pkg/controller/deployment/sync.go, progress.go, util/deployment_util.go */
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '#engine/api';
import { type Millis, parseTime } from '#engine/sim';
import {
  findCondition,
  hasProgressDeadline,
  NEW_REPLICA_SET_AVAILABLE,
  newCondition,
  replicaFailure,
  TIMED_OUT,
  withCondition,
  withoutCondition,
} from './conditions.ts';
import { replicasOf, total } from './replica-sets.ts';
import { desiredReplicas, maxUnavailable } from './rolling-arithmetic.ts';

/** Counts and availability, without the progress of a rollout. */
export function calculateStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
  now: Millis,
): DeploymentStatus {
  const available = total(all, ({ status }) => status.availableReplicas ?? 0);
  const ready = total(all, ({ status }) => status.readyReplicas ?? 0);
  const replicas = total(all, ({ status }) => status.replicas);
  const updated = newReplicaSet?.status.replicas ?? 0;
  const unavailable = Math.max(0, total(all, replicasOf) - available);
  const terminating = terminatingReplicas(all);
  const { status, metadata } = deployment;
  const counted: DeploymentStatus = {
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    ...(replicas > 0 && { replicas }),
    ...(updated > 0 && { updatedReplicas: updated }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    ...(unavailable > 0 && { unavailableReplicas: unavailable }),
    ...(terminating !== undefined && { terminatingReplicas: terminating }),
    ...(status.conditions && { conditions: status.conditions }),
    ...(status.collisionCount !== undefined && { collisionCount: status.collisionCount }),
  };
  const enough = available >= desiredReplicas(deployment) - maxUnavailable(deployment);
  const condition = enough
    ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : newCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        now,
      );
  return withCondition(counted, condition);
}

/** Unknown while a ReplicaSet that was looked at before has not said; one just made has none. */
function terminatingReplicas(all: readonly ReplicaSet[]): number | undefined {
  let sum = 0;
  for (const { status } of all) {
    if (status.terminatingReplicas === undefined && (status.observedGeneration ?? 0) > 0) return undefined;
    sum += status.terminatingReplicas ?? 0;
  }
  return sum;
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function isProgressing({ status: before }: Deployment, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

const deadlineOf = (deployment: Deployment, condition: DeploymentCondition, now: Millis): Millis =>
  (parseTime(condition.lastUpdateTime ?? '') ?? now) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000;

function hasTimedOut(deployment: Deployment, status: DeploymentStatus, now: Millis): boolean {
  const condition = findCondition(status, 'Progressing');
  if (!condition || condition.reason === NEW_REPLICA_SET_AVAILABLE) return false;
  return condition.reason === TIMED_OUT || deadlineOf(deployment, condition, now) < now;
}

/** The whole status during a rollout: counts, availability, progress, failures. */
export function rolloutStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  newReplicaSet: ReplicaSet | undefined,
  now: Millis,
): DeploymentStatus {
  let status = calculateStatus(deployment, all, newReplicaSet, now);
  if (!hasProgressDeadline(deployment)) status = withoutCondition(status, 'Progressing');
  const current = findCondition(deployment.status, 'Progressing');
  const done =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === NEW_REPLICA_SET_AVAILABLE;
  if (hasProgressDeadline(deployment) && !done) status = withProgress(deployment, status, newReplicaSet, now);
  const failure = replicaFailure(all, newReplicaSet);
  return failure ? withCondition(status, failure) : withoutCondition(status, 'ReplicaFailure');
}

function withProgress(
  deployment: Deployment,
  status: DeploymentStatus,
  newReplicaSet: ReplicaSet | undefined,
  now: Millis,
): DeploymentStatus {
  const subject = newReplicaSet
    ? `ReplicaSet "${newReplicaSet.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  const condition = (value: string, reason: string, what: string) =>
    newCondition('Progressing', value, reason, `${subject} ${what}`, now);
  if (isComplete(deployment, status)) {
    return withCondition(status, condition('True', NEW_REPLICA_SET_AVAILABLE, 'has successfully progressed.'));
  }
  if (isProgressing(deployment, status)) {
    // Every step forward counts as an update, also when reason and status stay: the deadline runs from the last one.
    const next = condition('True', 'ReplicaSetUpdated', 'is progressing.');
    const since = findCondition(deployment.status, 'Progressing');
    const kept = since?.status === 'True' ? since.lastTransitionTime : undefined;
    return withCondition(withoutCondition(status, 'Progressing'), {
      ...next,
      ...(kept !== undefined && { lastTransitionTime: kept }),
    });
  }
  if (!hasTimedOut(deployment, status, now)) return status;
  return withCondition(status, condition('False', TIMED_OUT, 'has timed out progressing.'));
}

/** When to look again whether the rollout is stuck: milliseconds from now, or undefined when nothing is to be expected. */
export function nextProgressCheckMs(deployment: Deployment, status: DeploymentStatus, now: Millis): Millis | undefined {
  const current = findCondition(deployment.status, 'Progressing');
  if (!hasProgressDeadline(deployment) || !current) return undefined;
  if (isComplete(deployment, status) || current.reason === TIMED_OUT) return undefined;
  return Math.max(0, deadlineOf(deployment, current, now) - now) + 1000;
}
