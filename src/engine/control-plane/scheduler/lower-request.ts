/** How far one request of a Pod would have to come down for a Node. */
import type { Pod } from '#engine/api';
import { quantityMilliValue, quantityValue } from '#engine/apimachinery';
import type { NodeInfo } from './framework/node-info.ts';
import type { ResourceVector } from './framework/resource-vector.ts';

/** `from` and `to` in thousandths for cpu, in units (bytes) otherwise; `quantity` is `to` as a manifest writes it. */
export interface RequestChange {
  readonly container: string;
  readonly resource: string;
  readonly from: number;
  readonly to: number;
  readonly quantity: string;
}

interface Lack {
  readonly resource: string;
  readonly wanted: number;
  readonly free: number;
}

const MEBI = 1024 * 1024;

/** The first resource that does not fit, lowered in the container that asks for most of it. Undefined when that cannot help. */
export function lowerRequest(
  pod: Pod,
  requests: ResourceVector,
  info: NodeInfo,
): { readonly pod: Pod; readonly request: RequestChange } | undefined {
  const lack = lackOf(requests, info);
  if (!lack || pod.spec.resources) return undefined;
  const { resource, wanted, free } = lack;
  const amount = (quantity: string | undefined): number =>
    quantity === undefined ? 0 : resource === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity);
  const containers = pod.spec.containers.map(({ name, resources }) => ({
    name,
    asks: amount(resources?.requests?.[resource]),
  }));
  const most = containers.reduce((a, b) => (b.asks > a.asks ? b : a));
  const room = most.asks - (wanted - free);
  const to = resource === 'cpu' ? Math.floor(room) : room >= MEBI ? Math.floor(room / MEBI) * MEBI : room;
  if (to <= 0) return undefined;
  const quantity = quantityOf(resource, to);
  const change: RequestChange = { container: most.name, resource, from: most.asks, to, quantity };
  const lowered = pod.spec.containers.map((container) =>
    container.name === most.name
      ? {
          ...container,
          resources: { ...container.resources, requests: { ...container.resources?.requests, [resource]: quantity } },
        }
      : container,
  );
  return { pod: { ...pod, spec: { ...pod.spec, containers: lowered } }, request: change };
}

function quantityOf(resource: string, amount: number): string {
  if (resource === 'cpu') return amount % 1000 === 0 ? String(amount / 1000) : `${amount}m`;
  return amount % MEBI === 0 ? `${amount / MEBI}Mi` : String(amount);
}

function lackOf(requests: ResourceVector, { allocatable, requested }: NodeInfo): Lack | undefined {
  const all: readonly (readonly [string, number, number])[] = [
    ['cpu', requests.milliCpu, allocatable.milliCpu - requested.milliCpu],
    ['memory', requests.memory, allocatable.memory - requested.memory],
    ['ephemeral-storage', requests.ephemeralStorage, allocatable.ephemeralStorage - requested.ephemeralStorage],
    ...[...(requests.scalars ?? [])].map(
      ([name, wanted]) =>
        [name, wanted, (allocatable.scalars?.get(name) ?? 0) - (requested.scalars.get(name) ?? 0)] as const,
    ),
  ];
  for (const [resource, wanted, free] of all) if (wanted > 0 && wanted > free) return { resource, wanted, free };
  return undefined;
}
