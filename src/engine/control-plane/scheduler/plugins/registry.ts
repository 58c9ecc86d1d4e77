/** Every plugin there is, by the name a configuration knows it under. @upstream pkg/scheduler/framework/plugins/registry.go */
import type { PluginHandle } from '../framework/plugin.ts';
import type { PluginRegistry } from '../framework/profile.ts';
import { createDefaultBinder } from './default-binder.ts';
import { createDefaultPreemption, type DefaultPreemptionArgs } from './default-preemption.ts';
import { createDynamicResources } from './dynamic-resources.ts';
import { createImageLocality } from './image-locality.ts';
import { createInterPodAffinity, type InterPodAffinityArgs } from './inter-pod-affinity.ts';
import { createNodeAffinity, type NodeAffinityArgs } from './node-affinity.ts';
import { createNodeName } from './node-name.ts';
import { createNodePorts } from './node-ports.ts';
import {
  createNodeResourcesBalancedAllocation,
  type NodeResourcesBalancedAllocationArgs,
} from './node-resources-balanced-allocation.ts';
import { createNodeResourcesFit, type NodeResourcesFitArgs } from './node-resources-fit.ts';
import { createNodeUnschedulable } from './node-unschedulable.ts';
import { createNodeVolumeLimits } from './node-volume-limits.ts';
import { createPodTopologySpread } from './pod-topology-spread.ts';
import { createPrioritySort } from './priority-sort.ts';
import { createSchedulingGates } from './scheduling-gates.ts';
import type { PodTopologySpreadArgs } from './spread-constraints.ts';
import { createTaintToleration } from './taint-toleration.ts';
import { createVolumeBinding } from './volume-binding.ts';
import { createVolumeRestrictions } from './volume-restrictions.ts';
import { createVolumeZone } from './volume-zone.ts';

/** Factories bound to what the plugins may see and do. */
export const createRegistry = (handle: PluginHandle): PluginRegistry => ({
  SchedulingGates: createSchedulingGates,
  PrioritySort: createPrioritySort,
  NodeUnschedulable: createNodeUnschedulable,
  NodeName: createNodeName,
  TaintToleration: createTaintToleration,
  NodeAffinity: (args) => createNodeAffinity(args as NodeAffinityArgs | undefined),
  NodePorts: createNodePorts,
  NodeResourcesFit: (args) => createNodeResourcesFit(args as NodeResourcesFitArgs | undefined),
  VolumeRestrictions: () => createVolumeRestrictions(handle),
  NodeVolumeLimits: () => createNodeVolumeLimits(handle),
  VolumeBinding: () => createVolumeBinding(handle),
  VolumeZone: () => createVolumeZone(handle),
  PodTopologySpread: (args) => createPodTopologySpread(handle, args as PodTopologySpreadArgs | undefined),
  InterPodAffinity: (args) => createInterPodAffinity(handle, args as InterPodAffinityArgs | undefined),
  DynamicResources: createDynamicResources,
  DefaultPreemption: (args) => createDefaultPreemption(handle, args as DefaultPreemptionArgs | undefined),
  NodeResourcesBalancedAllocation: (args) =>
    createNodeResourcesBalancedAllocation(args as NodeResourcesBalancedAllocationArgs | undefined),
  ImageLocality: () => createImageLocality(handle),
  DefaultBinder: () => createDefaultBinder(handle),
});
