/** One Pod, all Nodes: which fit, which is best. @upstream pkg/scheduler/schedule_one.go schedulePod */
import type { CycleState } from './cycle-state.ts';
import type { Framework, Scores } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { NodeStatuses } from './node-statuses.ts';
import type { Snapshot } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';
import { isRejected, type Verdict, verdictMessage } from './verdict.ts';

const MIN_FEASIBLE_NODES = 100;
const MIN_PERCENTAGE = 5;

/** How many fitting Nodes are enough: all of fewer than 100, then a share that falls from 50 % to 5 % as the cluster grows. */
export function numFeasibleNodesToFind(percentage: number, numAllNodes: number): number {
  if (numAllNodes < MIN_FEASIBLE_NODES) return numAllNodes;
  const share = percentage > 0 ? percentage : Math.max(50 - Math.trunc(numAllNodes / 125), MIN_PERCENTAGE);
  return Math.max(Math.trunc((numAllNodes * share) / 100), MIN_FEASIBLE_NODES);
}

export interface PodSchedulerOptions {
  readonly percentageOfNodesToScore: number;
  /** One of the Nodes with the highest score. */
  readonly chooseHost: (tied: readonly NodeInfo[]) => NodeInfo;
}

export interface ScheduleResult {
  /** undefined: the Pod fits nowhere. */
  readonly host: NodeInfo | undefined;
  readonly feasible: readonly NodeInfo[];
  readonly statuses: NodeStatuses;
  readonly scores: Scores | undefined;
  readonly tied: readonly NodeInfo[];
  readonly preFilterVerdict: Verdict | undefined;
  readonly unschedulablePlugins: ReadonlySet<string>;
}

/** Remembers where the last search ended, so that all Nodes of a large cluster get their turn. */
export class PodScheduler {
  private nextStartNodeIndex = 0;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly options: PodSchedulerOptions,
  ) {}

  /** Throws SchedulingError when a plugin fails. The snapshot must have a Node. */
  schedule(framework: Framework, state: CycleState, pod: PodInfo): ScheduleResult {
    const statuses = new NodeStatuses();
    const plugins = new Set<string>();
    const allNodes = this.snapshot.nodes;
    const outcome = framework.preFilter(state, pod, allNodes);
    for (const plugin of outcome.narrowedBy) plugins.add(plugin);
    if (isRejected(outcome.verdict)) {
      statuses.absent = outcome.verdict;
      if (outcome.verdict.plugin) plugins.add(outcome.verdict.plugin);
      return {
        host: undefined,
        feasible: [],
        statuses,
        scores: undefined,
        tied: [],
        preFilterVerdict: outcome.verdict,
        unschedulablePlugins: plugins,
      };
    }
    let nodes = allNodes;
    if (outcome.nodeNames) {
      nodes = [...outcome.nodeNames].map((name) => this.snapshot.get(name)).filter((node) => node !== undefined);
      statuses.absent = {
        code: 'UnschedulableAndUnresolvable',
        reasons: [`node(s) didn't satisfy plugin(s) [${[...outcome.narrowedBy].sort().join(' ')}]`],
      };
    }
    const feasible = this.findFeasible(framework, state, pod, nodes, statuses);
    for (const { plugin } of statuses.explicit.values()) if (plugin) plugins.add(plugin);
    const { scores, tied } = choice(framework, state, pod, feasible);
    return {
      host: tied.length <= 1 ? tied[0] : this.options.chooseHost(tied),
      feasible,
      statuses,
      scores,
      tied,
      preFilterVerdict: undefined,
      unschedulablePlugins: plugins,
    };
  }

  private findFeasible(
    framework: Framework,
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    statuses: NodeStatuses,
  ): NodeInfo[] {
    const promised = pod.pod.status.nominatedNodeName;
    if (promised) {
      const node = this.snapshot.get(promised);
      const refused = node && framework.filterWithNominatedPods(state, pod, node);
      if (node && !refused) return [node];
      if (node && refused) statuses.set(node.name, refused);
    }
    const wanted = framework.hasScorePlugins
      ? numFeasibleNodesToFind(
          framework.profile.percentageOfNodesToScore ?? this.options.percentageOfNodesToScore,
          nodes.length,
        )
      : 1;
    const feasible: NodeInfo[] = [];
    for (let i = 0; i < nodes.length && feasible.length < wanted; i++) {
      const node = nodes[(this.nextStartNodeIndex + i) % nodes.length] as NodeInfo;
      const refused = framework.filterWithNominatedPods(state, pod, node);
      if (refused) statuses.set(node.name, refused);
      else feasible.push(node);
    }
    const processed = feasible.length + statuses.size;
    this.nextStartNodeIndex = (this.nextStartNodeIndex + processed) % this.snapshot.nodes.length;
    return feasible;
  }
}

/** Scores only when there is a choice. */
function choice(
  framework: Framework,
  state: CycleState,
  pod: PodInfo,
  feasible: readonly NodeInfo[],
): { readonly scores: Scores | undefined; readonly tied: readonly NodeInfo[] } {
  if (feasible.length <= 1) return { scores: undefined, tied: feasible };
  const scores = framework.score(state, pod, feasible);
  let highest = Number.NEGATIVE_INFINITY;
  for (const total of scores.totals) if (total > highest) highest = total;
  return { scores, tied: feasible.filter((_, index) => scores.totals[index] === highest) };
}

/** PreFilter's words, when it refused. */
export const preFilterMessage = (result: ScheduleResult): string | undefined =>
  result.preFilterVerdict && verdictMessage(result.preFilterVerdict);
