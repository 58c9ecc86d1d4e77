/** The kubelet's small decisions, as tables. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ContainerStatus, Pod } from '#engine/api';
import { Loop } from '#engine/sim';
import { Backoff } from './backoff.ts';
import { expand, serviceVariables } from './environment.ts';
import { fieldValue, resourceValue } from './field-ref.ts';
import { finalStatus } from './final-status.ts';
import { logContainer } from './log-endpoint.ts';
import { podPhase } from './pod-phase.ts';
import { podTotals } from './pod-resources.ts';
import { qosClass } from './pod-status.ts';
import { dnsConfig } from './sandbox-config.ts';
import { statusPatch } from './status-manager.ts';
import { formatDuration, type KubeletOptions } from './types.ts';

const pod = (spec: object, status: object = {}, metadata: object = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'ns', ...metadata },
    spec: { containers: [{ name: 'a' }], ...spec },
    status,
  }) as Pod;

const status = (text: string): ContainerStatus => {
  const [name, state, code] = text.split(' ');
  const terminated = { exitCode: Number(code ?? 0) };
  return {
    name,
    started: state === 'running',
    state:
      state === 'running'
        ? { running: {} }
        : state === 'ended'
          ? { terminated }
          : { waiting: { reason: 'ContainerCreating' } },
    lastState: state === 'restarting' ? { terminated } : {},
  } as unknown as ContainerStatus;
};

describe('the phase', () => {
  const two = { containers: [{ name: 'a' }, { name: 'b' }] };
  test.each<[string, object, readonly string[], readonly string[], boolean, string]>([
    ['nothing yet', two, [], ['a waiting', 'b waiting'], false, 'Pending'],
    ['one runs, one waits', two, [], ['a running', 'b waiting'], false, 'Pending'],
    ['both run', two, [], ['a running', 'b running'], false, 'Running'],
    ['all ended, Always', { ...two, restartPolicy: 'Always' }, [], ['a ended 0', 'b ended 1'], false, 'Running'],
    [
      'all ended well, OnFailure',
      { ...two, restartPolicy: 'OnFailure' },
      [],
      ['a ended 0', 'b ended 0'],
      false,
      'Succeeded',
    ],
    ['one failed, OnFailure', { ...two, restartPolicy: 'OnFailure' }, [], ['a ended 0', 'b ended 1'], false, 'Running'],
    ['one failed, Never', { ...two, restartPolicy: 'Never' }, [], ['a ended 0', 'b ended 1'], false, 'Failed'],
    ['killed for good', { ...two, restartPolicy: 'Always' }, [], ['a ended 0', 'b ended 137'], true, 'Failed'],
    ['in a crash loop', { restartPolicy: 'Always' }, [], ['a restarting 1'], false, 'Running'],
    [
      'an init container failed, Never',
      { initContainers: [{ name: 'i' }], restartPolicy: 'Never' },
      ['i ended 1'],
      ['a waiting'],
      false,
      'Failed',
    ],
    ['an init container runs', { initContainers: [{ name: 'i' }] }, ['i running'], ['a waiting'], false, 'Pending'],
    [
      'a sidecar outlives the rest',
      { initContainers: [{ name: 'i', restartPolicy: 'Always' }], restartPolicy: 'Never' },
      ['i running'],
      ['a ended 0'],
      false,
      'Running',
    ],
  ])('%s', (_, spec, init, regular, isTerminal, expected) => {
    expect(podPhase(pod(spec), init.map(status), regular.map(status), isTerminal)).toBe(expected);
  });
});

test('the last status: what has no end was lost, and the Pod has failed', () => {
  const last = finalStatus(pod({}), { phase: 'Pending', containerStatuses: [status('a waiting')] });
  expect(last.phase).toBe('Failed');
  expect(last.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
  });
});

test('back-off doubles to its maximum and forgets after a long quiet', async () => {
  const loop = new Loop({ settle: () => setImmediate() as Promise<void>, trace: () => undefined }, 0);
  const backoff = new Backoff(loop, 10_000, 300_000);
  const delays: number[] = [];
  for (let i = 0; i < 7; i++) {
    backoff.next('k', loop.now());
    delays.push(backoff.get('k') / 1000);
    expect(backoff.isInBackOffSince('k', loop.now())).toBe(true);
    await loop.runUntil(loop.now() + backoff.get('k'));
    expect(backoff.isInBackOffSince('k', loop.now() - backoff.get('k'))).toBe(false);
  }
  expect(delays).toEqual([10, 20, 40, 80, 160, 300, 300]);
  await loop.runUntil(loop.now() + 700_000);
  backoff.next('k', loop.now());
  expect(backoff.get('k')).toBe(10_000);
});

test.each([
  [0, '0s'],
  [22, '22ms'],
  [1_757, '1.757s'],
  [10_000, '10s'],
  [80_000, '1m20s'],
  [300_000, '5m0s'],
  [3_600_000, '1h0m0s'],
])('%d ms is %s', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});

test.each([
  ['$(A)', '1'],
  ['$$(A)', '$(A)'],
  ['x$(B)y', 'x$(B)y'],
  ['$', '$'],
  ['$A', '$A'],
  ['$(A', '$(A'],
  ['$(A)$(A)', '11'],
])('%s expands to %s', (text, expected) => {
  expect(expand(text, (name) => (name === 'A' ? '1' : undefined))).toBe(expected);
});

test.each([
  ['metadata.name', 'p'],
  ["metadata.labels['a.b/c']", 'x'],
  ['metadata.labels', 'a.b/c="x"\nz="\\"q\\""'],
  ['status.podIP', '10.1.1.1'],
  ['spec.nope', undefined],
])('field %s', (path, expected) => {
  const labelled = pod({}, {}, { labels: { z: '"q"', 'a.b/c': 'x' } });
  expect(fieldValue(labelled, path, ['10.0.0.1'], ['10.1.1.1'])).toBe(expected);
});

test.each([
  ['limits.cpu', undefined, '1'],
  ['limits.cpu', '1m', '250'],
  ['requests.memory', '1Mi', '64'],
  ['limits.memory', '1Mi', '1024'],
])('resource %s in %s is %s', (resource, divisor, expected) => {
  const container = { name: 'a', resources: { limits: { cpu: '250m' }, requests: { memory: '64Mi' } } };
  expect(resourceValue(container, { resource, ...(divisor && { divisor }) }, { memory: '1Gi', cpu: '4' })).toBe(
    expected,
  );
});

test('Service variables', () => {
  const service = (name: string, namespace: string) =>
    ({
      metadata: { name, namespace },
      spec: { clusterIP: '10.96.0.7', ports: [{ name: 'web-ui', port: 80, protocol: 'TCP' }] },
    }) as never;
  const services = [service('my-db', 'ns'), service('other', 'elsewhere'), service('kubernetes', 'default')];
  const on = serviceVariables(pod({}), services);
  expect([...on.keys()].filter((name) => name.startsWith('MY_DB'))).toEqual([
    'MY_DB_SERVICE_HOST',
    'MY_DB_SERVICE_PORT',
    'MY_DB_SERVICE_PORT_WEB_UI',
    'MY_DB_PORT',
    'MY_DB_PORT_80_TCP',
    'MY_DB_PORT_80_TCP_PROTO',
    'MY_DB_PORT_80_TCP_PORT',
    'MY_DB_PORT_80_TCP_ADDR',
  ]);
  expect(on.get('MY_DB_PORT')).toBe('tcp://10.96.0.7:80');
  expect(on.has('OTHER_SERVICE_HOST')).toBe(false);
  const off = serviceVariables(pod({ enableServiceLinks: false }), services);
  expect([off.has('MY_DB_SERVICE_HOST'), off.has('KUBERNETES_SERVICE_HOST')]).toEqual([false, true]);
});

test.each([
  [{ containers: [{ name: 'a' }] }, 'BestEffort'],
  [{ containers: [{ name: 'a', resources: { requests: { cpu: '1' } } }] }, 'Burstable'],
  [{ containers: [{ name: 'a', resources: { limits: { cpu: '1', memory: '1Gi' } } }] }, 'Guaranteed'],
  [{ containers: [{ name: 'a', resources: { limits: { cpu: '1', memory: '1Gi' } } }, { name: 'b' }] }, 'Burstable'],
])('%j is %s', (spec, expected) => {
  expect(qosClass(pod(spec))).toBe(expected);
});

test('what a Pod asks for: its containers and sidecars, or its hungriest init container', () => {
  const cpu = (value: string) => ({ resources: { requests: { cpu: value } } });
  const spec = {
    initContainers: [
      { name: 's', restartPolicy: 'Always', ...cpu('100m') },
      { name: 'i', ...cpu('2') },
    ],
    containers: [{ name: 'a', ...cpu('500m') }],
  };
  expect(podTotals(pod(spec), 'requests').get('cpu')).toMatchObject({ nanos: 2_100_000_000n });
});

describe('DNS', () => {
  const options = { clusterDns: ['10.96.0.10'] } as unknown as KubeletOptions;
  const search = ['ns.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];
  test.each<[string, object, readonly string[], readonly string[], readonly string[]]>([
    ['ClusterFirst', {}, ['10.96.0.10'], search, ['ndots:5']],
    ['ClusterFirst on the host network', { hostNetwork: true }, [], [], []],
    [
      'ClusterFirstWithHostNet',
      { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
      ['10.96.0.10'],
      search,
      ['ndots:5'],
    ],
    [
      'None',
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['1.1.1.1'], searches: ['x'], options: [{ name: 'ndots', value: '2' }] },
      },
      ['1.1.1.1'],
      ['x'],
      ['ndots:2'],
    ],
    [
      'own options win',
      { dnsConfig: { options: [{ name: 'ndots', value: '1' }, { name: 'edns0' }] } },
      ['10.96.0.10'],
      search,
      ['ndots:1', 'edns0'],
    ],
  ])('%s', (_, spec, servers, searches, own) => {
    expect(dnsConfig(pod(spec), options)).toEqual({ servers, searches, options: own });
  });
});

describe('status patches', () => {
  const ready = { type: 'Ready', status: 'True' };
  test.each<[string, object, object, object | undefined]>([
    [
      'nothing changed',
      { phase: 'Running', conditions: [ready] },
      { conditions: [{ ...ready }], phase: 'Running' },
      undefined,
    ],
    ['a field', { phase: 'Pending' }, { phase: 'Running' }, { phase: 'Running' }],
    ['a field that goes', { phase: 'Failed', reason: 'X' }, { phase: 'Failed' }, { reason: null }],
    [
      'a condition that loses its reason',
      {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'X', message: 'y' },
          { type: 'Other', status: 'True' },
        ],
      },
      { conditions: [ready, { type: 'Other', status: 'True' }] },
      {
        conditions: [{ ...ready, reason: null, message: null }],
        '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'Other' }],
      },
    ],
    [
      'another address',
      { podIPs: [{ ip: '1' }] },
      { podIPs: [{ ip: '2' }] },
      { podIPs: [{ $patch: 'delete', ip: '1' }, { ip: '2' }] },
    ],
    ['null is absent', { conditions: [{ ...ready, lastProbeTime: null }] }, { conditions: [ready] }, undefined],
  ])('%s', (_, from, to, expected) => {
    expect(statusPatch(from, to)).toEqual(expected);
  });
});

describe('whose log is meant', () => {
  const of = (state: object, lastState: object = {}) =>
    ({ containerStatuses: [{ name: 'c', state, lastState, containerID: 'x://now' }] }) as never;
  test.each<[string, object | undefined, boolean, object]>([
    ['running', of({ running: {} }), false, { id: 'x://now' }],
    ['ended', of({ terminated: { containerID: 'x://end' } }), false, { id: 'x://end' }],
    [
      'waiting after a crash',
      of({ waiting: { reason: 'CrashLoopBackOff' } }, { terminated: { containerID: 'x://last' } }),
      false,
      { id: 'x://last' },
    ],
    [
      'creating',
      of({ waiting: { reason: 'ContainerCreating' } }),
      false,
      { error: 'container "c" in pod "p" is waiting to start: ContainerCreating' },
    ],
    [
      'pull failed',
      of({ waiting: { reason: 'ErrImagePull' } }),
      false,
      { error: 'container "c" in pod "p" is waiting to start: image can\'t be pulled' },
    ],
    [
      'pull backed off',
      of({ waiting: { reason: 'ImagePullBackOff' } }),
      false,
      { error: 'container "c" in pod "p" is waiting to start: trying and failing to pull image' },
    ],
    ['no previous', of({ running: {} }), true, { error: 'previous terminated container "c" in pod "p" not found' }],
    ['unknown', undefined, false, { error: 'container "c" in pod "p" is not available' }],
  ])('%s', (_, podStatus, previous, expected) => {
    expect(logContainer('p', podStatus, 'c', previous)).toEqual(expected);
  });
});
