import { describe, expect, it } from 'vitest';
import type { Pod, ReplicaSet } from '#engine/api';
import { formatTime } from '#engine/sim';
import { computeReplicas, rankForDeletion } from './compute-replicas.ts';

const NOW = 1_767_225_600_000;
const at = (secondsAgo: number) => formatTime(NOW - secondsAgo * 1000);

interface Shape {
  readonly node?: string;
  readonly phase?: string;
  readonly readyFor?: number;
  readonly cost?: string;
  readonly restarts?: number;
  readonly age?: number;
}

const pod = (
  name: string,
  { node = 'n1', phase = 'Running', readyFor, cost, restarts = 0, age = 100 }: Shape = {},
): Pod =>
  ({
    metadata: {
      name,
      uid: name,
      creationTimestamp: at(age),
      ...(cost !== undefined && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { ...(node && { nodeName: node }) },
    status: {
      phase,
      containerStatuses: [{ restartCount: restarts }],
      conditions: [
        readyFor === undefined
          ? { type: 'Ready', status: 'False' }
          : { type: 'Ready', status: 'True', lastTransitionTime: at(readyFor) },
      ],
    },
  }) as unknown as Pod;

const replicaSet = (replicas: number) => ({ spec: { replicas } }) as unknown as ReplicaSet;
const none = () => [];

describe('computeReplicas', () => {
  it.each([
    [3, 0, 3, 0],
    [0, 0, 0, 0],
    [2, 5, 0, 3],
    [0, 4, 0, 4],
    [1000, 0, 500, 0],
    [0, 700, 0, 500],
  ])('%i wanted, %i there: create %i, remove %i', (wanted, there, create, remove) => {
    const pods = Array.from({ length: there }, (_, i) => pod(`p${i}`));
    const decision = computeReplicas(replicaSet(wanted), pods, none, NOW);
    expect([decision.create, decision.remove.length]).toEqual([create, remove]);
  });
});

describe('rankForDeletion: what goes first', () => {
  const cases: readonly (readonly [why: string, first: Pod, second: Pod])[] = [
    ['unassigned before assigned', pod('b', { node: '' }), pod('a')],
    ['Pending before Unknown', pod('b', { phase: 'Pending' }), pod('a', { phase: 'Unknown' })],
    ['Unknown before Running', pod('b', { phase: 'Unknown' }), pod('a')],
    ['unready before ready', pod('b'), pod('a', { readyFor: 10 })],
    ['cheap before dear', pod('b', { cost: '-5', readyFor: 50 }), pod('a', { readyFor: 5 })],
    ['a malformed cost counts as 0', pod('b', { cost: '-1', readyFor: 9 }), pod('a', { cost: '-100x', readyFor: 9 })],
    ['just ready before long ready', pod('b', { readyFor: 1 }), pod('a', { readyFor: 1000 })],
    ['restarted often before seldom', pod('b', { restarts: 3 }), pod('a', { restarts: 1 })],
    ['young before old', pod('b', { age: 1 }), pod('a', { age: 1000 })],
    ['of one power of two, the smaller uid', pod('a', { age: 90 }), pod('b', { age: 70 })],
  ];
  it.each(cases)('%s', (_, first, second) => {
    for (const pods of [
      [first, second],
      [second, first],
    ]) {
      expect(rankForDeletion(pods, [], NOW).map(({ metadata }) => metadata.name)).toEqual([
        first.metadata.name,
        second.metadata.name,
      ]);
    }
  });

  it('where related Pods crowd', () => {
    const pods = [pod('a', { node: 'n1', readyFor: 5 }), pod('b', { node: 'n2', readyFor: 500 })];
    const related = [...pods, pod('x', { node: 'n2' }), pod('y', { node: 'n1', phase: 'Failed' })];
    expect(rankForDeletion(pods, related, NOW)[0]?.metadata.name).toBe('b');
  });
});
