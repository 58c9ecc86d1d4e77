/** Amounts of resources as plain numbers: what a Pod asks for, what a Node has. */
import type { Container, Pod, ResourceRequirements } from '#engine/api';
import { quantityMilliValue, quantityValue } from '#engine/apimachinery';

/** cpu in thousandths, the rest in whole units (bytes, devices). */
export interface ResourceVector {
  readonly milliCpu: number;
  readonly memory: number;
  readonly ephemeralStorage: number;
  /** Extended resources, hugepages and attachable volumes, by name. */
  readonly scalars?: ReadonlyMap<string, number>;
}

/** A scheduler's default for a container that asks for no cpu, in scores only. @upstream pkg/scheduler/util/pod_resources.go */
const DEFAULT_MILLI_CPU_REQUEST = 100;
/** A scheduler's default for a container that asks for no memory, in scores only: 200 MiB in bytes. */
const DEFAULT_MEMORY_REQUEST = 200 * 1024 * 1024;

type Quantities = { readonly [name: string]: string };
/** Amounts by resource name, cpu in thousandths. */
type Amounts = Map<string, number>;

const amountOf = (name: string, quantity: string): number =>
  name === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity);

function add(to: Amounts, what: ReadonlyMap<string, number>): void {
  for (const [name, amount] of what) to.set(name, (to.get(name) ?? 0) + amount);
}

function max(to: Amounts, what: ReadonlyMap<string, number>): void {
  for (const [name, amount] of what) if (amount > (to.get(name) ?? Number.NEGATIVE_INFINITY)) to.set(name, amount);
}

function amountsOf(quantities: Quantities | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const name in quantities) amounts.set(name, amountOf(name, quantities[name] as string));
  return amounts;
}

/** Amounts assumed for a container that does not name the resource. */
type Assumed = ReadonlyMap<string, number>;

const assumedByDefault: Assumed = new Map([
  ['cpu', DEFAULT_MILLI_CPU_REQUEST],
  ['memory', DEFAULT_MEMORY_REQUEST],
]);

/** What a resized container holds: the largest of what is wanted, allocated and in use. */
function containerAmounts(container: Container, pod: Pod, assumed: Assumed | undefined): Amounts {
  const amounts = amountsOf(container.resources?.requests);
  const statuses = pod.status.containerStatuses;
  if (statuses) {
    const status = statuses.find((candidate) => candidate.name === container.name);
    if (status?.resources) {
      max(amounts, amountsOf(status.resources.requests));
      max(amounts, amountsOf(status.allocatedResources));
    }
  }
  if (assumed) for (const [name, amount] of assumed) if (!amounts.has(name)) amounts.set(name, amount);
  return amounts;
}

const POD_LEVEL = ['cpu', 'memory'];
const isPodLevelResource = (name: string): boolean => POD_LEVEL.includes(name) || name.startsWith('hugepages-');

const hasPodLevelRequests = (resources: ResourceRequirements | undefined): boolean =>
  Object.keys(resources?.requests ?? {}).some(isPodLevelResource);

/**
 * What a Pod asks of a Node: containers and sidecars together, or the largest init container beside the sidecars started
 * before it; Pod-level requests replace that sum; overhead comes on top.
 * @upstream staging/src/k8s.io/component-helpers/resource/helpers.go
 */
function podAmounts(pod: Pod, assumed?: Assumed, podLevelCounts = true): Amounts {
  const { spec } = pod;
  const total: Amounts = new Map();
  for (const container of spec.containers) add(total, containerAmounts(container, pod, assumed));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const amounts = containerAmounts(container, pod, assumed);
    if (container.restartPolicy === 'Always') {
      add(total, amounts);
      add(sidecars, amounts);
      max(starting, sidecars);
    } else {
      add(amounts, sidecars);
      max(starting, amounts);
    }
  }
  max(total, starting);
  const podLevel = podLevelCounts ? spec.resources?.requests : undefined;
  for (const name in podLevel) if (isPodLevelResource(name)) total.set(name, amountOf(name, podLevel[name] as string));
  if (spec.overhead) add(total, amountsOf(spec.overhead));
  return total;
}

function vectorOf(amounts: ReadonlyMap<string, number>): ResourceVector {
  let scalars: Map<string, number> | undefined;
  for (const [name, amount] of amounts) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || !isScalarResource(name)) continue;
    scalars ??= new Map();
    scalars.set(name, amount);
  }
  return {
    milliCpu: amounts.get('cpu') ?? 0,
    memory: amounts.get('memory') ?? 0,
    ephemeralStorage: amounts.get('ephemeral-storage') ?? 0,
    ...(scalars && { scalars }),
  };
}

/** @upstream pkg/apis/core/v1/helper/helpers.go */
export const isExtendedResource = (name: string): boolean =>
  name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');

const isScalarResource = (name: string): boolean =>
  isExtendedResource(name) ||
  name.startsWith('hugepages-') ||
  name.startsWith('attachable-volumes-') ||
  name.includes('kubernetes.io/');

export interface PodRequests {
  /** What must be free on the Node. */
  readonly requests: ResourceVector;
  /** The same with defaults for containers that ask for nothing: what scores reckon with. */
  readonly scored: ResourceVector;
  /** By container alone, with those defaults: the score of NodeResourcesFit overlooks Pod-level requests, as upstream's does. */
  readonly scoredByContainer: ResourceVector;
}

function compute(pod: Pod): PodRequests {
  const amounts = podAmounts(pod);
  const requests = vectorOf(amounts);
  const scoredByContainer = vectorOf(podAmounts(pod, assumedByDefault, false));
  if (!hasPodLevelRequests(pod.spec.resources)) return { requests, scored: scoredByContainer, scoredByContainer };
  const missing = new Map([...assumedByDefault].filter(([name]) => (amounts.get(name) ?? 0) === 0));
  return { requests, scored: missing.size === 0 ? requests : vectorOf(podAmounts(pod, missing)), scoredByContainer };
}

interface Remembered extends PodRequests {
  readonly initContainers: readonly Container[] | undefined;
  readonly resources: ResourceRequirements | undefined;
  readonly overhead: Quantities | undefined;
}

/** Pods share their container lists across updates (objects are frozen), so the sum is found again by identity. */
const remembered = new WeakMap<readonly Container[], Remembered>();

/** The requests of a Pod, remembered by the identity of its containers. */
export function podRequests(pod: Pod): PodRequests {
  const { containers, initContainers, resources, overhead } = pod.spec;
  if (pod.status.containerStatuses?.some((status) => status.resources)) return compute(pod);
  const known = remembered.get(containers);
  if (known && known.initContainers === initContainers && known.resources === resources && known.overhead === overhead)
    return known;
  const fresh: Remembered = { ...compute(pod), initContainers, resources, overhead };
  remembered.set(containers, fresh);
  return fresh;
}

/** What a Node offers, from `status.allocatable`. */
export function allocatableOf(quantities: Quantities | undefined): ResourceVector & { readonly pods: number } {
  const amounts = amountsOf(quantities);
  return { ...vectorOf(amounts), pods: amounts.get('pods') ?? 0 };
}
