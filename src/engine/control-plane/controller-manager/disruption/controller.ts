/** Keeps the status of PodDisruptionBudgets, which evictions ask. @upstream pkg/controller/disruption/disruption.go */
import {
  deployments,
  type Pod,
  type PodDisruptionBudget,
  podDisruptionBudgets,
  pods,
  replicaSets,
  replicationControllers,
  statefulSets,
} from '#engine/api';
import { type KubeObject, keyOf, labelSelectorAsMatcher, matchesLabels, semanticEqual } from '#engine/apimachinery';
import {
  type ControllerQueue,
  type EventRecorder,
  type Lister,
  type ResourceEventHandler,
  startController,
  watchWith,
} from '#engine/client-go';
import type { ControllerContext } from '../context.ts';
import { recorderFor } from '../context.ts';
import { isPodReady } from '../pod-status.ts';
import { calculateStatus } from './budget.ts';

/** What says how many Pods it wants. */
type Scaled = KubeObject & { readonly spec: { readonly replicas?: number } };

const scaleOfObject = ({ metadata, spec }: Scaled) => ({ uid: metadata.uid ?? '', replicas: spec.replicas ?? 1 });

const selects = ({ spec }: PodDisruptionBudget, { metadata }: Pod): boolean =>
  spec?.selector !== undefined && matchesLabels(labelSelectorAsMatcher(spec.selector), metadata.labels);

/** @fidelity partial: finds the scale of built-in workloads, not of custom resources with a scale subresource */
export function startDisruptionController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('disruption-controller');
  const recorder = recorderFor(context, client, 'controllermanager');
  const budgets = informers.informer(podDisruptionBudgets).lister;
  const podList = informers.informer(pods).lister;
  const sets = informers.informer(replicaSets).lister;
  const owners = informers.informer(deployments).lister;
  const direct: { readonly [kind: string]: Pick<Lister<Scaled>, 'get'> } = {
    StatefulSet: informers.informer(statefulSets).lister,
    ReplicationController: informers.informer(replicationControllers).lister,
  };

  /** What the Pod's controller wants; undefined for a Pod that nobody controls. */
  const scaleOf = (pod: Pod): { readonly uid: string; readonly replicas: number } | undefined => {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
    if (!owner) return undefined;
    const key = keyOf(owner.name, pod.metadata.namespace);
    const scaled = direct[owner.kind]?.get(key);
    if (scaled) return scaled.metadata.uid === owner.uid ? scaleOfObject(scaled) : undefined;
    const set = owner.kind === 'ReplicaSet' ? sets.get(key) : undefined;
    if (!set || set.metadata.uid !== owner.uid) return undefined;
    const above = set.metadata.ownerReferences?.find(({ controller }) => controller);
    const deployment = above?.kind === 'Deployment' ? owners.get(`${pod.metadata.namespace}/${above.name}`) : undefined;
    return scaleOfObject(deployment ?? set);
  };
  const expected = (budget: PodDisruptionBudget, mine: readonly Pod[]): number => {
    const scales = new Map<string, number>();
    const alone: string[] = [];
    for (const pod of mine) {
      const scale = scaleOf(pod);
      if (scale) scales.set(scale.uid, scale.replicas);
      else alone.push(pod.metadata.name);
    }
    if (alone.length > 0) {
      const which = `[${alone.join(' ')}]`;
      const why = `Pods selected by this PodDisruptionBudget (selector: ${JSON.stringify(budget.spec?.selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value. ${which}`;
      recorder.event(budget, 'Warning', 'UnmanagedPods', why);
    }
    return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
  };
  const reconcile = async (key: string) => {
    const budget = budgets.get(key);
    if (!budget) return undefined;
    const mine = podList.list(budget.metadata.namespace).filter((pod) => selects(budget, pod));
    if (mine.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const needsScale = budget.spec?.maxUnavailable !== undefined || typeof budget.spec?.minAvailable === 'string';
    const scale = needsScale ? expected(budget, mine) : 0;
    const { status, recheckMs } = calculateStatus(budget, mine, scale, world.clock.now());
    if (!semanticEqual(status, budget.status ?? {})) {
      await client.updateStatus(podDisruptionBudgets, { ...budget, status });
    }
    return recheckMs === undefined ? undefined : { requeueAfterMs: recheckMs };
  };
  const watches = [
    watchWith(podDisruptionBudgets, (queue) => {
      const add = ({ metadata }: PodDisruptionBudget) => queue.add(`${metadata.namespace}/${metadata.name}`);
      return { added: add, updated: (_, budget) => add(budget) };
    }),
    watchWith(pods, (queue) => podHandlers(queue, budgets, recorder)),
  ];
  startController(world, informers, { name: 'disruption', watches, reconcile }, signal);
}

function podHandlers(
  queue: ControllerQueue,
  budgets: Lister<PodDisruptionBudget>,
  recorder: EventRecorder,
): ResourceEventHandler<Pod> {
  // A Pod is to have one budget. Of several only the first is told: evictions are refused then.
  const about = (pod: Pod) => {
    const [budget, another] = budgets.list(pod.metadata.namespace).filter((one) => selects(one, pod));
    if (!budget) return;
    const { namespace, name } = budget.metadata;
    if (another) {
      const why = `Pod ${JSON.stringify(namespace)}/${JSON.stringify(pod.metadata.name)} matches multiple PodDisruptionBudgets.  Chose ${JSON.stringify(name)} arbitrarily.`;
      recorder.event(pod, 'Warning', 'MultiplePodDisruptionBudgets', why);
    }
    queue.add(`${namespace}/${name}`);
  };
  const counts = (pod: Pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined;
  return {
    added: about,
    updated: (before, pod) => {
      if (counts(before) !== counts(pod) || before.metadata.labels !== pod.metadata.labels) about(pod);
    },
    deleted: about,
  };
}
