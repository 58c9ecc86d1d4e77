/** Topology spread constraints compiled, and the counting both their Filter and their Score rest on. */
import type { Node, Pod, TopologySpreadConstraint } from '#engine/api';
import { type LabelMatcher, labelSelectorAsMatcher, labelsAsMatcher, matchesLabels } from '#engine/apimachinery';
import type { NodeInfo } from '../framework/node-info.ts';
import { requiredNodeAffinity } from '../framework/node-selector.ts';
import type { ClusterView } from '../framework/plugin.ts';
import type { PodInfo } from '../framework/pod-info.ts';
import { untoleratedTaint } from '../framework/toleration.ts';

export const HOSTNAME = 'kubernetes.io/hostname';

export type WhenUnsatisfiable = 'DoNotSchedule' | 'ScheduleAnyway';

export interface PodTopologySpreadArgs {
  readonly defaultConstraints?: readonly TopologySpreadConstraint[];
  readonly defaultingType?: 'System' | 'List';
}

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  /** All must match. */
  readonly selectors: readonly LabelMatcher[];
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

const systemDefaults: readonly TopologySpreadConstraint[] = [
  { topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

export const isSystemDefaulted = (args: PodTopologySpreadArgs): boolean => args.defaultingType !== 'List';

/** `matchLabelKeys` add the Pod's own values to the selector. */
function compile(constraint: TopologySpreadConstraint, pod: PodInfo): SpreadConstraint {
  const own = (constraint.matchLabelKeys ?? []).filter((key) => pod.labels[key] !== undefined);
  const selector = labelSelectorAsMatcher(constraint.labelSelector);
  return {
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    selectors:
      own.length === 0
        ? [selector]
        : [selector, labelsAsMatcher(Object.fromEntries(own.map((key) => [key, pod.labels[key] as string])))],
    minDomains: constraint.minDomains ?? 1,
    honorAffinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
    honorTaints: constraint.nodeTaintsPolicy === 'Honor',
  };
}

/** The Pod's own constraints of this kind, or the defaults with the selectors of what owns and serves it. */
export function spreadConstraints(
  pod: PodInfo,
  action: WhenUnsatisfiable,
  args: PodTopologySpreadArgs,
  cluster: ClusterView,
): readonly SpreadConstraint[] {
  const own = pod.pod.spec.topologySpreadConstraints;
  if (own?.length)
    return own
      .filter((constraint) => constraint.whenUnsatisfiable === action)
      .map((constraint) => compile(constraint, pod));
  const defaults = isSystemDefaulted(args) ? systemDefaults : (args.defaultConstraints ?? []);
  const applicable = defaults.filter((constraint) => constraint.whenUnsatisfiable === action);
  if (applicable.length === 0) return [];
  const selectors = cluster
    .spreadSelectors(pod.pod)
    .filter((selector) => selector.nothing || selector.requirements.length > 0);
  if (selectors.length === 0) return [];
  const together = interned(selectors);
  return applicable.map((constraint) => ({ ...compile(constraint, pod), selectors: together }));
}

export const selects = (constraint: SpreadConstraint, labels: { readonly [key: string]: string }): boolean => {
  for (const selector of constraint.selectors) if (!matchesLabels(selector, labels)) return false;
  return true;
};

const selectsEverything = ({ selectors }: SpreadConstraint): boolean =>
  selectors.every((selector) => !selector.nothing && selector.requirements.length === 0);

/** One list object per combination of selectors, so that counts can be found again by it. */
const lists = new WeakMap<
  LabelMatcher,
  { readonly alone: readonly LabelMatcher[]; readonly longer: WeakMap<LabelMatcher, readonly LabelMatcher[]> }
>();

function interned(selectors: readonly LabelMatcher[]): readonly LabelMatcher[] {
  const [first, second] = selectors;
  if (!first || selectors.length > 2) return selectors;
  let known = lists.get(first);
  if (!known) {
    known = { alone: [first], longer: new WeakMap() };
    lists.set(first, known);
  }
  if (!second) return known.alone;
  let pair = known.longer.get(second);
  if (!pair) {
    pair = [first, second];
    known.longer.set(second, pair);
  }
  return pair;
}

interface Count {
  readonly generation: number;
  readonly namespace: string;
  readonly count: number;
}

/** What was counted on a Node holds until its Pods change: large clusters change one Node per Pod. */
const counted = new WeakMap<NodeInfo, Map<readonly LabelMatcher[], Count>>();
const COUNTS_PER_NODE = 100;

/** The Pods on the Node the constraint counts: of the same namespace, selected, not on their way out. An empty selector counts none. */
export function countMatching(node: NodeInfo, constraint: SpreadConstraint, namespace: string): number {
  if (node.pods.length === 0 || selectsEverything(constraint)) return 0;
  let counts = counted.get(node);
  if (!counts) {
    counts = new Map();
    counted.set(node, counts);
  }
  const known = counts.get(constraint.selectors);
  if (known && known.generation === node.generation && known.namespace === namespace) return known.count;
  let count = 0;
  for (const pod of node.pods) {
    if (pod.namespace !== namespace || pod.pod.metadata.deletionTimestamp !== undefined) continue;
    if (selects(constraint, pod.labels)) count++;
  }
  if (counts.size >= COUNTS_PER_NODE) counts.clear();
  counts.set(constraint.selectors, { generation: node.generation, namespace, count });
  return count;
}

/** Whether the Node counts as part of its domain for this Pod. */
export function includesNode(constraint: SpreadConstraint, pod: Pod, node: Node): boolean {
  if (constraint.honorAffinity && !requiredNodeAffinity(pod)(node)) return false;
  return !constraint.honorTaints || untoleratedTaint(node.spec.taints, pod.spec.tolerations) === undefined;
}

export const hasAllTopologies = (node: Node, constraints: readonly SpreadConstraint[]): boolean => {
  for (const { topologyKey } of constraints) if (node.metadata.labels?.[topologyKey] === undefined) return false;
  return true;
};
