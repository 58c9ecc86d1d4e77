/** One probe: the request, the connection or the command, and its verdict in upstream's words. @upstream pkg/probe */
import type { Container, Probe } from '#engine/api';
import { bodyText, httpRequest, type Net, NetError } from '#engine/http';
import { type ContainerRuntime, execSync, RuntimeError } from '#engine/node/cri';
import type { Clock, Millis } from '#engine/sim';

export interface ProbeResult {
  readonly ok: boolean;
  readonly output: string;
}

export interface ProbeContext {
  readonly clock: Clock;
  readonly net: Net;
  readonly runtime: ContainerRuntime;
}

const MAX_BODY = 10 * 1024;

/** Runs a probe once. @fidelity partial: gRPC asks over the one wire for `/grpc.health.v1.Health/Check` */
export async function runProbe(
  context: ProbeContext,
  address: string,
  container: Container,
  containerId: string,
  probe: Probe,
): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.exec) return execProbe(context, containerId, probe.exec.command ?? [], timeoutMs);
  if (probe.httpGet) return httpProbe(context, address, container, probe.httpGet, timeoutMs);
  if (probe.tcpSocket) {
    const port = portOf(container, probe.tcpSocket.port);
    if (port === undefined) return unknownPort(probe.tcpSocket.port);
    return tcpProbe(context, probe.tcpSocket.host || address, port, timeoutMs);
  }
  if (probe.grpc) return grpcProbe(context, address, probe.grpc.port, timeoutMs);
  return { ok: true, output: '' };
}

/** A number, or the name of one of the container's ports. */
export function portOf(container: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return container.ports?.find((candidate) => candidate.name === port)?.containerPort ?? (Number(port) || undefined);
}

const unknownPort = (port: number | string): ProbeResult => ({ ok: false, output: `couldn't find port: ${port}` });

async function execProbe(
  { runtime }: ProbeContext,
  id: string,
  command: readonly string[],
  timeoutMs: Millis,
): Promise<ProbeResult> {
  try {
    const result = await execSync(runtime, id, command, timeoutMs);
    if (!result)
      return { ok: false, output: `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s` };
    return { ok: result.status.code === 0, output: result.output };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return { ok: false, output: `rpc error: code = Unknown desc = ${error.message}` };
  }
}

async function httpProbe(
  context: ProbeContext,
  address: string,
  container: Container,
  action: NonNullable<Probe['httpGet']>,
  timeoutMs: Millis,
): Promise<ProbeResult> {
  const port = portOf(container, action.port);
  if (port === undefined) return unknownPort(action.port);
  const scheme = action.scheme === 'HTTPS' ? 'https' : 'http';
  const path = `${action.path?.startsWith('/') === false ? '/' : ''}${action.path || '/'}`;
  const url = `${scheme}://${action.host || address}:${port}${path}`;
  const headers: { [name: string]: string } = {
    'user-agent': 'kube-probe/1.36',
    accept: '*/*',
    connection: 'close',
    host: `${action.host || address}:${port}`,
  };
  for (const { name, value } of action.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const outcome = await within(context.clock, timeoutMs, async (signal) => {
    const response = await context.net.fetch(httpRequest('GET', url, { headers, signal }));
    const text = response.body?.kind === 'stream' ? '' : (await bodyText(response.body)).slice(0, MAX_BODY);
    return { status: response.status, text };
  });
  if ('timedOut' in outcome) {
    return {
      ok: false,
      output: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    };
  }
  if ('error' in outcome) return { ok: false, output: `Get "${url}": ${outcome.error.message}` };
  const { status, text } = outcome.value;
  if (status >= 200 && status < 400) return { ok: true, output: text };
  return { ok: false, output: `HTTP probe failed with statuscode: ${status}` };
}

async function tcpProbe(context: ProbeContext, host: string, port: number, timeoutMs: Millis): Promise<ProbeResult> {
  const outcome = await within(context.clock, timeoutMs, (signal) =>
    context.runtime.network.connect(`${host}:${port}`, signal),
  );
  if ('timedOut' in outcome) return { ok: false, output: `dial tcp ${host}:${port}: i/o timeout` };
  if ('error' in outcome) return { ok: false, output: outcome.error.message };
  return { ok: true, output: '' };
}

async function grpcProbe(
  context: ProbeContext,
  address: string,
  port: number,
  timeoutMs: Millis,
): Promise<ProbeResult> {
  const url = `http://${address}:${port}/grpc.health.v1.Health/Check`;
  const outcome = await within(context.clock, timeoutMs, (signal) =>
    context.net.fetch(httpRequest('POST', url, { signal })),
  );
  if ('timedOut' in outcome) {
    return {
      ok: false,
      output: `timeout: failed to connect service "${address}:${port}" within ${timeoutMs / 1000}s: context deadline exceeded`,
    };
  }
  if ('error' in outcome) return { ok: false, output: `error: health rpc probe failed: ${outcome.error.message}` };
  const { status } = outcome.value;
  return status === 200
    ? { ok: true, output: 'service healthy' }
    : { ok: false, output: 'service unhealthy (responded with "NOT_SERVING")' };
}

type Outcome<T> = { readonly value: T } | { readonly error: NetError } | { readonly timedOut: true };

async function within<T>(
  clock: Clock,
  timeoutMs: Millis,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Outcome<T>> {
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const timer = clock.after(timeoutMs, 'kubelet/probe-timeout', () => {
      resolve({ timedOut: true });
      abort.abort();
    });
    work(abort.signal).then(
      (value) => {
        timer.cancel();
        resolve({ value });
      },
      (error: unknown) => {
        timer.cancel();
        if (error instanceof NetError) resolve({ error });
        else reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
