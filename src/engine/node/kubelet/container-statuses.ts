/** From the runtime's containers to the `containerStatuses` of the API. @upstream pkg/kubelet/kubelet_pods.go */
import type { Container, ContainerState, ContainerStatus, Pod } from '#engine/api';
import type { ContainerStatus as RuntimeStatus } from '#engine/node/cri';
import { formatTime } from '#engine/sim';
import { shouldBeRestarted } from './restart-policy.ts';
import { isRestartableInit, type ProbeView, type RuntimePod, type StartFailure } from './types.ts';

export interface StatusInput {
  readonly pod: Pod;
  readonly runtime: RuntimePod;
  readonly failures: ReadonlyMap<string, StartFailure>;
  readonly probes: ProbeView;
  /** What was last reported. */
  readonly previous: Pod['status'] | undefined;
  readonly idPrefix: string;
  readonly hollow: boolean;
}

type Spec = Container;

/** Statuses of the regular containers by name, or of the init containers in the order of the spec. */
export function containerStatuses(
  input: StatusInput,
  specs: readonly Spec[],
  previous: readonly ContainerStatus[] | undefined,
  isInit: boolean,
): readonly ContainerStatus[] {
  const statuses = specs.map((spec) => {
    const base = fromRuntime(
      input,
      spec,
      previous?.find((status) => status.name === spec.name),
    );
    return withProbes(input, spec, waitingIfFailed(input, spec, base, isInit), isInit);
  });
  return isInit ? statuses : statuses.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fromRuntime(input: StatusInput, spec: Spec, before: ContainerStatus | undefined): ContainerStatus {
  const runs = input.runtime.containers.filter((status) => status.name === spec.name);
  const latest = runs[runs.length - 1];
  const earlier = runs[runs.length - 2];
  const mounts = volumeMounts(spec);
  if (!latest) return withoutRun(input, spec, before, mounts);
  const requests = spec.resources?.requests;
  const lastState = earlier
    ? stateOf(input, earlier)
    : before?.restartCount === latest.attempt
      ? before.lastState
      : undefined;
  return {
    name: spec.name,
    state: stateOf(input, latest),
    lastState: lastState?.terminated ? lastState : {},
    ready: false,
    restartCount: latest.attempt,
    image: latest.image,
    imageID: latest.imageRef,
    containerID: input.idPrefix + latest.id,
    ...(requests && Object.keys(requests).length > 0 && { allocatedResources: requests }),
    resources: reportedResources(spec, input.hollow),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(latest.user && { user: { linux: latest.user } }),
  };
}

/** Nothing in the runtime: it has not started yet, or everything about it was lost. */
function withoutRun(
  { pod }: StatusInput,
  spec: Spec,
  before: ContainerStatus | undefined,
  mounts: readonly NonNullable<ContainerStatus['volumeMounts']>[number][],
): ContainerStatus {
  if (before?.state?.terminated) return before;
  const reason = pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
  const lost = before?.state?.running !== undefined && !before.lastState?.terminated;
  const lostState: ContainerState = {
    terminated: {
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: 'The container could not be located when the pod was deleted.  The container used to be Running',
    },
  };
  return {
    name: spec.name,
    state: { waiting: { reason } },
    lastState: lost ? lostState : (before?.lastState ?? {}),
    ready: false,
    restartCount: (before?.restartCount ?? 0) + (lost && !pod.metadata.deletionTimestamp ? 1 : 0),
    image: spec.image ?? '',
    imageID: '',
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  };
}

function stateOf({ idPrefix, hollow }: StatusInput, run: RuntimeStatus): ContainerState {
  if (run.state === 'created') return { waiting: { reason: 'ContainerCreating' } };
  const startedAt = formatTime(run.startedAt ?? 0);
  if (run.state === 'running') return { running: { startedAt } };
  return {
    terminated: {
      exitCode: run.exitCode ?? 0,
      ...(run.reason !== undefined && !hollow && { reason: run.reason }),
      ...terminationMessage(run),
      startedAt,
      finishedAt: formatTime(run.finishedAt ?? 0),
      containerID: idPrefix + run.id,
    },
  };
}

function terminationMessage(run: RuntimeStatus): { message?: string } {
  const message = [run.message, run.terminationMessage].filter((part) => part !== undefined).join(': ');
  return message ? { message } : {};
}

/** A container that is to be restarted but cannot yet is Waiting, with the reason why. */
function waitingIfFailed(
  { pod, runtime, failures }: StatusInput,
  spec: Spec,
  status: ContainerStatus,
  isInit: boolean,
): ContainerStatus {
  const failure = failures.get(spec.name);
  if (!failure || !shouldBeRestarted(pod, spec, runtime)) return status;
  if (isInit && status.state?.terminated?.exitCode === 0 && !isRestartableInit(spec)) return status;
  return {
    ...status,
    ...(status.state?.terminated && { lastState: status.state }),
    state: { waiting: { reason: failure.reason, ...(failure.message && { message: failure.message }) } },
  };
}

/** `started` and `ready`. @upstream pkg/kubelet/prober/prober_manager.go */
function withProbes(input: StatusInput, spec: Spec, status: ContainerStatus, isInit: boolean): ContainerStatus {
  if (input.hollow) return isInit ? status : { ...status, ready: true };
  const uid = input.pod.metadata.uid ?? '';
  const running = status.state?.running !== undefined;
  const id = status.containerID ?? '';
  const { probes } = input;
  const started = running && (probes.result('startup', id) ?? !probes.has('startup', uid, spec.name));
  const plainInit = isInit && !isRestartableInit(spec);
  const ready = plainInit
    ? status.state?.terminated?.exitCode === 0
    : started && (probes.result('readiness', id) ?? !probes.has('readiness', uid, spec.name));
  return { ...status, ready, started };
}

function volumeMounts(spec: Spec): readonly NonNullable<ContainerStatus['volumeMounts']>[number][] {
  return (spec.volumeMounts ?? []).map((mount) => ({
    name: mount.name,
    mountPath: mount.mountPath,
    ...(mount.readOnly && {
      readOnly: true,
      recursiveReadOnly: mount.recursiveReadOnly && mount.recursiveReadOnly !== 'Disabled' ? 'Enabled' : 'Disabled',
    }),
  }));
}

/** What is in force: here the runtime always applies what the spec asks. A hollow runtime reports no memory as 0. */
function reportedResources(spec: Spec, hollow: boolean): NonNullable<ContainerStatus['resources']> {
  const { limits, requests } = spec.resources ?? {};
  const reported =
    hollow && requests?.cpu !== undefined && requests.memory === undefined ? { ...requests, memory: '0' } : requests;
  return {
    ...(limits && Object.keys(limits).length > 0 && { limits }),
    ...(reported && Object.keys(reported).length > 0 && { requests: reported }),
  };
}
