/**
 * Keeps as many Pods as a ReplicaSet or a ReplicationController asks for; both kinds are one controller, as upstream.
 * @upstream pkg/controller/replicaset/replica_set.go, pkg/controller/replication/conversion.go
 */
import { type Pod, pods, type ReplicaSetStatus, type Resource } from '#engine/api';
import { controllerOf, isNotFound, keyOf, type LabelMatcher, matchesLabels, objectKey } from '#engine/apimachinery';
import {
  type Client,
  type ControllerQueue,
  Expectations,
  isPanic,
  type Lister,
  type ResourceEventHandler,
  type Result,
  startController,
  watchWith,
} from '#engine/client-go';
import type { Millis, World } from '#engine/sim';
import { type ControllerContext, recorderFor, settleForReplicas } from '../context.ts';
import { createPodControl, isNamespaceTerminating, messageOf, type PodControl, slowStart } from '../pod-control.ts';
import { countsDiffer, isPodActive, isPodReady, isPodTerminating, nextAvailabilityMs } from '../pod-status.ts';
import { CONTROLLER_INDEX, claimObjects, controllerIndex, orphansOf } from '../ref-manager.ts';
import { decided } from '../traces.ts';
import { computeReplicas } from './compute-replicas.ts';
import { calculateStatus, isSameStatus, type Replicated } from './status.ts';

/** How one of the two kinds is told. */
export interface ReplicatedKind<T extends Replicated> {
  readonly name: 'replicaset' | 'replicationcontroller';
  /** As which its requests and Events are made. */
  readonly component: string;
  readonly resource: Resource<T>;
  readonly selector: (object: T) => LabelMatcher;
  /** The object with that status, of which it keeps what its kind has. */
  readonly withStatus: (object: T, status: ReplicaSetStatus) => T;
}

export function startReplicaController<T extends Replicated>(
  context: ControllerContext,
  kind: ReplicatedKind<T>,
): void {
  const client = context.clientFor(kind.component);
  const podControl = createPodControl(client, recorderFor(context, client, kind.component));
  const controller = new ReplicaController(context, kind, client, podControl);
  startController(
    context.world,
    context.informers,
    {
      name: kind.name,
      watches: [
        watchWith(kind.resource, (queue) => controller.ownHandlers(queue)),
        watchWith(pods, (queue) => controller.podHandlers(queue)),
      ],
      settleMs: (key) => controller.settleMs(key),
      reconcile: (key) => controller.sync(key),
    },
    context.signal,
  );
}

class ReplicaController<T extends Replicated> {
  private readonly expectations: Expectations;
  private readonly sets: Lister<T>;
  private readonly pods: Lister<Pod>;
  private readonly world: World;

  constructor(
    { world, informers }: ControllerContext,
    private readonly kind: ReplicatedKind<T>,
    private readonly client: Client,
    private readonly podControl: PodControl,
  ) {
    this.world = world;
    this.expectations = new Expectations(world.clock);
    const indexers = { [CONTROLLER_INDEX]: controllerIndex };
    this.sets = informers.informer(kind.resource, { indexers }).lister;
    this.pods = informers.informer(pods, { indexers }).lister;
  }

  ownHandlers(queue: ControllerQueue): ResourceEventHandler<T> {
    return {
      added: (set) => queue.add(objectKey(set)),
      updated: (previous, set) => {
        if (previous.metadata.uid !== set.metadata.uid) this.expectations.forget(objectKey(previous));
        queue.add(objectKey(set));
      },
      deleted: (set) => {
        this.expectations.forget(objectKey(set));
        queue.add(objectKey(set));
      },
    };
  }

  podHandlers(queue: ControllerQueue): ResourceEventHandler<Pod> {
    const gone = (pod: Pod) => {
      const key = this.ownerKey(pod);
      if (key === undefined) return;
      this.expectations.deletionObserved(key, pod.metadata.uid ?? '');
      queue.add(key);
    };
    return {
      added: (pod) => {
        // After a restart of the controller a Pod may come into view already terminating.
        if (pod.metadata.deletionTimestamp !== undefined) gone(pod);
        else if (controllerOf(pod)) {
          const key = this.ownerKey(pod);
          if (key === undefined) return;
          this.expectations.creationObserved(key);
          queue.add(key);
        } else this.wakeMatching(queue, pod);
      },
      updated: (previous, pod) => {
        if (!countsDiffer(previous, pod)) return;
        if (pod.metadata.deletionTimestamp !== undefined) {
          gone(pod);
          if (previous.metadata.labels !== pod.metadata.labels) gone(previous);
          return;
        }
        this.podChanged(queue, previous, pod);
      },
      deleted: gone,
    };
  }

  private podChanged(queue: ControllerQueue, previous: Pod, pod: Pod): void {
    const before = controllerOf(previous);
    const after = controllerOf(pod);
    if (before && before.uid !== after?.uid) {
      const key = this.ownerKey(previous);
      if (key !== undefined) queue.add(key);
    }
    if (!after) {
      this.wakeMatching(queue, pod);
      return;
    }
    const key = this.ownerKey(pod);
    if (key === undefined) return;
    queue.add(key);
    const minReadySeconds = this.sets.get(key)?.spec.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && !isPodReady(previous) && isPodReady(pod)) {
      queue.addAfter(key, minReadySeconds * 1000 + 1000);
    }
  }

  /** The key of the object that controls the Pod, if it is still the same one. */
  private ownerKey(pod: Pod): string | undefined {
    const owner = controllerOf(pod);
    if (owner?.kind !== this.kind.resource.kind) return undefined;
    const key = keyOf(owner.name, pod.metadata.namespace);
    return this.sets.get(key)?.metadata.uid === owner.uid ? key : undefined;
  }

  private wakeMatching(queue: ControllerQueue, pod: Pod): void {
    for (const set of this.sets.list(pod.metadata.namespace)) {
      if (matchesLabels(this.kind.selector(set), pod.metadata.labels)) {
        queue.add(objectKey(set));
      }
    }
  }

  settleMs(key: string): Millis {
    return settleForReplicas(this.sets.get(key)?.spec.replicas ?? 0);
  }

  async sync(key: string): Promise<Result | undefined> {
    const set = this.sets.get(key);
    if (!set) {
      this.expectations.forget(key);
      return undefined;
    }
    const settled = this.expectations.satisfied(key);
    const { active, terminating } = await this.claimPods(set);
    let failure: unknown;
    if (settled && set.metadata.deletionTimestamp === undefined) {
      failure = await this.manageReplicas(key, set, active);
    }
    const now = this.world.clock.now();
    const reason = failure === undefined ? undefined : messageOf(failure);
    await this.updateStatus(set, calculateStatus(set, active, terminating, reason, now));
    if (failure !== undefined) throw failure;
    const next = nextAvailabilityMs(active, set.spec.minReadySeconds ?? 0, now);
    return next === undefined ? undefined : { requeueAfterMs: next };
  }

  private async claimPods(set: T): Promise<{ readonly active: readonly Pod[]; readonly terminating: number }> {
    const { uid = '', namespace = '' } = set.metadata;
    const matcher = this.kind.selector(set);
    const matches = (pod: Pod) => matchesLabels(matcher, pod.metadata.labels);
    const owned = this.pods.byIndex(CONTROLLER_INDEX, uid);
    const orphans = this.pods.byIndex(CONTROLLER_INDEX, orphansOf(namespace));
    const candidates = (orphans.length === 0 ? owned : [...owned, ...orphans]).filter(isPodActive);
    const active = await claimObjects(this.client, this.kind.resource, set, pods, candidates, matches);
    let terminating = 0;
    for (const pod of owned) if (isPodTerminating(pod) && matches(pod)) terminating++;
    return { active, terminating };
  }

  /** Resolves with what went wrong, if something did. */
  private async manageReplicas(key: string, set: T, active: readonly Pod[]): Promise<unknown> {
    const related = () => this.relatedPods(set);
    const { create, remove } = computeReplicas(set, active, related, this.world.clock.now());
    if (create > 0 || remove.length > 0) this.tell(set, active.length, create, remove);
    if (create > 0) return this.createPods(key, set, create);
    if (remove.length > 0) return this.deletePods(key, set, remove);
    return undefined;
  }

  private tell({ metadata, spec }: T, active: number, create: number, remove: readonly Pod[]): void {
    const { namespace, name } = metadata;
    decided(this.world, {
      controller: this.kind.name,
      about: { namespace, name },
      did: create > 0 ? 'create' : 'delete',
      count: create > 0 ? create : remove.length,
      wanted: spec.replicas ?? 1,
      active,
      ...(remove.length > 0 && { pods: remove.map((pod) => pod.metadata.name) }),
    });
  }

  private async createPods(key: string, set: T, count: number): Promise<unknown> {
    this.expectations.expectCreations(key, count);
    const { successes, error } = await slowStart(count, async () => {
      try {
        await this.podControl.create(set, set.spec.template ?? {});
      } catch (error) {
        // The Pods of a namespace that goes away are nobody's concern any more; not seeing one created must not be retried.
        if (!isNamespaceTerminating(error)) throw error;
      }
    });
    if (count > successes) this.expectations.creationObserved(key, count - successes);
    return error;
  }

  private async deletePods(key: string, set: T, doomed: readonly Pod[]): Promise<unknown> {
    this.expectations.expectDeletions(
      key,
      doomed.map((pod) => pod.metadata.uid ?? ''),
    );
    const outcomes = await Promise.all(
      doomed.map(async (pod) => {
        try {
          await this.podControl.delete(set, pod);
          return undefined;
        } catch (error) {
          if (isPanic(error)) throw error;
          this.expectations.deletionObserved(key, pod.metadata.uid ?? '');
          return isNotFound(error) ? undefined : error;
        }
      }),
    );
    return outcomes.find((error) => error !== undefined);
  }

  /** The Pods of every ReplicaSet with the same controller. A ReplicationController has none. */
  private relatedPods(set: T): readonly Pod[] {
    const owner = controllerOf(set);
    if (!owner) return [];
    return this.sets
      .byIndex(CONTROLLER_INDEX, owner.uid)
      .flatMap((sibling) => this.pods.byIndex(CONTROLLER_INDEX, sibling.metadata.uid ?? ''));
  }

  /** Tries twice, as upstream: once with what the cache has, once with a fresh read. */
  private async updateStatus(set: T, status: ReplicaSetStatus): Promise<void> {
    const { resource, withStatus } = this.kind;
    const next = withStatus(set, status);
    if (isSameStatus(set.status, next.status)) return;
    try {
      await this.client.updateStatus(resource, next);
    } catch (error) {
      if (isPanic(error)) throw error;
      const { namespace, name } = set.metadata;
      const fresh = await this.client.get(resource, { namespace, name });
      await this.client.updateStatus(resource, withStatus(fresh, status));
    }
  }
}
