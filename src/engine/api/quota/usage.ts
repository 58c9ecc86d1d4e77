/**
 * How much of a quota an object uses. The API server charges it on admission, the controller counts it again.
 * @upstream pkg/quota/v1/evaluator/core
 */
import { addQuantity, compareQuantity, formatQuantity, type KubeObject } from '#engine/apimachinery';
import type { Container, PersistentVolumeClaim, Pod, PodSpec, Service } from '../generated/types.ts';
import type { Resource } from '../resource.ts';

/** Amounts by the names a quota's `hard` uses. */
export type Usage = { readonly [name: string]: string };
type Amounts = { [name: string]: string };

/** Core kinds that a quota may also count by their bare plural. */
const BARE = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);
const STORAGE_CLASS = '.storageclass.storage.k8s.io/';

/** `count/deployments.apps`, `count/pods`. */
export const countName = ({ group, plural }: Pick<Resource, 'group' | 'plural'>): string =>
  `count/${plural}${group ? `.${group}` : ''}`;

function add(sums: Amounts, name: string, amount: string): void {
  const before = sums[name];
  sums[name] = before === undefined ? amount : formatQuantity(addQuantity(before, amount));
}

/** What the object uses. */
export function quotaUsage(resource: Pick<Resource, 'group' | 'plural'>, object: KubeObject): Usage {
  const usage: Amounts = { [countName(resource)]: '1' };
  if (resource.group !== '') return usage;
  if (resource.plural === 'pods') return podUsage(object as Pod);
  if (BARE.has(resource.plural)) usage[resource.plural] = '1';
  if (resource.plural === 'services') addService(usage, object as Service);
  if (resource.plural === 'persistentvolumeclaims') addClaim(usage, object as PersistentVolumeClaim);
  return usage;
}

function addService(usage: Amounts, { spec = {} }: Service): void {
  const balanced = spec.type === 'LoadBalancer';
  usage['services.loadbalancers'] = balanced ? '1' : '0';
  const ports = spec.ports ?? [];
  const counted =
    spec.type === 'NodePort' || (balanced && spec.allocateLoadBalancerNodePorts !== false)
      ? ports
      : balanced
        ? ports.filter(({ nodePort }) => nodePort)
        : [];
  usage['services.nodeports'] = String(counted.length);
}

function addClaim(usage: Amounts, { spec = {}, status }: PersistentVolumeClaim): void {
  const asked = spec.resources?.requests?.storage;
  const allocated = status?.allocatedResources?.storage;
  // What an expansion has taken already counts, even when it is no longer asked for.
  const more = asked !== undefined && allocated !== undefined && compareQuantity(allocated, asked) > 0;
  const storage = more ? allocated : asked;
  if (storage !== undefined) usage['requests.storage'] = storage;
  const name = spec.storageClassName;
  if (!name) return;
  usage[`${name}${STORAGE_CLASS}persistentvolumeclaims`] = '1';
  if (storage !== undefined) usage[`${name}${STORAGE_CLASS}requests.storage`] = storage;
}

const isDone = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** A Pod that has ended only counts as an object. */
function podUsage(pod: Pod): Usage {
  const usage: Amounts = { 'count/pods': '1' };
  if (isDone(pod)) return usage;
  usage.pods = '1';
  for (const [name, amount] of Object.entries(containerSums(pod.spec, 'requests'))) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-'))
      usage[name] = amount;
    usage[`requests.${name}`] = amount;
  }
  for (const [name, amount] of Object.entries(containerSums(pod.spec, 'limits'))) usage[`limits.${name}`] = amount;
  return usage;
}

/** All containers and sidecars at once, or the hungriest init container with the sidecars before it; then the overhead. */
function containerSums(spec: PodSpec, which: 'requests' | 'limits'): Usage {
  const sums: Amounts = {};
  const sidecars: Amounts = {};
  const most: Amounts = {};
  const addAll = (to: Amounts, container: Container) => {
    for (const [name, amount] of Object.entries(container.resources?.[which] ?? {})) add(to, name, amount);
  };
  const raise = (from: Amounts) => {
    for (const [name, amount] of Object.entries(from)) {
      if (most[name] === undefined || compareQuantity(amount, most[name]) > 0) most[name] = amount;
    }
  };
  for (const container of spec.containers ?? []) addAll(sums, container);
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      addAll(sums, container);
      addAll(sidecars, container);
      raise(sidecars);
      continue;
    }
    const alone = { ...sidecars };
    addAll(alone, container);
    raise(alone);
  }
  for (const [name, amount] of Object.entries(most)) {
    if (sums[name] === undefined || compareQuantity(amount, sums[name]) > 0) sums[name] = amount;
  }
  for (const [name, amount] of Object.entries(spec.overhead ?? {}))
    if (sums[name] !== undefined) add(sums, name, amount);
  return sums;
}
