/** The arithmetic of a PodDisruptionBudget. @upstream pkg/controller/disruption/disruption.go */
import type { Pod, PodDisruptionBudget } from '#engine/api';
import { formatTime, type Millis, parseTime } from '#engine/sim';
import { scaledValue } from '../int-or-percent.ts';
import { isPodReady } from '../pod-status.ts';

/** A Pod that was said to go and is still there after so long is not going. */
const DELETION_TIMEOUT_MS = 120_000;

type Status = NonNullable<PodDisruptionBudget['status']>;

/** How many of the Pods must be healthy, and out of how many. `scale`: what the controllers of the Pods want together. */
function wanted(
  { spec = {} }: PodDisruptionBudget,
  pods: number,
  scale: number,
): { readonly expectedPods: number; readonly desiredHealthy: number } {
  const { minAvailable, maxUnavailable } = spec;
  if (maxUnavailable !== undefined) {
    const unavailable = scaledValue(maxUnavailable, scale, true);
    return { expectedPods: scale, desiredHealthy: Math.max(0, scale - unavailable) };
  }
  if (typeof minAvailable === 'number') return { expectedPods: pods, desiredHealthy: minAvailable };
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  return { expectedPods: scale, desiredHealthy: scaledValue(minAvailable, scale, true) };
}

/** Pods that were evicted and are not gone yet, and when the next of them counts as staying. */
function stillDisrupted(budget: PodDisruptionBudget, pods: readonly Pod[], now: Millis) {
  const disrupted: { [name: string]: string } = {};
  let recheckMs: Millis | undefined;
  for (const pod of pods) {
    const since = budget.status?.disruptedPods?.[pod.metadata.name];
    if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const left = (parseTime(since) ?? now) + DELETION_TIMEOUT_MS - now;
    if (left <= 0) continue;
    disrupted[pod.metadata.name] = since;
    recheckMs = Math.min(recheckMs ?? left, left);
  }
  return { disrupted, recheckMs };
}

/** The status the budget should have. */
export function calculateStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  scale: number,
  now: Millis,
): { readonly status: Status; readonly recheckMs: Millis | undefined } {
  const { expectedPods, desiredHealthy } = wanted(budget, pods.length, scale);
  const { disrupted, recheckMs } = stillDisrupted(budget, pods, now);
  const currentHealthy = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined && isPodReady(pod),
  ).length;
  const spare = currentHealthy - desiredHealthy;
  const disruptionsAllowed = expectedPods <= 0 || spare <= 0 ? 0 : spare;
  return {
    recheckMs,
    status: {
      ...budget.status,
      currentHealthy,
      desiredHealthy,
      expectedPods,
      disruptionsAllowed,
      disruptedPods: disrupted,
      observedGeneration: budget.metadata.generation ?? 0,
      conditions: [allowedCondition(budget, disruptionsAllowed, now)],
    },
  };
}

function allowedCondition({ metadata, status }: PodDisruptionBudget, disruptionsAllowed: number, now: Millis) {
  const value = disruptionsAllowed > 0 ? 'True' : 'False';
  const before = status?.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  return {
    type: 'DisruptionAllowed',
    status: value,
    observedGeneration: metadata.generation ?? 0,
    lastTransitionTime: before?.status === value ? before.lastTransitionTime : formatTime(now),
    reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  };
}
