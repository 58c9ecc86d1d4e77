/** One sync of a StatefulSet: replicas first, then what is too much, then the rollout. @upstream pkg/controller/statefulset/stateful_set_control.go */
import type { Pod, StatefulSet, StatefulSetStatus } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import { isPanic } from '#engine/client-go';
import type { World } from '#engine/sim';
import { slowStart } from '../pod-control.ts';
import { isPodTerminal } from '../pod-status.ts';
import { decided } from '../traces.ts';
import type { Claimant } from './claims.ts';
import type { Revisions } from './history.ts';
import { ordinalOf, podFor, revisionOf } from './identity.ts';
import { isAvailable, type Members, membersOf, nextToUpdate, type Replica, versionFor } from './members.ts';
import type { StatefulPods } from './stateful-pods.ts';
import { calculateStatus, isRunningAndReady, isTerminating } from './status.ts';

export interface SyncOutcome {
  readonly status: StatefulSetStatus;
  readonly failure?: unknown;
}

/** What one sync works with. */
interface Task {
  readonly world: World;
  readonly set: StatefulSet;
  readonly revisions: Revisions;
  readonly members: Members;
  readonly control: StatefulPods;
  /** One after another, each waiting for the one before. */
  readonly isOrdered: boolean;
}

/** 'stop': nothing more may be done in this sync. */
type Step = 'go on' | 'stop';

export async function syncStatefulSet(
  world: World,
  set: StatefulSet,
  revisions: Revisions,
  pods: readonly Pod[],
  control: StatefulPods,
): Promise<SyncOutcome> {
  const now = world.clock.now();
  const status = calculateStatus(set, revisions, pods, now);
  if (set.metadata.deletionTimestamp !== undefined) return { status };
  const members = membersOf(set, pods, now);
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  const task: Task = { world, set, revisions, members, control, isOrdered };
  try {
    const { replicas, condemned } = members;
    const stopped =
      (await each(task, replicas, (replica) => keepReplica(task, replica))) === 'stop' ||
      (await each(task, condemned, (pod) => settleCondemned(task, pod))) === 'stop' ||
      (await each(task, condemned, (pod) => removeCondemned(task, pod))) === 'stop';
    if (stopped) return { status };
    const { currentReplicas = 0 } = status;
    if (!(await updateOne(task))) return { status };
    return { status: { ...status, currentReplicas: Math.max(0, currentReplicas - 1) } };
  } catch (failure) {
    if (isPanic(failure)) throw failure;
    return { status, failure };
  }
}

async function each<T>({ isOrdered }: Task, items: readonly T[], act: (item: T) => Promise<Step>): Promise<Step> {
  if (isOrdered) {
    for (const item of items) if ((await act(item)) === 'stop') return 'stop';
    return 'go on';
  }
  const { error } = await slowStart(items.length, (i) => act(items[i] as T));
  if (error !== undefined) throw error;
  return 'go on';
}

function tell({ world, set }: Task, did: 'create' | 'delete', pod: string, because: Because): void {
  const { namespace, name } = set.metadata;
  decided(world, { controller: 'statefulset', about: { namespace, name }, did, pod, because });
}
type Because = 'missing' | 'finished' | 'scale' | 'update';

async function keepReplica(task: Task, { ordinal, pod }: Replica): Promise<Step> {
  const { set, control, isOrdered, world } = task;
  if (!pod) return fill(task, ordinal);
  if (isPodTerminal(pod)) {
    // Whatever the exit code: a Pod of a StatefulSet is to run. The next one comes when this one is gone.
    if (!isTerminating(pod)) {
      tell(task, 'delete', pod.metadata.name, 'finished');
      await control.delete(set, pod);
    }
    return 'stop';
  }
  if (pod.status.phase === 'Pending') await control.createMissingClaims(set, pod);
  const waits = isTerminating(pod) || !isRunningAndReady(pod) || !isAvailable(pod, set, world.clock.now());
  if (isOrdered && waits) return 'stop';
  await control.mend(set, pod);
  return 'go on';
}

async function fill(task: Task, ordinal: number): Promise<Step> {
  const { set, revisions, control, isOrdered } = task;
  const { name, template } = versionFor(set, revisions, ordinal);
  const draft = podFor(set, template, name, ordinal);
  const podName = draft.metadata.name ?? '';
  const claimant: Claimant = { ordinal, pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: podName } } };
  if (control.claims.hasStale(set, claimant)) return 'stop';
  tell(task, 'create', podName, 'missing');
  await control.create(set, draft, ordinal);
  return isOrdered ? 'stop' : 'go on';
}

async function settleCondemned({ set, control }: Task, pod: Pod): Promise<Step> {
  await control.claims.settle(set, { ordinal: ordinalOf(pod), pod });
  return 'go on';
}

async function removeCondemned(task: Task, pod: Pod): Promise<Step> {
  const { set, control, isOrdered, members, world } = task;
  if (isTerminating(pod)) return isOrdered ? 'stop' : 'go on';
  const sound = isRunningAndReady(pod) && isAvailable(pod, set, world.clock.now());
  if (isOrdered && !sound && pod !== members.firstUnavailable) return 'stop';
  tell(task, 'delete', pod.metadata.name, 'scale');
  await control.delete(set, pod);
  return 'stop';
}

/** True when a Pod was given up for the newer revision. */
async function updateOne(task: Task): Promise<boolean> {
  const { set, revisions, members, control, world } = task;
  const revision = ({ pod, ordinal }: Replica) => (pod ? revisionOf(pod) : versionFor(set, revisions, ordinal).name);
  const replica = nextToUpdate(set, revisions, members.replicas, revision, world.clock.now());
  if (!replica?.pod) return false;
  tell(task, 'delete', replica.pod.metadata.name, 'update');
  try {
    await control.delete(set, replica.pod);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return true;
}
