import { describe, expect, it } from 'vitest';
import type { DaemonSet, IntOrString, Node, Pod, Taint } from '#engine/api';
import { daemonTolerations, pinToNode, placeOnNode, targetNode } from './placement.ts';
import { HASH_LABEL, type Look, planPlacement, planRollingUpdate, rollingLimits } from './plan.ts';

const NOW = 1_767_225_600_000;
const daemonSet = (maxSurge: IntOrString = 0, maxUnavailable: IntOrString = 1, spec: object = {}): DaemonSet =>
  ({
    metadata: { name: 'agent' },
    spec: {
      template: { spec },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
    },
  }) as unknown as DaemonSet;
const node = (name: string, taints: readonly Partial<Taint>[] = [], labels = {}): Node =>
  ({ metadata: { name, labels }, spec: { taints } }) as unknown as Node;
const pod = (name: string, hash: string, ready = true, phase = 'Running'): Pod =>
  ({
    metadata: { name, uid: name, labels: { [HASH_LABEL]: hash }, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { nodeName: 'n' },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Pod;
const look = (of: DaemonSet): Look => ({ daemonSet: of, hash: 'new', now: NOW });
const always = { mayReplace: () => true };
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

describe('placeOnNode', () => {
  it.each([
    ['a plain Node', {}, node('n'), true, true],
    [
      'not ready, as daemons tolerate',
      {},
      node('n', [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }]),
      true,
      true,
    ],
    ['cordoned', {}, node('n', [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]), true, true],
    ['tainted NoSchedule: what runs stays', {}, node('n', [{ key: 'a', effect: 'NoSchedule' }]), false, true],
    ['tainted NoExecute', {}, node('n', [{ key: 'a', effect: 'NoExecute' }]), false, false],
    ['selected', { nodeSelector: { disk: 'ssd' } }, node('n', [], { disk: 'ssd' }), true, true],
    ['not selected', { nodeSelector: { disk: 'ssd' } }, node('n'), false, false],
    ['named', { nodeName: 'other' }, node('n'), false, false],
    ['pinned elsewhere', { affinity: pinToNode(undefined, 'other') }, node('n'), false, false],
  ])('%s', (_, spec, on, shouldRun, shouldContinueRunning) => {
    expect(placeOnNode(daemonSet(0, 1, spec), on)).toEqual({ shouldRun, shouldContinueRunning });
  });

  it('pins a Pod so that its Node can be read from it', () => {
    expect(targetNode({ spec: { affinity: pinToNode(undefined, 'n7') } } as unknown as Pod)).toBe('n7');
    expect(daemonTolerations({ containers: [], hostNetwork: true })).toHaveLength(7);
  });
});

describe('planPlacement', () => {
  it('makes what is missing, removes what is too much, and replaces what ended', () => {
    const nodes = [node('a'), node('b'), node('c'), node('d', [{ key: 'x', effect: 'NoExecute' }])];
    const pods = new Map([
      ['b', [pod('b1', 'new'), pod('b2', 'new')]],
      ['c', [pod('c1', 'new', false, 'Failed')]],
      ['d', [pod('d1', 'new')]],
    ]);
    const plan = planPlacement(look(daemonSet()), nodes, pods, always);
    expect(plan.create).toEqual(['a']);
    expect(names(plan.remove)).toEqual(['b2', 'c1', 'd1']);
    expect(names(planPlacement(look(daemonSet()), nodes, pods, { mayReplace: () => false }).remove)).toEqual([
      'b2',
      'd1',
    ]);
  });

  it('ends the old Pod of a surge when the new one is available', () => {
    const pair = (ready: boolean) => new Map([['a', [pod('old', 'old'), pod('new', 'new', ready)]]]);
    const plan = (ready: boolean) => planPlacement(look(daemonSet(1, 0)), [node('a')], pair(ready), always);
    expect([names(plan(false).remove), names(plan(true).remove)]).toEqual([[], ['old']]);
  });
});

describe('planRollingUpdate', () => {
  const nodes = ['a', 'b', 'c', 'd'].map((name) => node(name));
  const old = (ready = true) =>
    new Map(nodes.map(({ metadata: { name } }) => [name, [pod(`${name}-old`, 'old', ready)]]));

  it.each([
    ['one by one', 0, 1, { maxSurge: 0, maxUnavailable: 1 }],
    ['half, rounded up', 0, '50%', { maxSurge: 0, maxUnavailable: 2 }],
    ['neither: one', 0, 0, { maxSurge: 0, maxUnavailable: 1 }],
    ['surge', '30%', 0, { maxSurge: 2, maxUnavailable: 0 }],
  ])('limits: %s', (_, surge, unavailable, wanted) => {
    expect(rollingLimits(daemonSet(surge, unavailable), 4)).toEqual(wanted);
  });

  it('replaces as many as may be unavailable, and those that are already', () => {
    expect(names(planRollingUpdate(look(daemonSet(0, 2)), nodes, old()).remove)).toEqual(['a-old', 'b-old']);
    expect(names(planRollingUpdate(look(daemonSet(0, 1)), nodes, old(false)).remove)).toHaveLength(4);
    const waiting = new Map([...old(), ['a', [pod('a-new', 'new', false)]]]);
    expect(names(planRollingUpdate(look(daemonSet(0, 1)), nodes, waiting).remove)).toEqual([]);
  });

  it('or starts as many beside the old ones', () => {
    const plan = planRollingUpdate(look(daemonSet(2, 0)), nodes, old());
    expect([plan.create, plan.remove]).toEqual([['a', 'b'], []]);
    const surging = new Map([
      ...old(),
      ['a', [pod('a-old', 'old'), pod('a-new', 'new')]],
      ['b', [pod('b-old', 'old'), pod('b-new', 'new', false)]],
    ]);
    const next = planRollingUpdate(look(daemonSet(2, 0)), nodes, surging);
    expect([next.create, names(next.remove)]).toEqual([['c'], ['a-old']]);
  });
});
