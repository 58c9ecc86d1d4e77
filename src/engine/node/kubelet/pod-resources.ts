/** Requests and limits of a whole Pod. @upstream staging/src/k8s.io/component-helpers/resource/helpers.go */
import type { Pod, PodStatus } from '#engine/api';
import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityMilliValue,
  quantityValue,
} from '#engine/apimachinery';
import { isRestartableInit } from './types.ts';

type Totals = Map<string, Quantity>;
type Kind = 'requests' | 'limits';

const amountsOf = new WeakMap<Pod['spec'], ReadonlyMap<string, number>>();

/** The requests of a Pod in thousandths of a core, bytes and units, worked out once per version of its spec. */
export function requestedAmounts({ spec }: Pod): ReadonlyMap<string, number> {
  let amounts = amountsOf.get(spec);
  if (!amounts) {
    const totals = [...podTotals({ spec }, 'requests')];
    amounts = new Map(totals.map(([name, total]) => [name, amountOf(name, total)]));
    amountsOf.set(spec, amounts);
  }
  return amounts;
}

/** A quantity as a number: CPU in thousandths, the rest in units. */
export const amountOf = (resource: string, quantity: Quantity | string): number =>
  resource === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity);

/** Sum over the regular containers and sidecars, at least what each init container needs on its turn, plus overhead. */
export function podTotals(pod: Pick<Pod, 'spec'>, kind: Kind): ReadonlyMap<string, Quantity> {
  const total: Totals = new Map();
  for (const container of pod.spec.containers) add(total, container.resources?.[kind]);
  const sidecars: Totals = new Map();
  const initMax: Totals = new Map();
  for (const container of pod.spec.initContainers ?? []) {
    const wants = container.resources?.[kind];
    if (isRestartableInit(container)) {
      add(total, wants);
      add(sidecars, wants);
      raise(initMax, sidecars);
    } else {
      const turn: Totals = new Map(sidecars);
      add(turn, wants);
      raise(initMax, turn);
    }
  }
  raise(total, initMax);
  for (const [name, text] of Object.entries(pod.spec.resources?.[kind] ?? {})) total.set(name, parseQuantity(text));
  if (kind === 'requests') add(total, pod.spec.overhead);
  return total;
}

type PodResources = Pick<PodStatus, 'allocatedResources' | 'resources'>;

const resourcesOf = new WeakMap<Pod['spec'], PodResources>();

/** `allocatedResources` and `resources` of a Pod's status, worked out once per version of its spec. */
export function podResources(pod: Pod): PodResources {
  const known = resourcesOf.get(pod.spec);
  if (known) return known;
  const resources = resourcesFor(pod);
  resourcesOf.set(pod.spec, resources);
  return resources;
}

function resourcesFor(pod: Pod): PodResources {
  const bare = (container: Pod['spec']['containers'][number]) =>
    !container.resources?.requests && !container.resources?.limits;
  if (
    pod.spec.containers.every(bare) &&
    (pod.spec.initContainers ?? []).every(bare) &&
    !pod.spec.resources &&
    !pod.spec.overhead
  ) {
    return { resources: {} };
  }
  const requests = texts(podTotals(pod, 'requests'));
  const limits = texts(podTotals(pod, 'limits'));
  return {
    ...(requests && { allocatedResources: requests }),
    resources: { ...(limits && { limits }), ...(requests && { requests }) },
  };
}

function add(total: Totals, more: { readonly [name: string]: string } | undefined): void {
  for (const [name, text] of Object.entries(more ?? {})) {
    const sum = total.get(name);
    const value = parseQuantity(text);
    total.set(name, sum ? addQuantity(sum, value) : value);
  }
}

function raise(total: Totals, least: Totals): void {
  for (const [name, value] of least) {
    const sum = total.get(name);
    if (!sum || compareQuantity(sum, value) < 0) total.set(name, value);
  }
}

function texts(totals: ReadonlyMap<string, Quantity>): { readonly [name: string]: string } | undefined {
  if (totals.size === 0) return undefined;
  return Object.fromEntries(
    [...totals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, formatQuantity(value)]),
  );
}
