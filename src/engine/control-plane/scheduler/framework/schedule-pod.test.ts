import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '#engine/api';
import { SchedulerCache } from './cache.ts';
import { CycleState } from './cycle-state.ts';
import { Framework } from './framework.ts';
import { fitErrorMessage } from './node-statuses.ts';
import { Nominator } from './nominator.ts';
import type { Plugin } from './plugin.ts';
import { podInfoOf } from './pod-info.ts';
import { resolveProfile } from './profile.ts';
import { numFeasibleNodesToFind, PodScheduler } from './schedule-pod.ts';
import { type Outcome, SKIP, unresolvable, unschedulable } from './verdict.ts';

const pod = (status: Pod['status'] = {}, name = 'p', priority = 0): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name },
  spec: { containers: [{ name: 'c', image: 'x' }], priority },
  status,
});

const node = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status: {} });

function setUp(plugins: readonly Plugin[], nodes: readonly string[], percentage = 0) {
  const cache = new SchedulerCache();
  for (const name of nodes) cache.addNode(node(name));
  const nominator = new Nominator();
  const base: Plugin = { name: 'Base', less: () => false, bind: () => Promise.resolve(undefined) };
  const all = [base, ...plugins];
  const registry = Object.fromEntries(all.map((plugin) => [plugin.name, () => plugin]));
  const multiPoint = { enabled: all.map(({ name }) => ({ name, weight: 1 })), disabled: [{ name: '*' }] };
  const framework = new Framework(resolveProfile({ plugins: { multiPoint } }, registry), nominator);
  const scheduler = new PodScheduler(cache, {
    percentageOfNodesToScore: percentage,
    chooseHost: (tied) => tied.at(-1) as (typeof tied)[number],
  });
  const schedule = (of = pod()) => scheduler.schedule(framework, new CycleState(), podInfoOf(of));
  return { cache, nominator, schedule };
}

const filter = (name: string, decide: (node: string) => Outcome): Plugin => ({
  name,
  filter: (_state, _pod, on) => decide(on.name),
});
const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

describe('numFeasibleNodesToFind', () => {
  it.each([
    [0, 50, 50],
    [0, 100, 100],
    [0, 1000, 420],
    [0, 5000, 500],
    [0, 6000, 300],
    [30, 1000, 300],
    [5, 1000, 100],
    [100, 1000, 1000],
  ])('at %d %% of %d Nodes: %d', (percentage, nodes, expected) => {
    expect(numFeasibleNodesToFind(percentage, nodes)).toBe(expected);
  });
});

describe('PodScheduler', () => {
  it('adds up weighted scores and leaves ties to the chooser', () => {
    const plugin: Plugin = { name: 'S', score: (_state, _pod, on) => (on.name === 'b' || on.name === 'c' ? 10 : 5) };
    const result = setUp([plugin], ['a', 'b', 'c']).schedule();
    expect(result.tied.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(result.host?.name).toBe('c');
    expect(result.scores?.totals).toEqual([5, 10, 10]);
  });

  it('does not score a single Node', () => {
    const result = setUp(
      [filter('F', (name) => (name === 'b' ? undefined : unschedulable('F', 'no'))), { name: 'S', score: () => 1 }],
      ['a', 'b'],
    ).schedule();
    expect(result).toMatchObject({ host: { name: 'b' }, scores: undefined });
  });

  it('stops at enough Nodes and goes on there the next time', () => {
    const { schedule } = setUp([filter('F', () => undefined), { name: 'S', score: () => 0 }], many(200), 50);
    expect(schedule().feasible[0]?.name).toBe('n0');
    const second = schedule();
    expect(second.feasible).toHaveLength(100);
    expect(second.feasible[0]?.name).toBe('n100');
  });

  it('says in how many ways it failed', () => {
    const result = setUp(
      [filter('F', (name) => unschedulable('F', name === 'a' ? 'one' : 'two'))],
      ['a', 'b', 'c'],
    ).schedule();
    expect(result.host).toBeUndefined();
    expect([...result.unschedulablePlugins]).toEqual(['F']);
    expect(fitErrorMessage(3, result.statuses)).toBe('0/3 nodes are available: 1 one, 2 two.');
  });

  it('lets PreFilter refuse, narrow and skip', () => {
    const refusing: Plugin = { name: 'P', preFilter: () => unresolvable('P', 'never') };
    const refused = setUp([refusing], ['a']).schedule();
    expect(fitErrorMessage(1, refused.statuses, { preFilterMessage: refused.preFilterVerdict?.reasons.join() })).toBe(
      '0/1 nodes are available: never.',
    );
    const narrowing: Plugin = { name: 'P', preFilter: () => ({ nodeNames: new Set(['b', 'gone']) }) };
    const narrowed = setUp([narrowing], ['a', 'b']).schedule();
    expect(narrowed.host?.name).toBe('b');
    expect(narrowed.statuses.get('a').reasons).toEqual(["node(s) didn't satisfy plugin(s) [P]"]);
    const skipping: Plugin = { name: 'P', preFilter: () => SKIP, filter: () => unschedulable('P', 'never asked') };
    expect(setUp([skipping], ['a']).schedule().host?.name).toBe('a');
  });

  it('tries the promised Node first', () => {
    const { schedule } = setUp([filter('F', () => undefined)], ['a', 'b', 'c']);
    expect(schedule(pod({ nominatedNodeName: 'b' })).feasible.map(({ name }) => name)).toEqual(['b']);
  });

  it('keeps a promised place free for Pods of equal or higher priority only', () => {
    const one: Plugin = {
      name: 'F',
      filter: (_state, _pod, on) => (on.pods.length === 0 ? undefined : unschedulable('F', 'full')),
    };
    const { nominator, schedule } = setUp([one], ['a']);
    nominator.set(podInfoOf(pod({}, 'promised', 5)), 'a');
    expect(schedule(pod({}, 'low', 1)).host).toBeUndefined();
    expect(schedule(pod({}, 'high', 9)).host?.name).toBe('a');
  });
});

describe('SchedulerCache', () => {
  const on = (name: string, nodeName: string): Pod => ({ ...pod({}, name), spec: { containers: [], nodeName } });

  it('counts an assumed Pod once, and gives it up when it is forgotten', () => {
    const { cache } = setUp([], ['a', 'b']);
    cache.assume(podInfoOf(on('x', 'a')), 'a');
    expect(cache.isAssumed('x')).toBe(true);
    cache.addPod(on('x', 'a'));
    expect([cache.isAssumed('x'), cache.get('a')?.pods.length]).toEqual([false, 1]);
    cache.assume(podInfoOf(on('y', 'b')), 'b');
    cache.forget('y');
    cache.forget('x');
    expect([cache.get('a')?.pods.length, cache.get('b')?.pods.length]).toEqual([1, 0]);
  });

  it('knows Pods of Nodes that come later', () => {
    const { cache } = setUp([], ['a']);
    cache.addPod(on('x', 'late'));
    expect(cache.get('late')).toBeUndefined();
    cache.addNode(node('late'));
    expect(cache.get('late')?.pods).toHaveLength(1);
    cache.removeNode(node('late'));
    expect(cache.nodes.map(({ name }) => name)).toEqual(['a']);
  });

  it('lists Nodes one of each zone in turn', () => {
    const cache = new SchedulerCache();
    for (const [name, zone] of [
      ['a', '1'],
      ['b', '1'],
      ['c', '2'],
      ['d', '1'],
    ] as const) {
      cache.addNode({ ...node(name), metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } } });
    }
    expect(cache.nodes.map(({ name }) => name)).toEqual(['a', 'c', 'b', 'd']);
  });
});
