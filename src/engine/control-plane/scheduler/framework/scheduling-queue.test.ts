import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '#engine/api';
import { createNodeAffinity } from '../plugins/node-affinity.ts';
import { createNodeResourcesFit } from '../plugins/node-resources-fit.ts';
import { createPrioritySort } from '../plugins/priority-sort.ts';
import { createSchedulingGates } from '../plugins/scheduling-gates.ts';
import { assignedPodDelete, nodeAdd } from './cluster-event.ts';
import { Nominator } from './nominator.ts';
import type { QueuedPod } from './queued-pod.ts';
import { defaultQueueOptions, SchedulingQueue } from './scheduling-queue.ts';

const pod = (name: string, spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name },
  spec: {
    containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '1' } } }],
    schedulerName: 'default-scheduler',
    ...spec,
  },
  status: {},
});

const node = (cpu: string, labels: { readonly [key: string]: string } = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels },
  spec: {},
  status: { allocatable: { cpu } },
});

function setUp() {
  const time = { now: 1_000_000 };
  const gates = createSchedulingGates();
  const sort = createPrioritySort();
  const profile = {
    plugins: [sort, gates, createNodeResourcesFit(), createNodeAffinity()],
    less: (a: QueuedPod, b: QueuedPod) => sort.less?.(a, b) ?? false,
    preEnqueue: (info: QueuedPod['info']) => gates.preEnqueue?.(info),
  };
  const queue = new SchedulingQueue(
    () => time.now,
    new Map([['default-scheduler', profile]]),
    new Nominator(),
    defaultQueueOptions,
    () => undefined,
  );
  const names = () => {
    const order: string[] = [];
    for (let next = queue.pop(); next; next = queue.pop()) order.push(next.info.pod.metadata.name);
    return order;
  };
  const refuse = (plugin?: string) => {
    const popped = queue.pop();
    if (!popped) throw new Error('nothing to pop');
    popped.unschedulablePlugins = new Set(plugin ? [plugin] : []);
    return popped;
  };
  return { time, queue, names, refuse };
}

describe('SchedulingQueue', () => {
  it('goes by priority, then by arrival', () => {
    const { queue, names } = setUp();
    for (const one of [pod('b'), pod('a'), pod('high', { priority: 5 })]) queue.add(one);
    expect(names()).toEqual(['high', 'b', 'a']);
  });

  it('keeps gated Pods out until the gates are gone', () => {
    const { queue, names } = setUp();
    const gated = pod('g', { schedulingGates: [{ name: 'x' }] });
    queue.add(gated);
    expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 1 });
    expect(queue.nextFlush).toBeUndefined();
    queue.update(gated, pod('g'));
    expect(names()).toEqual(['g']);
  });

  it('asks the plugin that refused whether an event helps', () => {
    const { queue, refuse } = setUp();
    queue.add(pod('p'));
    queue.addUnschedulable(refuse('NodeResourcesFit'));
    queue.moveAll(nodeAdd, undefined, node('500m'));
    expect(queue.sizes.unschedulable).toBe(1);
    queue.moveAll(nodeAdd, undefined, node('2'));
    expect(queue.sizes).toMatchObject({ backoff: 1, unschedulable: 0 });
  });

  it('remembers what happened during the cycle', () => {
    const { queue, refuse } = setUp();
    queue.add(pod('p'));
    const popped = refuse('NodeResourcesFit');
    queue.moveAll(assignedPodDelete, pod('other'), undefined);
    queue.addUnschedulable(popped);
    expect(queue.sizes).toMatchObject({ backoff: 1, unschedulable: 0 });
  });

  it('does not care for events of plugins that did not refuse', () => {
    const { queue, refuse } = setUp();
    queue.add(pod('p', { nodeSelector: { disk: 'ssd' } }));
    queue.addUnschedulable(refuse('NodeAffinity'));
    queue.moveAll(assignedPodDelete, pod('other'), undefined);
    queue.moveAll(nodeAdd, undefined, node('2'));
    expect(queue.sizes.unschedulable).toBe(1);
    queue.moveAll(nodeAdd, undefined, node('2', { disk: 'ssd' }));
    expect(queue.sizes.unschedulable).toBe(0);
  });

  it('backs off after errors: 1 s, 2 s, 4 s, 8 s, 10 s, and never early', () => {
    const { time, queue, refuse } = setUp();
    queue.add(pod('p'));
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      queue.addUnschedulable(refuse());
      expect(queue.pop()).toBeUndefined();
      const due = queue.nextFlush ?? 0;
      waits.push(due - time.now);
      time.now = due;
      queue.flush();
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it('tries refused Pods early when nothing else waits', () => {
    const { queue, refuse, names } = setUp();
    queue.add(pod('p'));
    queue.addUnschedulable(refuse('NodeResourcesFit'));
    queue.moveAll(assignedPodDelete, pod('other'), undefined);
    queue.add(pod('fresh'));
    expect(names()).toEqual(['fresh', 'p']);
  });

  it('tries again after five minutes without help', () => {
    const { time, queue, refuse, names } = setUp();
    queue.add(pod('p'));
    queue.addUnschedulable(refuse('NodeResourcesFit'));
    time.now += 300_000;
    queue.flush();
    expect(names()).toEqual([]);
    time.now += 1;
    queue.flush();
    expect(names()).toEqual(['p']);
  });
});
