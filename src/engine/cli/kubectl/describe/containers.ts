/**
 * Containers of a pod or of a pod template.
 * @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go describeContainers
 */

import type { Container, ContainerPort, ContainerState, ContainerStatus, EnvVar, Pod, Probe } from '#engine/api';
import { compareText, quantityMilliValue, quantityValue } from '#engine/apimachinery';
import type { DescriptionWriter } from './writer.ts';
import { rfc1123 } from './writer.ts';

type Quantities = { readonly [name: string]: string };

export function containers(
  w: DescriptionWriter,
  label: string,
  list: readonly Container[],
  statuses: readonly ContainerStatus[] | undefined,
  pod: Pod | undefined,
  indent: string,
): void {
  w.write(0, `${indent}${label}:${list.length === 0 ? ' <none>' : ''}\n`);
  for (const container of list) {
    const status = statuses?.find((one) => one.name === container.name);
    basics(w, container, status, indent);
    words(w, 'Command', container.command);
    words(w, 'Args', container.args);
    if (status) state(w, status);
    resources(w, container.resources, 2);
    if (container.livenessProbe) w.write(2, `Liveness:\t${probe(container.livenessProbe)}\n`);
    if (container.readinessProbe) w.write(2, `Readiness:\t${probe(container.readinessProbe)}\n`);
    if (container.startupProbe) w.write(2, `Startup:\t${probe(container.startupProbe)}\n`);
    environmentSources(w, container);
    environment(w, container, pod);
    mounts(w, container);
  }
}

function basics(w: DescriptionWriter, container: Container, status: ContainerStatus | undefined, indent: string): void {
  w.write(1, `${indent ? ' ' : ''}${container.name}:\n`);
  if (status) w.write(2, `Container ID:\t${status.containerID ?? ''}\n`);
  w.write(2, `Image:\t${container.image ?? ''}\n`);
  if (status) w.write(2, `Image ID:\t${status.imageID ?? ''}\n`);
  portLine(
    w,
    'Port',
    ports(container.ports, (port) => port.containerPort),
  );
  portLine(
    w,
    'Host Port',
    ports(container.ports, (port) => port.hostPort ?? 0),
  );
  const seccomp = container.securityContext?.seccompProfile;
  if (!seccomp) return;
  w.write(2, `SeccompProfile:\t${seccomp.type}\n`);
  if (seccomp.type === 'Localhost') w.write(3, `LocalhostProfile:\t${seccomp.localhostProfile ?? ''}\n`);
}

const portLine = (w: DescriptionWriter, title: string, text: string) =>
  w.write(2, `${title}${text.includes(',') ? 's' : ''}:\t${text || '<none>'}\n`);

const ports = (list: readonly ContainerPort[] | undefined, number: (port: ContainerPort) => number): string =>
  (list ?? [])
    .map((port) => `${number(port)}/${port.protocol ?? 'TCP'}${port.name ? ` (${port.name})` : ''}`)
    .join(', ');

function words(w: DescriptionWriter, title: string, list: readonly string[] | undefined): void {
  if (!list?.length) return;
  w.write(2, `${title}:\n`);
  for (const word of list) for (const line of word.split('\n')) w.write(3, `${line}\n`);
}

function state(w: DescriptionWriter, status: ContainerStatus): void {
  stateOf(w, 'State', status.state ?? {});
  if (status.lastState?.terminated) stateOf(w, 'Last State', status.lastState);
  w.write(2, `Ready:\t${status.ready ? 'True' : 'False'}\n`);
  w.write(2, `Restart Count:\t${status.restartCount ?? 0}\n`);
}

function stateOf(w: DescriptionWriter, title: string, one: ContainerState): void {
  if (one.running) {
    w.write(2, `${title}:\tRunning\n`);
    w.write(3, `Started:\t${rfc1123(one.running.startedAt)}\n`);
  } else if (one.terminated) {
    const { terminated } = one;
    w.write(2, `${title}:\tTerminated\n`);
    if (terminated.reason) w.write(3, `Reason:\t${terminated.reason}\n`);
    if (terminated.message) w.write(3, `Message:\t${terminated.message}\n`);
    w.write(3, `Exit Code:\t${terminated.exitCode}\n`);
    if ((terminated.signal ?? 0) > 0) w.write(3, `Signal:\t${terminated.signal}\n`);
    w.write(3, `Started:\t${rfc1123(terminated.startedAt)}\n`);
    w.write(3, `Finished:\t${rfc1123(terminated.finishedAt)}\n`);
  } else {
    w.write(2, `${title}:\tWaiting\n`);
    if (one.waiting?.reason) w.write(3, `Reason:\t${one.waiting.reason}\n`);
  }
}

export function resources(
  w: DescriptionWriter,
  one: { readonly limits?: Quantities; readonly requests?: Quantities } | undefined,
  level: number,
): void {
  for (const [title, map] of [
    ['Limits', one?.limits],
    ['Requests', one?.requests],
  ] as const) {
    const names = Object.keys(map ?? {}).sort(compareText);
    if (names.length > 0) w.write(level, `${title}:\n`);
    for (const name of names) w.write(level + 1, `${name}:\t${map?.[name]}\n`);
  }
}

function probe(one: Probe): string {
  const numbers = `delay=${one.initialDelaySeconds ?? 0}s timeout=${one.timeoutSeconds ?? 0}s period=${one.periodSeconds ?? 0}s #success=${one.successThreshold ?? 0} #failure=${one.failureThreshold ?? 0}`;
  if (one.exec) return `exec [${(one.exec.command ?? []).join(' ')}] ${numbers}`;
  if (one.httpGet) {
    const { scheme, host, port, path } = one.httpGet;
    const at = `${host?.includes(':') ? `[${host}]` : (host ?? '')}:${port}`;
    return `http-get ${(scheme ?? '').toLowerCase()}://${at}${path && !path.startsWith('/') ? '/' : ''}${path ?? ''} ${numbers}`;
  }
  if (one.tcpSocket) return `tcp-socket ${one.tcpSocket.host ?? ''}:${one.tcpSocket.port} ${numbers}`;
  if (one.grpc) return `grpc <pod>:${one.grpc.port} ${one.grpc.service ?? ''} ${numbers}`;
  return `unknown ${numbers}`;
}

function environmentSources(w: DescriptionWriter, container: Container): void {
  if (!container.envFrom?.length) return;
  w.write(2, 'Environment Variables from:\n');
  for (const one of container.envFrom) {
    const reference = one.configMapRef ?? one.secretRef;
    const kind = one.configMapRef ? 'ConfigMap' : one.secretRef ? 'Secret' : '';
    const prefix = one.prefix ? ` with prefix '${one.prefix}'` : '';
    w.write(3, `${reference?.name ?? ''}\t${kind}${prefix}\tOptional: ${reference?.optional ?? false}\n`);
  }
}

function environment(w: DescriptionWriter, container: Container, pod: Pod | undefined): void {
  w.write(2, `Environment:${container.env?.length ? '' : '\t<none>'}\n`);
  for (const one of container.env ?? []) {
    if (one.valueFrom) variable(w, one, container, pod);
    else
      for (const [i, line] of (one.value ?? '').split('\n').entries())
        w.write(3, `${i === 0 ? `${one.name}:` : ''}\t${line}\n`);
  }
}

function variable(w: DescriptionWriter, one: EnvVar, container: Container, pod: Pod | undefined): void {
  const from = one.valueFrom ?? {};
  if (from.fieldRef) {
    const value = pod ? fieldValue(pod, from.fieldRef.fieldPath) : '';
    w.write(3, `${one.name}:\t${value} (${from.fieldRef.apiVersion ?? ''}:${from.fieldRef.fieldPath})\n`);
  } else if (from.resourceFieldRef) {
    const { resource, divisor } = from.resourceFieldRef;
    const value = resourceValue(container, resource, divisor);
    const shown =
      value === '0' && (resource === 'limits.cpu' || resource === 'limits.memory') ? 'node allocatable' : value;
    w.write(3, `${one.name}:\t${shown} (${resource})\n`);
  } else if (from.secretKeyRef) {
    const { key, name, optional } = from.secretKeyRef;
    w.write(3, `${one.name}:\t<set to the key '${key}' in secret '${name ?? ''}'>\tOptional: ${optional ?? false}\n`);
  } else if (from.configMapKeyRef) {
    const { key, name, optional } = from.configMapKeyRef;
    w.write(
      3,
      `${one.name}:\t<set to the key '${key}' of config map '${name ?? ''}'>\tOptional: ${optional ?? false}\n`,
    );
  }
}

/** What the downward API would give, as far as the object says. */
function fieldValue(pod: Pod, path: string): string {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) return pod.metadata[subscript[1] as 'labels']?.[subscript[2] as string] ?? '';
  const values: { readonly [path: string]: string | undefined } = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
  };
  return values[path] ?? '';
}

function resourceValue(container: Container, resource: string, divisor: string | undefined): string {
  const [kind, ...rest] = resource.split('.') as [string, ...string[]];
  const name = rest.join('.');
  const map: Quantities | undefined = kind === 'limits' ? container.resources?.limits : container.resources?.requests;
  const amount = map?.[name];
  if (amount === undefined) return '0';
  const unit = divisor && divisor !== '0' ? divisor : '1';
  return name === 'cpu'
    ? String(Math.ceil(quantityMilliValue(amount) / quantityMilliValue(unit)))
    : String(Math.ceil(quantityValue(amount) / quantityValue(unit)));
}

function mounts(w: DescriptionWriter, container: Container): void {
  const list = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  w.write(2, `Mounts:${list.length === 0 ? '\t<none>' : ''}\n`);
  for (const mount of list) {
    const flags = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : [])];
    w.write(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})\n`);
  }
  const devices = [...(container.volumeDevices ?? [])].sort((a, b) => (a.devicePath < b.devicePath ? -1 : 1));
  if (devices.length > 0) w.write(2, 'Devices:\n');
  for (const device of devices) w.write(3, `${device.devicePath} from ${device.name}\n`);
}
