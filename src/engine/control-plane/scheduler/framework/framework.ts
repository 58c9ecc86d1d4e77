/** Runs a profile's plugins at the extension points of a cycle. @upstream pkg/scheduler/framework/runtime/framework.go */
import type { CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { NodeStatuses } from './node-statuses.ts';
import type { Nominator } from './nominator.ts';
import { type FilterRunner, MAX_NODE_SCORE, type Plugin, type PostFilterResult } from './plugin.ts';
import type { PodInfo } from './pod-info.ts';
import type { ResolvedProfile } from './profile.ts';
import { isRejected, type Outcome, unresolvable, type Verdict, verdict, verdictMessage } from './verdict.ts';

/** A plugin failed (as opposed to refusing the Pod): the cycle ends and the Pod is tried again after a backoff. */
export class SchedulingError extends Error {
  override readonly name = 'SchedulingError';
}

export interface PreFilterResult {
  readonly verdict: Outcome;
  /** undefined: all. */
  readonly nodeNames: ReadonlySet<string> | undefined;
  /** The plugins that narrowed the Nodes. */
  readonly narrowedBy: readonly string[];
}

/** One plugin's scores, parallel to the Nodes scored. */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: readonly number[];
  readonly normalised: readonly number[];
}

export interface Scores {
  readonly plugins: readonly PluginScores[];
  /** Sum of normalised times weight. */
  readonly totals: readonly number[];
}

export class Framework implements FilterRunner {
  private readonly filters: readonly Plugin[];
  private readonly extensions: readonly Plugin[];

  constructor(
    readonly profile: ResolvedProfile,
    private readonly nominator: Nominator,
  ) {
    this.filters = profile.points.filter;
    this.extensions = profile.points.preFilter.filter((plugin) => plugin.addPod ?? plugin.removePod);
  }

  get hasScorePlugins(): boolean {
    return this.profile.points.score.length > 0;
  }

  preEnqueue(pod: PodInfo): Outcome {
    for (const plugin of this.profile.points.preEnqueue) {
      const outcome = plugin.preEnqueue?.(pod);
      if (outcome) return named(outcome, plugin);
    }
    return undefined;
  }

  preFilter(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): PreFilterResult {
    let nodeNames: ReadonlySet<string> | undefined;
    const narrowedBy: string[] = [];
    let refused: Verdict | undefined;
    for (const plugin of this.profile.points.preFilter) {
      const answer = plugin.preFilter?.(state, pod, nodes);
      if (answer === undefined) continue;
      if ('nodeNames' in answer) {
        narrowedBy.push(plugin.name);
        const before: ReadonlySet<string> | undefined = nodeNames;
        nodeNames = before ? new Set([...answer.nodeNames].filter((name) => before.has(name))) : answer.nodeNames;
        if (nodeNames.size === 0) return { verdict: noNodeLeft(narrowedBy), nodeNames, narrowedBy };
        continue;
      }
      if (answer.code === 'Skip') {
        state.skipFilter.add(plugin.name);
      } else if (answer.code === 'UnschedulableAndUnresolvable') {
        return { verdict: named(answer, plugin), nodeNames: undefined, narrowedBy: [] };
      } else if (answer.code === 'Unschedulable') {
        // A later plugin may know that the Pod cannot be helped at all.
        refused ??= named(answer, plugin);
      } else {
        throw new SchedulingError(`running PreFilter plugin ${JSON.stringify(plugin.name)}: ${verdictMessage(answer)}`);
      }
    }
    return { verdict: refused, nodeNames, narrowedBy };
  }

  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome {
    const { filters } = this;
    for (let i = 0; i < filters.length; i++) {
      const plugin = filters[i] as Plugin;
      if (state.skipFilter.has(plugin.name)) continue;
      const outcome = plugin.filter?.(state, pod, node);
      if (outcome === undefined) continue;
      if (!isRejected(outcome))
        throw new SchedulingError(`running Filter plugin ${JSON.stringify(plugin.name)}: ${verdictMessage(outcome)}`);
      return named(outcome, plugin);
    }
    return undefined;
  }

  /** Every plugin's refusal, where a cycle stops at the first: for explanations. */
  refusals(state: CycleState, pod: PodInfo, node: NodeInfo): readonly Verdict[] {
    const found: Verdict[] = [];
    for (const plugin of this.filters) {
      if (state.skipFilter.has(plugin.name)) continue;
      const outcome = plugin.filter?.(state, pod, node);
      if (outcome) found.push(named(outcome, plugin));
    }
    return found;
  }

  /**
   * The Pod must fit with the Pods of equal or higher priority that are promised this Node, and, as they may go
   * elsewhere, without them too.
   */
  filterWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome {
    const promised = this.nominator.isEmpty
      ? []
      : this.nominator.podsOn(node.name).filter((other) => other.priority >= pod.priority && other.uid !== pod.uid);
    if (promised.length === 0) return this.filter(state, pod, node);
    const crowded = node.clone();
    const crowdedState = state.clone();
    for (const other of promised) {
      crowded.addPod(other);
      this.addPod(crowdedState, pod, other, crowded);
    }
    return this.filter(crowdedState, pod, crowded) ?? this.filter(state, pod, node);
  }

  addPod(state: CycleState, podToSchedule: PodInfo, pod: PodInfo, node: NodeInfo): void {
    for (const plugin of this.extensions) {
      if (!state.skipFilter.has(plugin.name)) plugin.addPod?.(state, podToSchedule, pod, node);
    }
  }

  removePod(state: CycleState, podToSchedule: PodInfo, pod: PodInfo, node: NodeInfo): void {
    for (const plugin of this.extensions) {
      if (!state.skipFilter.has(plugin.name)) plugin.removePod?.(state, podToSchedule, pod, node);
    }
  }

  /** The first plugin that helps ends the round; the reasons of those that did not are joined. */
  postFilter(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult {
    let nomination: PostFilterResult['nomination'];
    const reasons: string[] = [];
    let by = '';
    for (const plugin of this.profile.points.postFilter) {
      const result = plugin.postFilter?.(state, pod, statuses);
      if (!result) continue;
      if (result.verdict === undefined || result.verdict.code === 'UnschedulableAndUnresolvable') return result;
      if (!isRejected(result.verdict)) return { verdict: result.verdict };
      if (result.nomination) nomination = result.nomination;
      reasons.push(...result.verdict.reasons);
      by ||= plugin.name;
    }
    return { nomination, verdict: verdict('Unschedulable', by, ...reasons) };
  }

  score(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Scores {
    for (const plugin of this.profile.points.preScore) {
      const outcome = plugin.preScore?.(state, pod, nodes);
      if (outcome?.code === 'Skip') state.skipScore.add(plugin.name);
      else if (outcome)
        throw new SchedulingError(`running PreScore plugin ${JSON.stringify(plugin.name)}: ${verdictMessage(outcome)}`);
    }
    const totals = new Array<number>(nodes.length).fill(0);
    const plugins: PluginScores[] = [];
    for (const plugin of this.profile.points.score) {
      if (state.skipScore.has(plugin.name)) continue;
      const scores = this.scoreWith(plugin, state, pod, nodes);
      for (let i = 0; i < totals.length; i++)
        totals[i] = (totals[i] as number) + (scores.normalised[i] as number) * scores.weight;
      plugins.push(scores);
    }
    return { plugins, totals };
  }

  private scoreWith(plugin: Plugin, state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): PluginScores {
    const raw = new Array<number>(nodes.length);
    for (let i = 0; i < nodes.length; i++) raw[i] = plugin.score?.(state, pod, nodes[i] as NodeInfo) ?? 0;
    let normalised = raw;
    if (plugin.normalizeScore) {
      normalised = raw.slice();
      plugin.normalizeScore(state, pod, normalised, nodes);
    }
    for (const score of normalised) {
      if (score >= 0 && score <= MAX_NODE_SCORE) continue;
      throw new SchedulingError(
        `plugin ${JSON.stringify(plugin.name)} returns an invalid score ${score}, it should in the range of [0, ${MAX_NODE_SCORE}] after normalizing`,
      );
    }
    return { plugin: plugin.name, weight: this.profile.weights.get(plugin.name) ?? 1, raw, normalised };
  }

  reserve(state: CycleState, pod: PodInfo, nodeName: string): Outcome {
    for (const plugin of this.profile.points.reserve) {
      const outcome = plugin.reserve?.(state, pod, nodeName);
      if (outcome) return named(outcome, plugin);
    }
    return undefined;
  }

  /** In reverse order of reservation. */
  unreserve(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (const plugin of [...this.profile.points.reserve].reverse()) plugin.unreserve?.(state, pod, nodeName);
  }

  /** Wait carries the plugins to wait for; anything else is final. */
  permit(state: CycleState, pod: PodInfo, nodeName: string): Outcome | ReadonlyMap<string, number> {
    const waitFor = new Map<string, number>();
    for (const plugin of this.profile.points.permit) {
      const result = plugin.permit?.(state, pod, nodeName);
      if (!result?.verdict) continue;
      if (result.verdict.code !== 'Wait') return named(result.verdict, plugin);
      waitFor.set(plugin.name, Math.min(result.timeoutMs ?? MAX_PERMIT_WAIT_MS, MAX_PERMIT_WAIT_MS));
    }
    return waitFor.size === 0 ? undefined : waitFor;
  }

  async preBind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Outcome> {
    for (const plugin of this.profile.points.preBind) {
      const outcome = await plugin.preBind?.(state, pod, nodeName);
      if (outcome) return named(outcome, plugin);
    }
    return undefined;
  }

  async bind(state: CycleState, pod: PodInfo, nodeName: string): Promise<Outcome> {
    for (const plugin of this.profile.points.bind) {
      const outcome = await plugin.bind?.(state, pod, nodeName);
      if (outcome?.code === 'Skip') continue;
      return outcome && named(outcome, plugin);
    }
    return undefined;
  }

  postBind(state: CycleState, pod: PodInfo, nodeName: string): void {
    for (const plugin of this.profile.points.postBind) plugin.postBind?.(state, pod, nodeName);
  }
}

const MAX_PERMIT_WAIT_MS = 15 * 60_000;

const named = (outcome: Verdict, plugin: Plugin): Verdict =>
  outcome.plugin ? outcome : { ...outcome, plugin: plugin.name };

function noNodeLeft(plugins: readonly string[]): Verdict {
  const sorted = [...plugins].sort();
  const text =
    sorted.length === 1
      ? `node(s) didn't satisfy plugin ${sorted[0]}`
      : `node(s) didn't satisfy plugin(s) [${sorted.join(' ')}] simultaneously`;
  return unresolvable(sorted[0] ?? '', text);
}
