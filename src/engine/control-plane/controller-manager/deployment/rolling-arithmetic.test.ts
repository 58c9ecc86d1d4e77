import { describe, expect, it } from 'vitest';
import type { Deployment, IntOrString, ReplicaSet } from '#engine/api';
import { newReplicaSetAnnotations, revisionOf } from './replica-sets.ts';
import {
  cleanupUnhealthy,
  fenceposts,
  isSaturated,
  maxScaledDown,
  maxUnavailable,
  newReplicaCount,
  proportionalSizes,
  scaleDownOld,
} from './rolling-arithmetic.ts';

const deployment = (
  replicas: number,
  maxSurge: IntOrString,
  unavailable: IntOrString,
  type = 'RollingUpdate',
): Deployment =>
  ({
    metadata: { name: 'web', annotations: { note: 'x', 'deployment.kubernetes.io/revision': '9' } },
    spec: { replicas, strategy: { type, rollingUpdate: { maxSurge, maxUnavailable: unavailable } } },
    status: {},
  }) as unknown as Deployment;

const set = (name: string, replicas: number, available = replicas, max?: number, desired?: number): ReplicaSet =>
  ({
    metadata: {
      name,
      creationTimestamp: `2026-01-01T00:00:0${name.length}Z`,
      annotations: {
        ...(max !== undefined && { 'deployment.kubernetes.io/max-replicas': String(max) }),
        ...(desired !== undefined && { 'deployment.kubernetes.io/desired-replicas': String(desired) }),
      },
    },
    spec: { replicas },
    status: { replicas, availableReplicas: available },
  }) as unknown as ReplicaSet;

describe('fenceposts', () => {
  it.each([
    [10, '25%', '25%', 3, 2],
    [3, '25%', '25%', 1, 0],
    [1, 0, '34%', 0, 1],
    [10, 0, 0, 0, 1],
    [0, '25%', '25%', 0, 1],
    [4, 2, 1, 2, 1],
  ])('%i replicas, surge %s, unavailable %s', (replicas, surge, unavailable, wantSurge, wantUnavailable) => {
    expect(fenceposts(deployment(replicas, surge, unavailable))).toEqual({
      surge: wantSurge,
      unavailable: wantUnavailable,
    });
  });

  it('never lets more be unavailable than there are, and nothing when Recreate', () => {
    expect(maxUnavailable(deployment(2, 1, 5))).toBe(2);
    expect(maxUnavailable(deployment(0, 1, 5))).toBe(0);
    expect(maxUnavailable(deployment(3, 1, 1, 'Recreate'))).toBe(0);
  });
});

describe('newReplicaCount', () => {
  it.each([
    ['first rollout', deployment(3, '25%', '25%'), [set('n', 0)], 0, 3],
    ['room of the surge', deployment(10, '25%', '25%'), [set('o', 10), set('nn', 0)], 0, 3],
    ['no room', deployment(10, 1, 1), [set('o', 9), set('nn', 2)], 2, 2],
    ['not beyond what is wanted', deployment(2, 5, 0), [set('o', 2), set('nn', 1)], 1, 2],
    ['Recreate: all', deployment(5, 0, 0, 'Recreate'), [set('o', 5)], 0, 5],
  ])('%s', (_, of, all, current, wanted) => {
    expect(newReplicaCount(of, all, current)).toBe(wanted);
  });
});

describe('scaling down old ReplicaSets', () => {
  it('counts what may go', () => {
    const current = set('nn', 3, 1);
    expect(maxScaledDown(deployment(10, '25%', '25%'), [set('o', 10), current], current)).toBe(3);
  });

  it('takes unhealthy Pods first, up to the limit', () => {
    const sizes = cleanupUnhealthy([set('a', 5, 2), set('bb', 4, 4), set('ccc', 2, 0)], 4);
    expect(sizes.count).toBe(4);
    expect(sizes.sizes.map(({ replicaSet, size }) => [replicaSet.metadata.name, size])).toEqual([
      ['a', 2],
      ['ccc', 1],
    ]);
  });

  it('then what availability allows, the oldest first', () => {
    const old = [set('a', 2), set('bb', 4)];
    const sizes = scaleDownOld(deployment(6, 1, 2), [...old, set('ccc', 1)], old);
    expect(sizes.map(({ replicaSet, size }) => [replicaSet.metadata.name, size])).toEqual([
      ['a', 0],
      ['bb', 3],
    ]);
  });
});

describe('proportionalSizes', () => {
  it.each([
    ['up', deployment(15, 3, 2), [set('a', 8, 8, 13), set('bb', 5, 5, 13)], { a: 11, bb: 7 }],
    [
      'down, leftovers from the largest',
      deployment(5, 0, 1),
      [set('a', 6, 6, 10), set('bb', 4, 4, 10)],
      { a: 3, bb: 2 },
    ],
    ['to zero', deployment(0, 1, 1), [set('a', 6, 6, 10), set('bb', 4, 4, 10)], { a: 0, bb: 0 }],
  ])('%s', (_, of, active, wanted) => {
    const sizes = proportionalSizes(of, active);
    expect(Object.fromEntries(sizes.map(({ replicaSet, size }) => [replicaSet.metadata.name, size]))).toEqual(wanted);
  });

  it('a saturated ReplicaSet was made for this size and is all available', () => {
    expect(isSaturated(deployment(3, 1, 1), set('a', 3, 3, 4, 3))).toBe(true);
    expect(isSaturated(deployment(3, 1, 1), set('a', 3, 2, 4, 3))).toBe(false);
    expect(isSaturated(deployment(3, 1, 1), set('a', 3, 3, 4, 2))).toBe(false);
  });
});

describe('newReplicaSetAnnotations', () => {
  const of = deployment(1, 1, 1);
  const revision = 'deployment.kubernetes.io/revision';
  const history = 'deployment.kubernetes.io/revision-history';
  it.each([
    ['new', {}, 1n, { note: 'x', [revision]: '1' }],
    ['unchanged', { note: 'x', [revision]: '3' }, 3n, { note: 'x', [revision]: '3' }],
    ['never goes back', { note: 'x', [revision]: '7' }, 3n, { note: 'x', [revision]: '7' }],
    [
      'past what a double counts',
      { note: 'x', [revision]: '3546343826724305832' },
      3546343826724305833n,
      { note: 'x', [revision]: '3546343826724305833', [history]: '3546343826724305832' },
    ],
    ['rollback', { note: 'x', [revision]: '1' }, 3n, { note: 'x', [revision]: '3', [history]: '1' }],
    [
      'second rollback',
      { note: 'x', [revision]: '3', [history]: '1' },
      5n,
      { note: 'x', [revision]: '5', [history]: '1,3' },
    ],
  ])('%s', (_, current, next, wanted) => {
    expect(newReplicaSetAnnotations(of, current, next)).toEqual(wanted);
  });
  it('a revision is an int64', () => {
    const adopted = set('a', 1, 1, 1, 1);
    const annotations = { [revision]: '3546343826724305832' };
    expect(revisionOf({ ...adopted, metadata: { ...adopted.metadata, annotations } })).toBe(3546343826724305832n);
  });
});
