/** Which Pods a ReplicaSet makes and which it gives up. @upstream pkg/controller/replicaset/replica_set.go, pkg/controller/controller_utils.go */
import type { ContainerStatus, Pod } from '#engine/api';
import { type Millis, parseTime } from '#engine/sim';
import { isPodActive, isPodReady, podCondition } from '../pod-status.ts';

/** Pods created or deleted in one sync at most. */
const BURST_REPLICAS = 500;

export interface ReplicaDecision {
  readonly create: number;
  readonly remove: readonly Pod[];
}

/**
 * @param active the object's Pods that are neither finished nor terminating
 * @param related Pods of all ReplicaSets of the same Deployment: where they crowd, Pods go first
 */
export function computeReplicas(
  { spec }: { readonly spec: { readonly replicas?: number } },
  active: readonly Pod[],
  related: () => readonly Pod[],
  now: Millis,
): ReplicaDecision {
  const difference = active.length - (spec.replicas ?? 1);
  if (difference < 0) return { create: Math.min(-difference, BURST_REPLICAS), remove: [] };
  if (difference === 0) return { create: 0, remove: [] };
  const count = Math.min(difference, BURST_REPLICAS);
  if (count >= active.length) return { create: 0, remove: active };
  return { create: 0, remove: rankForDeletion(active, related(), now).slice(0, count) };
}

/** First the Pod that is missed least. */
export function rankForDeletion(active: readonly Pod[], related: readonly Pod[], now: Millis): readonly Pod[] {
  const perNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName ?? '';
    if (isPodActive(pod)) perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  const crowd = (pod: Pod) => perNode.get(pod.spec.nodeName ?? '') ?? 0;
  return [...active].sort((a, b) => compareForDeletion(a, b, crowd(a) - crowd(b), now));
}

const PHASE_ORDER: { readonly [phase: string]: number } = { Pending: 0, Unknown: 1, Running: 2 };

function compareForDeletion(a: Pod, b: Pod, crowding: number, now: Millis): number {
  const assigned = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName));
  if (assigned !== 0) return assigned;
  const phase = (PHASE_ORDER[a.status.phase ?? ''] ?? 0) - (PHASE_ORDER[b.status.phase ?? ''] ?? 0);
  if (phase !== 0) return phase;
  const readyA = isPodReady(a);
  const readyB = isPodReady(b);
  if (readyA !== readyB) return readyA ? 1 : -1;
  const cost = deletionCost(a) - deletionCost(b);
  if (cost !== 0) return cost;
  if (crowding !== 0) return -crowding;
  if (readyA) {
    const byReadyTime = compareAge(a, b, readySince(a), readySince(b), now);
    if (byReadyTime !== 0) return byReadyTime;
  }
  const restarts = compareRestarts(a, b);
  if (restarts !== 0) return restarts;
  return compareAge(a, b, timeOf(a.metadata.creationTimestamp), timeOf(b.metadata.creationTimestamp), now);
}

/** `controller.kubernetes.io/pod-deletion-cost`; what is no 32-bit integer in plain digits counts as 0. */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'];
  if (text === undefined || !/^(?:0|-?[1-9]\d*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost === Math.trunc(cost) && Math.abs(cost) <= 2 ** 31 - 1 ? cost : 0;
}

const timeOf = (time: string | undefined): Millis | undefined => (time === undefined ? undefined : parseTime(time));
const readySince = (pod: Pod): Millis | undefined => timeOf(podCondition(pod, 'Ready')?.lastTransitionTime);

/** Younger goes first, but ages count in powers of two, and within one power the uid decides (LogarithmicScaleDown). */
function compareAge(a: Pod, b: Pod, timeA: Millis | undefined, timeB: Millis | undefined, now: Millis): number {
  if (timeA === timeB) return 0;
  if (timeA === undefined) return -1;
  if (timeB === undefined) return 1;
  const difference = magnitude(now - timeA) - magnitude(now - timeB);
  if (difference !== 0) return difference;
  return (a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1;
}

const magnitude = (ageMs: Millis): number => (ageMs > 0 ? Math.floor(Math.log2(ageMs * 1e6)) : -1);

function compareRestarts(a: Pod, b: Pod): number {
  const most = (statuses: readonly ContainerStatus[] | undefined) =>
    (statuses ?? []).reduce((max, { restartCount }) => Math.max(max, restartCount), 0);
  const regular = most(b.status.containerStatuses) - most(a.status.containerStatuses);
  return regular !== 0 ? regular : sidecarRestarts(b) - sidecarRestarts(a);
}

function sidecarRestarts(pod: Pod): number {
  let most = 0;
  for (const container of pod.spec.initContainers ?? []) {
    if (container.restartPolicy !== 'Always') continue;
    const status = pod.status.initContainerStatuses?.find(({ name }) => name === container.name);
    most = Math.max(most, status?.restartCount ?? 0);
  }
  return most;
}
