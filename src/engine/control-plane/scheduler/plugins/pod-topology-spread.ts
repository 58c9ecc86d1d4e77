/** Filter and Score: Pods that belong together spread evenly over zones, hosts or any other topology. */
import type { Node, Pod } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { type ClusterView, MAX_NODE_SCORE, type Plugin, type PluginHandle } from '../framework/plugin.ts';
import { type PodInfo, podInfoOf } from '../framework/pod-info.ts';
import { type Outcome, SKIP, unresolvable, unschedulable } from '../framework/verdict.ts';
import {
  countMatching,
  HOSTNAME,
  hasAllTopologies,
  includesNode,
  isSystemDefaulted,
  type PodTopologySpreadArgs,
  type SpreadConstraint,
  selects,
  spreadConstraints,
} from './spread-constraints.ts';

const NAME = 'PodTopologySpread';
const FILTER_STATE = 'PreFilterPodTopologySpread';
const SCORE_STATE = 'PreScorePodTopologySpread';
const NOT_SPREAD = unschedulable(NAME, "node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable(NAME, "node(s) didn't match pod topology spread constraints (missing required label)");

/** Per constraint: domain -> matching Pods. Changed while preemption tries things out. */
class FilterState {
  constructor(
    readonly constraints: readonly SpreadConstraint[],
    readonly counts: readonly Map<string, number>[],
  ) {}

  clone(): FilterState {
    return new FilterState(
      this.constraints,
      this.counts.map((counts) => new Map(counts)),
    );
  }

  private minima: (number | undefined)[] = [];

  /** The emptiest domain; 0 while there are fewer domains than wanted. */
  minimum(index: number): number {
    const known = this.minima[index];
    if (known !== undefined) return known;
    const counts = this.counts[index] as Map<string, number>;
    let least = Number.POSITIVE_INFINITY;
    for (const count of counts.values()) if (count < least) least = count;
    if (counts.size < (this.constraints[index] as SpreadConstraint).minDomains) least = 0;
    this.minima[index] = least;
    return least;
  }

  change(podToSchedule: PodInfo, pod: PodInfo, { node }: NodeInfo, delta: number): void {
    if (pod.namespace !== podToSchedule.namespace || !hasAllTopologies(node, this.constraints)) return;
    for (let i = 0; i < this.constraints.length; i++) {
      const constraint = this.constraints[i] as SpreadConstraint;
      if (!selects(constraint, pod.labels) || !includesNode(constraint, podToSchedule.pod, node)) continue;
      const counts = this.counts[i] as Map<string, number>;
      const domain = node.metadata.labels?.[constraint.topologyKey] ?? '';
      counts.set(domain, (counts.get(domain) ?? 0) + delta);
      this.minima[i] = undefined;
    }
  }

  verdict(pod: PodInfo, node: Node): Outcome {
    for (let i = 0; i < this.constraints.length; i++) {
      const constraint = this.constraints[i] as SpreadConstraint;
      const domain = node.metadata.labels?.[constraint.topologyKey];
      if (domain === undefined) return NO_LABEL;
      const self = selects(constraint, pod.labels) ? 1 : 0;
      const skew = (this.counts[i]?.get(domain) ?? 0) + self - this.minimum(i);
      if (skew > constraint.maxSkew) return NOT_SPREAD;
    }
    return undefined;
  }
}

function filterState(constraints: readonly SpreadConstraint[], pod: PodInfo, nodes: readonly NodeInfo[]): FilterState {
  const counts = constraints.map(() => new Map<string, number>());
  for (const node of nodes) {
    if (!hasAllTopologies(node.node, constraints)) continue;
    for (let i = 0; i < constraints.length; i++) {
      const constraint = constraints[i] as SpreadConstraint;
      if (!includesNode(constraint, pod.pod, node.node)) continue;
      const domain = node.node.metadata.labels?.[constraint.topologyKey] ?? '';
      const domains = counts[i] as Map<string, number>;
      domains.set(domain, (domains.get(domain) ?? 0) + countMatching(node, constraint, pod.namespace));
    }
  }
  return new FilterState(constraints, counts);
}

interface ScoreState {
  readonly constraints: readonly SpreadConstraint[];
  /** Nodes that lack a topology label. */
  readonly ignored: ReadonlySet<string>;
  readonly counts: readonly ReadonlyMap<string, number>[];
  /** Makes small and large topologies comparable. */
  readonly weights: readonly number[];
}

function scoreState(
  constraints: readonly SpreadConstraint[],
  pod: PodInfo,
  filtered: readonly NodeInfo[],
  all: readonly NodeInfo[],
  requireAll: boolean,
): ScoreState {
  const ignored = new Set<string>();
  const counts = constraints.map(() => new Map<string, number>());
  for (const { name, node } of filtered) {
    if (requireAll && !hasAllTopologies(node, constraints)) {
      ignored.add(name);
      continue;
    }
    for (let i = 0; i < constraints.length; i++) {
      const { topologyKey } = constraints[i] as SpreadConstraint;
      if (topologyKey !== HOSTNAME) counts[i]?.set(node.metadata.labels?.[topologyKey] ?? '', 0);
    }
  }
  const weights = constraints.map(({ topologyKey }, i) =>
    Math.log((topologyKey === HOSTNAME ? filtered.length - ignored.size : (counts[i]?.size ?? 0)) + 2),
  );
  const zonal = constraints
    .map((constraint, i) => ({ constraint, counts: counts[i] as Map<string, number> }))
    .filter((entry) => entry.counts.size > 0);
  for (const node of zonal.length > 0 ? all : []) {
    if (requireAll && !hasAllTopologies(node.node, constraints)) continue;
    for (const { constraint, counts: domains } of zonal) {
      const domain = node.node.metadata.labels?.[constraint.topologyKey] ?? '';
      const count = domains.get(domain);
      if (count === undefined || node.pods.length === 0 || !includesNode(constraint, pod.pod, node.node)) continue;
      domains.set(domain, count + countMatching(node, constraint, pod.namespace));
    }
  }
  return { constraints, ignored, counts, weights };
}

function score(state: ScoreState, pod: PodInfo, node: NodeInfo): number {
  if (state.ignored.has(node.name)) return 0;
  let sum = 0;
  for (let i = 0; i < state.constraints.length; i++) {
    const constraint = state.constraints[i] as SpreadConstraint;
    const domain = node.node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined) continue;
    const count =
      constraint.topologyKey === HOSTNAME
        ? countMatching(node, constraint, pod.namespace)
        : (state.counts[i]?.get(domain) ?? 0);
    sum += count * (state.weights[i] as number) + (constraint.maxSkew - 1);
  }
  return Math.round(sum);
}

/** Turned round: the fewest matching Pods score highest. */
function normalize(state: ScoreState, scores: number[], nodes: readonly NodeInfo[]): void {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < scores.length; i++) {
    if (state.ignored.has((nodes[i] as NodeInfo).name)) continue;
    const value = scores[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  for (let i = 0; i < scores.length; i++) {
    if (state.ignored.has((nodes[i] as NodeInfo).name)) scores[i] = 0;
    else if (most === 0) scores[i] = MAX_NODE_SCORE;
    else scores[i] = Math.trunc((MAX_NODE_SCORE * (most + least - (scores[i] as number))) / most);
  }
}

/** A Pod that came, changed or went is counted by some constraint. */
function countsDiffer(
  pod: PodInfo,
  previous: Pod | undefined,
  current: Pod | undefined,
  args: PodTopologySpreadArgs,
  cluster: ClusterView,
): boolean {
  if ([previous, current].some((other) => other && other.metadata.namespace !== pod.namespace)) return false;
  const counted = (constraint: SpreadConstraint, other: Pod | undefined) =>
    other !== undefined && selects(constraint, other.metadata.labels ?? {});
  const constraints = spreadConstraints(pod, 'DoNotSchedule', args, cluster);
  if (previous && current)
    return constraints.some((constraint) => counted(constraint, previous) !== counted(constraint, current));
  // Upstream asks that every constraint counts it.
  return constraints.every((constraint) => counted(constraint, current ?? previous));
}

/** A Node that came, changed or went changes the domains. */
function domainsDiffer(
  pod: PodInfo,
  previous: Node | undefined,
  node: Node | undefined,
  args: PodTopologySpreadArgs,
  cluster: ClusterView,
): boolean {
  const constraints = spreadConstraints(pod, 'DoNotSchedule', args, cluster);
  const before = previous !== undefined && hasAllTopologies(previous, constraints);
  const after = node !== undefined && hasAllTopologies(node, constraints);
  if (before !== after) return true;
  if (!before || !after) return false;
  const moved = constraints.some(
    ({ topologyKey }) => previous.metadata.labels?.[topologyKey] !== node.metadata.labels?.[topologyKey],
  );
  return moved || constraints.some((constraint) => constraint.honorTaints && previous.spec.taints !== node.spec.taints);
}

/**
 * @upstream pkg/scheduler/framework/plugins/podtopologyspread/plugin.go, filtering.go, scoring.go
 * @fidelity full
 */
export function createPodTopologySpread(handle: PluginHandle, args: PodTopologySpreadArgs = {}): Plugin {
  const { cluster, snapshot } = handle;
  return {
    name: NAME,
    preFilter(state, pod, nodes) {
      const constraints = spreadConstraints(pod, 'DoNotSchedule', args, cluster);
      if (constraints.length === 0) return SKIP;
      state.write(FILTER_STATE, filterState(constraints, pod, nodes));
      return undefined;
    },
    addPod: (state, toSchedule, pod, node) => state.read<FilterState>(FILTER_STATE)?.change(toSchedule, pod, node, 1),
    removePod: (state, toSchedule, pod, node) =>
      state.read<FilterState>(FILTER_STATE)?.change(toSchedule, pod, node, -1),
    filter: (state, pod, { node }) => state.read<FilterState>(FILTER_STATE)?.verdict(pod, node),
    preScore(state, pod, nodes) {
      const constraints = spreadConstraints(pod, 'ScheduleAnyway', args, cluster);
      if (constraints.length === 0) return SKIP;
      const requireAll = (pod.pod.spec.topologySpreadConstraints?.length ?? 0) > 0 || !isSystemDefaulted(args);
      state.write(SCORE_STATE, scoreState(constraints, pod, nodes, snapshot.nodes, requireAll));
      return undefined;
    },
    score(state, pod, node) {
      const known = state.read<ScoreState>(SCORE_STATE);
      return known ? score(known, pod, node) : 0;
    },
    normalizeScore(state, _pod, scores, nodes) {
      const known = state.read<ScoreState>(SCORE_STATE);
      if (known) normalize(known, scores, nodes);
    },
    events: [
      {
        resource: 'AssignedPod',
        action: action.Add | action.Delete | action.UpdatePodLabel,
        hint: (pod, previous, object) =>
          countsDiffer(podInfoOf(pod), previous as Pod | undefined, object as Pod | undefined, args, cluster)
            ? 'Queue'
            : 'Skip',
      },
      {
        resource: 'Node',
        action: action.Add | action.Delete | action.UpdateNodeLabel | action.UpdateNodeTaint,
        hint: (pod, previous, object) =>
          domainsDiffer(podInfoOf(pod), previous as Node | undefined, object as Node | undefined, args, cluster)
            ? 'Queue'
            : 'Skip',
      },
      { resource: 'TargetPod', action: action.UpdatePodLabel },
    ],
  };
}
