/** Starts one container of a Pod: image, configuration, creation, start, postStart. @upstream pkg/kubelet/kuberuntime/kuberuntime_container.go */
import type { Container, Pod } from '#engine/api';
import { quantityMilliValue, quantityValue } from '#engine/apimachinery';
import { type ContainerConfig, RuntimeError, type Sandbox, type StoredImage } from '#engine/node/cri';
import type { Mount, Signal } from '#engine/os';
import { fieldPathOf, type KubeletContext, podEvent } from './context.ts';
import { containerEnvironment, expand } from './environment.ts';
import { runHook } from './hooks.ts';
import type { MountedVolume } from './node-directory.ts';
import { UnresolvedReference } from './object-reader.ts';
import { formatPod, type StartFailure } from './types.ts';

export interface StartInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly sandbox: Sandbox;
  readonly volumes: ReadonlyMap<string, MountedVolume>;
}

/** Undefined when it runs, else why not. */
export async function startContainer(context: KubeletContext, input: StartInput): Promise<StartFailure | undefined> {
  const { pod, container } = input;
  const fieldPath = fieldPathOf(pod, container.name);
  const fail = (reason: string, message: string, shown = message): StartFailure => {
    podEvent(context, pod, 'Warning', 'Failed', `Error: ${shown}`, fieldPath);
    return { reason, message };
  };
  const outcome = await context.images.ensure({ pod, fieldPath }, container, context.signal);
  if (context.signal.aborted) return undefined;
  if ('failure' in outcome) return fail(outcome.failure.reason, outcome.failure.message, outcome.failure.reason);
  let id: string;
  try {
    const config = await containerConfig(context, input, outcome.image);
    if (context.signal.aborted) return undefined;
    id = context.runtime.createContainer(input.sandbox.id, config);
  } catch (error) {
    if (error instanceof UnresolvedReference) return fail('CreateContainerConfigError', error.message);
    if (error instanceof RuntimeError) return fail('CreateContainerError', error.message);
    throw error;
  }
  podEvent(context, pod, 'Normal', 'Created', 'Container created', fieldPath);
  try {
    await context.runtime.startContainer(id);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return context.signal.aborted ? undefined : fail('RunContainerError', error.message);
  }
  if (context.signal.aborted) return undefined;
  podEvent(context, pod, 'Normal', 'Started', 'Container started', fieldPath);
  return postStart(context, input, id, fieldPath);
}

async function postStart(
  context: KubeletContext,
  { pod, container }: StartInput,
  id: string,
  fieldPath: string,
): Promise<StartFailure | undefined> {
  const hook = container.lifecycle?.postStart;
  if (!hook || context.options.hollow) return undefined;
  const why = await runHook(context, pod, container, id, hook, 0);
  if (why === undefined || context.signal.aborted) return undefined;
  podEvent(context, pod, 'Warning', 'FailedPostStartHook', `PostStartHook failed`, fieldPath);
  podEvent(context, pod, 'Normal', 'Killing', `FailedPostStartHook`, fieldPath);
  await context.runtime.stopContainer(id, (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000);
  return { reason: 'PostStartHookError', message: why };
}

async function containerConfig(
  context: KubeletContext,
  input: StartInput,
  image: StoredImage,
): Promise<ContainerConfig> {
  const { pod, container, sandbox } = input;
  const last = context.runtime.lastAttempt(pod.metadata.uid ?? '', container.name);
  const restartCount = last === undefined ? 0 : last + 1;
  if (context.options.hollow) {
    await checkReferences(context, input);
    return { name: container.name, attempt: restartCount, image: container.image ?? '', env: NO_ENV, mounts: [] };
  }
  const user = userOf(pod, container, image);
  const env = await containerEnvironment({
    pod,
    container,
    services: await context.services(),
    reader: context.reader,
    nodeAddresses: context.options.addresses,
    podAddresses: pod.spec.hostNetwork ? context.options.addresses : sandbox.addresses,
    allocatable: context.allocatable,
  });
  const expanded = (words: readonly string[] | undefined) =>
    words?.map((word) => expand(word, (name) => env.get(name)));
  const command = expanded(container.command);
  const args = expanded(container.args);
  const stopSignal = (container.lifecycle as { readonly stopSignal?: string } | undefined)?.stopSignal;
  return {
    name: container.name,
    attempt: restartCount,
    image: container.image ?? '',
    ...(command && { command }),
    ...(args && { args }),
    env,
    ...(container.workingDir && { workingDir: container.workingDir }),
    mounts: mountsOf(input, env),
    user,
    ...(container.securityContext?.readOnlyRootFilesystem && { readOnlyRoot: true }),
    ...(container.tty && { tty: true }),
    ...(container.stdin && { stdin: true }),
    ...(container.stdinOnce && { stdinOnce: true }),
    ...limitsOf(container),
    ...(stopSignal && { stopSignal: stopSignal as Signal }),
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
  };
}

/** What the cgroup enforces. */
export function limitsOf(container: Container): {
  readonly cpuLimitCores?: number;
  readonly memoryLimitBytes?: number;
} {
  const { limits } = container.resources ?? {};
  return {
    ...(limits?.cpu !== undefined && { cpuLimitCores: quantityMilliValue(limits.cpu) / 1000 }),
    ...(limits?.memory !== undefined && { memoryLimitBytes: quantityValue(limits.memory) }),
  };
}

const NO_ENV: ReadonlyMap<string, string> = new Map();

/** A hollow container needs no environment, but what it refers to must be there; kubemark's host cannot prepare sub-paths. */
async function checkReferences(context: KubeletContext, { pod, container, sandbox }: StartInput): Promise<void> {
  if (container.volumeMounts?.some((mount) => mount.subPath || mount.subPathExpr))
    throw new UnresolvedReference('not implemented');
  const refers = container.envFrom?.length || container.env?.some((variable) => variable.valueFrom);
  if (!refers) return;
  await containerEnvironment({
    pod,
    container,
    services: [],
    reader: context.reader,
    nodeAddresses: context.options.addresses,
    podAddresses: sandbox.addresses,
    allocatable: context.allocatable,
  });
}

function mountsOf({ container, volumes }: StartInput, env: ReadonlyMap<string, string>): readonly Mount[] {
  return (container.volumeMounts ?? []).map((mount) => {
    const mounted = volumes.get(mount.name);
    if (!mounted)
      throw new UnresolvedReference(`cannot find volume "${mount.name}" to mount into container "${container.name}"`);
    const sub = mount.subPathExpr ? expand(mount.subPathExpr, (name) => env.get(name)) : mount.subPath;
    const subPath = [mounted.subPath, sub].filter((part) => part).join('/');
    if (sub && subPath.split('/').includes('..'))
      throw new UnresolvedReference(
        `failed to prepare subPath for volumeMount "${mount.name}" of container "${container.name}"`,
      );
    return {
      path: mount.mountPath,
      volume: mounted.volume,
      ...(subPath && { subPath }),
      ...((mount.readOnly || mounted.readOnly) && { readOnly: true }),
    };
  });
}

/** Rejects a container that must not run as root but would. @upstream pkg/kubelet/kuberuntime/security_context_others.go */
function userOf(pod: Pod, container: Container, image: StoredImage): NonNullable<ContainerConfig['user']> {
  const own = container.securityContext ?? {};
  const shared = pod.spec.securityContext ?? {};
  const uid = own.runAsUser ?? shared.runAsUser;
  const gid = own.runAsGroup ?? shared.runAsGroup;
  const nonRoot = own.runAsNonRoot ?? shared.runAsNonRoot;
  if (nonRoot) {
    const where = `(pod: "${formatPod(pod)}", container: ${container.name})`;
    const imageUser = (image.image.config.user ?? '').split(':')[0] ?? '';
    if (uid === 0) throw new UnresolvedReference(`container's runAsUser breaks non-root policy ${where}`);
    if (uid === undefined && (imageUser === '' || imageUser === '0' || imageUser === 'root')) {
      throw new UnresolvedReference(`container has runAsNonRoot and image will run as root ${where}`);
    }
    if (uid === undefined && Number.isNaN(Number(imageUser))) {
      throw new UnresolvedReference(
        `container has runAsNonRoot and image has non-numeric user (${imageUser}), cannot verify user is non-root ${where}`,
      );
    }
  }
  const groups = [...(shared.supplementalGroups ?? []), ...(shared.fsGroup !== undefined ? [shared.fsGroup] : [])];
  return {
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(groups.length > 0 && { supplementalGroups: groups }),
  };
}
