/** Explanations of real clusters: chains of causes, findings, and changes that really help. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployments, nodes, type Pod, pods, services } from '#engine/api';
import type { Scheduling, Step, Subject, Why } from '../../src/workers/traces/explanation.ts';
import { explain, explainScheduling } from '../../src/workers/traces/index.ts';
import { RequestLog } from '../../src/workers/traces/request-log.ts';
import { TraceStore } from '../../src/workers/traces/trace-store.ts';
import { Lab } from './lab.ts';

const LONG = 120_000;

/** A Lab whose traces are kept as the worker keeps them. */
class Asked {
  private read = 0;
  readonly store = new TraceStore();
  private readonly requests = new RequestLog();

  constructor(readonly lab: Lab) {}

  static async boot(nodeCount: number): Promise<Asked> {
    return new Asked(await Lab.boot({ nodes: nodeCount }));
  }

  private get sources() {
    for (; this.read < this.lab.traces.length; this.read++) this.store.take(this.lab.traces[this.read] as never);
    const { memory, history } = this.lab.cluster;
    return { traces: this.store, requests: this.requests, memory, history, now: this.lab.now };
  }

  why(subject: Subject, at?: number): Why {
    return explain(this.sources, subject, at);
  }

  scheduling(subject: Subject): Scheduling | undefined {
    return explainScheduling(this.sources, subject);
  }

  pod(app: string): Pod {
    const found = this.lab.cluster.memory
      .list(pods, 'default')
      .find(({ metadata }) => metadata.labels?.app === app && metadata.deletionTimestamp === undefined);
    if (!found) throw new Error(`no Pod of ${app}`);
    return found;
  }

  podOf(app: string): Subject {
    return { resource: pods, namespace: 'default', name: this.pod(app).metadata.name };
  }
}

const codes = (steps: readonly Step[]) => steps.map(({ code }) => code);
const deployment = (name: string): Subject => ({ resource: deployments, namespace: 'default', name });

let asked: Asked;
beforeAll(async () => {
  asked = await Asked.boot(3);
}, LONG);
afterAll(() => asked.lab.stop());

describe('a Pod that runs', () => {
  it(
    'is explained from the command that was typed to the EndpointSlice that has it',
    async () => {
      const { lab } = asked;
      await lab.ok('kubectl create deployment web --image=nginx:1.27 --port=80 && kubectl expose deployment web');
      await lab.ok('kubectl rollout status deployment web && kubectl scale deployment web --replicas=2');
      await lab.ok('kubectl rollout status deployment web');
      await lab.pass(5);
      const second = lab.cluster.memory
        .list(pods, 'default')
        .find(
          ({ metadata }) =>
            metadata.labels?.app === 'web' &&
            Date.parse(metadata.creationTimestamp ?? '') >= 0 &&
            asked
              .why({ resource: pods, namespace: 'default', name: metadata.name })
              .steps.some(({ params }) => params.line === 'kubectl scale deployment web --replicas=2'),
        );
      expect(second).toBeDefined();
      const { findings, steps, exists } = asked.why({
        resource: pods,
        namespace: 'default',
        name: second?.metadata.name ?? '',
      });
      expect(exists).toBe(true);
      expect(findings).toEqual([]);
      expect(codes(steps)).toEqual([
        'command',
        'request',
        'scale',
        'pods-create',
        'schedule-placed',
        ...(steps.some(({ code }) => code === 'pull') ? ['pull', 'pulled'] : []),
        'started',
        'condition',
        'endpoint',
      ]);
      const [command, request, scale, create, placed] = steps;
      expect(command?.params.line).toBe('kubectl scale deployment web --replicas=2');
      expect(request?.params).toMatchObject({
        verb: 'patch',
        resource: 'deployments/scale',
        who: 'kubernetes-admin',
        program: 'kubectl',
      });
      expect(request?.changes).toEqual([{ path: 'spec.replicas', from: '1', to: '2' }]);
      expect(scale?.params).toMatchObject({ from: 1, to: 2, because: 'replicas' });
      expect(create?.params).toMatchObject({ count: 1, wanted: 2, active: 1 });
      expect(placed?.params).toMatchObject({ total: 3, feasible: 2, unfit: 1 });
      expect(steps.at(-1)?.params).toMatchObject({ service: 'web', ready: 1 });
      expect(steps.map(({ at }) => at)).toEqual([...steps.map(({ at }) => at)].sort((a, b) => a - b));
    },
    LONG,
  );

  it('has a choice of Nodes with scores', () => {
    const choice = asked.scheduling(asked.podOf('web'));
    expect(choice).toMatchObject({
      state: 'placed',
      total: 3,
      funnel: [{ plugin: 'TaintToleration', fell: 1, left: 2 }],
    });
    const [picked, other] = choice?.nodes ?? [];
    expect(picked?.picked).toBe(true);
    expect(picked?.total).toBeGreaterThanOrEqual(other?.total ?? 0);
    expect(picked?.scores?.map(({ plugin }) => plugin)).toContain('NodeResourcesFit');
  });
});

describe('an image that does not exist', () => {
  it(
    'is named, with the one that was meant, and the next try',
    async () => {
      const { lab } = asked;
      await lab.ok('kubectl create deployment typo --image=ngnix:1.27');
      await lab.pass(30);
      const { findings, steps } = asked.why(asked.podOf('typo'));
      expect(findings).toHaveLength(1);
      const [finding] = findings;
      expect(finding).toMatchObject({ code: 'image', params: { image: 'ngnix:1.27' } });
      expect(finding?.params.seconds).toBeGreaterThan(0);
      expect(finding?.message).toContain('ngnix');
      const [fix] = finding?.fixes ?? [];
      expect(fix).toMatchObject({ code: 'did-you-mean', params: { image: 'nginx:1.27' } });
      expect(codes(steps)).toContain('pull-failed');
      expect(asked.why(deployment('typo')).findings[0]).toMatchObject({ code: 'image' });
      await lab.ok(fix?.command ?? 'false');
      await lab.ok('kubectl rollout status deployment typo --timeout=120s');
      expect(asked.why(deployment('typo')).findings).toEqual([]);
    },
    LONG,
  );
});

describe('a Pod that fits nowhere', () => {
  it(
    'would fit with a smaller request, which then really helps',
    async () => {
      const { lab } = asked;
      await lab.ok('kubectl create deployment big --image=nginx:1.27');
      await lab.ok('kubectl set resources deployment big --requests=cpu=100');
      await lab.pass(10);
      const waiting = lab.cluster.memory
        .list(pods, 'default')
        .find(({ metadata, spec }) => metadata.labels?.app === 'big' && !spec.nodeName);
      const subject: Subject = { resource: pods, namespace: 'default', name: waiting?.metadata.name ?? '' };
      const [finding] = asked.why(subject).findings;
      expect(finding).toMatchObject({ code: 'unschedulable', params: { nodes: 3 } });
      expect(finding?.message).toContain('Insufficient cpu');
      const [fix] = finding?.fixes ?? [];
      expect(fix?.changes).toEqual([expect.objectContaining({ change: 'request', resource: 'cpu', from: 100_000 })]);
      const choice = asked.scheduling(subject);
      expect(choice).toMatchObject({ state: 'waiting', total: 3 });
      expect(choice?.nodes.find(({ node }) => node === 'control-plane')?.refusals.map(({ plugin }) => plugin)).toEqual([
        'TaintToleration',
        'NodeResourcesFit',
      ]);
      await lab.ok(fix?.command ?? 'false');
      await lab.ok('kubectl rollout status deployment big --timeout=120s');
      await lab.ok('kubectl delete deployment big');
    },
    LONG,
  );

  it.each([
    ['a label', '"nodeSelector":{"disktype":"ssd"}', 'label'],
    ['a label and a taint', '"nodeSelector":{"kubernetes.io/hostname":"control-plane"}', 'tolerate'],
  ])(
    'would fit with %s',
    async (_, spec, change) => {
      const { lab } = asked;
      await lab.ok(
        `kubectl create deployment picky --image=nginx:1.27 && kubectl patch deployment picky -p '{"spec":{"template":{"spec":{${spec}}}}}'`,
      );
      await lab.pass(10);
      const waiting = lab.cluster.memory
        .list(pods, 'default')
        .find(({ metadata, spec: { nodeName } }) => metadata.labels?.app === 'picky' && !nodeName);
      const [finding] = asked.why({
        resource: pods,
        namespace: 'default',
        name: waiting?.metadata.name ?? '',
      }).findings;
      expect(finding?.code).toBe('unschedulable');
      const fix = finding?.fixes.find(({ changes }) => changes?.some((one) => one.change === change));
      expect(fix?.changes).toHaveLength(1);
      await lab.ok(fix?.command ?? 'false');
      await lab.ok('kubectl rollout status deployment picky --timeout=120s');
      await lab.ok('kubectl delete deployment picky');
      await lab.pass(40);
    },
    LONG,
  );
});

describe('containers', () => {
  it(
    'that end again and again: exit code, next restart, and what they said',
    async () => {
      const { lab } = asked;
      await lab.ok(`kubectl run looper --image=busybox:1.37 --labels=app=looper -- sh -c 'echo bye; exit 3'`);
      await lab.pass(60);
      const { findings, steps } = asked.why(asked.podOf('looper'));
      expect(findings[0]).toMatchObject({
        code: 'crash-loop',
        params: { container: 'looper', exitCode: 3 },
        logs: { container: 'looper' },
      });
      expect(findings[0]?.params.seconds).toBeGreaterThan(0);
      expect(steps.filter(({ code }) => code === 'exited').at(-1)?.count).toBeGreaterThan(1);
      expect(steps[0]).toMatchObject({ code: 'command' });
    },
    LONG,
  );

  it(
    'whose readiness probe fails: which, and what it answered',
    async () => {
      const { lab } = asked;
      await lab.ok(
        `kubectl create deployment probed --image=nginx:1.27 && kubectl patch deployment probed -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","readinessProbe":{"httpGet":{"path":"/nothing","port":80},"periodSeconds":2}}]}}}}'`,
      );
      await lab.ok('kubectl expose deployment probed --port=80');
      await lab.pass(40);
      const sick = lab.cluster.memory
        .list(pods, 'default')
        .find(({ metadata, spec }) => metadata.labels?.app === 'probed' && spec.containers[0]?.readinessProbe);
      const { findings } = asked.why({ resource: pods, namespace: 'default', name: sick?.metadata.name ?? '' });
      expect(findings[0]).toMatchObject({
        code: 'probe-failing',
        params: { kind: 'readiness', path: '/nothing', port: '80' },
      });
      expect(findings[0]?.message).toContain('404');
    },
    LONG,
  );
});

describe('Services', () => {
  const service = (name: string): Subject => ({ resource: services, namespace: 'default', name });

  it(
    'that select nothing name the labels that come close',
    async () => {
      const { lab } = asked;
      await lab.ok('kubectl create service clusterip lost --tcp=80 && kubectl set selector service lost app=webb');
      await lab.pass(2);
      const [finding] = asked.why(service('lost')).findings;
      expect(finding).toMatchObject({ code: 'no-selector-match', params: { selector: 'app=webb' } });
    },
    LONG,
  );

  it(
    'whose targetPort nobody serves say so',
    async () => {
      const { lab } = asked;
      await lab.ok('kubectl expose deployment web --name=wrong --port=80 --target-port=http');
      await lab.pass(2);
      const { findings } = asked.why(service('wrong'));
      expect(findings).toContainEqual(
        expect.objectContaining({
          code: 'target-port',
          params: expect.objectContaining({ target: 'http', offered: '80' }),
        }),
      );
    },
    LONG,
  );
});

it('a Node that was crashed: the fault, the silence, and the Pods that have to go', { timeout: LONG }, async () => {
  const { lab } = asked;
  const node: Subject = { resource: nodes, name: 'node-2' };
  await lab.fault({ do: 'node.crash', node: 'node-2' });
  expect(lab.cluster.faults.list()).toMatchObject([
    { fault: { do: 'node.crash', node: 'node-2' }, undo: { do: 'node.recover', node: 'node-2' } },
  ]);
  const before = lab.now;
  await lab.pass(100);
  const { findings, steps } = asked.why(node);
  expect(findings[0]).toMatchObject({ code: 'node-unreachable' });
  expect(findings[0]?.params.silent).toBeGreaterThan(90);
  expect(codes(steps)).toEqual(expect.arrayContaining(['fault', 'node-unknown', 'condition']));
  expect(asked.why(node, before - 10).findings).toEqual([]);
  await lab.fault({ do: 'node.recover', node: 'node-2' });
  expect(lab.cluster.faults.list()).toEqual([]);
  await lab.pass(60);
  expect(asked.why(node).findings).toEqual([]);
});

it('a paused controller does nothing, and goes on afterwards', { timeout: LONG }, async () => {
  const { lab } = asked;
  await lab.fault({ do: 'controller.pause', controller: 'replicaset-controller' });
  await lab.ok('kubectl create deployment stuck --image=nginx:1.27');
  await lab.pass(20);
  expect(lab.cluster.memory.list(pods, 'default').filter(({ metadata }) => metadata.labels?.app === 'stuck')).toEqual(
    [],
  );
  await lab.fault({ do: 'controller.resume', controller: 'replicaset-controller' });
  await lab.ok('kubectl rollout status deployment stuck --timeout=120s');
  await expect(lab.fault({ do: 'controller.pause', controller: 'no-controller' })).rejects.toThrow(
    'no such controller',
  );
});

it('a full disk: no image comes, nothing is written, the Node says so; a wrong clock shows', {
  timeout: LONG,
}, async () => {
  const { lab } = asked;
  await lab.fault({ do: 'disk.fill', node: 'node-1' });
  await lab.fault({ do: 'clock.skew', node: 'node-1', skewMs: 3_600_000 });
  await lab.pass(30);
  expect(asked.why({ resource: nodes, name: 'node-1' }).findings).toContainEqual(
    expect.objectContaining({ code: 'node-pressure', params: { type: 'DiskPressure' } }),
  );
  const pod = lab.cluster.memory
    .list(pods, 'default')
    .find(({ spec, status }) => spec.nodeName === 'node-1' && status.phase === 'Running');
  if (pod) {
    expect((await lab.sh(`kubectl exec ${pod.metadata.name} -- sh -c 'echo x > /tmp/x'`)).stderr).toContain(
      'No space left on device',
    );
    const shown = Number(await lab.ok(`kubectl exec ${pod.metadata.name} -- date +%s`)) * 1000;
    expect(shown - lab.now).toBeGreaterThan(3_500_000);
  }
  await lab.fault({ do: 'disk.free', node: 'node-1' });
  await lab.fault({ do: 'clock.skew', node: 'node-1', skewMs: 0 });
  await lab.pass(60);
  expect(asked.why({ resource: nodes, name: 'node-1' }).findings).toEqual([]);
  expect(lab.cluster.faults.list()).toEqual([]);
});
