/** Lifecycle hooks: postStart after a container's start, preStop before its stop. @upstream pkg/kubelet/lifecycle/handlers.go */
import type { Container, LifecycleHandler, Pod } from '#engine/api';
import { httpRequest, NetError } from '#engine/http';
import { execSync, RuntimeError } from '#engine/node/cri';
import type { KubeletContext } from './context.ts';
import { portOf } from './probe.ts';

/** Undefined when it went well, else why not. */
export async function runHook(
  context: KubeletContext,
  pod: Pod,
  container: Container,
  containerId: string,
  hook: LifecycleHandler,
  timeoutMs: number,
): Promise<string | undefined> {
  if (hook.sleep) {
    await context.world.clock.sleep(
      Math.min(hook.sleep.seconds * 1000, timeoutMs || Number.MAX_SAFE_INTEGER),
      'kubelet/hook-sleep',
      context.signal,
    );
    return undefined;
  }
  if (hook.exec) return execHook(context, containerId, hook.exec.command ?? [], timeoutMs);
  if (hook.httpGet) return httpHook(context, pod, container, hook.httpGet);
  return 'cannot run handler: invalid handler';
}

async function execHook(
  context: KubeletContext,
  id: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    const result = await execSync(context.runtime, id, command, timeoutMs);
    const shown = `[${command.join(' ')}]`;
    if (!result) return `Exec lifecycle hook (${shown}) timed out`;
    if (result.status.code === 0) return undefined;
    return `Exec lifecycle hook (${shown}) failed - error: command '${command.join(' ')}' exited with ${result.status.code}: ${result.output}, message: ${JSON.stringify(result.output)}`;
  } catch (error) {
    if (error instanceof RuntimeError) return error.message;
    throw error;
  }
}

async function httpHook(
  context: KubeletContext,
  pod: Pod,
  container: Container,
  action: NonNullable<LifecycleHandler['httpGet']>,
): Promise<string | undefined> {
  const host =
    action.host ||
    context.runtimePod(pod.metadata.uid ?? '').sandboxes.at(-1)?.addresses[0] ||
    context.options.addresses[0];
  const port = portOf(container, action.port) ?? 80;
  const scheme = action.scheme === 'HTTPS' ? 'https' : 'http';
  try {
    const response = await context.options.net.fetch(
      httpRequest('GET', `${scheme}://${host}:${port}/${(action.path ?? '').replace(/^\//, '')}`),
    );
    return response.status < 200 || response.status >= 400
      ? `HTTP lifecycle hook failed with statuscode: ${response.status}`
      : undefined;
  } catch (error) {
    if (error instanceof NetError) return error.message;
    throw error;
  }
}
