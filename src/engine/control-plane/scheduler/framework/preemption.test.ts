import { describe, expect, it } from 'vitest';
import type { PodDisruptionBudget } from '#engine/api';
import { CycleState } from './cycle-state.ts';
import { NodeInfo } from './node-info.ts';
import type { Candidate, FilterRunner } from './plugin.ts';
import { type PodInfo, podInfoOf } from './pod-info.ts';
import { bestCandidates, candidatesWanted, selectVictims } from './preemption.ts';
import { unschedulable } from './verdict.ts';

const NOW = Date.UTC(2026, 0, 1);

const pod = (name: string, priority: number, second?: number): PodInfo =>
  podInfoOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, labels: { app: name } },
    spec: { containers: [{ name: 'c', image: 'x' }], priority },
    status: second === undefined ? {} : { startTime: `2025-12-31T00:00:${second}Z` },
  });

/** Room for so many Pods. */
const room = (places: number): FilterRunner => ({
  filterWithNominatedPods: (_state, _pod, node) =>
    node.pods.length < places ? undefined : unschedulable('Fit', 'Too many pods'),
  addPod: () => undefined,
  removePod: () => undefined,
});

const node = (...pods: readonly PodInfo[]): NodeInfo => {
  const info = new NodeInfo({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {}, status: {} });
  for (const one of pods) info.addPod(one);
  return info;
};

const budget = (app: string, disruptionsAllowed: number): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: app, namespace: 'default' },
  spec: { selector: { matchLabels: { app } } },
  status: { disruptionsAllowed, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
});

const select = (places: number, budgets: readonly PodDisruptionBudget[], ...pods: readonly PodInfo[]) => {
  const found = selectVictims(pod('hi', 100), new CycleState(), node(...pods), {
    runner: room(places),
    budgets,
    now: NOW,
  });
  return 'code' in found
    ? found.reasons
    : { victims: found.victims.map(({ pod: { metadata } }) => metadata.name), violations: found.numPdbViolations };
};

describe('selectVictims', () => {
  it('takes as few as needed, the least important', () => {
    expect(select(3, [], pod('a', 10), pod('b', 5), pod('c', 7))).toEqual({ victims: ['b'], violations: 0 });
  });
  it('spares who has run longer', () => {
    expect(select(2, [], pod('old', 5, 10), pod('new', 5, 20))).toEqual({ victims: ['new'], violations: 0 });
  });
  it('finds nobody of lower priority', () => {
    expect(select(1, [], pod('a', 100))).toEqual(['No preemption victims found for incoming pod']);
  });
  it('sees when even an empty Node would not do', () => {
    expect(select(1, [], pod('a', 100), pod('b', 1))).toEqual(['Too many pods']);
  });
  it('spares budgets first and counts those it breaks', () => {
    expect(select(2, [budget('low', 0)], pod('low', 1), pod('more', 50))).toEqual({ victims: ['more'], violations: 0 });
    expect(select(1, [budget('low', 0)], pod('low', 1), pod('more', 50))).toEqual({
      victims: ['more', 'low'],
      violations: 1,
    });
  });
});

describe('bestCandidates', () => {
  const candidate = (name: string, numPdbViolations: number, ...victims: readonly PodInfo[]): Candidate => ({
    node: name,
    victims,
    numPdbViolations,
  });
  it.each([
    ['fewest broken budgets', [candidate('a', 1, pod('x', 1)), candidate('b', 0, pod('y', 50))], ['b']],
    [
      'lowest highest priority',
      [candidate('a', 0, pod('x', 20)), candidate('b', 0, pod('y', 10), pod('z', 10))],
      ['b'],
    ],
    ['fewest victims', [candidate('a', 0, pod('x', 10), pod('w', 10)), candidate('b', 0, pod('y', 10))], ['b']],
    ['lowest sum', [candidate('a', 0, pod('x', 10), pod('w', 9)), candidate('b', 0, pod('y', 10), pod('z', 1))], ['b']],
    ['latest start', [candidate('a', 0, pod('x', 10, 10)), candidate('b', 0, pod('y', 10, 20))], ['b']],
    ['a tie', [candidate('a', 0, pod('x', 10, 10)), candidate('b', 0, pod('y', 10, 10))], ['a', 'b']],
  ])('%s', (_name, candidates, expected) => {
    expect(bestCandidates(candidates, NOW).map(({ node: name }) => name)).toEqual(expected);
  });
  it.each([
    [10, 10],
    [500, 100],
    [5000, 500],
  ])('of %d Nodes wants %d candidates', (nodes, wanted) => {
    expect(candidatesWanted(nodes, 10, 100)).toBe(wanted);
  });
});
