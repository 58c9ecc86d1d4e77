/** Runs the Pods of StatefulSets: each with a name, a place and claims of its own. @upstream pkg/controller/statefulset/stateful_set.go */
import {
  type ControllerRevision,
  controllerRevisions,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolumeClaims,
  pods,
  type StatefulSet,
  type StatefulSetStatus,
  statefulSets,
} from '#engine/api';
import {
  controllerOf,
  isConflict,
  keyOf,
  labelSelectorAsMatcher,
  matchesLabels,
  objectKey,
} from '#engine/apimachinery';
import {
  type Client,
  type ControllerQueue,
  isPanic,
  type Lister,
  type ResourceEventHandler,
  type Result,
  startController,
  watch,
  watchWith,
} from '#engine/client-go';
import type { World } from '#engine/sim';
import { type ControllerContext, recorderFor, settleForReplicas } from '../context.ts';
import { countsDiffer, isPodReady, nextAvailabilityMs } from '../pod-status.ts';
import { CONTROLLER_INDEX, claimObjects, controllerIndex, orphansOf } from '../ref-manager.ts';
import { createClaimControl } from './claim-control.ts';
import { resolveRevisions, sortRevisions, truncateHistory } from './history.ts';
import { claimTemplateOf, isMember } from './identity.ts';
import { StatefulPods } from './stateful-pods.ts';
import { completeRollingUpdate, isSameStatus, writtenStatus } from './status.ts';
import { syncStatefulSet } from './sync.ts';

/** How often a status is tried when others write too. */
const STATUS_ATTEMPTS = 5;

/**
 * Starts the StatefulSet controller.
 * @fidelity full
 */
export function startStatefulSetController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('statefulset-controller');
  const recorder = recorderFor(context, client, 'statefulset-controller');
  const indexers = { [CONTROLLER_INDEX]: controllerIndex };
  const claims = informers.informer(persistentVolumeClaims).lister;
  const list = informers.informer(statefulSets).lister;
  const sync = new StatefulSetSync(
    world,
    client,
    new StatefulPods(client, recorder, createClaimControl(client, recorder, claims)),
    {
      pods: informers.informer(pods, { indexers }).lister,
      revisions: informers.informer(controllerRevisions, { indexers }).lister,
    },
  );
  const watches = [
    watch(statefulSets, (set) => [objectKey(set)]),
    watchWith(pods, (queue) => podHandlers(queue, list)),
    watchWith(controllerRevisions, () => ({})),
    watchWith(persistentVolumeClaims, (queue) => claimHandlers(queue, list)),
  ];
  startController(
    world,
    informers,
    {
      name: 'statefulset',
      watches,
      settleMs: (key) => settleForReplicas(list.get(key)?.spec.replicas ?? 0),
      reconcile: (key) => sync.run(list.get(key)),
    },
    signal,
  );
}

/** A claim that is gone may be made again. */
function claimHandlers(queue: ControllerQueue, sets: Lister<StatefulSet>): ResourceEventHandler<PersistentVolumeClaim> {
  return {
    deleted: ({ metadata: { namespace, name } }) => {
      for (const set of sets.list(namespace)) if (claimTemplateOf(set, name) !== undefined) queue.add(objectKey(set));
    },
  };
}

function podHandlers(queue: ControllerQueue, sets: Lister<StatefulSet>): ResourceEventHandler<Pod> {
  const ownerKey = (pod: Pod): string | undefined => {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'StatefulSet') return undefined;
    const key = keyOf(owner.name, pod.metadata.namespace);
    return sets.get(key)?.metadata.uid === owner.uid ? key : undefined;
  };
  const wakeOwner = (pod: Pod) => {
    const key = ownerKey(pod);
    if (key !== undefined) queue.add(key);
    return key;
  };
  const wakeMatching = (pod: Pod) => {
    for (const set of sets.list(pod.metadata.namespace)) {
      if (matchesLabels(labelSelectorAsMatcher(set.spec.selector), pod.metadata.labels)) queue.add(objectKey(set));
    }
  };
  return {
    added: (pod) => {
      if (controllerOf(pod) || pod.metadata.deletionTimestamp !== undefined) wakeOwner(pod);
      else wakeMatching(pod);
    },
    updated: (previous, pod) => {
      if (!countsDiffer(previous, pod)) return;
      if (controllerOf(previous)?.uid !== controllerOf(pod)?.uid) wakeOwner(previous);
      if (!controllerOf(pod)) {
        wakeMatching(pod);
        return;
      }
      const key = wakeOwner(pod);
      if (key === undefined || isPodReady(previous) || !isPodReady(pod)) return;
      const minReadySeconds = sets.get(key)?.spec.minReadySeconds ?? 0;
      if (minReadySeconds > 0) queue.addAfter(key, minReadySeconds * 1000 + 1000);
    },
    deleted: wakeOwner,
  };
}

class StatefulSetSync {
  constructor(
    private readonly world: World,
    private readonly client: Client,
    private readonly control: StatefulPods,
    private readonly listers: { readonly pods: Lister<Pod>; readonly revisions: Lister<ControllerRevision> },
  ) {}

  async run(set: StatefulSet | undefined): Promise<Result | undefined> {
    if (!set) return undefined;
    const { client, world } = this;
    const history = sortRevisions(await this.claimRevisions(set));
    const own = await this.claimPods(set);
    const revisions = await resolveRevisions(client, set, history);
    const { status, failure } = await syncStatefulSet(world, set, revisions, own, this.control);
    await this.writeStatus(set, completeRollingUpdate(set, status));
    await truncateHistory(client, set, own, history, revisions);
    if (failure !== undefined) throw failure;
    const next = nextAvailabilityMs(own, set.spec.minReadySeconds ?? 0, world.clock.now());
    return next === undefined ? undefined : { requeueAfterMs: next };
  }

  private claimRevisions(set: StatefulSet): Promise<readonly ControllerRevision[]> {
    const { uid = '', namespace = '' } = set.metadata;
    const matcher = labelSelectorAsMatcher(set.spec.selector);
    const candidates = [
      ...this.listers.revisions.byIndex(CONTROLLER_INDEX, uid),
      ...this.listers.revisions.byIndex(CONTROLLER_INDEX, orphansOf(namespace)),
    ].filter(({ metadata }) => matchesLabels(matcher, metadata.labels));
    return claimObjects(this.client, statefulSets, set, controllerRevisions, candidates, () => true);
  }

  /** The Pods with the set's labels and a name of its own; what has them no longer is released. */
  private claimPods(set: StatefulSet): Promise<readonly Pod[]> {
    const { uid = '', namespace = '' } = set.metadata;
    const matcher = labelSelectorAsMatcher(set.spec.selector);
    const owned = this.listers.pods.byIndex(CONTROLLER_INDEX, uid);
    const orphans = this.listers.pods.byIndex(CONTROLLER_INDEX, orphansOf(namespace));
    const candidates = orphans.length === 0 ? owned : [...owned, ...orphans];
    const matches = (pod: Pod) => matchesLabels(matcher, pod.metadata.labels) && isMember(set, pod);
    return claimObjects(this.client, statefulSets, set, pods, candidates, matches);
  }

  private async writeStatus(set: StatefulSet, next: StatefulSetStatus): Promise<void> {
    if (isSameStatus(set.status, next)) return;
    const { namespace, name } = set.metadata;
    const status = writtenStatus(next);
    let current = set;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.client.updateStatus(statefulSets, { ...current, status });
        return;
      } catch (error) {
        if (isPanic(error) || !isConflict(error) || attempt === STATUS_ATTEMPTS) throw error;
        current = await this.client.get(statefulSets, { namespace, name });
      }
    }
  }
}
