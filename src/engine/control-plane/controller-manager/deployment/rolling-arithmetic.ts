/** How many Pods may come and go at once. Pure. @upstream pkg/controller/deployment/util/deployment_util.go */
import type { Deployment, ReplicaSet } from '#engine/api';
import { scaledValue } from '../int-or-percent.ts';
import { annotationNumber, DESIRED_REPLICAS, MAX_REPLICAS, replicasOf, total } from './replica-sets.ts';

export const isRollingUpdate = ({ spec }: Deployment): boolean => spec.strategy?.type === 'RollingUpdate';

export const desiredReplicas = ({ spec }: Deployment): number => spec.replicas ?? 1;

/** Surge is rounded up, unavailability down; when both are nothing, one Pod may be unavailable. */
export function fenceposts(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const rolling = deployment.spec.strategy?.rollingUpdate;
  const desired = desiredReplicas(deployment);
  const surge = scaledValue(rolling?.maxSurge, desired, true);
  const unavailable = scaledValue(rolling?.maxUnavailable, desired, false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export const maxSurge = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;

export function maxUnavailable(deployment: Deployment): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment) || desired === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, desired);
}

/** The size the new ReplicaSet should have now. */
export function newReplicaCount(deployment: Deployment, all: readonly ReplicaSet[], current: number): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const surge = scaledValue(deployment.spec.strategy?.rollingUpdate?.maxSurge, desired, true);
  const room = desired + surge - total(all, replicasOf);
  return room <= 0 ? current : current + Math.min(room, desired - current);
}

/** A size for each ReplicaSet, in the order given. */
export type Sizes = readonly { readonly replicaSet: ReplicaSet; readonly size: number }[];

/** Unhealthy Pods of old ReplicaSets go first: they block nothing when they go. */
export function cleanupUnhealthy(
  old: readonly ReplicaSet[],
  limit: number,
): { readonly sizes: Sizes; readonly count: number } {
  const sizes: { replicaSet: ReplicaSet; size: number }[] = [];
  let count = 0;
  for (const replicaSet of old) {
    const replicas = replicasOf(replicaSet);
    const unhealthy = replicas - (replicaSet.status.availableReplicas ?? 0);
    if (count >= limit) break;
    if (replicas === 0 || unhealthy === 0) continue;
    const down = Math.min(limit - count, unhealthy);
    if (down < 0)
      throw new Error(
        `when cleaning up unhealthy replicas, got invalid request to scale down ${replicaSet.metadata.namespace}/${replicaSet.metadata.name} ${replicas} -> ${replicas - down}`,
      );
    sizes.push({ replicaSet, size: replicas - down });
    count += down;
  }
  return { sizes, count };
}

/** Old ReplicaSets give up what availability allows, the oldest first. */
export function scaleDownOld(deployment: Deployment, all: readonly ReplicaSet[], old: readonly ReplicaSet[]): Sizes {
  const minAvailable = desiredReplicas(deployment) - maxUnavailable(deployment);
  let left = total(all, (each) => each.status.availableReplicas ?? 0) - minAvailable;
  const sizes: { replicaSet: ReplicaSet; size: number }[] = [];
  for (const replicaSet of old) {
    if (left <= 0) break;
    const replicas = replicasOf(replicaSet);
    if (replicas === 0) continue;
    const down = Math.min(replicas, left);
    sizes.push({ replicaSet, size: replicas - down });
    left -= down;
  }
  return sizes;
}

/** How many Pods of old ReplicaSets may go without losing availability; 0 or less: none. */
export function maxScaledDown(deployment: Deployment, all: readonly ReplicaSet[], newReplicaSet: ReplicaSet): number {
  const minAvailable = desiredReplicas(deployment) - maxUnavailable(deployment);
  const newUnavailable = replicasOf(newReplicaSet) - (newReplicaSet.status.availableReplicas ?? 0);
  return total(all, replicasOf) - minAvailable - newUnavailable;
}

/** Shares a change of size among active ReplicaSets in proportion to theirs; what rounding leaves goes to the largest. */
export function proportionalSizes(deployment: Deployment, active: readonly ReplicaSet[]): Sizes {
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - total(active, replicasOf);
  const ordered = [...active].sort(toAdd > 0 ? bySize(newerFirst) : toAdd < 0 ? bySize(olderFirst) : () => 0);
  let added = 0;
  const sizes = ordered.map((replicaSet) => {
    const share = proportion(replicaSet, deployment, toAdd, added);
    added += share;
    return { replicaSet, size: replicasOf(replicaSet) + share };
  });
  const largest = sizes[0];
  if (largest && toAdd !== 0) sizes[0] = { ...largest, size: Math.max(0, largest.size + toAdd - added) };
  return sizes;
}

function proportion(replicaSet: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  if (replicasOf(replicaSet) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(replicaSet, deployment);
  const allowed = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
}

function fractionOf(replicaSet: ReplicaSet, deployment: Deployment): number {
  const replicas = replicasOf(replicaSet);
  if (desiredReplicas(deployment) === 0) return -replicas;
  const annotated = annotationNumber(replicaSet, MAX_REPLICAS);
  const max = annotated === undefined || annotated === 0 ? (deployment.status.replicas ?? 0) : annotated;
  const size = (replicas * (desiredReplicas(deployment) + maxSurge(deployment))) / max;
  return Math.trunc(size < 0 ? size - 0.5 : size + 0.5) - replicas;
}

/** The new ReplicaSet runs at full size, and was made for this size. */
export const isSaturated = (deployment: Deployment, replicaSet: ReplicaSet | undefined): boolean => {
  const desired = desiredReplicas(deployment);
  return (
    replicaSet !== undefined &&
    annotationNumber(replicaSet, DESIRED_REPLICAS) === desired &&
    replicasOf(replicaSet) === desired &&
    (replicaSet.status.availableReplicas ?? 0) === desired
  );
};

type Order = (a: ReplicaSet, b: ReplicaSet) => number;

const bySize =
  (then: Order): Order =>
  (a, b) =>
    replicasOf(b) - replicasOf(a) || then(a, b);

/** Older first; equal ages by name. */
export const olderFirst: Order = (a, b) => {
  const x = a.metadata.creationTimestamp ?? '';
  const y = b.metadata.creationTimestamp ?? '';
  if (x !== y) return x < y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
};

export const newerFirst: Order = (a, b) => {
  const x = a.metadata.creationTimestamp ?? '';
  const y = b.metadata.creationTimestamp ?? '';
  if (x !== y) return x < y ? 1 : -1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
};
