import { describe, expect, test } from 'vitest';
import { podState, worse } from './pod-state.ts';
import { type PodWish, samplePod } from './sample-world.ts';

describe('a Pod is shown in the stage its status tells', () => {
  const cases: readonly (readonly [string, Omit<PodWish, 'name'>, string, string, string])[] = [
    ['not scheduled', {}, 'waiting', 'busy', 'Pending'],
    ['cannot be scheduled', { unschedulable: true }, 'waiting', 'warn', 'Unschedulable'],
    ['creating', { node: 'a', waiting: 'ContainerCreating' }, 'pulling', 'busy', 'ContainerCreating'],
    ['no image', { node: 'a', waiting: 'ImagePullBackOff' }, 'failing', 'bad', 'ImagePullBackOff'],
    ['crashing', { node: 'a', waiting: 'CrashLoopBackOff' }, 'failing', 'bad', 'CrashLoopBackOff'],
    ['running', { node: 'a', phase: 'Running' }, 'starting', 'busy', 'Running'],
    ['ready', { node: 'a', ready: true }, 'ready', 'good', 'Running'],
    ['leaving', { node: 'a', ready: true, deleted: true }, 'terminating', 'idle', 'Terminating'],
    ['done', { node: 'a', phase: 'Succeeded' }, 'succeeded', 'idle', 'Completed'],
    ['failed', { node: 'a', phase: 'Failed' }, 'failed', 'bad', 'Failed'],
  ];
  test.each(cases)('%s', (_, wish, stage, health, status) => {
    expect(podState(samplePod({ name: 'web', ...wish }))).toMatchObject({ stage, health, status });
  });
});

test('ready containers and restarts are counted', () => {
  expect(podState(samplePod({ name: 'web', node: 'a', ready: true, restarts: 3 }))).toMatchObject({
    ready: 1,
    total: 1,
    restarts: 3,
  });
});

test('the worse of two is the one to look at', () => {
  expect(worse('good', 'bad')).toBe('bad');
  expect(worse('busy', 'good')).toBe('busy');
});
