/** Every resource that is served: its store, its etcd prefix, its index, its versions. */
import { type Namespace, type PriorityClass, priorityClasses, type Resource } from '#engine/api';
import { type DeleteOptions, type KubeObject, statusErrors } from '#engine/apimachinery';
import type { Etcd } from '#engine/control-plane/etcd';
import type { World } from '#engine/sim';
import type { Served, Stores } from './endpoints/endpoint.ts';
import { type DeletionStep, decideDeletion } from './registry/generic/deletion.ts';
import { decideNamespaceDeletion, isNamespaceFinished } from './registry/generic/namespace-deletion.ts';
import { Store } from './registry/generic/store.ts';
import type { StoreHooks } from './registry/generic/store-types.ts';
import type { Strategy } from './registry/strategy.ts';
import { EventLeases } from './storage/event-leases.ts';
import { prefixOf } from './storage/prefix.ts';

export interface StoresOptions {
  readonly etcd: Etcd;
  readonly strategies: readonly Strategy[];
  readonly eventTtlSeconds: number;
  readonly freeze: boolean;
  /** Hooks by resource: `/services`. */
  readonly hooks: { readonly [groupResource: string]: StoreHooks<KubeObject> };
}

/** One store per strategy. */
export function createStores(world: World, options: StoresOptions): Stores {
  const stores = new Map<string, Store>();
  const served = new Map<string, Served>();
  for (const strategy of options.strategies) {
    const { resource, views = [] } = strategy;
    const store = createStore(world, strategy, options);
    stores.set(`${resource.group}/${resource.plural}`, store);
    served.set(servedKey(resource), { resource, store, view: undefined, show: (object) => object });
    for (const view of views)
      served.set(servedKey(view.resource), { resource: view.resource, store, view, show: view.fromStored });
  }
  const custom = createMounts();
  const find = (group: string, plural: string) => stores.get(`${group}/${plural}`) ?? custom.find(group, plural);
  return {
    served: (group, version, plural) =>
      served.get(`${group}/${version}/${plural}`) ?? custom.served(group, version, plural),
    allServed: () => [...served.values(), ...custom.all()],
    mount: custom.mount,
    get changes() {
      return custom.changes;
    },
    find,
    of: <T extends KubeObject>(resource: Resource<T>) => find(resource.group, resource.plural) as unknown as Store<T>,
    all: () => [...stores.values(), ...custom.all().map(({ store }) => store)],
  };
}

const servedKey = ({ group, version, plural }: Resource): string => `${group}/${version}/${plural}`;

/** Custom resources come and go while the server runs. */
function createMounts() {
  const mounted = new Map<string, readonly Served[]>();
  const all = () => [...mounted.values()].flat();
  const served = (group: string, version: string, plural: string) =>
    mounted
      .get(`${plural}.${group}`)
      ?.find(({ resource }) => resource.version === version && resource.plural === plural);
  const mounts = {
    changes: 0,
    all,
    served,
    /** The store of the version that is stored. */
    find: (group: string, plural: string) => {
      const list = mounted.get(`${plural}.${group}`);
      return (list?.find((one) => one.custom?.storageVersion === one.resource.version) ?? list?.[0])?.store;
    },
    mount: (name: string, list: readonly Served[]) => {
      for (const { store } of mounted.get(name) ?? [])
        if (!list.some((one) => one.store === store)) store.cache.close();
      if (list.length > 0) mounted.set(name, list);
      else mounted.delete(name);
      mounts.changes++;
    },
  };
  return mounts;
}

function createStore(world: World, strategy: Strategy, options: StoresOptions): Store {
  const { group, plural } = strategy.resource;
  const nodeName = strategy.fieldSelectors?.['spec.nodeName'];
  const key = `${group}/${plural}`;
  const hooks = OWN_WAYS[key] ?? options.hooks[key];
  return new Store({
    world,
    etcd: options.etcd,
    strategy,
    prefix: prefixOf(strategy.resource),
    freeze: options.freeze,
    ...(nodeName && { index: { field: 'spec.nodeName', value: nodeName } }),
    ...(group === '' &&
      plural === 'events' && { leases: new EventLeases(world, options.etcd, options.eventTtlSeconds) }),
    ...(hooks && { hooks }),
  });
}

/** @upstream pkg/registry/scheduling/priorityclass/storage/storage.go */
function decidePriorityClassDeletion(
  strategy: Strategy<PriorityClass>,
  object: PriorityClass,
  options: DeleteOptions,
  now: number,
): DeletionStep<PriorityClass> {
  const { name } = object.metadata;
  if (name.startsWith('system-')) {
    const why = 'this is a system priority class and cannot be deleted';
    throw statusErrors.forbidden({ group: priorityClasses.group, resource: priorityClasses.plural }, name, why);
  }
  return decideDeletion(strategy, object, options, now);
}

/** The machinery hands each store only objects of its own kind. */
const forAnyKind = <T extends KubeObject>(hooks: StoreHooks<T>) => hooks as unknown as StoreHooks<KubeObject>;

/** Kinds whose objects go their own way. */
const OWN_WAYS: { readonly [groupResource: string]: StoreHooks<KubeObject> } = {
  '/namespaces': forAnyKind<Namespace>({ decideDeletion: decideNamespaceDeletion, isFinished: isNamespaceFinished }),
  'scheduling.k8s.io/priorityclasses': forAnyKind<PriorityClass>({ decideDeletion: decidePriorityClassDeletion }),
};
