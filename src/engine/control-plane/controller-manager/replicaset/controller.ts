/** Keeps as many Pods as a ReplicaSet asks for. @upstream pkg/controller/replicaset/replica_set.go */
import { type Pod, pods, type ReplicaSet, type ReplicaSetStatus, replicaSets } from '#engine/api';
import {
  controllerOf,
  isNotFound,
  keyOf,
  labelSelectorAsMatcher,
  matchesLabels,
  objectKey,
} from '#engine/apimachinery';
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
import { calculateStatus, isSameStatus } from './status.ts';

/**
 * Starts the ReplicaSet controller.
 * @fidelity full
 */
export function startReplicaSetController(context: ControllerContext): void {
  const client = context.clientFor('replicaset-controller');
  const podControl = createPodControl(client, recorderFor(context, client, 'replicaset-controller'));
  const controller = new ReplicaSetController(context, client, podControl);
  startController(
    context.world,
    context.informers,
    {
      name: 'replicaset',
      watches: [
        watchWith(replicaSets, (queue) => controller.replicaSetHandlers(queue)),
        watchWith(pods, (queue) => controller.podHandlers(queue)),
      ],
      settleMs: (key) => controller.settleMs(key),
      reconcile: (key) => controller.sync(key),
    },
    context.signal,
  );
}

class ReplicaSetController {
  private readonly expectations: Expectations;
  private readonly replicaSets: Lister<ReplicaSet>;
  private readonly pods: Lister<Pod>;
  private readonly world: World;

  constructor(
    { world, informers }: ControllerContext,
    private readonly client: Client,
    private readonly podControl: PodControl,
  ) {
    this.world = world;
    this.expectations = new Expectations(world.clock);
    const indexers = { [CONTROLLER_INDEX]: controllerIndex };
    this.replicaSets = informers.informer(replicaSets, { indexers }).lister;
    this.pods = informers.informer(pods, { indexers }).lister;
  }

  replicaSetHandlers(queue: ControllerQueue): ResourceEventHandler<ReplicaSet> {
    return {
      added: (replicaSet) => queue.add(objectKey(replicaSet)),
      updated: (previous, replicaSet) => {
        if (previous.metadata.uid !== replicaSet.metadata.uid) this.expectations.forget(objectKey(previous));
        queue.add(objectKey(replicaSet));
      },
      deleted: (replicaSet) => {
        this.expectations.forget(objectKey(replicaSet));
        queue.add(objectKey(replicaSet));
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
    const minReadySeconds = this.replicaSets.get(key)?.spec.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && !isPodReady(previous) && isPodReady(pod)) {
      queue.addAfter(key, minReadySeconds * 1000 + 1000);
    }
  }

  /** The key of the ReplicaSet that controls the Pod, if it is still the same one. */
  private ownerKey(pod: Pod): string | undefined {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'ReplicaSet') return undefined;
    const key = keyOf(owner.name, pod.metadata.namespace);
    return this.replicaSets.get(key)?.metadata.uid === owner.uid ? key : undefined;
  }

  private wakeMatching(queue: ControllerQueue, pod: Pod): void {
    for (const replicaSet of this.replicaSets.list(pod.metadata.namespace)) {
      if (matchesLabels(labelSelectorAsMatcher(replicaSet.spec.selector), pod.metadata.labels)) {
        queue.add(objectKey(replicaSet));
      }
    }
  }

  settleMs(key: string): Millis {
    return settleForReplicas(this.replicaSets.get(key)?.spec.replicas ?? 0);
  }

  async sync(key: string): Promise<Result | undefined> {
    const replicaSet = this.replicaSets.get(key);
    if (!replicaSet) {
      this.expectations.forget(key);
      return undefined;
    }
    const settled = this.expectations.satisfied(key);
    const { active, terminating } = await this.claimPods(replicaSet);
    let failure: unknown;
    if (settled && replicaSet.metadata.deletionTimestamp === undefined) {
      failure = await this.manageReplicas(key, replicaSet, active);
    }
    const now = this.world.clock.now();
    const reason = failure === undefined ? undefined : messageOf(failure);
    await this.updateStatus(replicaSet, calculateStatus(replicaSet, active, terminating, reason, now));
    if (failure !== undefined) throw failure;
    const next = nextAvailabilityMs(active, replicaSet.spec.minReadySeconds ?? 0, now);
    return next === undefined ? undefined : { requeueAfterMs: next };
  }

  private async claimPods(
    replicaSet: ReplicaSet,
  ): Promise<{ readonly active: readonly Pod[]; readonly terminating: number }> {
    const { uid = '', namespace = '' } = replicaSet.metadata;
    const matcher = labelSelectorAsMatcher(replicaSet.spec.selector);
    const matches = (pod: Pod) => matchesLabels(matcher, pod.metadata.labels);
    const owned = this.pods.byIndex(CONTROLLER_INDEX, uid);
    const orphans = this.pods.byIndex(CONTROLLER_INDEX, orphansOf(namespace));
    const candidates = (orphans.length === 0 ? owned : [...owned, ...orphans]).filter(isPodActive);
    const active = await claimObjects(this.client, replicaSets, replicaSet, pods, candidates, matches);
    let terminating = 0;
    for (const pod of owned) if (isPodTerminating(pod) && matches(pod)) terminating++;
    return { active, terminating };
  }

  /** Resolves with what went wrong, if something did. */
  private async manageReplicas(key: string, replicaSet: ReplicaSet, active: readonly Pod[]): Promise<unknown> {
    const related = () => this.relatedPods(replicaSet);
    const { create, remove } = computeReplicas(replicaSet, active, related, this.world.clock.now());
    if (create > 0 || remove.length > 0) this.tell(replicaSet, active.length, create, remove);
    if (create > 0) return this.createPods(key, replicaSet, create);
    if (remove.length > 0) return this.deletePods(key, replicaSet, remove);
    return undefined;
  }

  private tell({ metadata, spec }: ReplicaSet, active: number, create: number, remove: readonly Pod[]): void {
    const { namespace, name } = metadata;
    decided(this.world, {
      controller: 'replicaset',
      about: { namespace, name },
      did: create > 0 ? 'create' : 'delete',
      count: create > 0 ? create : remove.length,
      wanted: spec.replicas ?? 1,
      active,
      ...(remove.length > 0 && { pods: remove.map((pod) => pod.metadata.name) }),
    });
  }

  private async createPods(key: string, replicaSet: ReplicaSet, count: number): Promise<unknown> {
    this.expectations.expectCreations(key, count);
    const { successes, error } = await slowStart(count, async () => {
      try {
        await this.podControl.create(replicaSet, replicaSet.spec.template ?? {});
      } catch (error) {
        // The Pods of a namespace that goes away are nobody's concern any more; not seeing one created must not be retried.
        if (!isNamespaceTerminating(error)) throw error;
      }
    });
    if (count > successes) this.expectations.creationObserved(key, count - successes);
    return error;
  }

  private async deletePods(key: string, replicaSet: ReplicaSet, doomed: readonly Pod[]): Promise<unknown> {
    this.expectations.expectDeletions(
      key,
      doomed.map((pod) => pod.metadata.uid ?? ''),
    );
    const outcomes = await Promise.all(
      doomed.map(async (pod) => {
        try {
          await this.podControl.delete(replicaSet, pod);
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

  /** The Pods of every ReplicaSet with the same controller. */
  private relatedPods(replicaSet: ReplicaSet): readonly Pod[] {
    const owner = controllerOf(replicaSet);
    if (!owner) return [];
    return this.replicaSets
      .byIndex(CONTROLLER_INDEX, owner.uid)
      .flatMap((sibling) => this.pods.byIndex(CONTROLLER_INDEX, sibling.metadata.uid ?? ''));
  }

  /** Tries twice, as upstream: once with what the cache has, once with a fresh read. */
  private async updateStatus(replicaSet: ReplicaSet, status: ReplicaSetStatus): Promise<void> {
    if (isSameStatus(replicaSet.status, status)) return;
    try {
      await this.client.updateStatus(replicaSets, { ...replicaSet, status });
    } catch (error) {
      if (isPanic(error)) throw error;
      const { namespace, name } = replicaSet.metadata;
      const fresh = await this.client.get(replicaSets, { namespace, name });
      await this.client.updateStatus(replicaSets, { ...fresh, status });
    }
  }
}
