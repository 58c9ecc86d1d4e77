/** PostFilter: makes room for a Pod by evicting Pods of lower priority. */
import { action } from '../framework/cluster-event.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { fitErrorMessage, NodeStatuses } from '../framework/node-statuses.ts';
import type { Candidate, Plugin, PluginHandle, PostFilterResult } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import {
  bestCandidates,
  candidatesWanted,
  hasPotentialVictims,
  NO_VICTIMS,
  selectVictims,
} from '../framework/preemption.ts';
import { unresolvable, unschedulable } from '../framework/verdict.ts';

const NAME = 'DefaultPreemption';
const NOT_HELPFUL = unresolvable(NAME, 'Preemption is not helpful for scheduling');
const BUSY = unresolvable(NAME, 'waiting for the preemption for this pod to be finished');

export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage?: number;
  readonly minCandidateNodesAbsolute?: number;
}

const refusal = (why: string) => unschedulable(NAME, `preemption: ${why}`);

const terminatingByPreemption = ({ pod }: PodInfo): boolean =>
  pod.metadata.deletionTimestamp !== undefined &&
  (pod.status.conditions ?? []).some(
    (condition) =>
      condition.type === 'DisruptionTarget' &&
      condition.status === 'True' &&
      condition.reason === 'PreemptionByScheduler',
  );

/** Why the Pod may not preempt now; undefined when it may. */
function ineligible(pod: PodInfo, statuses: NodeStatuses, handle: PluginHandle): string | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.pod.status.nominatedNodeName;
  if (!nominated || statuses.get(nominated).code === 'UnschedulableAndUnresolvable') return undefined;
  const node = handle.snapshot.get(nominated);
  return node?.pods.some((other) => other.priority < pod.priority && terminatingByPreemption(other))
    ? 'not eligible due to a terminating pod on the nominated node.'
    : undefined;
}

interface Search {
  readonly candidates: readonly Candidate[];
  readonly statuses: NodeStatuses;
}

/** Tries Nodes from a random one on until there are enough candidates, at least one without a broken budget. */
function findCandidates(
  handle: PluginHandle,
  args: DefaultPreemptionArgs,
  state: CycleState,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
): Search {
  const statuses = new NodeStatuses();
  statuses.absent = NOT_HELPFUL;
  if (nodes.length === 0) return { candidates: [], statuses };
  const wanted = candidatesWanted(
    nodes.length,
    args.minCandidateNodesPercentage ?? 10,
    args.minCandidateNodesAbsolute ?? 100,
  );
  const offset = handle.random(nodes.length);
  const dryRun = { runner: handle.runner, budgets: handle.cluster.podDisruptionBudgets(), now: handle.now() };
  const candidates: Candidate[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[(offset + i) % nodes.length] as NodeInfo;
    const found = hasPotentialVictims(pod, node) ? selectVictims(pod, state.clone(), node.clone(), dryRun) : NO_VICTIMS;
    if ('code' in found) {
      statuses.set(node.name, found);
      continue;
    }
    candidates.push(found);
    if (candidates.length >= wanted && candidates.some((candidate) => candidate.numPdbViolations === 0)) break;
  }
  return { candidates, statuses };
}

/**
 * Evictions run beside scheduling, as upstream's asynchronous preemption; until they are done the Pod stays out of the queue.
 * @upstream pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, pkg/scheduler/framework/preemption/preemption.go
 * @fidelity partial: no extenders, no Pod groups; PodDisruptionBudgets are not served yet
 */
export function createDefaultPreemption(handle: PluginHandle, args: DefaultPreemptionArgs = {}): Plugin {
  return {
    name: NAME,
    preEnqueue: (pod) => (handle.isPreempting(pod.uid) ? BUSY : undefined),
    postFilter(state, pod, statuses): PostFilterResult {
      const why = ineligible(pod, statuses, handle);
      if (why) return { verdict: refusal(why) };
      const { nodes } = handle.snapshot;
      const search = findCandidates(handle, args, state, pod, statuses.withCode(nodes, 'Unschedulable'));
      if (search.candidates.length === 0) {
        return {
          nomination: { nominatedNodeName: '' },
          verdict: refusal(fitErrorMessage(nodes.length, search.statuses)),
        };
      }
      const best = bestCandidates(search.candidates, handle.now());
      const names = best.map(({ node }) => node).sort();
      const chosen = names.length === 1 ? (names[0] as string) : handle.chooseCandidate(names);
      handle.explainPreemption({ candidates: search.candidates, best: names, chosen });
      const candidate = best.find(({ node }) => node === chosen);
      if (!candidate) return { verdict: refusal('no candidate node for preemption') };
      handle.preempt(pod, candidate);
      return { nomination: { nominatedNodeName: chosen }, verdict: undefined };
    },
    // The plugins that refused the Pod know best when to try again.
    events: [{ resource: 'AssignedPod', action: action.Delete, hint: () => 'Skip' }],
  };
}
