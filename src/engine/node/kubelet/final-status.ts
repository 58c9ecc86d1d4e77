/** The last status of a Pod: nothing of it runs any more. @upstream pkg/kubelet/status/status_manager.go */
import type { ContainerStatus, Pod, PodStatus } from '#engine/api';
import { anyRegularStarted, hasStarted } from './pod-phase.ts';

const lost = (status: ContainerStatus): ContainerStatus =>
  status.state?.terminated
    ? status
    : {
        ...status,
        state: {
          terminated: {
            exitCode: 137,
            reason: 'ContainerStatusUnknown',
            message: 'The container could not be located when the pod was terminated',
          },
        },
      };

/** Containers without an end are said to have been lost; a Pod that came to no other end has failed. */
export function finalStatus(pod: Pod, status: PodStatus): PodStatus {
  const init = status.initContainerStatuses ?? [];
  const regular = status.containerStatuses ?? [];
  const initialized =
    anyRegularStarted(pod, regular) || init.every((container) => container.state?.terminated?.exitCode === 0);
  const lastStarted = init.findLastIndex(hasStarted);
  const ended = status.phase === 'Failed' || status.phase === 'Succeeded';
  return {
    ...status,
    phase: ended ? (status.phase ?? 'Failed') : 'Failed',
    ...(init.length > 0 && {
      initContainerStatuses: init.map((container, i) => (i <= lastStarted ? lost(container) : container)),
    }),
    containerStatuses: initialized ? regular.map(lost) : regular,
  };
}
