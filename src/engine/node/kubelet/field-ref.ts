/** The downward API: fields of the Pod and resources of a container as text. @upstream pkg/fieldpath/fieldpath.go, pkg/api/v1/resource/helpers.go */
import type { Container, Pod } from '#engine/api';
import { quantityMilliValue, quantityValue } from '#engine/apimachinery';

const formatMap = (map: { readonly [key: string]: string } | undefined): string =>
  Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

/** Undefined for a field that is not supported. */
export function fieldValue(
  pod: Pod,
  path: string,
  nodeAddresses: readonly string[],
  podAddresses: readonly string[],
): string | undefined {
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(path);
  if (subscript) {
    const map = subscript[1] === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations;
    return map?.[subscript[2] as string] ?? '';
  }
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
      return nodeAddresses[0] ?? '';
    case 'status.hostIPs':
      return nodeAddresses.join(',');
    case 'status.podIP':
      return podAddresses[0] ?? '';
    case 'status.podIPs':
      return podAddresses.join(',');
    default:
      return undefined;
  }
}

/** A request or limit divided by the divisor, rounded up; without a limit the Node's allocatable counts. */
export function resourceValue(
  container: Container,
  ref: { readonly resource: string; readonly divisor?: string },
  allocatable: { readonly [name: string]: string },
): string | undefined {
  const [kind, name] = ref.resource.split('.') as [string, string | undefined];
  if (name === undefined || (kind !== 'limits' && kind !== 'requests')) return undefined;
  const { limits, requests } = container.resources ?? {};
  const amount =
    kind === 'limits' ? (limits?.[name] ?? allocatable[name] ?? '0') : (requests?.[name] ?? limits?.[name] ?? '0');
  const divisor = !ref.divisor || ref.divisor === '0' ? '1' : ref.divisor;
  const value =
    name === 'cpu'
      ? quantityMilliValue(amount) / quantityMilliValue(divisor)
      : quantityValue(amount) / quantityValue(divisor);
  return String(Math.ceil(value));
}
