/** What happens in the cluster that can make a waiting Pod schedulable, and who cares. */
import type { Node, Pod } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { podRequests } from './resource-vector.ts';

type EventResource =
  | 'AssignedPod'
  | 'UnscheduledPod'
  | 'TargetPod'
  | 'Node'
  | 'Namespace'
  | 'Service'
  | VolumeResource
  | '*';

/** Kinds that volume plugins hear of. */
export type VolumeResource =
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity';

/** Bits of what changed. @upstream staging/src/k8s.io/kube-scheduler/framework/types.go */
export const action = {
  Add: 1,
  Delete: 1 << 1,
  UpdateNodeAllocatable: 1 << 2,
  UpdateNodeLabel: 1 << 3,
  UpdateNodeTaint: 1 << 4,
  UpdateNodeCondition: 1 << 5,
  UpdateNodeAnnotation: 1 << 6,
  UpdatePodLabel: 1 << 7,
  UpdatePodScaleDown: 1 << 8,
  UpdatePodToleration: 1 << 9,
  UpdatePodSchedulingGatesEliminated: 1 << 10,
  UpdatePodGeneratedResourceClaim: 1 << 11,
  Update: 1 << 12,
  All: (1 << 13) - 1,
} as const;

export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: number;
  /** For traces: `AssignedPodDelete`. */
  readonly label: string;
}

/** Whether an event may help a Pod that the plugin rejected. Absent means always. */
export type QueueingHint = (
  pod: Pod,
  previous: KubeObject | undefined,
  object: KubeObject | undefined,
) => 'Queue' | 'Skip';

export interface ClusterEventWithHint {
  readonly resource: EventResource;
  readonly action: number;
  readonly hint?: QueueingHint;
}

const clusterEvent = (resource: EventResource, bits: number, label: string): ClusterEvent =>
  Object.freeze({ resource, action: bits, label });

/** Something about volumes came or changed. */
export const volumeEvent = (resource: VolumeResource, change: 'Add' | 'Update'): ClusterEvent =>
  clusterEvent(resource, action[change], `${resource}${change}`);

export const nodeAdd = clusterEvent('Node', action.Add, 'NodeAdd');
export const nodeDelete = clusterEvent('Node', action.Delete, 'NodeDelete');
export const assignedPodAdd = clusterEvent('AssignedPod', action.Add, 'AssignedPodAdd');
export const assignedPodDelete = clusterEvent('AssignedPod', action.Delete, 'AssignedPodDelete');
export const unschedulableTimeout = clusterEvent('*', action.All, 'UnschedulableTimeout');

/** A registration answers an event when the resources agree and they share a bit. */
export const registrationMatches = (registered: ClusterEventWithHint, event: ClusterEvent): boolean =>
  (registered.resource === '*' || event.resource === '*' || registered.resource === event.resource) &&
  (registered.action & event.action) !== 0;

const differs = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a) !== JSON.stringify(b);

const conditionStatuses = (node: Node): string =>
  (node.status.conditions ?? []).map((condition) => `${condition.type}=${condition.status}`).join();

/** Which properties scheduling depends on changed; nothing for a heartbeat. @upstream pkg/scheduler/framework/events.go */
export function nodeUpdateEvents(previous: Node, node: Node): ClusterEvent | undefined {
  let bits = 0;
  if (differs(previous.status.allocatable, node.status.allocatable)) bits |= action.UpdateNodeAllocatable;
  if (differs(previous.metadata.labels, node.metadata.labels)) bits |= action.UpdateNodeLabel;
  if (differs(previous.spec.taints, node.spec.taints) || previous.spec.unschedulable !== node.spec.unschedulable) {
    bits |= action.UpdateNodeTaint;
  }
  if (
    previous.status.conditions !== node.status.conditions &&
    conditionStatuses(previous) !== conditionStatuses(node)
  ) {
    bits |= action.UpdateNodeCondition;
  }
  if (differs(previous.metadata.annotations, node.metadata.annotations)) bits |= action.UpdateNodeAnnotation;
  return bits === 0 ? undefined : clusterEvent('Node', bits, 'NodeUpdate');
}

/** @upstream pkg/scheduler/framework/events.go PodSchedulingPropertiesChange */
export function podUpdateEvent(
  resource: 'AssignedPod' | 'UnscheduledPod' | 'TargetPod',
  previous: Pod,
  pod: Pod,
): ClusterEvent | undefined {
  let bits = 0;
  if (differs(previous.metadata.labels, pod.metadata.labels)) bits |= action.UpdatePodLabel;
  if (differs(previous.spec.tolerations, pod.spec.tolerations)) bits |= action.UpdatePodToleration;
  if (previous.spec.schedulingGates?.length && !pod.spec.schedulingGates?.length)
    bits |= action.UpdatePodSchedulingGatesEliminated;
  if (
    previous.spec.containers !== pod.spec.containers ||
    previous.status.containerStatuses !== pod.status.containerStatuses
  ) {
    if (scaledDown(previous, pod)) bits |= action.UpdatePodScaleDown;
  }
  return bits === 0 ? undefined : clusterEvent(resource, bits, `${resource}Update`);
}

function scaledDown(previous: Pod, pod: Pod): boolean {
  const before = podRequests(previous).requests;
  const after = podRequests(pod).requests;
  if (
    after.milliCpu < before.milliCpu ||
    after.memory < before.memory ||
    after.ephemeralStorage < before.ephemeralStorage
  )
    return true;
  for (const [name, amount] of before.scalars ?? []) if ((after.scalars?.get(name) ?? 0) < amount) return true;
  return false;
}
