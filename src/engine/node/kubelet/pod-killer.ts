/** Ends the containers of a Pod: preStop, stop signal, kill, in upstream's order. @upstream pkg/kubelet/kuberuntime/kuberuntime_container.go */
import type { Container, Pod } from '#engine/api';
import type { ContainerStatus } from '#engine/node/cri';
import type { Millis } from '#engine/sim';
import type { ContainerToKill } from './compute-pod-actions.ts';
import { fieldPathOf, type KubeletContext, podEvent } from './context.ts';
import { runHook } from './hooks.ts';
import { ofPod, tell } from './traces.ts';
import { isRestartableInit } from './types.ts';

/** After a preStop hook a container still gets this long. */
const MINIMUM_GRACE_MS = 2_000;

/** Kills one container for a reason, within the Pod's own grace period or the probe's. */
export async function killContainer(context: KubeletContext, pod: Pod, target: ContainerToKill): Promise<void> {
  const { container, reason } = target;
  const own =
    reason === 'LivenessProbe'
      ? container.livenessProbe?.terminationGracePeriodSeconds
      : reason === 'StartupProbe'
        ? container.startupProbe?.terminationGracePeriodSeconds
        : undefined;
  const seconds = own ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  podEvent(context, pod, 'Normal', 'Killing', target.message, fieldPathOf(pod, container.name));
  const whose = ofPod(context.options.nodeName, pod);
  tell(context.world, 'kubelet.kill', { ...whose, container: container.name, reason });
  await stop(context, pod, container, target.id, seconds * 1000);
}

/** Kills every running container of the Pod: the regular ones together, then the sidecars, last started first. Then the sandbox. */
export async function killPod(context: KubeletContext, pod: Pod, graceMs: Millis): Promise<void> {
  const uid = pod.metadata.uid ?? '';
  const began = context.world.clock.now();
  const running = context.runtimePod(uid).containers.filter((status) => status.state === 'running');
  const sidecars = (pod.spec.initContainers ?? []).filter(isRestartableInit);
  const isSidecar = (status: ContainerStatus) => sidecars.some(({ name }) => name === status.name);
  await Promise.all(
    running.filter((status) => !isSidecar(status)).map((status) => killRunning(context, pod, status, graceMs)),
  );
  for (const sidecar of [...sidecars].reverse()) {
    if (context.signal.aborted) return;
    const left = Math.max(0, graceMs - (context.world.clock.now() - began));
    for (const status of running.filter(({ name }) => name === sidecar.name)) {
      await killRunning(context, pod, status, left === 0 ? MINIMUM_GRACE_MS : left);
    }
  }
  if (context.signal.aborted) return;
  for (const sandbox of [...context.runtimePod(uid).sandboxes]) context.runtime.stopSandbox(sandbox.id);
}

async function killRunning(context: KubeletContext, pod: Pod, status: ContainerStatus, graceMs: Millis): Promise<void> {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])];
  const container = all.find(({ name }) => name === status.name);
  podEvent(context, pod, 'Normal', 'Killing', `Stopping container ${status.name}`, fieldPathOf(pod, status.name));
  await stop(context, pod, container, status.id, graceMs);
}

async function stop(
  context: KubeletContext,
  pod: Pod,
  container: Container | undefined,
  id: string,
  graceMs: Millis,
): Promise<void> {
  const hook = container?.lifecycle?.preStop;
  let left = graceMs;
  if (container && hook && graceMs > 0 && !context.options.hollow) {
    const began = context.world.clock.now();
    const why = await runHook(context, pod, container, id, hook, graceMs);
    if (context.signal.aborted) return;
    if (why !== undefined)
      podEvent(context, pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', fieldPathOf(pod, container.name));
    left = Math.max(MINIMUM_GRACE_MS, graceMs - (context.world.clock.now() - began));
  }
  await context.runtime.stopContainer(id, left);
}
