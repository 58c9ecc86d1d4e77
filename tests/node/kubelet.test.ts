/** The kubelet's other duties: ending Pods, probes, configuration, static Pods, crashes, logs and exec. */

import { describe, expect, test } from 'vitest';
import { configMaps, events, type Pod, pods, secrets } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import { type Machine, startMachine } from './machine.ts';

const busybox = (script: string, more: object = {}) => ({
  name: 'c',
  image: 'busybox:1.36',
  command: ['sh', '-c', script],
  ...more,
});
const preloaded = { runtime: { preloaded: ['busybox:1.36', 'nginx:latest'] } };

async function ready(options = {}): Promise<Machine & { readonly kubelet: AbortController }> {
  const machine = await startMachine({ ...preloaded, ...options });
  const kubelet = machine.startKubelet();
  await machine.run(2);
  return { ...machine, kubelet };
}

const state = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state;
const reasons = async (machine: Machine, pod: string) =>
  (await machine.client.list(events)).items
    .filter((event) => event.involvedObject.name === pod)
    .map((event) => `${event.reason}: ${event.message}`);
const gone = async (machine: Machine, name: string) => {
  try {
    await machine.pod(name);
    return false;
  } catch (error) {
    return isNotFound(error);
  }
};
const log = (machine: Machine, pod: Pod) =>
  machine.runtime
    .podContainers(pod.metadata.uid ?? '')
    .flatMap((status) => status.log.lines)
    .map((line) => new TextDecoder().decode(line.data))
    .join('');

describe('deleting a Pod', () => {
  test('one that obeys SIGTERM goes at once, one that does not after its grace period', async () => {
    const machine = await ready();
    await machine.create({
      name: 'web',
      spec: { containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'IfNotPresent' }] },
    });
    await machine.create({
      name: 'deaf',
      spec: { containers: [busybox('sleep 1000')], terminationGracePeriodSeconds: 10 },
    });
    await machine.run(3);
    const deaf = await machine.pod('deaf');
    for (const name of ['web', 'deaf']) await machine.client.delete(pods, { namespace: 'default', name });
    await machine.run(3);
    expect([await gone(machine, 'web'), await gone(machine, 'deaf')]).toEqual([true, false]);
    await machine.run(9);
    expect(await gone(machine, 'deaf')).toBe(true);
    expect(await reasons(machine, 'deaf')).toContain('Killing: Stopping container c');
    expect(machine.runtime.podSandboxes(deaf.metadata.uid ?? '')).toEqual([]);
    const last = machine.history.filter(({ object }) => object.metadata.name === 'deaf').at(-2)?.object;
    expect(last && state(last)?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
    expect(last?.status.phase).toBe('Failed');
  });

  test('a second, shorter grace period counts', async () => {
    const machine = await ready();
    await machine.create({ name: 'deaf', spec: { containers: [busybox('sleep 1000')] } });
    await machine.run(2);
    await machine.client.delete(pods, { namespace: 'default', name: 'deaf' }, { gracePeriodSeconds: 60 });
    await machine.run(5);
    await machine.client.delete(pods, { namespace: 'default', name: 'deaf' }, { gracePeriodSeconds: 2 });
    await machine.run(5);
    expect(await gone(machine, 'deaf')).toBe(true);
  });

  test('preStop runs first', async () => {
    const machine = await ready();
    const lifecycle = { preStop: { sleep: { seconds: 3 } } };
    await machine.create({
      name: 'web',
      spec: { containers: [{ name: 'c', image: 'nginx:latest', imagePullPolicy: 'Never', lifecycle }] },
    });
    await machine.run(2);
    await machine.client.delete(pods, { namespace: 'default', name: 'web' });
    await machine.run(2.5);
    expect(await gone(machine, 'web')).toBe(false);
    await machine.run(3);
    expect(await gone(machine, 'web')).toBe(true);
  });
});

test('a postStart hook that fails ends the container', async () => {
  const machine = await ready();
  const lifecycle = { postStart: { exec: { command: ['sh', '-c', 'exit 7'] } } };
  await machine.create({
    name: 'p',
    spec: { containers: [busybox('sleep 1000', { lifecycle })], terminationGracePeriodSeconds: 1 },
  });
  await machine.run(4);
  const waiting = machine.history.map(({ object }) => state(object)?.waiting);
  expect(waiting).toContainEqual({
    reason: 'PostStartHookError',
    message: expect.stringMatching(
      /^Exec lifecycle hook \(\[sh -c exit 7\]\) for Container "c" in Pod "p_default\(.*\)" failed - error: command 'sh -c exit 7' exited with 7: , message: ""$/,
    ),
  });
  expect(await reasons(machine, 'p')).toEqual(
    expect.arrayContaining(['FailedPostStartHook: PostStartHook failed', 'Killing: FailedPostStartHook']),
  );
});

describe('probes', () => {
  test('readiness follows the probe, with upstream words', async () => {
    const machine = await ready();
    const readinessProbe = { exec: { command: ['sh', '-c', 'test /ready'] }, periodSeconds: 1 };
    await machine.create({
      name: 'p',
      spec: { containers: [busybox('sleep 5; touch /ready; sleep 1000', { readinessProbe })] },
    });
    await machine.run(4);
    expect((await machine.pod('p')).status.containerStatuses?.[0]).toMatchObject({ ready: false, started: true });
    expect(await reasons(machine, 'p')).toContain('Unhealthy: Readiness probe failed: ');
    await machine.run(4);
    expect((await machine.pod('p')).status.containerStatuses?.[0]).toMatchObject({ ready: true });
  });

  test.each([
    [
      'http',
      { httpGet: { path: '/', port: 81 } },
      /Liveness probe failed: Get "http:\/\/10\.244\.1\.2:81\/": dial tcp 10\.244\.1\.2:81: connect: connection refused/,
    ],
    [
      'tcp',
      { tcpSocket: { port: 81 } },
      /Liveness probe failed: dial tcp 10\.244\.1\.2:81: connect: connection refused/,
    ],
  ])('failed liveness by %s restarts', async (_, action, words) => {
    const machine = await ready();
    const livenessProbe = { ...action, periodSeconds: 1, failureThreshold: 2 };
    await machine.create({
      name: 'p',
      spec: { containers: [{ name: 'c', image: 'nginx:latest', imagePullPolicy: 'Never', livenessProbe }] },
    });
    await machine.run(8);
    const texts = await reasons(machine, 'p');
    expect(texts.some((text) => words.test(text))).toBe(true);
    expect(texts).toContain('Killing: Container c failed liveness probe, will be restarted');
    expect((await machine.pod('p')).status.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0);
  });

  test('startup holds the others back', async () => {
    const machine = await ready();
    const startupProbe = { exec: { command: ['sh', '-c', 'test /up'] }, periodSeconds: 1, failureThreshold: 30 };
    const livenessProbe = { exec: { command: ['sh', '-c', 'exit 0'] }, periodSeconds: 1 };
    await machine.create({
      name: 'p',
      spec: { containers: [busybox('sleep 6; touch /up; sleep 1000', { startupProbe, livenessProbe })] },
    });
    await machine.run(5);
    expect((await machine.pod('p')).status.containerStatuses?.[0]).toMatchObject({ ready: false, started: false });
    await machine.run(5);
    expect((await machine.pod('p')).status.containerStatuses?.[0]).toMatchObject({
      ready: true,
      started: true,
      restartCount: 0,
    });
  });
});

describe('configuration', () => {
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cm', namespace: 'default' },
    data: { key: 'value', other: 'x' },
  } as const;

  test('environment from fields, ConfigMaps, Secrets, expansion', async () => {
    const machine = await ready();
    await machine.client.create(configMaps, config);
    await machine.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'default' },
      data: { pass: btoa('word') },
    });
    const env = [
      { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'KEY', valueFrom: { configMapKeyRef: { name: 'cm', key: 'key' } } },
      { name: 'PASS', valueFrom: { secretKeyRef: { name: 's', key: 'pass' } } },
      { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      { name: 'BOTH', value: '$(KEY)-$(ME)-$$(KEY)-$(NOPE)' },
    ];
    const envFrom = [{ prefix: 'P_', configMapRef: { name: 'cm' } }];
    await machine.create({
      name: 'p',
      spec: { containers: [busybox('env; sleep 1000', { env, envFrom, resources: { limits: { memory: '64Mi' } } })] },
    });
    await machine.run(3);
    const lines = log(machine, await machine.pod('p')).split('\n');
    for (const line of [
      'ME=p',
      'IP=10.244.1.2',
      'KEY=value',
      'PASS=word',
      'LIMIT=64',
      'BOTH=value-p-$(KEY)-$(NOPE)',
      'P_other=x',
      'HOSTNAME=p',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test('a missing reference waits with CreateContainerConfigError, a missing volume with FailedMount', async () => {
    const machine = await ready();
    await machine.create({
      name: 'env',
      spec: { containers: [busybox('sleep 1', { envFrom: [{ configMapRef: { name: 'cm' } }] })] },
    });
    const volumeMounts = [{ name: 'v', mountPath: '/v' }];
    await machine.create({
      name: 'vol',
      spec: {
        containers: [busybox('cat /v/key; echo; sleep 1000', { volumeMounts })],
        volumes: [{ name: 'v', configMap: { name: 'cm' } }],
      },
    });
    await machine.run(3);
    expect(state(await machine.pod('env'))?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "cm" not found',
    });
    expect(state(await machine.pod('vol'))?.waiting).toEqual({ reason: 'ContainerCreating' });
    expect(await reasons(machine, 'vol')).toContain(
      'FailedMount: MountVolume.SetUp failed for volume "v" : configmap "cm" not found',
    );
    await machine.client.create(configMaps, config);
    await machine.run(16);
    expect(state(await machine.pod('vol'))?.running).toBeDefined();
    expect(log(machine, await machine.pod('vol'))).toBe('value\n');
  });

  test('emptyDir is shared by the containers of a Pod, and the termination message is kept', async () => {
    const machine = await ready();
    const volumeMounts = [{ name: 'v', mountPath: '/v' }];
    const spec = {
      restartPolicy: 'Never',
      initContainers: [{ ...busybox('touch /v/x', { volumeMounts }), name: 'i' }],
      containers: [busybox('message bye; test /v/x', { volumeMounts })],
      volumes: [{ name: 'v', emptyDir: {} }],
    };
    await machine.create({ name: 'p', spec });
    await machine.run(5);
    expect(state(await machine.pod('p'))?.terminated).toMatchObject({
      exitCode: 0,
      message: 'bye',
      reason: 'Completed',
    });
  });

  test('a command that is not there: StartError', async () => {
    const machine = await ready();
    await machine.create({
      name: 'p',
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1.36', command: ['nosuch'] }] },
    });
    await machine.run(3);
    const ended = state(await machine.pod('p'))?.terminated;
    expect(ended).toMatchObject({ exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' });
    expect(ended?.message).toContain('exec: "nosuch": executable file not found in $PATH');
  });
});

test('a Pod that does not fit is rejected', async () => {
  const machine = await ready({ ...preloaded, kubelet: { capacity: { cpu: '1' } } });
  await machine.create({
    name: 'big',
    spec: { containers: [busybox('sleep 1', { resources: { requests: { cpu: '2' } } })] },
  });
  await machine.run(1);
  expect((await machine.pod('big')).status).toMatchObject({
    phase: 'Failed',
    reason: 'OutOfcpu',
    message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 0, capacity: 1000",
  });
});

test('activeDeadlineSeconds ends a Pod', async () => {
  const machine = await ready();
  await machine.create({
    name: 'p',
    spec: {
      activeDeadlineSeconds: 3,
      terminationGracePeriodSeconds: 1,
      restartPolicy: 'Never',
      containers: [busybox('sleep 100')],
    },
  });
  await machine.run(8);
  expect((await machine.pod('p')).status).toMatchObject({
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
});
