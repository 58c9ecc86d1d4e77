import { describe, expect, it } from 'vitest';
import type { Lease, Node } from '#engine/api';
import { Loop } from '#engine/sim';
import { CidrSet } from '../nodeipam/cidr-set.ts';
import { tolerationSeconds } from '../tainteviction/tolerations.ts';
import { noScheduleTaints, withUnknownConditions } from './conditions.ts';
import { observeHealth } from './health.ts';
import { evictionRate, TaintQueue, zoneKey, zoneState } from './zones.ts';

const NOW = 1_767_225_600_000;
const node = (conditions: readonly object[] = [], spec: object = {}): Node =>
  ({
    metadata: { name: 'n', creationTimestamp: '2025-12-31T23:00:00Z' },
    spec,
    status: { conditions },
  }) as unknown as Node;
const ready = (status: string, lastHeartbeatTime = '2025-12-31T23:59:00Z') => ({
  type: 'Ready',
  status,
  lastHeartbeatTime,
});

describe('conditions', () => {
  it('of a silent Node are Unknown, and those it never had too', () => {
    const { conditions = [] } = withUnknownConditions(node([ready('True')]), NOW).status;
    expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready Unknown NodeStatusUnknown',
      'MemoryPressure Unknown NodeStatusNeverUpdated',
      'DiskPressure Unknown NodeStatusNeverUpdated',
      'PIDPressure Unknown NodeStatusNeverUpdated',
    ]);
    const once = withUnknownConditions(node([ready('True')]), NOW);
    expect(withUnknownConditions(once, NOW + 5000)).toBe(once);
  });

  const taint = (key: string) => ({ key: `node.kubernetes.io/${key}`, effect: 'NoSchedule' });
  it.each([
    ['not ready', node([ready('False')]), ['not-ready'], []],
    ['unreachable', node([ready('Unknown')], { taints: [taint('not-ready')] }), ['unreachable'], ['not-ready']],
    ['pressure', node([{ type: 'DiskPressure', status: 'True' }]), ['disk-pressure'], []],
    ['cordoned', node([ready('True')], { unschedulable: true }), ['unschedulable'], []],
    [
      'well again',
      node([ready('True')], { taints: [taint('memory-pressure'), { key: 'mine', effect: 'NoSchedule' }] }),
      [],
      ['memory-pressure'],
    ],
  ])('call for taints: %s', (_, of, add, remove) => {
    const short = (keys: readonly string[]) => keys.map((key) => key.replace('node.kubernetes.io/', ''));
    const { add: added, remove: removed } = noScheduleTaints(of);
    expect([short(added), short(removed)]).toEqual([add, remove]);
  });
});

describe('health', () => {
  const lease = (renewTime: string) => ({ spec: { renewTime } }) as unknown as Lease;
  it('counts from the last sign of life: a status or a renewed lease', () => {
    const first = observeHealth(undefined, node([ready('True')]), undefined, NOW);
    expect(first.probedAt).toBe(NOW);
    const silent = observeHealth(first, node([ready('True')]), undefined, NOW + 5000);
    expect(silent.probedAt).toBe(NOW);
    const renewed = observeHealth(silent, node([ready('True')]), lease('2026-01-01T00:00:09.000000Z'), NOW + 10_000);
    expect(renewed.probedAt).toBe(NOW + 10_000);
    expect(
      observeHealth(renewed, node([ready('True')]), lease('2026-01-01T00:00:09.000000Z'), NOW + 20_000).probedAt,
    ).toBe(NOW + 10_000);
    const posted = observeHealth(renewed, node([ready('True', '2026-01-01T00:00:30Z')]), undefined, NOW + 30_000);
    expect(posted.probedAt).toBe(NOW + 30_000);
  });

  it('of a Node whose kubelet never posted counts from its creation', () => {
    expect(observeHealth(undefined, node(), undefined, NOW).probedAt).toBe(NOW - 3_600_000);
  });
});

describe('zones', () => {
  it.each([
    ['Normal', [true, true, false]],
    ['Normal', [true, false, false]],
    ['PartialDisruption', [true, false, false, false]],
    ['FullDisruption', [false, false]],
    ['Normal', []],
  ])('%s', (state, nodes) => {
    expect(zoneState(nodes)).toBe(state);
  });

  it('slow down when half a large zone is lost, and stop in a small one', () => {
    expect([
      evictionRate('Normal', 3),
      evictionRate('PartialDisruption', 3),
      evictionRate('PartialDisruption', 60),
    ]).toEqual([0.1, 0, 0.01]);
    expect(zoneKey({ metadata: { labels: { 'topology.kubernetes.io/zone': 'z' } } } as unknown as Node)).toBe(
      ':\u0000:z',
    );
  });

  it('let one Node through every ten seconds', async () => {
    const loop = new Loop({ settle: () => Promise.resolve(), trace() {} }, 0);
    const queue = new TaintQueue(loop);
    for (const name of ['a', 'b']) expect(queue.add(name)).toBe(true);
    expect(queue.add('a')).toBe(false);
    expect([queue.next(), queue.next()]).toEqual(['a', undefined]);
    await loop.runUntil(10_000);
    expect(queue.next()).toBe('b');
  });
});

describe('tolerationSeconds', () => {
  const taints = [{ key: 'k', effect: 'NoExecute' }];
  it.each([
    ['none', [], 0],
    ['for good', [{ key: 'k', operator: 'Exists' }], Number.POSITIVE_INFINITY],
    ['for a while', [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }], 30],
    ['everything', [{ operator: 'Exists', tolerationSeconds: 5 }], 5],
    ['another effect', [{ key: 'k', operator: 'Exists', effect: 'NoSchedule' }], 0],
    ['another value', [{ key: 'k', value: 'v' }], 0],
    ['negative is at once', [{ key: 'k', operator: 'Exists', tolerationSeconds: -3 }], 0],
  ])('%s', (_, tolerations, wanted) => {
    expect(tolerationSeconds(taints, tolerations)).toBe(wanted);
  });
});

describe('CidrSet', () => {
  it('hands out each block once, in order, and takes blocks back', () => {
    const range = new CidrSet('10.244.0.0/22', 24);
    range.occupy('10.244.1.0/24');
    expect([range.allocate(), range.allocate(), range.allocate(), range.allocate()]).toEqual([
      '10.244.0.0/24',
      '10.244.2.0/24',
      '10.244.3.0/24',
      undefined,
    ]);
    range.release('10.244.2.0/24');
    expect(range.allocate()).toBe('10.244.2.0/24');
  });
});
