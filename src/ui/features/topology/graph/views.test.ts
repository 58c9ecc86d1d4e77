import { describe, expect, test } from 'vitest';
import type { Pod } from '#engine/api';
import { sortPods } from './buckets.ts';
import { groupByComponent, placeByComponent } from './by-component.ts';
import { groupByNetwork, networkOf } from './by-network.ts';
import { groupByOwner, placeByOwner } from './by-owner.ts';
import { podFacts } from './facts.ts';
import { createFilter, NO_FILTER } from './filter.ts';
import { EMPTY, samplePod, sampleWorld } from './sample-world.ts';

describe('by owner', () => {
  test('a Deployment leads to its ReplicaSets, and they to their Pods', () => {
    const world = sampleWorld({ nodes: 2, pods: 5 });
    const { groups } = groupByOwner(world, sortPods(undefined, world.pods, placeByOwner).buckets);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.head).toMatchObject({
      ref: { kind: 'Deployment', name: 'app-0' },
      detail: '5/5',
      health: 'good',
    });
    expect(groups[0]?.sections.map(({ head, pods }) => [head?.ref.name, pods.length])).toEqual([['app-0-1', 5]]);
  });

  test('an owner of a kind that is not watched is known by its Pods; Pods without one stand together', () => {
    const owner = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };
    const pods = [samplePod({ name: 'db-0', owner }), samplePod({ name: 'alone' })];
    expect(
      groupByOwner(EMPTY, sortPods(undefined, pods, placeByOwner).buckets).groups.map(({ kind, title }) => [
        kind,
        title,
      ]),
    ).toEqual([
      ['owner', 'default/db'],
      ['rest', ''],
    ]);
  });
});

describe('by network path', () => {
  test('a Service stands with the Pods its slices name; a second one reaches them by a line', () => {
    const world = sampleWorld({ nodes: 2, pods: 3 });
    const [service] = world.services;
    const [slice] = world.endpointSlices;
    if (!service || !slice) throw new Error('no Service');
    const again = { ...service, metadata: { ...service.metadata, name: 'again', uid: 'uid-again' } };
    const also = { ...slice, metadata: { ...slice.metadata, labels: { 'kubernetes.io/service-name': 'again' } } };
    const network = networkOf([service, again], [slice, also]);
    const { groups, relations } = groupByNetwork(network, sortPods(undefined, world.pods, network.placeOf).buckets);
    expect(groups.map(({ title, sections }) => [title, sections[0]?.pods.length])).toEqual([
      ['default/app-0', 3],
      ['default/again', 0],
    ]);
    expect(relations).toHaveLength(3);
  });

  test('a selector that reaches nothing is a warning', () => {
    const { services } = sampleWorld({ nodes: 1, pods: 1 });
    expect(networkOf(services, []).groups[0]?.health).toBe('warn');
  });
});

describe('control plane', () => {
  const part = (component: string, ready = true) =>
    samplePod({
      name: `${component}-cp`,
      namespace: 'kube-system',
      node: 'cp',
      ready,
      labels: { component },
      owner: { kind: 'Node', name: 'cp', uid: 'uid-cp' },
    });
  const draw = (pods: readonly Pod[]) => groupByComponent(sortPods(undefined, pods, placeByComponent).buckets, EMPTY);

  test('a part that is missing keeps its room and is bad', () => {
    const { groups, relations } = draw([part('etcd'), part('kube-apiserver')]);
    expect(groups.map(({ title, health }) => [title, health])).toEqual([
      ['etcd', 'good'],
      ['kube-apiserver', 'good'],
      ['kube-controller-manager', 'bad'],
      ['kube-scheduler', 'bad'],
    ]);
    expect(relations.filter(({ broken }) => broken)).toHaveLength(2);
  });

  test('nothing is drawn where the control plane is not made of Pods', () => {
    expect(draw([samplePod({ name: 'web' })]).groups).toEqual([]);
  });
});

describe('a filter', () => {
  const pod = podFacts(samplePod({ name: 'web-1', node: 'a', waiting: 'CrashLoopBackOff', labels: { app: 'web' } }));
  test.each([
    ['nothing asked', {}, true],
    ['by name', { text: 'WEB' }, true],
    ['by status', { text: 'crash' }, true],
    ['by another name', { text: 'redis' }, false],
    ['by label', { label: 'app in (web, api)' }, true],
    ['by another label', { label: 'app!=web' }, false],
    ['by health', { health: 'bad' }, true],
    ['by namespace', { namespace: 'kube-system' }, false],
  ] as const)('%s', (_, words, expected) => {
    const { matches } = createFilter({ ...NO_FILTER, ...words });
    expect(matches?.(pod) ?? true).toBe(expected);
  });

  test('a selector that cannot be read says why, and hides nothing', () => {
    const filter = createFilter({ ...NO_FILTER, label: 'app in' });
    expect(filter.error).toBeTruthy();
    expect(filter.matches).toBeUndefined();
  });
});
