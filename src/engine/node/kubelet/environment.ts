/** The environment of a container. @upstream pkg/kubelet/kubelet_pods.go, pkg/kubelet/envvars/envvars.go, third_party/forked/golang/expansion */
import type { Container, EnvVar, Pod, Service } from '#engine/api';
import { fromBase64 } from '#engine/sim';
import { fieldValue, resourceValue } from './field-ref.ts';
import { type ObjectReader, UnresolvedReference } from './object-reader.ts';

export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly services: readonly Service[];
  readonly reader: ObjectReader;
  readonly nodeAddresses: readonly string[];
  readonly podAddresses: readonly string[];
  readonly allocatable: { readonly [name: string]: string };
}

const decode = (base64: string): string => new TextDecoder().decode(fromBase64(base64));

/** Rejects with UnresolvedReference in upstream's words: the container then waits with CreateContainerConfigError. */
export async function containerEnvironment(input: EnvironmentInput): Promise<ReadonlyMap<string, string>> {
  const { pod, container } = input;
  const services = serviceVariables(pod, input.services);
  const result = new Map<string, string>();
  await addEnvFrom(input, result);
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? await valueFrom(input, variable)
      : expand(variable.value ?? '', (name) => result.get(name) ?? services.get(name));
    if (value !== undefined) result.set(variable.name, value);
  }
  for (const [name, value] of services) if (!result.has(name)) result.set(name, value);
  return result;
}

async function addEnvFrom({ pod, container, reader }: EnvironmentInput, result: Map<string, string>): Promise<void> {
  const namespace = pod.metadata.namespace ?? '';
  for (const source of container.envFrom ?? []) {
    const prefix = source.prefix ?? '';
    const reference = source.configMapRef ?? source.secretRef;
    if (!reference) continue;
    try {
      const data = source.configMapRef
        ? ((await reader.configMap(namespace, reference.name ?? '')).data ?? {})
        : decodeAll((await reader.secret(namespace, reference.name ?? '')).data);
      for (const [key, value] of Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)))
        result.set(prefix + key, value);
    } catch (error) {
      if (!(error instanceof UnresolvedReference) || !reference.optional) throw error;
    }
  }
}

const decodeAll = (data: { readonly [key: string]: string } | undefined): { readonly [key: string]: string } =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, decode(value)]));

async function valueFrom(input: EnvironmentInput, { valueFrom: source }: EnvVar): Promise<string | undefined> {
  const { pod, container, reader } = input;
  const namespace = pod.metadata.namespace ?? '';
  if (source?.fieldRef) {
    const value = fieldValue(pod, source.fieldRef.fieldPath, input.nodeAddresses, input.podAddresses);
    if (value === undefined) throw new UnresolvedReference(`unsupported fieldPath: ${source.fieldRef.fieldPath}`);
    return value;
  }
  if (source?.resourceFieldRef) {
    const { containerName, resource, divisor } = source.resourceFieldRef;
    const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
    const of = containerName ? (all.find((other) => other.name === containerName) ?? container) : container;
    return resourceValue(of, { resource, ...(divisor !== undefined && { divisor }) }, input.allocatable);
  }
  const key = source?.configMapKeyRef ?? source?.secretKeyRef;
  if (!key) return '';
  const kind = source?.configMapKeyRef ? 'ConfigMap' : 'Secret';
  const name = key.name ?? '';
  try {
    const value =
      kind === 'ConfigMap'
        ? (await reader.configMap(namespace, name)).data?.[key.key]
        : decodeAll((await reader.secret(namespace, name)).data)[key.key];
    if (value !== undefined) return value;
    throw new UnresolvedReference(`couldn't find key ${key.key} in ${kind} ${namespace}/${name}`);
  } catch (error) {
    if (error instanceof UnresolvedReference && key.optional) return undefined;
    throw error;
  }
}

/** `$(NAME)` is replaced, `$$` is a dollar sign, unknown names stay as written. */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$' || i + 1 >= text.length) {
      out += text[i];
      continue;
    }
    const next = text[i + 1];
    if (next === '$') {
      out += '$';
      i++;
    } else if (next === '(') {
      const end = text.indexOf(')', i);
      if (end < 0) {
        out += '$(';
        i++;
      } else {
        const name = text.slice(i + 2, end);
        out += lookup(name) ?? `$(${name})`;
        i = end;
      }
    } else out += '$';
  }
  return out;
}

/** The variables that tell of Services: those of the Pod's namespace when links are on, the API's always. */
export function serviceVariables(pod: Pod, services: readonly Service[]): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  const links = pod.spec.enableServiceLinks ?? true;
  const chosen = new Map<string, Service>();
  for (const service of services) {
    const { clusterIP } = service.spec;
    if (!clusterIP || clusterIP === 'None') continue;
    const { namespace, name } = service.metadata;
    if (namespace === 'default' && name === 'kubernetes') {
      if (!chosen.has(name)) chosen.set(name, service);
    } else if (links && namespace === pod.metadata.namespace) chosen.set(name, service);
  }
  for (const service of [...chosen.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
    addService(result, service);
  }
  return result;
}

function addService(result: Map<string, string>, service: Service): void {
  const name = service.metadata.name.toUpperCase().replaceAll('-', '_');
  const ip = service.spec.clusterIP ?? '';
  const ports = service.spec.ports ?? [];
  result.set(`${name}_SERVICE_HOST`, ip);
  result.set(`${name}_SERVICE_PORT`, String(ports[0]?.port ?? ''));
  for (const port of ports) {
    if (port.name)
      result.set(`${name}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port));
  }
  for (const [i, port] of ports.entries()) {
    const protocol = port.protocol ?? 'TCP';
    const url = `${protocol.toLowerCase()}://${ip}:${port.port}`;
    if (i === 0) result.set(`${name}_PORT`, url);
    const prefix = `${name}_PORT_${port.port}_${protocol}`;
    result.set(prefix, url);
    result.set(`${prefix}_PROTO`, protocol.toLowerCase());
    result.set(`${prefix}_PORT`, String(port.port));
    result.set(`${prefix}_ADDR`, ip);
  }
}
