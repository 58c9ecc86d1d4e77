/** The one actor: `reconcile(key)` makes the world match an object, learning from state and never from the event that woke it. */
import { apiVersionOf, type Resource } from '#engine/api';
import { controllerOf, type KubeObject, keyOf, objectKey } from '#engine/apimachinery';
import type { Millis, World } from '#engine/sim';
import type { Informer, ResourceEventHandler } from './informer.ts';
import { isPanic, panic } from './panic.ts';
import type { InformerFactory } from './shared-informer.ts';
import { WorkQueue } from './work-queue.ts';

/** What a reconcile asks for besides "done". */
export interface Result {
  /** Look at this key again after so many milliseconds. */
  readonly requeueAfterMs?: Millis;
}

/** Another resource that wakes the controller. */
export interface Watch {
  /** Registers its handlers on the queue and returns the informers that must be synced before work starts. */
  start(informers: InformerFactory, queue: ControllerQueue): readonly Informer<KubeObject>[];
}

/** The part of the work queue that event handlers use. */
export type ControllerQueue = Pick<WorkQueue, 'add' | 'addAfter' | 'addRateLimited'>;

export interface ControllerSpec<T extends KubeObject> {
  readonly name: string;
  readonly for?: Resource<T>;
  /** Objects whose controller reference names a `for` object wake that object. */
  readonly owns?: readonly Resource[];
  readonly watches?: readonly Watch[];
  /** Keys in work at the same time. Default 5, as upstream's --concurrent-*-syncs. */
  readonly workers?: number;
  /**
   * How long a key that a watch woke waits, so that what happens together is looked at once. It stands for the time that real syncs and
   * their requests take. 0 (default) is the end of the current round of the instant.
   */
  readonly settleMs?: Millis | ((key: string) => Millis);
  /** Work waits for this too, besides the caches. */
  readonly ready?: Promise<void>;
  /** Upstream gives up on a key after so many retries (deployments: 15). Default: never. */
  readonly maxRetries?: number;
  /** A rejection is retried with back-off; for a bug (TypeError and the like) the world stops. */
  reconcile(key: string): Promise<Result | undefined>;
  /** Told of every rejection that is retried. */
  onError?(key: string, error: unknown): void;
}

export interface Controller {
  readonly queue: WorkQueue;
  /** Resolves when the controller has stopped. */
  readonly stopped: Promise<void>;
}

/** Wakes by what `keys` says of every change; on updates of both states. */
export function watch<T extends KubeObject>(resource: Resource<T>, keys: (object: T) => Iterable<string>): Watch {
  return watchWith(resource, (queue) => {
    const add = (object: T) => {
      for (const key of keys(object)) queue.add(key);
    };
    return {
      added: add,
      updated(previous, object) {
        add(previous);
        add(object);
      },
      deleted: add,
    };
  });
}

/** Wakes as the handlers decide. */
export function watchWith<T extends KubeObject>(
  resource: Resource<T>,
  handlers: (queue: ControllerQueue, informer: Informer<T>) => ResourceEventHandler<T>,
): Watch {
  return {
    start(informers, queue) {
      const informer = informers.informer(resource);
      informer.addEventHandler(handlers(queue, informer));
      return [informer as unknown as Informer<KubeObject>];
    },
  };
}

/**
 * Starts a controller: waits for its caches, then reconciles keys with `workers` at a time until `signal` aborts.
 * @upstream sigs.k8s.io/controller-runtime and the run loops of pkg/controller
 * @fidelity full
 */
export function startController<T extends KubeObject>(
  world: World,
  informers: InformerFactory,
  spec: ControllerSpec<T>,
  signal: AbortSignal,
): Controller {
  let active = 0;
  let pumpPlanned = false;
  let synced = false;
  let markStopped = () => {};
  const stopped = new Promise<void>((resolve) => {
    markStopped = resolve;
  });
  const workers = spec.workers ?? 5;

  const pump = () => {
    pumpPlanned = false;
    while (active < workers && !signal.aborted) {
      const key = queue.take();
      if (key === undefined) return;
      active++;
      void work(key);
    }
  };
  const planPump = () => {
    if (pumpPlanned || !synced || active >= workers) return;
    pumpPlanned = true;
    world.clock.after(0, spec.name, pump);
  };
  const queue = new WorkQueue(world.clock, spec.name, planPump);

  const work = async (key: string) => {
    try {
      const result = await spec.reconcile(key);
      queue.forget(key);
      if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs);
    } catch (error) {
      if (signal.aborted) return;
      if (isPanic(error)) panic(world, error);
      spec.onError?.(key, error);
      if (queue.requeues(key) < (spec.maxRetries ?? Number.POSITIVE_INFINITY)) queue.addRateLimited(key);
      else queue.forget(key);
    } finally {
      active--;
      queue.done(key);
      if (queue.length > 0) planPump();
    }
  };

  const waits = wire(informers, spec, settling(queue, spec.settleMs));
  void Promise.all([spec.ready, ...waits.map((informer) => informer.synced)]).then(() => {
    synced = true;
    if (queue.length > 0) planPump();
  });
  const stop = () => {
    queue.shutDown();
    markStopped();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return { queue, stopped };
}

/** The queue as event handlers see it. */
function settling(queue: WorkQueue, settleMs: Millis | ((key: string) => Millis) | undefined): ControllerQueue {
  if (settleMs === undefined || settleMs === 0) return queue;
  const delay = typeof settleMs === 'number' ? () => settleMs : settleMs;
  return {
    add: (key) => queue.addAfter(key, delay(key)),
    addAfter: (key, ms) => queue.addAfter(key, ms),
    addRateLimited: (key) => queue.addRateLimited(key),
  };
}

function wire<T extends KubeObject>(
  informers: InformerFactory,
  spec: ControllerSpec<T>,
  queue: ControllerQueue,
): readonly Informer<KubeObject>[] {
  const watches = [...(spec.watches ?? [])];
  const { for: resource } = spec;
  if (resource) {
    watches.unshift(watch(resource, (object) => [objectKey(object)]));
    for (const owned of spec.owns ?? []) watches.push(watch(owned, (object) => ownerKeys(resource, object)));
  }
  return watches.flatMap((each) => each.start(informers, queue));
}

function ownerKeys(resource: Resource, object: KubeObject): readonly string[] {
  const owner = controllerOf(object);
  if (owner?.kind !== resource.kind || owner.apiVersion !== apiVersionOf(resource)) return [];
  return [keyOf(owner.name, resource.namespaced ? object.metadata.namespace : undefined)];
}
