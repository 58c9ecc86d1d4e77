/** The Node itself: readiness, crashes, static Pods, and the kubelet's server. */

import { describe, expect, test } from 'vitest';
import { nodes, type Pod, pods } from '#engine/api';
import { bodyText, httpRequest, Pipe } from '#engine/http';
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

describe('the Node', () => {
  const readyCondition = async (machine: Machine) =>
    (await machine.client.get(nodes, { name: 'node-1' })).status?.conditions?.find(({ type }) => type === 'Ready');

  test('is not ready without a network, and Pods wait for it', async () => {
    const machine = await ready({ ...preloaded, cni: false });
    expect(await readyCondition(machine)).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message:
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    });
    await machine.create({ name: 'p', spec: { containers: [busybox('sleep 1000')] } });
    await machine.create({ name: 'host', spec: { hostNetwork: true, containers: [busybox('sleep 1000')] } });
    await machine.run(3);
    expect([(await machine.pod('p')).status.phase, (await machine.pod('host')).status.phase]).toEqual([
      'Pending',
      'Running',
    ]);
    machine.runtime.network.configure(['10.244.1.0/24']);
    await machine.run(3);
    expect(await readyCondition(machine)).toMatchObject({ status: 'True', reason: 'KubeletReady' });
    expect((await machine.pod('p')).status.phase).toBe('Running');
  });

  test('a restarted kubelet finds its containers, a crashed machine starts them anew', async () => {
    const machine = await ready();
    await machine.create({ name: 'p', spec: { containers: [busybox('sleep 1000')] } });
    await machine.run(3);
    const before = (await machine.pod('p')).status.containerStatuses?.[0]?.containerID;
    machine.kubelet.abort();
    await machine.run(5);
    const second = machine.startKubelet();
    await machine.run(5);
    expect((await machine.pod('p')).status.containerStatuses?.[0]).toMatchObject({
      containerID: before,
      restartCount: 0,
    });
    second.abort();
    machine.runtime.crash();
    await machine.run(5);
    machine.startKubelet();
    await machine.run(5);
    const after = (await machine.pod('p')).status.containerStatuses?.[0];
    expect(after).toMatchObject({ restartCount: 1, ready: true });
    expect(after?.containerID).not.toBe(before);
  });
});

test('labels that the Node got later count, and a readiness gate that somebody sets makes a Pod ready', async () => {
  const machine = await ready();
  await machine.client.patch(nodes, { name: 'node-1' }, 'merge', { metadata: { labels: { disk: 'ssd' } } });
  await machine.create({ name: 'here', spec: { nodeSelector: { disk: 'ssd' }, containers: [busybox('sleep 1000')] } });
  await machine.create({
    name: 'nowhere',
    spec: { nodeSelector: { disk: 'tape' }, containers: [busybox('sleep 1000')] },
  });
  await machine.create({
    name: 'gated',
    spec: { readinessGates: [{ conditionType: 'example.com/go' }], containers: [busybox('sleep 1000')] },
  });
  await machine.run(3);
  expect((await machine.pod('here')).status.phase).toBe('Running');
  expect((await machine.pod('nowhere')).status).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity' });
  const readiness = async () => (await machine.pod('gated')).status.conditions?.find(({ type }) => type === 'Ready');
  expect(await readiness()).toMatchObject({
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: 'corresponding condition of pod readiness gate "example.com/go" does not exist.',
  });
  const go = { status: { conditions: [{ type: 'example.com/go', status: 'True' }] } };
  await machine.client.patch(pods, { namespace: 'default', name: 'gated', subresource: 'status' }, 'strategic', go);
  await machine.run(1);
  expect(await readiness()).toMatchObject({ status: 'True' });
  const stop = { status: { conditions: [{ type: 'example.com/go', status: 'False' }] } };
  await machine.client.patch(pods, { namespace: 'default', name: 'gated', subresource: 'status' }, 'strategic', stop);
  await machine.run(1);
  expect(await readiness()).toMatchObject({ status: 'False' });
});

describe('static Pods', () => {
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'own', namespace: 'kube-system' },
    spec: { hostNetwork: true, containers: [busybox('sleep 1000')] },
  };
  const find = async (machine: Machine) => machine.client.get(pods, { namespace: 'kube-system', name: 'own-node-1' });

  test('run without the API, are mirrored, and come back when the mirror is deleted', async () => {
    const staticPods = { list: () => [manifest as unknown as Pod], onChange: () => () => undefined };
    const machine = await ready({ ...preloaded, kubelet: { staticPods } });
    await machine.run(2);
    const mirror = await find(machine);
    expect(mirror.metadata.annotations).toMatchObject({ 'kubernetes.io/config.source': 'file' });
    expect(mirror.metadata.annotations?.['kubernetes.io/config.mirror']).toBe(
      mirror.metadata.annotations?.['kubernetes.io/config.hash'],
    );
    expect(mirror.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Node', name: 'node-1', controller: true });
    expect(mirror.status).toMatchObject({ phase: 'Running', podIP: '10.99.0.2' });
    await machine.client.delete(pods, { namespace: 'kube-system', name: 'own-node-1' });
    await machine.run(3);
    const again = await find(machine);
    expect(again.metadata.uid).not.toBe(mirror.metadata.uid);
    expect(again.status).toMatchObject({ phase: 'Running' });
    expect(again.status.containerStatuses?.[0]?.containerID).toBe(mirror.status.containerStatuses?.[0]?.containerID);
  });
});

describe('without the API server', () => {
  test('a kubelet starts its static Pods, and registers when the server is there', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'own', namespace: 'kube-system' },
      spec: { hostNetwork: true, containers: [busybox('sleep 1000')] },
    };
    const staticPods = { list: () => [manifest as unknown as Pod], onChange: () => () => undefined };
    const machine = await startMachine({ ...preloaded, kubelet: { staticPods } });
    machine.setApiDown(true);
    machine.startKubelet();
    await machine.run(20);
    const [uid = ''] = machine.runtime.podUids();
    expect(machine.runtime.podContainers(uid).map(({ state }) => state)).toEqual(['running']);
    machine.setApiDown(false);
    await machine.run(20);
    expect((await machine.client.get(pods, { namespace: 'kube-system', name: 'own-node-1' })).status).toMatchObject({
      phase: 'Running',
    });
  });

  test('containers are restarted, and what happened is told later', async () => {
    const machine = await ready();
    await machine.create({ name: 'p', spec: { containers: [busybox('sleep 5; exit 1')] } });
    await machine.run(2);
    machine.setApiDown(true);
    await machine.run(6);
    const { uid = '' } = (await machine.pod('p')).metadata;
    expect(machine.runtime.podContainers(uid).at(-1)).toMatchObject({ attempt: 1, state: 'running' });
    expect((await machine.pod('p')).status.containerStatuses?.[0]?.restartCount).toBe(0);
    machine.setApiDown(false);
    await machine.run(14);
    expect((await machine.pod('p')).status.containerStatuses?.[0]?.restartCount).toBe(1);
  });
});

describe('the kubelet server', () => {
  const get = async (machine: Machine, path: string) => {
    const response = await machine.runtime.network.net.fetch(httpRequest('GET', `http://10.99.0.2:10250${path}`));
    return { status: response.status, text: await bodyText(response.body) };
  };

  test('logs: tail, timestamps, limits, what is not there yet', async () => {
    const machine = await ready();
    await machine.create({ name: 'p', spec: { containers: [busybox('echo one; echo two; sleep 1000')] } });
    await machine.create({ name: 'bad', spec: { containers: [{ name: 'c', image: 'nosuch:1' }] } });
    await machine.run(3);
    expect(await get(machine, '/containerLogs/default/p/c')).toEqual({ status: 200, text: 'one\ntwo\n' });
    expect((await get(machine, '/containerLogs/default/p/c?tailLines=1')).text).toBe('two\n');
    expect((await get(machine, '/containerLogs/default/p/c?limitBytes=5')).text).toBe('one\nt');
    expect((await get(machine, '/containerLogs/default/p/c?timestamps=true&tailLines=1')).text).toMatch(
      /^2026-11-22T09:31:0\dZ?[.\d]*Z two\n$/,
    );
    expect(await get(machine, '/containerLogs/default/p/c?previous=true')).toEqual({
      status: 400,
      text: 'previous terminated container "c" in pod "p" not found',
    });
    expect((await get(machine, '/containerLogs/default/bad/c')).text).toMatch(
      /container "c" in pod "bad" is waiting to start: (image can't be pulled|trying and failing to pull image)/,
    );
    expect((await get(machine, '/containerLogs/default/no/c')).status).toBe(404);
  });

  test('follow ends with the container', async () => {
    const machine = await ready();
    await machine.create({
      name: 'p',
      spec: { restartPolicy: 'Never', containers: [busybox('echo one; sleep 5; echo two')] },
    });
    await machine.run(2);
    const followed = get(machine, '/containerLogs/default/p/c?follow=true');
    await machine.run(6);
    expect((await followed).text).toBe('one\ntwo\n');
  });

  test('exec: output, exit code, an unknown command', async () => {
    const machine = await ready();
    await machine.create({ name: 'p', spec: { containers: [busybox('sleep 1000')] } });
    await machine.run(3);
    const exec = async (...argv: readonly string[]) => {
      const query = new URLSearchParams(argv.map((word) => ['command', word] as [string, string]));
      const body = { kind: 'stream', framing: 'channel', frames: new Pipe<never>() } as const;
      const request = httpRequest('POST', 'http://10.99.0.2:10250/exec/default/p/c', { query, body });
      const response = await machine.runtime.network.net.fetch(request);
      const seen: string[] = [];
      const { body: answer } = response;
      if (answer?.kind !== 'stream' || answer.framing !== 'channel') throw new Error(`status ${response.status}`);
      const done = answer.frames.forEach((frame) => {
        seen.push(`${frame.channel} ${new TextDecoder().decode(frame.data)}`);
      });
      await machine.run(1);
      await done;
      return seen;
    };
    expect(await exec('sh', '-c', 'echo hello')).toEqual(['1 hello\n', '3 {"metadata":{},"status":"Success"}']);
    expect((await exec('sh', '-c', 'exit 3'))[0]).toContain('"reason":"ExitCode","message":"3"');
    expect((await exec('nosuch'))[0]).toContain('exec: \\"nosuch\\": executable file not found in $PATH');
  });
});
