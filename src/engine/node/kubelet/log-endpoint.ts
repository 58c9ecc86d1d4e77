/** `GET /containerLogs/…`: what a container printed. @upstream pkg/kubelet/kubelet_pods.go, pkg/kubelet/server/server.go */
import type { Pod, PodStatus } from '#engine/api';
import { type HttpRequest, type HttpResponse, Pipe, textResponse } from '#engine/http';
import { type ContainerLog, type LogOptions, renderLine, renderLines } from '#engine/node/cri';
import { parseTime } from '#engine/sim';
import type { KubeletContext } from './context.ts';

/** The id of the container whose log is meant, or why there is none yet. */
export function logContainer(
  podName: string,
  status: PodStatus | undefined,
  container: string,
  previous: boolean,
): { readonly id: string } | { readonly error: string } {
  const all = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  const found = all.find(({ name }) => name === container);
  const about = `container "${container}" in pod "${podName}"`;
  if (!found) return { error: `${about} is not available` };
  const last = found.lastState?.terminated?.containerID;
  if (previous) return last ? { id: last } : { error: `previous terminated ${about} not found` };
  const { running, terminated, waiting } = found.state ?? {};
  if (running) return { id: found.containerID ?? '' };
  if (terminated) return idOr(terminated.containerID ?? last, `${about} is terminated`);
  if (found.lastState?.terminated) return idOr(last, `${about} is terminated`);
  return { error: `${about} is waiting to start: ${waitingText(waiting?.reason)}` };
}

const idOr = (id: string | undefined, error: string) => (id ? { id } : { error });

function waitingText(reason: string | undefined): string {
  if (reason === 'ErrImagePull') return "image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason ?? 'no logs yet';
}

export function containerLogs(
  context: KubeletContext,
  pod: Pod,
  status: PodStatus | undefined,
  container: string,
  request: HttpRequest,
): HttpResponse {
  const { query } = request;
  const flag = (name: string) => query.get(name) === 'true' || query.get(name) === '1';
  const chosen = logContainer(pod.metadata.name, status, container, flag('previous'));
  if ('error' in chosen) return textResponse(400, chosen.error);
  const log = context.runtime.container(chosen.id.slice(context.runtime.idPrefix.length))?.log;
  if (!log) return textResponse(200, `unable to retrieve container logs for ${chosen.id}`);
  const options = logOptions(query, context.world.clock.now());
  const stream = query.get('stream');
  const wanted = (line: { readonly stream: string }) =>
    !stream || stream === 'All' || stream.toLowerCase() === line.stream;
  const parts = renderLines(stream ? log.lines.filter(wanted) : log.lines, options);
  const headers = { 'content-type': 'text/plain' };
  if (!flag('follow')) return { status: 200, headers, body: { kind: 'bytes', bytes: join(parts) } };
  return {
    status: 200,
    headers,
    body: { kind: 'stream', framing: 'bytes', frames: follow(log, parts, options, request.signal) },
  };
}

function logOptions(query: URLSearchParams, now: number): LogOptions {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const tailLines = number('tailLines');
  const limitBytes = number('limitBytes');
  const seconds = number('sinceSeconds');
  const since = seconds !== undefined ? now - seconds * 1000 : parseTime(query.get('sinceTime') ?? '');
  return {
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(since !== undefined && { since }),
    ...(query.get('timestamps') === 'true' && { timestamps: true }),
  };
}

function follow(
  log: ContainerLog,
  parts: readonly Uint8Array[],
  options: LogOptions,
  signal: AbortSignal | undefined,
): Pipe<Uint8Array> {
  const pipe = new Pipe<Uint8Array>();
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  const push = (data: Uint8Array) => {
    if (left <= 0) return;
    pipe.push(data.length > left ? data.slice(0, left) : data);
    left -= data.length;
    if (left <= 0) pipe.close();
  };
  for (const part of parts) push(part);
  const stop = log.follow((line) => {
    if (line) push(renderLine(line, options));
    else pipe.close();
  });
  pipe.onBroken(stop);
  signal?.addEventListener('abort', () => pipe.cancel(), { once: true });
  return pipe;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
