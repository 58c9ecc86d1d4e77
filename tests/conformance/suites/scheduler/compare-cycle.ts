/** One recorded scheduling cycle against one of ours. */
import type { CycleFacts, PluginScores } from '#engine/control-plane/scheduler';
import type { ObservedCycle } from './replay.ts';
import type { RecordedCycle } from './scenario.ts';

const sorted = (names: readonly string[]): readonly string[] => [...names].sort((a, b) => (a < b ? -1 : 1));

const sortedKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sortedKeys(child)]));
};

const text = (value: unknown): string => JSON.stringify(sortedKeys(value));

const byNode = (names: readonly string[], values: readonly number[]): { readonly [node: string]: number } =>
  Object.fromEntries(names.map((name, index) => [name, values[index] as number]));

const weighted = ({ normalised, weight }: PluginScores): readonly number[] => normalised.map((score) => score * weight);

function perNodeReasons(
  { refused, absent, feasible }: CycleFacts,
  recorded: RecordedCycle,
  nodes: readonly string[],
): unknown {
  const reasons: Record<string, unknown> = {};
  for (const [node, { code, plugin, reasons: said }] of refused)
    reasons[node] = { code, plugin, reasons: sorted(said) };
  for (const node of nodes) {
    if (reasons[node] || feasible.includes(node) || !absent || !recorded.perNodeReasons?.[node]) continue;
    reasons[node] = { code: absent.code, ...(absent.plugin && { plugin: absent.plugin }), reasons: absent.reasons };
  }
  return reasons;
}

/** Upstream lists several missing resources in map order. */
const recordedReasons = (recorded: RecordedCycle): unknown =>
  Object.fromEntries(
    Object.entries(recorded.perNodeReasons ?? {}).map(([node, verdict]) => [
      node,
      { ...verdict, reasons: sorted(verdict.reasons ?? []) },
    ]),
  );

function preemption({ explanation, deletedPods }: ObservedCycle): unknown {
  const found = explanation.facts.preemption;
  if (!found) return undefined;
  const nameOf = (pod: { readonly pod: { readonly metadata: { readonly name: string } } }) => pod.pod.metadata.name;
  return {
    candidates: [...found.candidates]
      .sort((a, b) => (a.node < b.node ? -1 : 1))
      .map(({ node, victims, numPdbViolations }) => ({
        node,
        victims: victims.map(nameOf),
        numPDBViolations: numPdbViolations,
      })),
    bestCandidates: found.best,
    nominatedNode: found.chosen,
    victims: found.candidates.find(({ node }) => node === found.chosen)?.victims.map(nameOf),
    deletedPods: sorted(deletedPods),
  };
}

/** The first thing the cycles disagree in. */
export function firstCycleDifference(
  recorded: RecordedCycle,
  observed: ObservedCycle,
  nodes: readonly string[],
): string | undefined {
  const { facts } = observed.explanation;
  const scores =
    facts.scores &&
    Object.fromEntries(facts.scores.plugins.map((plugin) => [plugin.plugin, byNode(facts.feasible, weighted(plugin))]));
  const deleted = recorded.preemption?.deletedPods;
  const pairs: readonly (readonly [what: string, ours: unknown, theirs: unknown])[] = [
    ['pod', facts.pod.split('/')[1], recorded.pod],
    ['feasible', sorted(facts.feasible), sorted(recorded.feasible)],
    ['perNodeReasons', perNodeReasons(facts, recorded, nodes), recordedReasons(recorded)],
    ['scores', scores, recorded.scores],
    ['total', facts.scores && byNode(facts.feasible, facts.scores.totals), recorded.total],
    ['best', facts.scores && sorted(facts.best ?? []), recorded.best && sorted(recorded.best)],
    ['unschedulable', facts.message, recorded.unschedulable],
    [
      'preemption',
      preemption(observed),
      recorded.preemption && { ...recorded.preemption, ...(deleted && { deletedPods: sorted(deleted) }) },
    ],
    ['nodeName', facts.nodeName, recorded.nodeName],
    ['attempt', facts.attempt, recorded.attempt],
    ['conditionReason', observed.reason, recorded.conditionReason],
    ['unschedulablePlugins', facts.unschedulablePlugins, sorted(recorded.unschedulablePlugins ?? [])],
  ];
  for (const [what, ours, theirs] of pairs) {
    if (ours === undefined && theirs === undefined) continue;
    if (text(ours) !== text(theirs)) return `${what}: ${text(ours)} instead of ${text(theirs)}`;
  }
  return undefined;
}
