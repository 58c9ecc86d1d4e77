/** The phase of a Pod from its containers' states. @upstream pkg/kubelet/kubelet_pods.go */
import type { ContainerStatus, Pod } from '#engine/api';
import { isRestartableInit, isStaticPod } from './types.ts';

export const hasStarted = (status: ContainerStatus): boolean =>
  status.state?.running !== undefined ||
  status.state?.terminated !== undefined ||
  status.lastState?.terminated !== undefined;

/** True once any regular container has run: then every init container has done its work. */
export const anyRegularStarted = (pod: Pod, regular: readonly ContainerStatus[]): boolean =>
  regular.some(
    (status) => hasStarted(status) && pod.spec.containers.some((container) => container.name === status.name),
  );

interface Counts {
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  succeeded: number;
}

/** @param isTerminal the Pod will never run again */
export function podPhase(
  pod: Pod,
  init: readonly ContainerStatus[],
  regular: readonly ContainerStatus[],
  isTerminal: boolean,
): string {
  const counts: Counts = { unknown: 0, running: 0, waiting: 0, stopped: 0, succeeded: 0 };
  const { pending, failed } = countInit(pod, init, counts);
  countRegular(pod, regular, counts);
  const { restartPolicy } = pod.spec;
  if (failed > 0 && restartPolicy === 'Never') return 'Failed';
  if ((pending > 0 && !anyRegularStarted(pod, regular)) || counts.waiting > 0) return 'Pending';
  if (counts.running > 0 && counts.unknown === 0) return 'Running';
  if (counts.running > 0 || counts.stopped === 0 || counts.unknown > 0) return 'Pending';
  const verdict = counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
  if (isTerminal && !isStaticPod(pod)) return verdict;
  if (restartPolicy === 'Always') return 'Running';
  if (verdict === 'Succeeded' || restartPolicy === 'Never') return verdict;
  return 'Running';
}

function countInit(
  pod: Pod,
  statuses: readonly ContainerStatus[],
  counts: Counts,
): { pending: number; failed: number } {
  let pending = 0;
  let failed = 0;
  for (const container of pod.spec.initContainers ?? []) {
    const status = statuses.find((candidate) => candidate.name === container.name);
    const state = status?.state;
    if (isRestartableInit(container)) {
      if (!status) counts.unknown++;
      else if (state?.running) {
        if (!status.started) pending++;
        counts.running++;
      } else if (state?.waiting && !status.lastState?.terminated) {
        pending++;
        counts.waiting++;
      }
    } else if (state?.terminated) failed += state.terminated.exitCode === 0 ? 0 : 1;
    else if (state?.waiting && status?.lastState?.terminated)
      failed += status.lastState.terminated.exitCode === 0 ? 0 : 1;
    else pending++;
  }
  return { pending, failed };
}

function countRegular(pod: Pod, statuses: readonly ContainerStatus[], counts: Counts): void {
  for (const container of pod.spec.containers) {
    const status = statuses.find((candidate) => candidate.name === container.name);
    const state = status?.state;
    if (state?.running) counts.running++;
    else if (state?.terminated) {
      counts.stopped++;
      if (state.terminated.exitCode === 0) counts.succeeded++;
    } else if (state?.waiting) {
      if (status?.lastState?.terminated) counts.stopped++;
      else counts.waiting++;
    } else counts.unknown++;
  }
}
