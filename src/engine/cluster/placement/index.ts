/** Where a Pod would fit (a second door of this room: it brings the scheduler along), tried on the cluster as etcd has it at a revision, without anybody in the cluster noticing. */
import {
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  namespaces,
  nodes,
  type Pod,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  replicaSets,
  replicationControllers,
  services,
  statefulSets,
  storageClasses,
} from '#engine/api';
import {
  type Counterfactual,
  counterfactuals,
  createEvaluator,
  type Evaluation,
} from '#engine/control-plane/scheduler';
import type { Memory } from '../memory.ts';

/** What every Filter plugin says of every Node, and what would have to change for the Pod to fit. */
export interface Placement {
  readonly evaluation: Evaluation;
  readonly counterfactuals: readonly Counterfactual[];
}

/** @param revision absent: the present */
export function placementOf(memory: Memory, pod: Pod, revision?: number): Placement {
  // Placed already, it must not stand in its own way.
  const others = memory.list(pods, undefined, revision).filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
  const evaluator = createEvaluator({
    nodes: memory.list(nodes, undefined, revision),
    pods: others,
    namespaces: memory.list(namespaces, undefined, revision),
    services: memory.list(services, pod.metadata.namespace, revision),
    replicaSets: memory.list(replicaSets, pod.metadata.namespace, revision),
    statefulSets: memory.list(statefulSets, pod.metadata.namespace, revision),
    replicationControllers: memory.list(replicationControllers, pod.metadata.namespace, revision),
    volumes: {
      claims: memory.list(persistentVolumeClaims, undefined, revision),
      volumes: memory.list(persistentVolumes, undefined, revision),
      storageClasses: memory.list(storageClasses, undefined, revision),
      csiNodes: memory.list(csiNodes, undefined, revision),
      csiDrivers: memory.list(csiDrivers, undefined, revision),
      capacities: memory.list(csiStorageCapacities, undefined, revision),
    },
  });
  return { evaluation: evaluator.evaluate(pod), counterfactuals: counterfactuals(evaluator, pod) };
}
