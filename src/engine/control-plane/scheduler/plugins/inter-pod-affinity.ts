/** Filter and Score: Pods near to, or away from, other Pods. */
import type { Node, Pod } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { action } from '../framework/cluster-event.ts';
import type { NodeInfo } from '../framework/node-info.ts';
import { MAX_NODE_SCORE, type Plugin, type PluginHandle } from '../framework/plugin.ts';
import {
  type AffinityTerm,
  type PodInfo,
  podInfoOf,
  termMatches,
  type WeightedAffinityTerm,
} from '../framework/pod-info.ts';
import { type Outcome, SKIP, unresolvable, unschedulable } from '../framework/verdict.ts';

const NAME = 'InterPodAffinity';
const FILTER_STATE = 'PreFilterInterPodAffinity';
const SCORE_STATE = 'PreScoreInterPodAffinity';
const AFFINITY = unresolvable(NAME, "node(s) didn't match pod affinity rules");
const ANTI_AFFINITY = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules");
const EXISTING = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules");

export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight?: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

/** Of a namespace, for namespaceSelectors. */
type NamespaceLabels = (namespace: string) => { readonly [key: string]: string } | undefined;

/** Counts (or weights) by topology key and value. */
class TopologyCounts {
  private readonly byKey = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.byKey.size === 0;
  }

  get keys(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.byKey;
  }

  get(key: string, value: string): number {
    return this.byKey.get(key)?.get(value) ?? 0;
  }

  /** Nothing when the Node lacks the label. `keepZero`: entries that sum up to nothing stay, as scores need. */
  add(node: Node, key: string, amount: number, keepZero = false): void {
    const value = node.metadata.labels?.[key];
    if (value === undefined) return;
    let values = this.byKey.get(key);
    if (!values) {
      values = new Map();
      this.byKey.set(key, values);
    }
    const sum = (values.get(value) ?? 0) + amount;
    if (sum !== 0 || keepZero) {
      values.set(value, sum);
      return;
    }
    values.delete(value);
    if (values.size === 0) this.byKey.delete(key);
  }

  clone(): TopologyCounts {
    const copy = new TopologyCounts();
    for (const [key, values] of this.byKey) copy.byKey.set(key, new Map(values));
    return copy;
  }
}

const matchesAll = (terms: readonly AffinityTerm[], pod: PodInfo, labelsOf: NamespaceLabels): boolean => {
  if (terms.length === 0) return false;
  for (const term of terms) if (!termMatches(term, pod, labelsOf(pod.namespace))) return false;
  return true;
};

class FilterState {
  constructor(
    readonly pod: PodInfo,
    private readonly labelsOf: NamespaceLabels,
    /** Where Pods are that the Pod's affinity asks for. */
    private readonly affinity = new TopologyCounts(),
    private readonly antiAffinity = new TopologyCounts(),
    /** Where Pods are whose anti-affinity the Pod would offend. */
    private readonly existing = new TopologyCounts(),
  ) {}

  clone(): FilterState {
    return new FilterState(
      this.pod,
      this.labelsOf,
      this.affinity.clone(),
      this.antiAffinity.clone(),
      this.existing.clone(),
    );
  }

  get nothingToCheck(): boolean {
    return (
      this.existing.isEmpty && this.pod.requiredAffinity.length === 0 && this.pod.requiredAntiAffinity.length === 0
    );
  }

  /** What an existing Pod forbids. */
  countExisting(other: PodInfo, node: Node, sign: number): void {
    for (const term of other.requiredAntiAffinity) {
      if (termMatches(term, this.pod, this.labelsOf(this.pod.namespace)))
        this.existing.add(node, term.topologyKey, sign);
    }
  }

  /** What the Pod to schedule asks of an existing one. */
  countIncoming(other: PodInfo, node: Node, sign: number): void {
    const { requiredAffinity, requiredAntiAffinity } = this.pod;
    if (matchesAll(requiredAffinity, other, this.labelsOf)) {
      for (const { topologyKey } of requiredAffinity) this.affinity.add(node, topologyKey, sign);
    }
    for (const term of requiredAntiAffinity) {
      if (termMatches(term, other, this.labelsOf(other.namespace))) this.antiAffinity.add(node, term.topologyKey, sign);
    }
  }

  change(other: PodInfo, { node }: NodeInfo, sign: number): void {
    this.countExisting(other, node, sign);
    this.countIncoming(other, node, sign);
  }

  verdict(node: Node): Outcome {
    if (!this.satisfiesAffinity(node)) return AFFINITY;
    const labels = node.metadata.labels;
    for (const { topologyKey } of this.pod.requiredAntiAffinity) {
      const value = labels?.[topologyKey];
      if (value !== undefined && this.antiAffinity.get(topologyKey, value) > 0) return ANTI_AFFINITY;
    }
    for (const [key, values] of this.existing.keys) {
      const value = labels?.[key];
      if (value !== undefined && (values.get(value) ?? 0) > 0) return EXISTING;
    }
    return undefined;
  }

  private satisfiesAffinity(node: Node): boolean {
    const terms = this.pod.requiredAffinity;
    let found = true;
    for (const { topologyKey } of terms) {
      const value = node.metadata.labels?.[topologyKey];
      if (value === undefined) return false;
      if (this.affinity.get(topologyKey, value) <= 0) found = false;
    }
    // The first of Pods that want to be near each other must be allowed somewhere.
    return found || (this.affinity.isEmpty && matchesAll(terms, this.pod, this.labelsOf));
  }
}

function scoreTerms(
  scores: TopologyCounts,
  terms: readonly WeightedAffinityTerm[],
  pod: PodInfo,
  labelsOf: NamespaceLabels,
  node: Node,
  sign: 1 | -1,
): void {
  for (const term of terms) {
    if (termMatches(term, pod, labelsOf(pod.namespace))) scores.add(node, term.topologyKey, sign * term.weight, true);
  }
}

/** What the preferences of the Pod, and of those that run, are worth per topology value. */
function topologyScores(
  pod: PodInfo,
  nodes: Iterable<NodeInfo>,
  all: boolean,
  hardWeight: number,
  labelsOf: NamespaceLabels,
): TopologyCounts {
  const scores = new TopologyCounts();
  for (const { node, pods, podsWithAffinity } of nodes) {
    if (!node.metadata.labels) continue;
    for (const other of all ? pods : podsWithAffinity) {
      scoreTerms(scores, pod.preferredAffinity, other, labelsOf, node, 1);
      scoreTerms(scores, pod.preferredAntiAffinity, other, labelsOf, node, -1);
      if (hardWeight > 0) {
        for (const term of other.requiredAffinity) {
          if (termMatches(term, pod, labelsOf(pod.namespace))) scores.add(node, term.topologyKey, hardWeight, true);
        }
      }
      scoreTerms(scores, other.preferredAffinity, pod, labelsOf, node, 1);
      scoreTerms(scores, other.preferredAntiAffinity, pod, labelsOf, node, -1);
    }
  }
  return scores;
}

/** Stretched over 0..100. */
function normalize(scores: number[]): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    if (score < least) least = score;
    if (score > most) most = score;
  }
  for (let i = 0; i < scores.length; i++) {
    scores[i] = most > least ? Math.trunc(MAX_NODE_SCORE * (((scores[i] as number) - least) / (most - least))) : 0;
  }
}

/** A Node with a topology the terms speak of came, or moved to another value of it. */
const topologyChanged = (pod: PodInfo, previous: Node | undefined, node: Node): boolean =>
  [...pod.requiredAffinity, ...pod.requiredAntiAffinity].some(({ topologyKey }) => {
    const value = node.metadata.labels?.[topologyKey];
    return value !== undefined && value !== previous?.metadata.labels?.[topologyKey];
  });

const infoOf = (object: KubeObject | undefined): PodInfo | undefined => object && podInfoOf(object as Pod);

/** Whether a Pod that came, changed or went makes the waiting Pod's (or its own) terms come true. */
function helps(
  pod: PodInfo,
  previous: PodInfo | undefined,
  current: PodInfo | undefined,
  labelsOf: NamespaceLabels,
): boolean {
  const { requiredAffinity, requiredAntiAffinity } = pod;
  const matches = (terms: readonly AffinityTerm[], other: PodInfo | undefined) =>
    other !== undefined && matchesAll(terms, other, labelsOf);
  if (matches(requiredAffinity, current) && !matches(requiredAffinity, previous)) return true;
  if (matches(requiredAntiAffinity, previous) && !matches(requiredAntiAffinity, current)) return true;
  // A Pod whose own anti-affinity kept this one away is gone.
  return (
    current === undefined &&
    (previous?.requiredAntiAffinity.some((term) => termMatches(term, pod, labelsOf(pod.namespace))) ?? false)
  );
}

/**
 * @upstream pkg/scheduler/framework/plugins/interpodaffinity/plugin.go, filtering.go, scoring.go
 * @fidelity full
 */
export function createInterPodAffinity({ snapshot, cluster }: PluginHandle, args: InterPodAffinityArgs = {}): Plugin {
  const labelsOf: NamespaceLabels = (namespace) => cluster.namespaceLabels(namespace);
  const hardWeight = args.hardPodAffinityWeight ?? 1;
  return {
    name: NAME,
    preFilter(state, pod, nodes) {
      const known = new FilterState(pod, labelsOf);
      for (const { node, podsWithRequiredAntiAffinity } of snapshot.nodesWithRequiredAntiAffinityPods) {
        for (const other of podsWithRequiredAntiAffinity) known.countExisting(other, node, 1);
      }
      if (pod.requiredAffinity.length + pod.requiredAntiAffinity.length > 0) {
        for (const { node, pods } of nodes) for (const other of pods) known.countIncoming(other, node, 1);
      }
      if (known.nothingToCheck) return SKIP;
      state.write(FILTER_STATE, known);
      return undefined;
    },
    addPod: (state, _toSchedule, pod, node) => state.read<FilterState>(FILTER_STATE)?.change(pod, node, 1),
    removePod: (state, _toSchedule, pod, node) => state.read<FilterState>(FILTER_STATE)?.change(pod, node, -1),
    filter: (state, _pod, { node }) => state.read<FilterState>(FILTER_STATE)?.verdict(node),
    preScore(state, pod) {
      const all = pod.preferredAffinity.length + pod.preferredAntiAffinity.length > 0;
      if (args.ignorePreferredTermsOfExistingPods && !all) return SKIP;
      const scores = topologyScores(
        pod,
        all ? snapshot.nodes : snapshot.nodesWithAffinityPods,
        all,
        hardWeight,
        labelsOf,
      );
      if (scores.isEmpty) return SKIP;
      state.write(SCORE_STATE, scores);
      return undefined;
    },
    score(state, _pod, { node }) {
      let sum = 0;
      for (const [key, values] of state.read<TopologyCounts>(SCORE_STATE)?.keys ?? []) {
        const value = node.metadata.labels?.[key];
        if (value !== undefined) sum += values.get(value) ?? 0;
      }
      return sum;
    },
    normalizeScore: (_state, _pod, scores) => normalize(scores),
    events: [
      {
        resource: 'AssignedPod',
        action: action.Add | action.Delete | action.UpdatePodLabel,
        hint: (pod, previous, object) =>
          helps(podInfoOf(pod), infoOf(previous), infoOf(object), labelsOf) ? 'Queue' : 'Skip',
      },
      {
        resource: 'Node',
        action: action.Add | action.UpdateNodeLabel,
        hint: (pod, previous, object) =>
          topologyChanged(podInfoOf(pod), previous as Node | undefined, object as Node) ? 'Queue' : 'Skip',
      },
      { resource: 'TargetPod', action: action.UpdatePodLabel },
    ],
  };
}
