/** Filter: what the Pod asks for must be free. Score: by how full the Node becomes. */
import type { Node, Pod } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import type { Plugin } from '../framework/plugin.ts';
import { podInfoOf } from '../framework/pod-info.ts';
import { allocatableOf, isExtendedResource, type ResourceVector } from '../framework/resource-vector.ts';
import { type Outcome, unresolvable, unschedulable } from '../framework/verdict.ts';
import {
  amountsFor,
  fillAmounts,
  leastAllocatedScorer,
  mostAllocatedScorer,
  type ResourceSpec,
  requestedToCapacityRatioScorer,
  type Scorer,
  type UtilizationShapePoint,
  vectorAmount,
  type WeightedResource,
} from './node-resources-scoring.ts';

const NAME = 'NodeResourcesFit';
const STATE = 'PreScoreNodeResourcesFit';

export interface NodeResourcesFitArgs {
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy?: {
    readonly type?: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
    readonly resources?: readonly ResourceSpec[];
    readonly requestedToCapacityRatio?: { readonly shape?: readonly UtilizationShapePoint[] };
  };
}

function scorerFor(args: NodeResourcesFitArgs, resources: readonly WeightedResource[]): Scorer {
  const strategy = args.scoringStrategy;
  if (strategy?.type === 'MostAllocated') return mostAllocatedScorer(resources);
  if (strategy?.type === 'RequestedToCapacityRatio') {
    return requestedToCapacityRatioScorer(resources, strategy.requestedToCapacityRatio?.shape ?? []);
  }
  return leastAllocatedScorer(resources);
}

/** One verdict object per set of reasons: large clusters refuse in few ways. */
const verdicts = new Map<string, Outcome>();
const VERDICTS_LIMIT = 1000;

function verdictFor(reasons: readonly string[], hopeless: boolean): Outcome {
  const key = `${hopeless}${reasons.join('\n')}`;
  let known = verdicts.get(key);
  if (!known) {
    if (verdicts.size >= VERDICTS_LIMIT) verdicts.clear();
    known = hopeless ? unresolvable(NAME, ...reasons) : unschedulable(NAME, ...reasons);
    verdicts.set(key, known);
  }
  return known;
}

/** Whether an extended resource is none of this plugin's business. */
type Ignores = (name: string) => boolean;

/**
 * Everything the Node lacks for the Pod. More than the whole Node has cannot be helped by evicting Pods.
 * @upstream pkg/scheduler/framework/plugins/noderesources/fit.go
 */
function fitsRequest(request: ResourceVector, node: NodeInfo, ignores: Ignores): Outcome {
  const { allocatable, requested } = node;
  if (
    !request.scalars &&
    node.pods.length < allocatable.pods &&
    request.milliCpu <= allocatable.milliCpu - requested.milliCpu &&
    request.memory <= allocatable.memory - requested.memory &&
    request.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage
  ) {
    return undefined;
  }
  const lacks: Lack = { reasons: undefined, hopeless: false };
  if (node.pods.length + 1 > allocatable.pods) lacks.reasons = ['Too many pods'];
  check(lacks, 'cpu', request.milliCpu, allocatable.milliCpu, requested.milliCpu);
  check(lacks, 'memory', request.memory, allocatable.memory, requested.memory);
  check(lacks, 'ephemeral-storage', request.ephemeralStorage, allocatable.ephemeralStorage, requested.ephemeralStorage);
  if (request.scalars) {
    for (const [name, amount] of request.scalars) {
      if (isExtendedResource(name) && ignores(name)) continue;
      check(lacks, name, amount, allocatable.scalars?.get(name) ?? 0, requested.scalars.get(name) ?? 0);
    }
  }
  return lacks.reasons && verdictFor(lacks.reasons, lacks.hopeless);
}

interface Lack {
  reasons: string[] | undefined;
  hopeless: boolean;
}

function check(lacks: Lack, name: string, wanted: number, capacity: number, used: number): void {
  if (wanted <= 0 || wanted <= capacity - used) return;
  const reason = `Insufficient ${name}`;
  if (lacks.reasons) lacks.reasons.push(reason);
  else lacks.reasons = [reason];
  lacks.hopeless ||= wanted > capacity;
}

/** Would an empty Node like this hold the Pod? */
function fitsEmpty(request: ResourceVector, node: Node): boolean {
  const allocatable = allocatableOf(node.status.allocatable);
  if (request.milliCpu > allocatable.milliCpu || request.memory > allocatable.memory) return false;
  if (request.ephemeralStorage > allocatable.ephemeralStorage) return false;
  for (const [name, amount] of request.scalars ?? []) if (amount > (allocatable.scalars?.get(name) ?? 0)) return false;
  return true;
}

/** A resized Pod gave back something the waiting one asks for. */
function frees(previous: Pod, updated: Pod, waiting: Pod): boolean {
  const wanted = podInfoOf(waiting).requests;
  const before = podInfoOf(previous).requests;
  const after = podInfoOf(updated).requests;
  return (
    (wanted.milliCpu > 0 && after.milliCpu < before.milliCpu) ||
    (wanted.memory > 0 && after.memory < before.memory) ||
    (wanted.ephemeralStorage > 0 && after.ephemeralStorage < before.ephemeralStorage) ||
    [...(wanted.scalars?.keys() ?? [])].some(
      (name) => (after.scalars?.get(name) ?? 0) < (before.scalars?.get(name) ?? 0),
    )
  );
}

/**
 * @upstream pkg/scheduler/framework/plugins/noderesources/fit.go
 * @fidelity partial: extended resources served by DRA are not looked for
 */
export function createNodeResourcesFit(args: NodeResourcesFitArgs = {}): Plugin {
  const specs = args.scoringStrategy?.resources?.length
    ? args.scoringStrategy.resources
    : [{ name: 'cpu' }, { name: 'memory' }];
  const resources = specs.map(({ name, weight }) => ({ name, weight: weight || 1 }));
  const scorer = scorerFor(args, resources);
  const amounts = amountsFor(resources);
  const ignored = new Set(args.ignoredResources);
  const ignoredGroups = new Set(args.ignoredResourceGroups);
  const ignores: Ignores = (name) => ignored.has(name) || ignoredGroups.has(name.split('/')[0] ?? '');
  return {
    name: NAME,
    preFilter: () => undefined,
    filter: (_state, pod, node) => fitsRequest(pod.requests, node, ignores),
    preScore(state, pod) {
      state.write(
        STATE,
        resources.map(({ name }) => vectorAmount(pod.scoredByContainer, name)),
      );
      return undefined;
    },
    score(state, _pod, node) {
      fillAmounts(amounts, resources, state.read<readonly number[]>(STATE) ?? [], node, false);
      return scorer(amounts);
    },
    events: [
      {
        resource: 'AssignedPod',
        action: action.Delete | action.UpdatePodScaleDown,
        hint: (pod, previous, updated) =>
          updated === undefined || frees(previous as Pod, updated as Pod, pod) ? 'Queue' : 'Skip',
      },
      { resource: 'TargetPod', action: action.UpdatePodScaleDown },
      {
        resource: 'Node',
        action: action.Add | action.UpdateNodeAllocatable,
        hint: (pod, _previous, node) => (fitsEmpty(podInfoOf(pod).requests, node as Node) ? 'Queue' : 'Skip'),
      },
    ],
  };
}
