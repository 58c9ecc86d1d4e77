/** Preemption's decisions: whom to evict from a Node, and which Node to prefer. Nothing here touches the API. */
import type { PodDisruptionBudget } from '#engine/api';
import { LabelSelectorError, labelSelectorAsMatcher, matchesLabels } from '#engine/apimachinery';
import { type Millis, parseTime } from '#engine/sim';
import type { CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { Candidate, FilterRunner } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';
import { unresolvable, type Verdict } from './verdict.ts';

/** Nobody on the Node is of lower priority. */
export const NO_VICTIMS = unresolvable('DefaultPreemption', 'No preemption victims found for incoming pod');

/** A Pod that has not started counts as starting now. */
const startTime = ({ pod }: PodInfo, now: Millis): Millis =>
  (pod.status.startTime && parseTime(pod.status.startTime)) || now;

/**
 * Higher priority first, then who has run longer; among Pods that have not started the last to come, which is what
 * upstream's comparison with an ever later "now" amounts to.
 * @upstream pkg/scheduler/util/utils.go MoreImportantPod
 */
function sortByImportance(pods: PodInfo[], now: Millis): void {
  const arrival = new Map(pods.map((pod, index) => [pod, index]));
  const order = (pod: PodInfo) => arrival.get(pod) ?? 0;
  pods.sort((a, b) => {
    if (a.priority !== b.priority) return b.priority - a.priority;
    const started = Number(Boolean(b.pod.status.startTime)) - Number(Boolean(a.pod.status.startTime));
    if (started !== 0) return started;
    return a.pod.status.startTime ? startTime(a, now) - startTime(b, now) : order(b) - order(a);
  });
}

const matchingBudget = (budget: PodDisruptionBudget, pod: PodInfo): boolean => {
  if (budget.metadata.namespace !== pod.namespace) return false;
  try {
    const matcher = labelSelectorAsMatcher(budget.spec.selector);
    // A budget without a selector, or with an empty one, covers no Pod here.
    return matcher.requirements.length > 0 && matchesLabels(matcher, pod.labels);
  } catch (error) {
    if (error instanceof LabelSelectorError) return false;
    throw error;
  }
};

/** Which of the Pods (in this order) would exhaust a budget. @upstream pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go filterPodsWithPDBViolation */
function violatingPods(pods: readonly PodInfo[], budgets: readonly PodDisruptionBudget[]): ReadonlySet<PodInfo> {
  const violating = new Set<PodInfo>();
  const allowed = budgets.map((budget) => budget.status.disruptionsAllowed ?? 0);
  for (const pod of pods) {
    if (Object.keys(pod.labels).length === 0) continue;
    for (let i = 0; i < budgets.length; i++) {
      const budget = budgets[i] as PodDisruptionBudget;
      if (!matchingBudget(budget, pod) || budget.status.disruptedPods?.[pod.pod.metadata.name]) continue;
      allowed[i] = (allowed[i] as number) - 1;
      if ((allowed[i] as number) < 0) violating.add(pod);
    }
  }
  return violating;
}

/** Whether the Node has a Pod that may be evicted: asked before anything is copied. */
export function hasPotentialVictims(pod: PodInfo, node: NodeInfo): boolean {
  for (const other of node.pods) if (other.priority < pod.priority) return true;
  return false;
}

export interface DryRun {
  readonly runner: FilterRunner;
  readonly budgets: readonly PodDisruptionBudget[];
  readonly now: Millis;
}

/**
 * The fewest, least important Pods whose going makes room, or why that is impossible. `state` and `node` are the
 * caller's copies and are changed.
 * @upstream pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go SelectVictimsOnNode
 */
export function selectVictims(pod: PodInfo, state: CycleState, node: NodeInfo, dryRun: DryRun): Candidate | Verdict {
  const { runner } = dryRun;
  const potential = node.pods.filter((other) => other.priority < pod.priority);
  if (potential.length === 0) return NO_VICTIMS;
  const remove = (victim: PodInfo) => {
    node.removePod(victim);
    runner.removePod(state, pod, victim, node);
  };
  for (const victim of potential) remove(victim);
  const refused = runner.filterWithNominatedPods(state, pod, node);
  if (refused) return refused;
  sortByImportance(potential, dryRun.now);
  const violating = violatingPods(potential, dryRun.budgets);
  const victims: PodInfo[] = [];
  let numPdbViolations = 0;
  const reprieve = (candidate: PodInfo): boolean => {
    node.addPod(candidate);
    runner.addPod(state, pod, candidate, node);
    if (runner.filterWithNominatedPods(state, pod, node) === undefined) return true;
    remove(candidate);
    victims.push(candidate);
    return false;
  };
  for (const candidate of potential) if (violating.has(candidate) && !reprieve(candidate)) numPdbViolations++;
  for (const candidate of potential) if (!violating.has(candidate)) reprieve(candidate);
  if (violating.size > 0 && violating.size < potential.length) sortByImportance(victims, dryRun.now);
  return { node: node.name, victims, numPdbViolations };
}

/** Added to every priority, so that more victims always weigh more than fewer. */
const PRIORITY_OFFSET = 2 ** 31;

/**
 * The candidates that hurt least: fewest broken budgets, lowest highest priority, lowest sum of priorities, fewest
 * victims, latest start of the most important victims. What is left is equally good.
 * @upstream pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption
 */
export function bestCandidates(candidates: readonly Candidate[], now: Millis): readonly Candidate[] {
  const criteria: readonly ((candidate: Candidate) => number)[] = [
    ({ numPdbViolations }) => -numPdbViolations,
    ({ victims }) => -(victims[0]?.priority ?? 0),
    ({ victims }) => -victims.reduce((sum, { priority }) => sum + priority + PRIORITY_OFFSET, 0),
    ({ victims }) => -victims.length,
    ({ victims }) => earliestStart(victims, now),
  ];
  let left = candidates;
  for (const criterion of criteria) {
    if (left.length <= 1) break;
    const scores = left.map(criterion);
    const best = scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    left = left.filter((_, index) => scores[index] === best);
  }
  return left;
}

/** When the first of the most important victims started. */
function earliestStart(victims: readonly PodInfo[], now: Millis): Millis {
  const highest = victims.reduce((most, { priority }) => Math.max(most, priority), Number.NEGATIVE_INFINITY);
  return victims
    .filter(({ priority }) => priority === highest)
    .reduce((earliest, victim) => Math.min(earliest, startTime(victim, now)), Number.POSITIVE_INFINITY);
}

/** How many candidates are enough: a tenth of the Nodes, at least 100. */
export const candidatesWanted = (nodes: number, minPercentage: number, minAbsolute: number): number =>
  Math.min(Math.max(Math.trunc((nodes * minPercentage) / 100), minAbsolute), nodes);
