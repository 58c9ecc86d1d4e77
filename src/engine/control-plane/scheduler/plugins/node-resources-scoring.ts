/** How NodeResourcesFit and NodeResourcesBalancedAllocation turn amounts into a score. All arithmetic is on integers, as upstream. */
import type { NodeInfo } from '../framework/node-info.ts';
import { MAX_NODE_SCORE } from '../framework/plugin.ts';
import type { ResourceVector } from '../framework/resource-vector.ts';

export interface ResourceSpec {
  readonly name: string;
  readonly weight?: number;
}

export interface WeightedResource {
  readonly name: string;
  readonly weight: number;
}

/** One entry per resource: amounts with the Pod, without it, and what the Node offers (0: does not count). */
export interface Amounts {
  readonly requested: number[];
  readonly allocated: number[];
  readonly allocatable: number[];
}

export type Scorer = (amounts: Amounts) => number;

export const amountsFor = (resources: readonly WeightedResource[]): Amounts => ({
  requested: resources.map(() => 0),
  allocated: resources.map(() => 0),
  allocatable: resources.map(() => 0),
});

export function vectorAmount(vector: ResourceVector, name: string): number {
  if (name === 'cpu') return vector.milliCpu;
  if (name === 'memory') return vector.memory;
  if (name === 'ephemeral-storage') return vector.ephemeralStorage;
  return vector.scalars?.get(name) ?? 0;
}

/**
 * Fills `amounts` for a Pod on a Node. `exact` counts requests as they are, otherwise with the defaults for containers without one.
 * @upstream pkg/scheduler/framework/plugins/noderesources/resource_allocation.go
 */
export function fillAmounts(
  amounts: Amounts,
  resources: readonly WeightedResource[],
  podRequests: readonly number[],
  node: NodeInfo,
  exact: boolean,
): void {
  for (let i = 0; i < resources.length; i++) {
    const { name } = resources[i] as WeightedResource;
    const request = podRequests[i] as number;
    let allocatable: number;
    let allocated: number;
    if (name === 'cpu') {
      allocatable = node.allocatable.milliCpu;
      allocated = exact ? node.requested.milliCpu : node.scored.milliCpu;
    } else if (name === 'memory') {
      allocatable = node.allocatable.memory;
      allocated = exact ? node.requested.memory : node.scored.memory;
    } else if (name === 'ephemeral-storage') {
      allocatable = node.allocatable.ephemeralStorage;
      allocated = node.requested.ephemeralStorage;
    } else {
      // A device the Pod does not ask for says nothing about the Node.
      allocatable = request === 0 ? 0 : (node.allocatable.scalars?.get(name) ?? 0);
      allocated = node.requested.scalars.get(name) ?? 0;
    }
    amounts.allocatable[i] = allocatable;
    amounts.allocated[i] = allocatable === 0 ? 0 : allocated;
    amounts.requested[i] = allocatable === 0 ? 0 : allocated + request;
  }
}

/** Weighted mean over the resources the Node has. */
function weightedMean(
  { requested, allocatable }: Amounts,
  resources: readonly WeightedResource[],
  score: (requested: number, capacity: number) => number,
): number {
  let sum = 0;
  let weights = 0;
  for (let i = 0; i < resources.length; i++) {
    const capacity = allocatable[i] as number;
    if (capacity === 0) continue;
    const { weight } = resources[i] as WeightedResource;
    sum += score(requested[i] as number, capacity) * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : Math.trunc(sum / weights);
}

/** Free share of the Node. @upstream pkg/scheduler/framework/plugins/noderesources/least_allocated.go */
export const leastAllocatedScorer =
  (resources: readonly WeightedResource[]): Scorer =>
  (amounts) =>
    weightedMean(amounts, resources, (requested, capacity) =>
      requested > capacity ? 0 : Math.trunc(((capacity - requested) * MAX_NODE_SCORE) / capacity),
    );

/** Used share of the Node. @upstream pkg/scheduler/framework/plugins/noderesources/most_allocated.go */
export const mostAllocatedScorer =
  (resources: readonly WeightedResource[]): Scorer =>
  (amounts) =>
    weightedMean(amounts, resources, (requested, capacity) =>
      Math.trunc((Math.min(requested, capacity) * MAX_NODE_SCORE) / capacity),
    );

export interface UtilizationShapePoint {
  readonly utilization: number;
  /** 0..10 */
  readonly score: number;
}

/** A score read off a broken line over utilisation. @upstream pkg/scheduler/framework/plugins/noderesources/requested_to_capacity_ratio.go */
export function requestedToCapacityRatioScorer(
  resources: readonly WeightedResource[],
  shape: readonly UtilizationShapePoint[],
): Scorer {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: score * (MAX_NODE_SCORE / 10) }));
  const line = (at: number): number => {
    for (let i = 0; i < points.length; i++) {
      const point = points[i] as UtilizationShapePoint;
      if (at > point.utilization) continue;
      const before = points[i - 1];
      if (!before) return point.score;
      return (
        before.score +
        Math.trunc(
          ((point.score - before.score) * (at - before.utilization)) / (point.utilization - before.utilization),
        )
      );
    }
    return points.at(-1)?.score ?? 0;
  };
  return ({ requested, allocatable }) => {
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < resources.length; i++) {
      const capacity = allocatable[i] as number;
      if (capacity === 0) continue;
      const wanted = requested[i] as number;
      const score = line(wanted > capacity ? 100 : Math.trunc((wanted * 100) / capacity));
      if (score <= 0) continue;
      const { weight } = resources[i] as WeightedResource;
      sum += score * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.round(sum / weights);
  };
}

/** 100 less the standard deviation of the shares in use. */
function balance(used: readonly number[], allocatable: readonly number[]): number {
  const shares: number[] = [];
  let total = 0;
  for (let i = 0; i < used.length; i++) {
    const capacity = allocatable[i] as number;
    if (capacity === 0) continue;
    const share = Math.min((used[i] as number) / capacity, 1);
    total += share;
    shares.push(share);
  }
  let deviation = 0;
  if (shares.length === 2) {
    deviation = Math.abs(((shares[0] as number) - (shares[1] as number)) / 2);
  } else if (shares.length > 2) {
    const mean = total / shares.length;
    let sum = 0;
    for (const share of shares) sum += (share - mean) * (share - mean);
    deviation = Math.sqrt(sum / shares.length);
  }
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE);
}

/** How the Pod changes the balance of the Node: 75 when it does not, 50..100 otherwise. @upstream pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go */
export const balancedScorer: Scorer = ({ requested, allocated, allocatable }) => {
  const half = MAX_NODE_SCORE / 2;
  return half + Math.trunc((half + balance(requested, allocatable) - balance(allocated, allocatable)) / 2);
};
