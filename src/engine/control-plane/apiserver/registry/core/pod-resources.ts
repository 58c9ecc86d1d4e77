/**
 * Sums over a Pod's containers, and what Pod-level resources inherit from them.
 * @upstream staging/src/k8s.io/component-helpers/resource/helpers.go
 */
import type { Container, PodSpec, ResourceRequirements } from '#engine/api';
import { addQuantity, compareQuantity, formatQuantity } from '#engine/apimachinery';

export type ResourceList = { readonly [name: string]: string };
type Sums = { [name: string]: string };

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
export const isPodLevelResource = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name);

export const isRestartableInit = (container: Container): boolean => container.restartPolicy === 'Always';

function addTo(sums: Sums, list: ResourceList | undefined): void {
  for (const name in list) {
    const amount = list[name] as string;
    const before = sums[name];
    sums[name] = before === undefined ? amount : formatQuantity(addQuantity(before, amount));
  }
}

function raiseTo(sums: Sums, list: ResourceList): void {
  for (const name in list) {
    const amount = list[name] as string;
    const before = sums[name];
    if (before === undefined || compareQuantity(amount, before) > 0) sums[name] = amount;
  }
}

/**
 * What all containers need together: the containers and sidecars at once, or the hungriest init container with the sidecars
 * started before it, whichever is more.
 */
export function aggregateContainers(spec: PodSpec, which: 'requests' | 'limits'): ResourceList {
  const sums: Sums = {};
  for (const container of spec.containers ?? []) addTo(sums, container.resources?.[which]);
  const sidecars: Sums = {};
  const initial: Sums = {};
  for (const container of spec.initContainers ?? []) {
    const list = container.resources?.[which];
    if (isRestartableInit(container)) {
      addTo(sums, list);
      addTo(sidecars, list);
      raiseTo(initial, sidecars);
    } else {
      const alone: Sums = { ...sidecars };
      addTo(alone, list);
      raiseTo(initial, alone);
    }
  }
  raiseTo(sums, initial);
  return sums;
}

const isEmpty = (list: ResourceList | undefined): boolean => {
  for (const _name in list) return false;
  return true;
};

function hugePageLimits(spec: PodSpec, resources: ResourceRequirements): ResourceRequirements {
  if (isEmpty(resources.limits) && isEmpty(resources.requests)) return resources;
  const limits: Sums = { ...resources.limits };
  const sums = aggregateContainers(spec, 'limits');
  for (const name in sums) {
    if (isHugePages(name) && resources.requests?.[name] === undefined) limits[name] ??= sums[name] as string;
  }
  return isEmpty(limits) ? resources : { ...resources, limits };
}

function podRequests(spec: PodSpec, resources: ResourceRequirements): ResourceRequirements {
  if (isEmpty(resources.limits)) return resources;
  const requests: Sums = { ...resources.requests };
  const sums = aggregateContainers(spec, 'requests');
  for (const name in sums) if (isPodLevelResource(name) && !isHugePages(name)) requests[name] ??= sums[name] as string;
  for (const name in resources.limits) {
    if (isPodLevelResource(name)) requests[name] ??= resources.limits[name] as string;
  }
  return isEmpty(requests) ? resources : { ...resources, requests };
}

/** Fills Pod-level requests and limits from the containers'; nothing happens to a Pod without Pod-level resources. */
export function defaultPodLevelResources(spec: PodSpec): PodSpec {
  if (!spec.resources) return spec;
  const next = podRequests(spec, hugePageLimits(spec, spec.resources));
  return next === spec.resources ? spec : { ...spec, resources: next };
}
