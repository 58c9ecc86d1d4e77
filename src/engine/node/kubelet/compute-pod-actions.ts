/** What to do about a Pod's sandbox and containers: a pure function of its spec, the runtime and the probes. */
import type { Container, Pod } from '#engine/api';
import type { ContainerStatus, Sandbox } from '#engine/node/cri';
import { shouldBeRestarted } from './restart-policy.ts';
import { isRestartableInit, latestContainer, type ProbeKind, type RuntimePod } from './types.ts';

export interface ContainerToKill {
  readonly id: string;
  readonly container: Container;
  readonly message: string;
  readonly reason: 'LivenessProbe' | 'StartupProbe' | 'SpecChanged';
}

export interface PodActions {
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  /** The sandbox to use, or to be replaced. */
  readonly sandboxId: string | undefined;
  readonly attempt: number;
  readonly initContainersToStart: readonly number[];
  readonly containersToStart: readonly number[];
  readonly ephemeralContainersToStart: readonly number[];
  readonly containersToKill: readonly ContainerToKill[];
}

export interface ActionInput {
  readonly pod: Pod;
  readonly runtime: RuntimePod;
  /** false: failed; undefined: unknown or not probed */
  readonly probe: (kind: ProbeKind, containerId: string) => boolean | undefined;
  /** The image a running container was started from, when the spec has changed since. */
  readonly imageChanged: (container: Container, status: ContainerStatus) => boolean;
}

interface Draft {
  killPod: boolean;
  init: number[];
  start: number[];
  kill: ContainerToKill[];
}

const restartsOnFailure = (pod: Pod) => pod.spec.restartPolicy !== 'Never';

/**
 * @upstream pkg/kubelet/kuberuntime/kuberuntime_manager.go
 * @fidelity partial: no in-place resize, no RestartAllContainers rules
 */
export function computePodActions(input: ActionInput): PodActions {
  const { pod, runtime } = input;
  const sandbox = sandboxState(runtime);
  const base = { sandboxId: sandbox.current?.id, attempt: sandbox.attempt };
  if (sandbox.changed) return { ...base, ...freshStart(pod, runtime, sandbox.attempt) };
  const draft: Draft = { killPod: false, init: [], start: [], kill: [] };
  const ephemeral = (pod.spec.ephemeralContainers ?? []).flatMap((container, i) =>
    latestContainer(runtime, container.name) ? [] : [i],
  );
  const initialized = initActions(input, draft);
  if (!draft.killPod && initialized) regularActions(input, draft);
  return {
    ...base,
    killPod: draft.killPod,
    createSandbox: false,
    initContainersToStart: draft.init,
    containersToStart: draft.start,
    ephemeralContainersToStart: ephemeral,
    containersToKill: draft.kill,
  };
}

function sandboxState(runtime: RuntimePod): { changed: boolean; attempt: number; current: Sandbox | undefined } {
  const newest = runtime.sandboxes[runtime.sandboxes.length - 1];
  if (!newest) return { changed: true, attempt: 0, current: undefined };
  if (newest.state !== 'ready') return { changed: true, attempt: newest.config.attempt + 1, current: newest };
  return { changed: false, attempt: newest.config.attempt, current: newest };
}

/** Without a sandbox everything starts anew, unless the Pod has done its work. */
function freshStart(pod: Pod, runtime: RuntimePod, attempt: number): Omit<PodActions, 'sandboxId' | 'attempt'> {
  const nothing = {
    killPod: true,
    createSandbox: false,
    initContainersToStart: [],
    containersToStart: [],
    ephemeralContainersToStart: [],
    containersToKill: [],
  };
  if (!restartsOnFailure(pod) && attempt !== 0 && runtime.containers.length > 0) return nothing;
  const succeeded = (container: Container) => {
    const status = latestContainer(runtime, container.name);
    return status?.state === 'exited' && status.exitCode === 0;
  };
  const start = pod.spec.containers.flatMap((container, i) =>
    pod.spec.restartPolicy === 'OnFailure' && succeeded(container) ? [] : [i],
  );
  if (start.length === 0) return nothing;
  const hasInit = (pod.spec.initContainers?.length ?? 0) > 0;
  return {
    ...nothing,
    createSandbox: true,
    initContainersToStart: hasInit ? [0] : [],
    containersToStart: hasInit ? [] : start,
  };
}

/** Walks the init containers backwards, since finished ones may be gone. True when the regular containers may run. */
function initActions(input: ActionInput, draft: Draft): boolean {
  const { pod, runtime } = input;
  const specs = pod.spec.initContainers ?? [];
  if (specs.length === 0) return true;
  let initialized = pod.spec.containers.some((container) => latestContainer(runtime, container.name));
  let reached = initialized;
  for (let i = specs.length - 1; i >= 0; i--) {
    const spec = specs[i] as Container;
    const status = latestContainer(runtime, spec.name);
    const sidecar = isRestartableInit(spec);
    if (!status) {
      if (reached && sidecar) draft.init.push(i);
      continue;
    }
    if (reached && !sidecar) continue;
    const step =
      status.state === 'running' ? runningInit(input, spec, status, i, draft) : endedInit(pod, spec, status, i, draft);
    if (step === 'failed') return false;
    if (step === 'done' && !reached) {
      if (i === specs.length - 1) initialized = true;
      else draft.init.push(i + 1);
    }
    reached = true;
  }
  if (!reached) draft.init.push(0);
  draft.init.reverse();
  return initialized;
}

type Step = 'done' | 'wait' | 'failed';

function runningInit(input: ActionInput, spec: Container, status: ContainerStatus, index: number, draft: Draft): Step {
  if (!isRestartableInit(spec)) return 'wait';
  if (spec.startupProbe) {
    const started = input.probe('startup', status.id);
    if (started === undefined) return 'wait';
    if (!started) {
      draft.kill.push({
        id: status.id,
        container: spec,
        message: `Init container ${spec.name} failed startup probe`,
        reason: 'StartupProbe',
      });
      draft.init.push(index);
      return 'wait';
    }
  }
  if (spec.livenessProbe && input.probe('liveness', status.id) === false) {
    draft.kill.push({
      id: status.id,
      container: spec,
      message: `Init container ${spec.name} failed liveness probe`,
      reason: 'LivenessProbe',
    });
    draft.init.push(index);
  }
  return 'done';
}

function endedInit(pod: Pod, spec: Container, status: ContainerStatus, index: number, draft: Draft): Step {
  if (status.state === 'created') return 'wait';
  if (isRestartableInit(spec)) {
    draft.init.push(index);
    return 'wait';
  }
  if (status.exitCode === 0) return 'done';
  if (!restartsOnFailure(pod)) {
    draft.killPod = true;
    draft.init.length = 0;
    return 'failed';
  }
  draft.init.push(index);
  return 'wait';
}

function regularActions(input: ActionInput, draft: Draft): void {
  const { pod, runtime } = input;
  let keep = 0;
  for (const [i, container] of pod.spec.containers.entries()) {
    const status = latestContainer(runtime, container.name);
    if (status?.state !== 'running') {
      if (shouldBeRestarted(pod, container, runtime)) draft.start.push(i);
      continue;
    }
    const why = reasonToKill(input, container, status);
    if (!why) {
      keep++;
      continue;
    }
    const restart = why.reason === 'SpecChanged' || restartsOnFailure(pod);
    if (restart) draft.start.push(i);
    draft.kill.push({
      ...why,
      id: status.id,
      container,
      message: restart ? `${why.message}, will be restarted` : why.message,
    });
  }
  if (keep === 0 && draft.start.length === 0) {
    draft.killPod = true;
    draft.init.length = 0;
  }
}

function reasonToKill(
  input: ActionInput,
  container: Container,
  status: ContainerStatus,
): Pick<ContainerToKill, 'message' | 'reason'> | undefined {
  if (input.imageChanged(container, status)) {
    return { message: `Container ${container.name} definition changed`, reason: 'SpecChanged' };
  }
  if (input.probe('liveness', status.id) === false) {
    return { message: `Container ${container.name} failed liveness probe`, reason: 'LivenessProbe' };
  }
  if (input.probe('startup', status.id) === false) {
    return { message: `Container ${container.name} failed startup probe`, reason: 'StartupProbe' };
  }
  return undefined;
}
