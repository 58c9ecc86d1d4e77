/** Questions about a Pod that every workload controller asks. @upstream pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go */
import type { Pod, PodCondition } from '#engine/api';
import { type Millis, parseTime } from '#engine/sim';

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status.conditions?.find((condition) => condition.type === type);

export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';

export const isPodTerminal = ({ status: { phase } }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';

/** Neither finished nor on its way out. */
export const isPodActive = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;

export const isPodTerminating = (pod: Pod): boolean =>
  !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined;

/** Ready for at least `minReadySeconds`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: Millis): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  const since = ready.lastTransitionTime === undefined ? undefined : parseTime(ready.lastTransitionTime);
  return since !== undefined && since + minReadySeconds * 1000 <= now;
}

/** Milliseconds until the next of these Pods has been ready long enough; undefined when none is waiting for that. */
export function nextAvailabilityMs(pods: readonly Pod[], minReadySeconds: number, now: Millis): Millis | undefined {
  if (minReadySeconds <= 0) return undefined;
  let next: Millis | undefined;
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready');
    if (ready?.status !== 'True' || ready.lastTransitionTime === undefined) continue;
    const left = (parseTime(ready.lastTransitionTime) ?? now) + minReadySeconds * 1000 - now;
    if (left > 0 && (next === undefined || left < next)) next = left;
  }
  return next;
}

/** True when an update of the Pod can change what workload controllers count. */
export function countsDiffer(previous: Pod, pod: Pod): boolean {
  const { metadata: a, status: x } = previous;
  const { metadata: b, status: y } = pod;
  if (a.labels !== b.labels || a.ownerReferences !== b.ownerReferences) return true;
  if (a.deletionTimestamp !== b.deletionTimestamp || x.phase !== y.phase) return true;
  if (previous.spec.nodeName !== pod.spec.nodeName) return true;
  const before = podCondition(previous, 'Ready');
  const after = podCondition(pod, 'Ready');
  return before?.status !== after?.status || before?.lastTransitionTime !== after?.lastTransitionTime;
}
