/** The kubelet's own HTTP server on port 10250. @upstream pkg/kubelet/server/server.go */
import type { Pod } from '#engine/api';
import { type Handler, type HttpResponse, jsonResponse, textResponse } from '#engine/http';
import type { KubeletContext } from './context.ts';
import { containerLogs } from './log-endpoint.ts';
import { portForwardEndpoint } from './port-forward.ts';
import { attachEndpoint, execEndpoint } from './stream-endpoint.ts';
import { type KubeletExtras, latestContainer } from './types.ts';

/** @fidelity partial: containerLogs, exec, attach, portForward, pods, healthz, stats/summary, metrics/resource; no run, other metrics or checkpoint */
export function kubeletServer(
  context: KubeletContext,
  find: (namespace: string, name: string) => Pod | undefined,
  all: () => readonly Pod[],
): Handler {
  let extras: KubeletExtras | undefined;
  return async (request) => {
    const [root, namespace, name, ...rest] = request.path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
    // Everything the API server asks but for the figures is answered here.
    const { extra } = context.options;
    if (extra && (request.peer?.certificate === undefined || root === 'stats' || root === 'metrics')) {
      extras ??= (await extra()).createKubeletExtras(context);
      const answer = await extras(request, all);
      if (answer) return answer;
    }
    if (root === 'healthz') return textResponse(200, 'ok');
    if (root === 'pods') return jsonResponse(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: all() });
    if (root !== 'containerLogs' && root !== 'exec' && root !== 'attach' && root !== 'portForward')
      return textResponse(404, '404 page not found\n');
    const pod = namespace !== undefined && name !== undefined ? find(namespace, name) : undefined;
    if (root === 'portForward') {
      const sandbox = context.runtimePod(pod?.metadata.uid ?? '').sandboxes.at(-1);
      if (!sandbox) return textResponse(404, pod ? `pod not found ("${name}_${namespace}")` : 'pod does not exist');
      return portForwardEndpoint(context, sandbox, request);
    }
    const container = rest.at(-1);
    if (!pod || container === undefined) return textResponse(404, 'pod does not exist');
    if (!hasContainer(pod, container))
      return textResponse(404, `container "${container}" not found in pod "${pod.metadata.name}"`);
    const status = context.statuses.get(pod.metadata.uid ?? '') ?? pod.status;
    if (root === 'containerLogs') return containerLogs(context, pod, status, container, request);
    return stream(context, root, pod, container, request);
  };
}

function stream(
  context: KubeletContext,
  root: 'exec' | 'attach',
  pod: Pod,
  name: string,
  request: Parameters<Handler>[0],
): HttpResponse {
  const running = latestContainer(context.runtimePod(pod.metadata.uid ?? ''), name);
  const container = running && context.runtime.container(running.id);
  if (!container) return textResponse(500, `container not found ("${name}")`);
  return root === 'exec' ? execEndpoint(context, container.id, request) : attachEndpoint(container, request);
}

const hasContainer = (pod: Pod, name: string): boolean =>
  [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].some(
    (container) => container.name === name,
  );
