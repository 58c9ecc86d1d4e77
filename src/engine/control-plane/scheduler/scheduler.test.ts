import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '#engine/api';
import { createRng, Loop } from '#engine/sim';
import type { CycleExplanation } from './framework/explanation.ts';
import type { Plugin, PluginHandle } from './framework/plugin.ts';
import { type Outcome, unschedulable, verdict } from './framework/verdict.ts';
import { listedVolumes } from './framework/volume-view.ts';
import { Scheduler } from './scheduler.ts';
import type { SchedulingFailure } from './settings.ts';

const node = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: {},
  status: { allocatable: { cpu: '2', memory: '2Gi', pods: '10' } },
});

const pod = (name: string, cpu = '1', spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name },
  spec: {
    containers: [{ name: 'c', image: 'x', resources: { requests: { cpu } } }],
    schedulerName: 'default-scheduler',
    ...spec,
  },
  status: {},
});

/** A scheduler with one more plugin, whose API answers as told. */
function setUp(
  make: (handle: PluginHandle) => Partial<Plugin> = () => ({}),
  bind: () => Promise<Outcome> = () => Promise.resolve(undefined),
) {
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const cycles: CycleExplanation[] = [];
  const host = {
    settle: settled,
    trace: ({ type, detail }: { type: string; detail: unknown }) =>
      void (type === 'scheduler.cycle' && cycles.push(detail as CycleExplanation)),
  };
  const loop = new Loop(host, Date.UTC(2026, 0, 1));
  const pods = new Map<string, Pod>();
  const bound: string[] = [];
  const failures: SchedulingFailure[] = [];
  const evicted: string[] = [];
  const scheduler = new Scheduler(
    { clock: loop, rng: createRng(1), trace: loop },
    {
      config: { profiles: [{ plugins: { multiPoint: { enabled: [{ name: 'Mine' }] } } }] },
      outOfTree: (handle) => ({ Mine: () => ({ name: 'Mine', ...make(handle) }) }),
      cluster: {
        namespaceLabels: () => undefined,
        spreadSelectors: () => [],
        podDisruptionBudgets: () => [],
        volumes: listedVolumes({}),
      },
      effects: {
        bind,
        scheduled: (one, nodeName) => void bound.push(`${one.metadata.name} ${nodeName}`),
        failed: (_pod, failure) => void failures.push(failure),
        skipped: () => undefined,
        evict: ({ pod: victim }) => {
          evicted.push(victim.metadata.name);
          scheduler.podDeleted(victim);
          return Promise.resolve(true);
        },
        clearNomination: () => undefined,
        bindVolumes: () => Promise.resolve(undefined),
      },
      currentPod: (key) => pods.get(key),
      onChange: () => undefined,
      onPanic: (error) => loop.fail(error),
    },
  );
  const add = (one: Pod) => {
    pods.set(`default/${one.metadata.name}`, one);
    scheduler.podAdded(one);
  };
  const run = async () => {
    while (scheduler.scheduleOne()) await settled();
    await loop.settle();
  };
  scheduler.nodeAdded(node('n1'));
  return { scheduler, add, run, loop, bound, failures, evicted, cycles };
}

describe('Scheduler', () => {
  it('gives the place back when Reserve refuses', async () => {
    const order: string[] = [];
    const { add, run, scheduler, failures } = setUp(() => ({
      reserve: () => unschedulable('Mine', 'no such disk'),
      unreserve: () => void order.push('unreserve'),
    }));
    add(pod('a'));
    await run();
    expect(failures).toEqual([
      {
        reason: 'Unschedulable',
        message: '0/1 nodes are available: 1 no such disk.',
        nomination: { nominatedNodeName: '' },
      },
    ]);
    expect(scheduler.cache.get('n1')?.pods).toHaveLength(0);
    expect(order).toEqual(['unreserve']);
  });

  it('lets Permit hold a Pod back until it is allowed, its place kept meanwhile', async () => {
    let known: PluginHandle | undefined;
    const { add, run, scheduler, bound } = setUp((handle) => {
      known = handle;
      return {
        permit: (_state, { uid }) =>
          uid === 'a' ? { verdict: verdict('Wait', 'Mine'), timeoutMs: 60_000 } : undefined,
      };
    });
    add(pod('a'));
    add(pod('b'));
    await run();
    expect(bound).toEqual(['b n1']);
    expect(scheduler.cache.get('n1')?.pods).toHaveLength(2);
    known?.allowWaiting('a', 'Mine');
    await run();
    expect(bound).toEqual(['b n1', 'a n1']);
  });

  it('gives up on Permit when the time is over', async () => {
    const { add, run, loop, failures, scheduler } = setUp(() => ({
      permit: () => ({ verdict: verdict('Wait', 'Mine'), timeoutMs: 5000 }),
    }));
    add(pod('a'));
    await run();
    await loop.runUntil(loop.now() + 5000);
    expect(failures[0]).toMatchObject({
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 rejected due to timeout after waiting 5s at plugin Mine.',
    });
    expect(scheduler.cache.isAssumed('a')).toBe(false);
  });

  it('tries again after a backoff when binding fails', async () => {
    const answers: Outcome[] = [verdict('Error', 'DefaultBinder', 'etcd is away')];
    const { add, run, loop, bound, failures, scheduler } = setUp(undefined, () => Promise.resolve(answers.pop()));
    add(pod('a'));
    await run();
    expect(failures[0]).toMatchObject({
      reason: 'SchedulerError',
      message: 'binding rejected: running Bind plugin "DefaultBinder": etcd is away',
    });
    expect(scheduler.queue.sizes).toMatchObject({ backoff: 1 });
    await loop.runUntil(loop.now() + 1000);
    scheduler.queue.flush();
    await run();
    expect(bound).toEqual(['a n1']);
  });

  it('reports a plugin that breaks, and goes on with the others', async () => {
    const { add, run, failures, bound } = setUp(() => ({
      filter: (_state, { uid }) => (uid === 'a' ? verdict('Error', 'Mine', 'out of order') : undefined),
    }));
    add(pod('a'));
    add(pod('b'));
    await run();
    expect(failures[0]).toMatchObject({
      reason: 'SchedulerError',
      message: 'running Filter plugin "Mine": out of order',
    });
    expect(bound).toEqual(['b n1']);
  });

  it('says when there is no Node at all', async () => {
    const { add, run, scheduler, failures } = setUp();
    scheduler.nodeDeleted(node('n1'));
    add(pod('a'));
    await run();
    expect(failures[0]).toMatchObject({ reason: 'Unschedulable', message: 'no nodes available to schedule pods' });
  });

  it('preempts, keeps the promise, and explains', async () => {
    const { add, run, bound, evicted, cycles, scheduler } = setUp();
    add(pod('low', '2', { priority: 1 }));
    await run();
    add(pod('high', '2', { priority: 10 }));
    add(pod('late', '2', { priority: 1 }));
    await run();
    expect(evicted).toEqual(['low']);
    expect(bound).toEqual(['low n1', 'high n1']);
    const explained = cycles.find(({ facts }) => facts.preemption)?.facts;
    expect(explained).toMatchObject({
      pod: 'default/high',
      message: '0/1 nodes are available: 1 Insufficient cpu.',
      preemption: { chosen: 'n1', best: ['n1'] },
    });
    expect(scheduler.explanations.get('high')?.facts).toMatchObject({ nodeName: 'n1', attempt: 2 });
    expect(JSON.stringify(scheduler.explanations.get('high')).length).toBeLessThan(300);
  });
});
