/** What a DaemonSet reports. @upstream pkg/controller/daemon/daemon_controller.go updateDaemonSetStatus */
import type { DaemonSetStatus, Node } from '#engine/api';
import { isPodAvailable, isPodReady } from '../pod-status.ts';
import { placeOnNode } from './placement.ts';
import { isUpdated, type Look, olderFirst, type PodsByNode } from './plan.ts';

/** @param observed whether this generation of the spec was acted on */
export function calculateStatus(
  look: Look,
  nodes: readonly Node[],
  pods: PodsByNode,
  observed: boolean,
): DaemonSetStatus {
  const { daemonSet, now } = look;
  let desired = 0;
  let scheduled = 0;
  let misscheduled = 0;
  let ready = 0;
  let available = 0;
  let updated = 0;
  for (const node of nodes) {
    const here = pods.get(node.metadata.name) ?? [];
    if (!placeOnNode(daemonSet, node).shouldRun) {
      if (here.length > 0) misscheduled++;
      continue;
    }
    desired++;
    const [pod] = [...here].sort(olderFirst);
    if (!pod) continue;
    scheduled++;
    if (isPodReady(pod)) ready++;
    if (isPodAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now)) available++;
    if (isUpdated(pod, look)) updated++;
  }
  const { collisionCount, conditions, observedGeneration } = daemonSet.status;
  const generation = observed ? daemonSet.metadata.generation : observedGeneration;
  return {
    currentNumberScheduled: scheduled,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...(generation !== undefined && { observedGeneration: generation }),
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(desired > available && { numberUnavailable: desired - available }),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions && { conditions }),
  };
}
