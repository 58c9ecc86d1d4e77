/** Kubernetes objects as CEL values: whole numbers are integers, absent is null. Made once per version of an object. */
import type { Pod } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';

const made = new WeakMap<object, unknown>();

/** The object itself with integers as BigInt; null for nothing. */
export function toCel(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object') return value;
  let cel = made.get(value);
  if (cel === undefined) {
    cel = Array.isArray(value)
      ? value.map(toCel)
      : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toCel(part)]));
    made.set(value, cel);
  }
  return cel;
}

const described = new WeakMap<object, unknown>();

/** What checks ask of a Pod: name, namespace, phase, status, ready, node, ip, restarts, images, labels, uid, owner, deleting. */
export function describePod(object: KubeObject): unknown {
  let pod = described.get(object);
  if (pod === undefined) {
    pod = describe(object as Pod);
    described.set(object, pod);
  }
  return pod;
}

function describe({ metadata, spec, status }: Pod): unknown {
  const statuses = status.containerStatuses ?? [];
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {},
    uid: metadata.uid ?? '',
    owner: metadata.ownerReferences?.find(({ controller }) => controller)?.name ?? '',
    node: spec.nodeName ?? '',
    images: spec.containers.map(({ image }) => image ?? ''),
    phase: status.phase ?? '',
    status: statusWord({ metadata, status }),
    ready: status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    ip: status.podIP ?? '',
    restarts: BigInt(statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)),
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/** The word of kubectl's STATUS column, init containers aside. */
function statusWord({ metadata, status }: Pick<Pod, 'metadata' | 'status'>): string {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const { state } of status.containerStatuses ?? []) {
    const reason = state?.waiting?.reason ?? state?.terminated?.reason;
    if (reason) return reason;
  }
  return status.reason ?? status.phase ?? '';
}
