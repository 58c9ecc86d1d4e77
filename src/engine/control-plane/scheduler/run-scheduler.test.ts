import { describe, expect, it } from 'vitest';
import { leases, type Node, nodes, type Pod, pods, serviceAccounts } from '#engine/api';
import { type Client, createClient, eventsV1 } from '#engine/client-go';
import { createApiServer } from '#engine/control-plane/apiserver/server';
import { createEtcd } from '#engine/control-plane/etcd';
import { createRng, Loop, type TraceEvent } from '#engine/sim';
import type { CycleExplanation } from './framework/explanation.ts';
import { runScheduler, type SchedulerOptions } from './run-scheduler.ts';

const load = (): Promise<never> => Promise.reject(new Error('no asset is needed here'));

interface Cluster {
  readonly loop: Loop;
  readonly client: Client;
  readonly traces: TraceEvent[];
  /** The scheduler's process dies; the API server lives on. */
  readonly kill: () => void;
  readonly stop: () => void;
  /** Runs until everything that is due now and within `ms` has happened. */
  run(ms: number): Promise<void>;
}

async function cluster(options: Partial<SchedulerOptions> = {}): Promise<Cluster> {
  const traces: TraceEvent[] = [];
  const host = {
    settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
    trace: (event: TraceEvent) => void traces.push(event),
  };
  const loop = new Loop(host, Date.UTC(2026, 0, 1));
  const world = { clock: loop, rng: createRng(1), trace: loop };
  const stopped = new AbortController();
  const killed = new AbortController();
  const { handler } = createApiServer(
    world,
    {
      etcd: createEtcd(world),
      load,
      users: [{ token: 't', username: 'admin', groups: ['system:masters'] }],
      freeze: true,
    },
    stopped.signal,
  );
  const client = createClient(handler, { token: 't' });
  runScheduler(
    world,
    client,
    { identity: 'test', leaderElect: false, chooseHost: 'first', ...options },
    killed.signal,
  ).catch((error) => loop.fail(error));
  const run = (ms: number) => loop.runUntil(loop.now() + ms).then(() => undefined);
  await run(100);
  const account = client.create(serviceAccounts, { metadata: { name: 'default', namespace: 'default' } });
  await run(100);
  await account;
  const kill = () => killed.abort();
  const stop = () => {
    kill();
    stopped.abort();
  };
  return { loop, client, traces, run, kill, stop };
}

const node = (name: string, cpu = '2', more: Partial<Node['spec']> = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec: more,
  status: {
    capacity: { cpu, memory: '4Gi', pods: '110' },
    allocatable: { cpu, memory: '4Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }],
  },
});

const pod = (name: string, cpu = '1', spec: Partial<Pod['spec']> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    schedulerName: 'default-scheduler',
    automountServiceAccountToken: false,
    containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }],
    ...spec,
  },
});

async function addNode(client: Client, name: string, cpu?: string): Promise<void> {
  const created = await client.create(nodes, node(name, cpu));
  await client.updateStatus(nodes, { ...created, status: node(name, cpu).status } as Node);
  const { spec } = await client.get(nodes, { name });
  // No node lifecycle controller runs here: nobody else takes the taint of a new Node away.
  if (spec.taints) await client.patch(nodes, { name }, 'merge', { spec: { taints: null } });
}

const get = (client: Client, name: string) => client.get(pods, { namespace: 'default', name });
const condition = (of: Pod) => of.status.conditions?.find(({ type }) => type === 'PodScheduled');
/** Starts the work and runs the clock; requests need no time of their own. */
const within = async (run: Cluster, work: () => Promise<unknown>, ms = 100) => {
  await Promise.all([work(), run.run(ms)]);
};

describe('runScheduler against the API server', () => {
  it('binds Pods, reports why others wait, and tries again when a Node comes', async () => {
    const run = await cluster();
    const { client } = run;
    await within(run, () => addNode(client, 'n1'));
    await within(run, async () => {
      for (const name of ['a', 'b', 'c']) await client.create(pods, pod(name));
    });
    expect((await get(client, 'a')).spec.nodeName).toBe('n1');
    expect(condition(await get(client, 'a'))).toMatchObject({ status: 'True' });
    const waiting = await get(client, 'c');
    expect(waiting.spec.nodeName).toBeUndefined();
    expect(condition(waiting)).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message:
        '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    });
    await within(run, () => addNode(client, 'n2'), 3000);
    expect((await get(client, 'c')).spec.nodeName).toBe('n2');
    const notes = (await client.list(eventsV1, { namespace: 'default' })).items.map(
      ({ reason, note }) => `${reason} ${note}`,
    );
    expect(notes).toContain('Scheduled Successfully assigned default/a to n1');
    expect(notes.some((note) => note.startsWith('FailedScheduling 0/1 nodes are available: 1 Insufficient cpu.'))).toBe(
      true,
    );
    run.stop();
  });

  it('waits for gates and for its schedulerName', async () => {
    const run = await cluster();
    const { client } = run;
    await within(run, () => addNode(client, 'n1'));
    await within(run, async () => {
      await client.create(pods, pod('gated', '1', { schedulingGates: [{ name: 'example.com/wait' }] }));
      await client.create(pods, pod('other', '1', { schedulerName: 'mine' }));
    });
    expect((await get(client, 'gated')).spec.nodeName).toBeUndefined();
    await within(run, () =>
      client.patch(pods, { namespace: 'default', name: 'gated' }, 'merge', { spec: { schedulingGates: null } }),
    );
    expect((await get(client, 'gated')).spec.nodeName).toBe('n1');
    expect((await get(client, 'other')).spec.nodeName).toBeUndefined();
    run.stop();
  });

  it('preempts: evicts, nominates, and binds when the room is free', async () => {
    const run = await cluster();
    const { client } = run;
    await within(run, () => addNode(client, 'n1'));
    await within(run, () => client.create(pods, pod('low', '2', { terminationGracePeriodSeconds: 0 })));
    expect((await get(client, 'low')).spec.nodeName).toBe('n1');
    await within(
      run,
      () => client.create(pods, pod('high', '2', { priorityClassName: 'system-cluster-critical' })),
      5000,
    );
    const high = await get(client, 'high');
    const { items } = await client.list(pods, { namespace: 'default' });
    const low = items.find(({ metadata }) => metadata.name === 'low');
    if (low) {
      // A kubelet would end it; there is none.
      expect(low.metadata.deletionTimestamp).toBeDefined();
      expect(low.status.conditions).toContainEqual(
        expect.objectContaining({ type: 'DisruptionTarget', reason: 'PreemptionByScheduler' }),
      );
      expect(high.status.nominatedNodeName).toBe('n1');
      await within(
        run,
        () => client.delete(pods, { namespace: 'default', name: 'low' }, { gracePeriodSeconds: 0 }),
        5000,
      );
    }
    expect((await get(client, 'high')).spec.nodeName).toBe('n1');
    const cycle = run.traces.find(
      ({ type, detail }) => type === 'scheduler.cycle' && (detail as CycleExplanation).facts.preemption,
    )?.detail;
    expect((cycle as CycleExplanation).facts.preemption?.chosen).toBe('n1');
    run.stop();
  });

  it('takes a Pod that has ended off its Node', async () => {
    const run = await cluster();
    const { client } = run;
    await within(run, () => addNode(client, 'n1'));
    await within(run, () => client.create(pods, pod('job', '2')));
    await within(run, () => client.create(pods, pod('next', '2')));
    expect((await get(client, 'next')).spec.nodeName).toBeUndefined();
    await within(
      run,
      () =>
        client.patch(pods, { namespace: 'default', name: 'job', subresource: 'status' }, 'merge', {
          status: { phase: 'Succeeded' },
        }),
      5000,
    );
    expect((await get(client, 'next')).spec.nodeName).toBe('n1');
    run.stop();
  });

  it('leads by a Lease before it schedules, and stops when it is killed', async () => {
    const run = await cluster({ leaderElect: true });
    const { client } = run;
    await within(run, () => addNode(client, 'n1'), 3000);
    const lease = await client.get(leases, { namespace: 'kube-system', name: 'kube-scheduler' });
    expect(lease.spec.holderIdentity).toMatch(/^test_/);
    await within(run, () => client.create(pods, pod('a')), 3000);
    expect((await get(client, 'a')).spec.nodeName).toBe('n1');
    run.kill();
    await within(run, () => client.create(pods, pod('b')), 60_000);
    expect((await get(client, 'b')).spec.nodeName).toBeUndefined();
  });

  it('costs nothing while idle and leaves no timer behind', async () => {
    const run = await cluster();
    await within(run, () => addNode(run.client, 'n1'));
    await within(run, () => run.client.create(pods, pod('huge', '64')), 1000);
    const before = run.traces.length;
    await run.run(4 * 60_000);
    expect(run.traces.slice(before).filter(({ type }) => type === 'scheduler.cycle')).toHaveLength(0);
    // Nothing helped for five minutes: tried again.
    await run.run(2 * 60_000);
    expect(run.traces.slice(before).filter(({ type }) => type === 'scheduler.cycle')).toHaveLength(1);
    run.stop();
    await run.run(1000);
    expect(run.loop.pending().filter(({ name }) => name.startsWith('scheduling'))).toEqual([]);
  });
});
