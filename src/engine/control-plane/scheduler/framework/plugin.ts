/** The scheduling framework's extension points. A plugin implements those it needs; all but the binding ones are synchronous. */
import type { Pod, PodDisruptionBudget } from '#engine/api';
import type { LabelMatcher } from '#engine/apimachinery';
import type { Millis } from '#engine/sim';
import type { ClusterEventWithHint } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { NodeStatuses } from './node-statuses.ts';
import type { PodInfo } from './pod-info.ts';
import type { QueuedPod } from './queued-pod.ts';
import type { Outcome, Verdict } from './verdict.ts';
import type { VolumeView, VolumeWork } from './volume-view.ts';

export const MAX_NODE_SCORE = 100;

/** Only these Nodes need to be looked at. */
export interface NodeNames {
  readonly nodeNames: ReadonlySet<string>;
}

/** What preemption decided: a node to wait for, or '' to wait for none any more. */
export interface Nomination {
  readonly nominatedNodeName: string;
}

export interface PostFilterResult {
  readonly nomination?: Nomination | undefined;
  /** undefined: the Pod will fit soon. */
  readonly verdict: Outcome;
}

interface PermitResult {
  readonly verdict: Outcome;
  /** How long the Pod may wait, for a Wait verdict. */
  readonly timeoutMs?: number;
}

/** Filters as a cycle runs them, for plugins that try things out. */
export interface FilterRunner {
  filterWithNominatedPods(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome;
  addPod(state: CycleState, podToSchedule: PodInfo, pod: PodInfo, node: NodeInfo): void;
  removePod(state: CycleState, podToSchedule: PodInfo, pod: PodInfo, node: NodeInfo): void;
}

/** A Node made fit by evicting Pods. */
export interface Candidate {
  readonly node: string;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
  readonly numPdbViolations: number;
}

/** What preemption considered. */
export interface PreemptionExplanation {
  readonly candidates: readonly Candidate[];
  /** Those left after every criterion. */
  readonly best: readonly string[];
  readonly chosen: string;
}

/** What plugins may know of the cluster besides Nodes and Pods. */
export interface ClusterView {
  namespaceLabels(namespace: string): { readonly [key: string]: string } | undefined;
  /** Selectors of Services and of the owning controller that select the Pod: what spreading by default goes by. */
  spreadSelectors(pod: Pod): readonly LabelMatcher[];
  podDisruptionBudgets(): readonly PodDisruptionBudget[];
  readonly volumes: VolumeView;
}

/** What a plugin may know of the world and do to it. */
export interface PluginHandle {
  readonly snapshot: Snapshot;
  readonly cluster: ClusterView;
  readonly runner: FilterRunner;
  now(): Millis;
  /** Uniform in [0, bound). */
  random(bound: number): number;
  /** One of several equally good Nodes for preemption. */
  chooseCandidate(nodes: readonly string[]): string;
  /** Evicts the victims, in its own time. */
  preempt(preemptor: PodInfo, candidate: Candidate): void;
  /** Evictions for this Pod are under way. */
  isPreempting(uid: string): boolean;
  explainPreemption(explanation: PreemptionExplanation): void;
  /** Pods that Permit holds back: lets one go on, or sends it away. */
  allowWaiting(uid: string, plugin: string): void;
  rejectWaiting(uid: string, plugin: string, message: string): void;
  /** POSTs the Binding. */
  bind(pod: PodInfo, nodeName: string): Promise<Outcome>;
  /** Writes what a Pod's claims need and waits until they are bound. */
  bindVolumes(work: VolumeWork): Promise<Outcome>;
}

/** The Nodes as the running cycle sees them. */
export interface Snapshot {
  /** Spread over zones in turn. */
  readonly nodes: readonly NodeInfo[];
  readonly nodesWithAffinityPods: Iterable<NodeInfo>;
  readonly nodesWithRequiredAntiAffinityPods: Iterable<NodeInfo>;
  get(name: string): NodeInfo | undefined;
  /** How many Nodes have the image, and its size in bytes; undefined when this one does not have it. */
  image(node: NodeInfo, name: string): { readonly sizeBytes: number; readonly numNodes: number } | undefined;
}

/**
 * @upstream staging/src/k8s.io/kube-scheduler/framework/interface.go
 */
export interface Plugin {
  readonly name: string;
  /** Keeps a Pod out of the active queue. */
  preEnqueue?(pod: PodInfo): Outcome;
  /** QueueSort: negative when `a` goes first. Exactly one plugin of a profile has it. */
  less?(a: QueuedPod, b: QueuedPod): boolean;
  preFilter?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): NodeNames | Verdict | undefined;
  /** PreFilterExtensions: how the plugin's state changes when a Pod is (thought to be) added to a Node. */
  addPod?(state: CycleState, podToSchedule: PodInfo, pod: PodInfo, node: NodeInfo): void;
  removePod?(state: CycleState, podToSchedule: PodInfo, pod: PodInfo, node: NodeInfo): void;
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Outcome;
  postFilter?(state: CycleState, pod: PodInfo, statuses: NodeStatuses): PostFilterResult;
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Outcome;
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** Brings the scores, parallel to `nodes`, into 0..100 in place. */
  normalizeScore?(state: CycleState, pod: PodInfo, scores: number[], nodes: readonly NodeInfo[]): void;
  reserve?(state: CycleState, pod: PodInfo, nodeName: string): Outcome;
  unreserve?(state: CycleState, pod: PodInfo, nodeName: string): void;
  permit?(state: CycleState, pod: PodInfo, nodeName: string): PermitResult | undefined;
  preBind?(state: CycleState, pod: PodInfo, nodeName: string): Promise<Outcome>;
  /** Skip leaves the binding to the next plugin. */
  bind?(state: CycleState, pod: PodInfo, nodeName: string): Promise<Outcome>;
  postBind?(state: CycleState, pod: PodInfo, nodeName: string): void;
  /** Events that may make a Pod this plugin rejected schedulable; without it, every event may. */
  readonly events?: readonly ClusterEventWithHint[];
}

/** Scales scores to 0..100 by the highest; `reverse` turns them round. @upstream pkg/scheduler/framework/plugins/helper/normalize_score.go */
export function defaultNormalizeScore(reverse: boolean, scores: number[]): void {
  let highest = 0;
  for (const score of scores) if (score > highest) highest = score;
  for (let i = 0; i < scores.length; i++) {
    const scaled = highest === 0 ? 0 : Math.trunc((MAX_NODE_SCORE * (scores[i] as number)) / highest);
    scores[i] = reverse ? MAX_NODE_SCORE - scaled : scaled;
  }
}
