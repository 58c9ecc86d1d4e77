/** Pods and Events cut down to what two runs of the same manifests must have in common. */
import type { ContainerStatus, CoreV1Event, Pod } from '#engine/api';

const withoutIds = (text: string | undefined): string =>
  (text ?? '')
    .replace(/\([0-9a-f-]{36}\)/g, '(uid)')
    .replace(/in [0-9.]+m?s \([0-9.]+m?s including waiting\)\. Image size: \d+ bytes/, 'in X. Image size: N bytes');

function containerLine(status: ContainerStatus): string {
  const { waiting, running, terminated } = status.state ?? {};
  const state = waiting
    ? `waiting ${waiting.reason} ${withoutIds(waiting.message)}`
    : running
      ? 'running'
      : `terminated ${terminated?.reason} ${terminated?.exitCode}`;
  const last = status.lastState?.terminated;
  const flags = `${status.ready ? 'ready' : 'unready'} ${status.started ? 'started' : 'unstarted'} x${status.restartCount}`;
  return `${status.name}: ${state.trim()} | ${flags}${last ? ` | last ${last.reason} ${last.exitCode}` : ''}`;
}

/** One version of a Pod. */
function podLine({ status }: Pod): string {
  const conditions = (status.conditions ?? []).map(
    ({ type, status: value, reason, message }) =>
      `${type}=${value}${reason ? `(${reason}: ${withoutIds(message)})` : ''}`,
  );
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(containerLine);
  const head = `${status.phase}${status.podIP ? ' with address' : ''}${status.reason ? ` ${status.reason}` : ''}`;
  return [head, ...conditions, ...containers].join('; ');
}

/** The states of a Pod from its scheduling on, each once in a row. */
export function podStates(versions: readonly Pod[]): readonly string[] {
  const lines = versions.filter((pod) => pod.status.conditions !== undefined).map(podLine);
  return lines.filter((line, i) => line !== lines[i - 1]);
}

export const eventLine = (event: CoreV1Event): string =>
  [
    event.involvedObject.fieldPath ?? '',
    event.type,
    event.reason,
    event.source?.component || event.reportingComponent || '',
    withoutIds(event.message),
  ].join(' | ');

/** What of a Pod's final object is the kubelet's and does not depend on chance. */
export function finalFacts(pod: Pod): object {
  const { status } = pod;
  const container = ({ name, volumeMounts, user, resources, allocatedResources }: ContainerStatus) => ({
    name,
    volumeMounts: volumeMounts?.map((mount) => ({ ...mount, name: mount.name.replace(/-[a-z0-9]{5}$/, '') })),
    user,
    resources,
    allocatedResources,
  });
  return {
    qosClass: status.qosClass,
    observedGeneration: status.observedGeneration,
    resources: status.resources,
    allocatedResources: status.allocatedResources,
    hasHostIp: status.hostIP !== undefined && status.hostIPs?.length === 1,
    init: status.initContainerStatuses?.map(container),
    containers: status.containerStatuses?.map(container),
  };
}

/**
 * Whether `expected` occurs in `actual` in order, and what is the first that does not. Ours runs longer than the recording, and
 * may show a state that a look once a second steps over: at most one in a row.
 */
export function missingInOrder(expected: readonly string[], actual: readonly string[]): string | undefined {
  let at = 0;
  for (const state of expected) {
    const found = actual.indexOf(state, at);
    if (found < 0 || found - at > 1)
      return `missing after ${at} states: ${state}\n      have ${actual[at] ?? 'nothing'}`;
    at = found + 1;
  }
  return undefined;
}
