/** The smallest change under which a Pod would fit: guessed plugin by plugin, and believed only when the plugins say so too. */
import type { Node, Pod, Taint } from '#engine/api';
import type { Evaluation, Evaluator } from './evaluate.ts';
import type { NodeInfo } from './framework/node-info.ts';
import { podInfoOf } from './framework/pod-info.ts';
import { untoleratedTaint } from './framework/toleration.ts';
import { lowerRequest, type RequestChange } from './lower-request.ts';

/** One thing to change, on the Pod or on a Node. */
export type Change =
  | ({ readonly change: 'request' } & RequestChange)
  | { readonly change: 'tolerate'; readonly taint: Taint }
  | { readonly change: 'untaint'; readonly node: string; readonly taint: Taint }
  | { readonly change: 'uncordon'; readonly node: string }
  | { readonly change: 'label'; readonly node: string; readonly key: string; readonly value: string }
  | { readonly change: 'drop'; readonly field: DroppedField }
  | { readonly change: 'add-node'; readonly like: string };

/** Parts of a Pod that only ever restrict. */
export type DroppedField =
  | 'nodeSelector'
  | 'nodeAffinity'
  | 'podAffinity'
  | 'podAntiAffinity'
  | 'topologySpreadConstraints'
  | 'hostPort'
  | 'schedulingGates';

/** Changes that together let the Pod fit, and where. */
export interface Counterfactual {
  readonly changes: readonly Change[];
  readonly nodes: readonly string[];
}

interface Variant {
  readonly pod: Pod;
  readonly node: Node;
  readonly changes: readonly Change[];
}

/** Nodes that are looked at: the ones that lack the least. */
const NODES = 24;
/** Ways that are told. */
const ANSWERS = 4;
/** Repairs of one Node that are followed at once. */
const VARIANTS = 6;

/** The best ways first: few changes, then small ones. Empty when the Pod fits, or when nobody knows. */
export function counterfactuals(evaluator: Evaluator, pod: Pod): readonly Counterfactual[] {
  const evaluation = evaluator.evaluate(pod);
  if (!evaluation.gate && evaluation.nodes.some(({ refusals }) => refusals.length === 0)) return [];
  const ranked = [...evaluation.nodes].sort((a, b) => a.refusals.length - b.refusals.length).slice(0, NODES);
  const found: { readonly way: Counterfactual; readonly cost: number }[] = [];
  for (const { node } of ranked) {
    const info = evaluator.node(node);
    if (!info) continue;
    for (const { changes } of repairs(evaluator, pod, info))
      found.push({ way: { changes, nodes: [node] }, cost: costOf(changes) });
  }
  const added = withAnotherNode(evaluator, pod, evaluation);
  if (added) found.push({ way: added, cost: costOf(added.changes) });
  return merged(found.sort((a, b) => a.cost - b.cost).map(({ way }) => way)).slice(0, ANSWERS);
}

/** Ways that change only the Pod and are the same for several Nodes are one way. */
function merged(ways: readonly Counterfactual[]): readonly Counterfactual[] {
  const known = new Map<string, Counterfactual>();
  const kinds = new Map<string, number>();
  for (const way of ways) {
    const key = JSON.stringify(way.changes);
    const same = known.get(key);
    if (same) {
      known.set(key, { ...same, nodes: [...same.nodes, ...way.nodes] });
      continue;
    }
    // A second way of the same kind (the same label on another Node, a lower request) says nothing new.
    const kind = way.changes.map((change) => kindOf(change)).join('+');
    const count = kinds.get(kind) ?? 0;
    if (count > 0) continue;
    kinds.set(kind, count + 1);
    known.set(key, way);
  }
  return [...known.values()];
}

const kindOf = (change: Change): string =>
  change.change === 'request'
    ? `request ${change.resource}`
    : change.change === 'drop'
      ? `drop ${change.field}`
      : change.change === 'tolerate' || change.change === 'untaint'
        ? `${change.change} ${change.taint.key}`
        : change.change;

const COST: { readonly [change in Change['change']]: number } = {
  request: 1,
  label: 1.2,
  uncordon: 1,
  tolerate: 1.1,
  untaint: 1.4,
  drop: 1.6,
  'add-node': 3,
};

function costOf(changes: readonly Change[]): number {
  let cost = 0;
  for (const change of changes) {
    cost += COST[change.change];
    if (change.change === 'request') cost += 0.5 * (1 - change.to / Math.max(change.from, 1));
  }
  return cost;
}

/** Every way found to make the Pod fit this Node. */
function repairs(evaluator: Evaluator, pod: Pod, info: NodeInfo): readonly Variant[] {
  const done: Variant[] = [];
  let open: readonly Variant[] = [{ pod, node: info.node, changes: [] }];
  for (let round = 0; round < 5 && open.length > 0; round++) {
    const next: Variant[] = [];
    for (const variant of open.slice(0, VARIANTS)) {
      const { gate, preFilter, nodes } = evaluator.evaluate(variant.pod, [info.name], variant.node);
      const refusals = nodes[0]?.refusals ?? [];
      const plugin = gate?.plugin ?? preFilter?.plugin ?? refusals[0]?.plugin;
      if (plugin === undefined) done.push(variant);
      else next.push(...repair(plugin, variant, info));
    }
    open = next;
  }
  return done.filter(({ changes }) => changes.length > 0);
}

/** What may be changed when this plugin refuses. */
function repair(plugin: string, variant: Variant, info: NodeInfo): readonly Variant[] {
  const { pod, node } = variant;
  const name = node.metadata.name;
  const on = (change: Change, what: Partial<Pick<Variant, 'pod' | 'node'>>): Variant => ({
    ...variant,
    ...what,
    changes: [...variant.changes, change],
  });
  const drop = (field: DroppedField, spec: Pod['spec']): Variant =>
    on({ change: 'drop', field }, { pod: { ...pod, spec } });
  switch (plugin) {
    case 'NodeResourcesFit': {
      const lower = lowerRequest(pod, podInfoOf(pod).requests, info);
      return lower ? [on({ change: 'request', ...lower.request }, { pod: lower.pod })] : [];
    }
    case 'TaintToleration': {
      const taint = untoleratedTaint(node.spec.taints, pod.spec.tolerations);
      if (!taint) return [];
      const { key, value, effect } = taint;
      const toleration = value ? { key, operator: 'Equal', value, effect } : { key, operator: 'Exists', effect };
      const tolerations = [...(pod.spec.tolerations ?? []), toleration];
      const taints = (node.spec.taints ?? []).filter((other) => other !== taint);
      return [
        on({ change: 'tolerate', taint }, { pod: { ...pod, spec: { ...pod.spec, tolerations } } }),
        on({ change: 'untaint', node: name, taint }, { node: { ...node, spec: { ...node.spec, taints } } }),
      ];
    }
    case 'NodeUnschedulable':
      return [
        on(
          { change: 'uncordon', node: name },
          {
            node: {
              ...node,
              spec: {
                ...node.spec,
                unschedulable: false,
                taints: (node.spec.taints ?? []).filter(({ key }) => key !== 'node.kubernetes.io/unschedulable'),
              },
            },
          },
        ),
      ];
    case 'NodeAffinity':
      return affinityRepairs(variant, on, drop);
    case 'NodePorts':
      return [drop('hostPort', { ...pod.spec, containers: pod.spec.containers.map(withoutHostPorts) })];
    case 'PodTopologySpread': {
      const { topologySpreadConstraints: _, ...spec } = pod.spec;
      return [drop('topologySpreadConstraints', spec)];
    }
    case 'SchedulingGates': {
      const { schedulingGates: _, ...spec } = pod.spec;
      return [drop('schedulingGates', spec)];
    }
    case 'InterPodAffinity': {
      const { podAffinity, podAntiAffinity, ...affinity } = pod.spec.affinity ?? {};
      return [
        ...(podAntiAffinity
          ? [drop('podAntiAffinity', { ...pod.spec, affinity: { ...affinity, ...(podAffinity && { podAffinity }) } })]
          : []),
        ...(podAffinity
          ? [
              drop('podAffinity', {
                ...pod.spec,
                affinity: { ...affinity, ...(podAntiAffinity && { podAntiAffinity }) },
              }),
            ]
          : []),
      ];
    }
    default:
      return [];
  }
}

type On = (change: Change, what: Partial<Pick<Variant, 'pod' | 'node'>>) => Variant;

/** Label the Node as the Pod wants it, or want less. */
function affinityRepairs(
  { pod, node }: Variant,
  on: On,
  drop: (field: DroppedField, spec: Pod['spec']) => Variant,
): readonly Variant[] {
  const { labels = {}, name } = node.metadata;
  const wanted = missingLabel(pod, labels);
  const label = (key: string, value: string) =>
    on(
      { change: 'label', node: name, key, value },
      { node: { ...node, metadata: { ...node.metadata, labels: { ...labels, [key]: value } } } },
    );
  const { nodeSelector, ...withoutSelector } = pod.spec;
  const { nodeAffinity, ...affinity } = pod.spec.affinity ?? {};
  // A Node's name is no label to give away.
  const labelled = wanted && wanted[0] !== 'kubernetes.io/hostname' ? [label(...wanted)] : [];
  return [
    ...labelled,
    ...(nodeSelector && Object.keys(nodeSelector).length > 0 ? [drop('nodeSelector', withoutSelector)] : []),
    ...(nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
      ? [drop('nodeAffinity', { ...pod.spec, affinity })]
      : []),
  ];
}

/** The first label that the Pod asks for and the Node lacks. */
function missingLabel(
  { spec }: Pod,
  labels: { readonly [key: string]: string },
): readonly [key: string, value: string] | undefined {
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (labels[key] !== value) return [key, value];
  const [term] = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const { key, operator, values = [] } of term?.matchExpressions ?? []) {
    if (operator === 'In' && values[0] !== undefined && !values.includes(labels[key] ?? '')) return [key, values[0]];
    if (operator === 'Exists' && labels[key] === undefined) return [key, 'true'];
  }
  return undefined;
}

const withoutHostPorts = (container: Pod['spec']['containers'][number]): typeof container => ({
  ...container,
  ...(container.ports && { ports: container.ports.map(({ hostPort: _, hostIP: __, ...port }) => port) }),
});

/** Would one more Node like an existing one, still empty, take it? */
function withAnotherNode(evaluator: Evaluator, pod: Pod, evaluation: Evaluation): Counterfactual | undefined {
  const full = evaluation.nodes.filter(
    ({ refusals }) => refusals.length === 1 && refusals[0]?.plugin === 'NodeResourcesFit',
  );
  const like = full[0] && evaluator.node(full[0].node)?.node;
  if (!like) return undefined;
  const name = `${like.metadata.name} (new)`;
  const copy: Node = {
    ...like,
    metadata: {
      ...like.metadata,
      name,
      uid: name,
      labels: { ...like.metadata.labels, 'kubernetes.io/hostname': name },
    },
  };
  if (evaluator.evaluate(pod, [name], copy).nodes[0]?.refusals.length !== 0) return undefined;
  return { changes: [{ change: 'add-node', like: like.metadata.name }], nodes: [] };
}
