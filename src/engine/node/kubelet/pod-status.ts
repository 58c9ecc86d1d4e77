/** A Pod's whole status from what the runtime, the probes and the last report say. @upstream pkg/kubelet/kubelet_pods.go */
import type { Pod, PodStatus } from '#engine/api';
import { formatTime, type Millis } from '#engine/sim';
import { containerStatuses, type StatusInput } from './container-statuses.ts';
import { podConditions } from './pod-conditions.ts';
import { podPhase } from './pod-phase.ts';
import { podResources } from './pod-resources.ts';
import type { RuntimePod } from './types.ts';

export interface PodStatusInput extends StatusInput {
  readonly now: Millis;
  readonly nodeAddresses: readonly string[];
  /** The Pod will never run again. */
  readonly isTerminal: boolean;
  /** The kubelet ends the Pod: deadline, eviction. */
  readonly eviction?: { readonly reason: string; readonly message: string };
}

const readySandbox = (runtime: RuntimePod) => {
  for (let i = runtime.sandboxes.length - 1; i >= 0; i--) {
    const sandbox = runtime.sandboxes[i];
    if (sandbox?.state === 'ready') return sandbox;
  }
  return undefined;
};

/** @fidelity partial: one address family; no resource claims, no resize status */
export function generatePodStatus(input: PodStatusInput): PodStatus {
  const { pod, runtime, previous } = input;
  const initSpecs = pod.spec.initContainers ?? [];
  const init = containerStatuses(input, initSpecs, previous?.initContainerStatuses, true);
  const regular = containerStatuses(input, pod.spec.containers, previous?.containerStatuses, false);
  const ephemeral = containerStatuses(
    input,
    pod.spec.ephemeralContainers ?? [],
    previous?.ephemeralContainerStatuses,
    false,
  ).filter((status) => status.containerID !== undefined || input.failures.has(status.name));
  const ended = previous?.phase === 'Failed' || previous?.phase === 'Succeeded';
  // A hollow kubelet is told the phase by nobody but its containers; a real one never leaves a terminal phase.
  const computed = ended && !input.hollow ? (previous?.phase ?? '') : podPhase(pod, init, regular, input.isTerminal);
  const phase = input.eviction ? 'Failed' : computed;
  const sandbox = readySandbox(runtime);
  const addresses = podAddresses(input);
  const now = formatTime(input.now);
  const generation = pod.metadata.generation;
  const conditions = podConditions({
    pod,
    init,
    regular,
    phase,
    sandboxReady: sandbox !== undefined,
    previous: previous?.conditions ?? [],
    inApi: pod.status.conditions ?? [],
    now,
  });
  const hostIps = input.nodeAddresses;
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    phase,
    conditions,
    ...(ended && {
      ...(previous?.message && { message: previous.message }),
      ...(previous?.reason && { reason: previous.reason }),
    }),
    ...input.eviction,
    ...(previous?.nominatedNodeName && { nominatedNodeName: previous.nominatedNodeName }),
    ...(hostIps[0] && { hostIP: hostIps[0], hostIPs: hostIps.map((ip) => ({ ip })) }),
    ...(addresses[0] && { podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) }),
    startTime: previous?.startTime ?? now,
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: regular,
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
    qosClass: previous?.qosClass ?? qosClass(pod),
    ...podResources(pod),
  };
}

function podAddresses({ pod, runtime, previous, nodeAddresses }: PodStatusInput): readonly string[] {
  const sandbox = readySandbox(runtime);
  if (pod.spec.hostNetwork) return sandbox ? nodeAddresses : (previous?.podIPs ?? []).map(({ ip }) => ip);
  if (sandbox) return sandbox.addresses;
  return (previous?.podIPs ?? []).map(({ ip }) => ip);
}

/** @upstream pkg/apis/core/v1/helper/qos/qos.go */
export function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  let any = false;
  let guaranteed = true;
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const { requests, limits } = container.resources ?? {};
    for (const name of ['cpu', 'memory']) {
      const limit = limits?.[name];
      const request = requests?.[name] ?? limit;
      if (request !== undefined && !isZero(request)) any = true;
      if (limit === undefined || isZero(limit) || limit !== request) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

const isZero = (quantity: string) => Number.parseFloat(quantity) === 0;
