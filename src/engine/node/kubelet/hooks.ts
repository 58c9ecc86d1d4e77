/** Lifecycle hooks: postStart after a container's start, preStop before its stop. @upstream pkg/kubelet/lifecycle/handlers.go */
import type { Container, LifecycleHandler, Pod } from '#engine/api';
import { httpRequest, NetError } from '#engine/http';
import { execSync, RuntimeError } from '#engine/node/cri';
import type { KubeletContext } from './context.ts';
import { portOf } from './probe.ts';
import { formatPod } from './types.ts';

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
  const about = `for Container "${container.name}" in Pod "${formatPod(pod)}" failed - error: `;
  if (hook.exec) return execHook(context, containerId, hook.exec.command ?? [], timeoutMs, about);
  if (hook.httpGet) return httpHook(context, pod, container, hook.httpGet, about);
  return 'cannot run handler: invalid handler';
}

async function execHook(
  context: KubeletContext,
  id: string,
  command: readonly string[],
  timeoutMs: number,
  about: string,
): Promise<string | undefined> {
  const failed = (why: string, output: string) =>
    `Exec lifecycle hook ([${command.join(' ')}]) ${about}${why}, message: ${JSON.stringify(output)}`;
  try {
    const result = await execSync(context.runtime, id, command, timeoutMs);
    if (!result) return failed(`command "${command.join(' ')}" timed out`, '');
    const { status, output } = result;
    if (status.code === 0) return undefined;
    return failed(`command '${command.join(' ')}' exited with ${status.code}: ${output}`, output);
  } catch (error) {
    if (error instanceof RuntimeError) return failed(error.message, '');
    throw error;
  }
}

async function httpHook(
  context: KubeletContext,
  pod: Pod,
  container: Container,
  action: NonNullable<LifecycleHandler['httpGet']>,
  about: string,
): Promise<string | undefined> {
  const host =
    action.host ||
    context.runtimePod(pod.metadata.uid ?? '').sandboxes.at(-1)?.addresses[0] ||
    context.options.addresses[0];
  const failed = (why: string) => `HTTP lifecycle hook (${action.path ?? ''}) ${about}${why}`;
  const port = portOf(container, action.port) ?? 80;
  const scheme = action.scheme === 'HTTPS' ? 'https' : 'http';
  try {
    const response = await context.options.net.fetch(
      httpRequest('GET', `${scheme}://${host}:${port}/${(action.path ?? '').replace(/^\//, '')}`),
    );
    return response.status < 200 || response.status >= 400 ? failed(`${response.status}`) : undefined;
  } catch (error) {
    if (error instanceof NetError) return failed(error.message);
    throw error;
  }
}
