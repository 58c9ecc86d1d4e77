/** Why a Pod is on its Node, or on none: the last cycle as it was, or what all plugins say now. */
import { type Pod, pods } from '#engine/api';
import type { CycleExplanation, CycleFacts } from '#engine/cluster';
import { placementOf } from '#engine/cluster/placement';
import type { NodeChoice, Scheduling, Subject } from './explanation.ts';
import { commandsFor } from './fix-commands.ts';
import { createScene, type Sources } from './scene.ts';

/** Nodes that are listed one by one. */
const NODES = 200;

/** @param at the instant that is looked at; absent: now */
export function explainScheduling(sources: Sources, subject: Subject, at?: number): Scheduling | undefined {
  const scene = createScene(sources, at);
  const pod = scene.object(pods, subject);
  if (!pod) return undefined;
  const cycles = scene
    .traces(subject)
    .filter(({ type }) => type === 'scheduler.cycle')
    .map(({ detail }) => (detail as CycleExplanation).facts)
    .filter(({ uid }) => uid === pod.metadata.uid);
  const last = cycles.at(-1);
  const base = { at: scene.at, attempts: last?.attempt ?? 0, ...(last && { lastAttempt: last.at }) };
  if (pod.spec.nodeName) {
    const node = pod.spec.nodeName;
    // A static Pod, or one placed before explanations began.
    if (last?.nodeName !== node) return { ...base, state: 'placed', node, total: 0, funnel: [], nodes: [], ways: [] };
    return { ...base, state: 'placed', node, ...choiceOf(last) };
  }
  return { ...base, ...waiting(sources, pod, scene.revision, last) };
}

/** A cycle as it was. */
function choiceOf(facts: CycleFacts): Pick<Scheduling, 'total' | 'funnel' | 'nodes' | 'ways'> {
  const { feasible, refused, scores, nodeName, numAllNodes, absent } = facts;
  const nodes: NodeChoice[] = feasible.map((node, i) => ({
    node,
    refusals: [],
    ...(scores && {
      total: scores.totals[i] ?? 0,
      scores: scores.plugins.map(({ plugin, weight, raw, normalised }) => ({
        plugin,
        weight,
        raw: raw[i] ?? 0,
        normalised: normalised[i] ?? 0,
      })),
    }),
    ...(node === nodeName && { picked: true as const }),
  }));
  nodes.sort((a, b) => (b.picked ? 1 : 0) - (a.picked ? 1 : 0) || (b.total ?? 0) - (a.total ?? 0));
  const fell = new Map<string, number>();
  for (const [node, { plugin = '', reasons }] of refused) {
    nodes.push({ node, refusals: [{ plugin, reasons }] });
    fell.set(plugin, (fell.get(plugin) ?? 0) + 1);
  }
  const left = numAllNodes - feasible.length - refused.size;
  if (left > 0 && absent?.plugin) fell.set(absent.plugin, (fell.get(absent.plugin) ?? 0) + left);
  return { total: numAllNodes, funnel: funnelOf(numAllNodes, [...fell]), nodes: nodes.slice(0, NODES), ways: [] };
}

function funnelOf(total: number, fell: readonly (readonly [string, number])[]): Scheduling['funnel'] {
  let left = total;
  return fell.map(([plugin, count]) => {
    left -= count;
    return { plugin, fell: count, left };
  });
}

/** What would be said now, by every plugin, and what would help. */
function waiting(
  sources: Sources,
  pod: Pod,
  revision: number | undefined,
  last: CycleFacts | undefined,
): Omit<Scheduling, 'at' | 'attempts' | 'lastAttempt'> {
  const { evaluation, counterfactuals } = placementOf(sources.memory, pod, revision);
  const fell = new Map<string, number>();
  for (const { refusals } of evaluation.nodes) {
    const plugin = refusals[0]?.plugin;
    if (plugin !== undefined) fell.set(plugin, (fell.get(plugin) ?? 0) + 1);
  }
  const inOrder = [...fell].sort(([a], [b]) => evaluation.plugins.indexOf(a) - evaluation.plugins.indexOf(b));
  const nodes = evaluation.nodes
    .map(({ node, refusals }) => ({
      node,
      refusals: refusals.map(({ plugin = '', reasons }) => ({ plugin, reasons })),
    }))
    .sort((a, b) => a.refusals.length - b.refusals.length);
  const message = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? last?.message;
  const preempted = last?.preemption?.candidates.find(({ node }) => node === last.preemption?.chosen);
  return {
    state: evaluation.gate ? 'gated' : last ? 'waiting' : 'unknown',
    ...(message !== undefined && { message }),
    total: evaluation.nodes.length,
    funnel: funnelOf(evaluation.nodes.length, inOrder),
    nodes: nodes.slice(0, NODES),
    ways: counterfactuals.map(({ changes, nodes: where }) => ({
      changes,
      nodes: where,
      commands: commandsFor(pod, changes),
    })),
    ...(preempted && { preemption: { node: preempted.node, victims: preempted.victims.map(({ key }) => key) } }),
  };
}
