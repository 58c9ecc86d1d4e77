/** Informers and the factory that shares them. @upstream staging/src/k8s.io/client-go/tools/cache/shared_informer.go */
import type { Resource } from '#engine/api';
import { type KubeObject, objectKey } from '#engine/apimachinery';
import type { World } from '#engine/sim';
import type { Client } from './client.ts';
import type { Informer, InformerOptions, Lister, ResourceEventHandler } from './informer.ts';
import { panic } from './panic.ts';
import { type ReflectorTarget, runReflector } from './reflector.ts';
import { createSignalGroup } from './signal-group.ts';
import { Store } from './store.ts';

export interface InformerFactory {
  /** The informer for exactly this selection, started when first asked for. Indexers given later are added to it. */
  informer<T extends KubeObject>(resource: Resource<T>, options?: InformerOptions<T>): Informer<T>;
  /** Resolves when every informer asked for so far has its first list. */
  synced(): Promise<void>;
}

export interface InformerFactoryOptions {
  /** A handler threw: by default the world stops. */
  readonly onPanic?: (error: unknown) => void;
}

/**
 * Informers that live until `signal` aborts. One list and one watch per distinct selection, no timers while all is well.
 * @upstream staging/src/k8s.io/client-go/informers/factory.go
 * @fidelity partial: no resync period
 */
export function createInformerFactory(
  world: World,
  client: Client,
  signal: AbortSignal,
  options: InformerFactoryOptions = {},
): InformerFactory {
  const child = createSignalGroup(signal);
  const informers = new Map<string, SharedInformer<KubeObject>>();
  const onPanic = options.onPanic ?? ((error: unknown) => panic(world, error));
  return {
    informer<T extends KubeObject>(resource: Resource<T>, request: InformerOptions<T> = {}): Informer<T> {
      const { indexers, ...selection } = request;
      const key = `${resource.group}/${resource.version}/${resource.plural}|${selection.namespace ?? ''}|${selection.labelSelector ?? ''}|${selection.fieldSelector ?? ''}`;
      let informer = informers.get(key) as SharedInformer<T> | undefined;
      if (!informer) {
        informer = new SharedInformer(resource);
        informers.set(key, informer as unknown as SharedInformer<KubeObject>);
        runReflector(world, client, resource, selection, informer, child()).catch(onPanic);
      }
      if (indexers) informer.addIndexers(indexers);
      return informer;
    },
    async synced() {
      for (const informer of informers.values()) await informer.synced;
    },
  };
}

class SharedInformer<T extends KubeObject> implements Informer<T>, ReflectorTarget<T> {
  readonly lister: Lister<T>;
  readonly synced: Promise<void>;
  hasSynced = false;
  private readonly store = new Store<T>();
  private handlers: readonly ResourceEventHandler<T>[] = [];
  private markSynced!: () => void;

  constructor(readonly resource: Resource<T>) {
    this.lister = this.store;
    this.synced = new Promise((resolve) => {
      this.markSynced = resolve;
    });
  }

  addEventHandler(handler: ResourceEventHandler<T>): () => void {
    for (const object of this.store.list()) handler.added?.(object, true);
    this.handlers = [...this.handlers, handler];
    return () => {
      this.handlers = this.handlers.filter((other) => other !== handler);
    };
  }

  addIndexers(indexers: { readonly [name: string]: (object: T) => readonly string[] }): void {
    for (const [name, values] of Object.entries(indexers)) this.store.addIndex(name, values);
  }

  replace(objects: readonly T[]): void {
    const gone = new Set(this.store.keys());
    const initial = !this.hasSynced;
    for (const object of objects) {
      gone.delete(objectKey(object));
      this.put(object, initial);
    }
    for (const key of gone) this.drop(key);
    if (!initial) return;
    this.hasSynced = true;
    this.markSynced();
  }

  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    if (type === 'DELETED') this.drop(objectKey(object), object);
    else this.put(object, false);
  }

  private put(object: T, initial: boolean): void {
    const previous = this.store.set(objectKey(object), object);
    if (!previous) for (const handler of this.handlers) handler.added?.(object, initial);
    else if (previous.metadata.resourceVersion !== object.metadata.resourceVersion) {
      for (const handler of this.handlers) handler.updated?.(previous, object);
    }
  }

  /** `last` is the object's final state; without it (a deletion nobody saw) handlers get the last state known. */
  private drop(key: string, last?: T): void {
    const previous = this.store.delete(key);
    if (!previous) return;
    for (const handler of this.handlers) handler.deleted?.(last ?? previous);
  }
}
