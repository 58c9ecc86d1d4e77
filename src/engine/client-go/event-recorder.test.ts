import { expect, it } from 'vitest';
import type { CoreV1Event } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { bodyJson, type Handler, jsonResponse } from '#engine/http';
import { createRng, Loop, type World } from '#engine/sim';
import { createEventRecorder } from './event-recorder.ts';
import { createEventsV1Recorder } from './events-v1-recorder.ts';
import { createClient } from './rest-client.ts';

const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', uid: 'u1' } };

function setUp() {
  const loop = new Loop(
    { settle: () => new Promise((resolve) => setImmediate(resolve)), trace() {} },
    1_767_225_600_000,
  );
  const world: World = { clock: loop, rng: createRng(1), trace: loop };
  const writes: { method: string; body: Partial<CoreV1Event> }[] = [];
  const handler: Handler = async (request) => {
    const body = (await bodyJson(request.body)) as CoreV1Event;
    writes.push({ method: request.method, body });
    return jsonResponse(201, body);
  };
  return { loop, world, writes, client: createClient(handler), signal: new AbortController().signal };
}

it('creates an event and counts equal ones with patches', async () => {
  const { loop, world, writes, client, signal } = setUp();
  const recorder = createEventRecorder(world, client, { component: 'kubelet', host: 'node-1' }, signal);
  for (let i = 0; i < 3; i++) recorder.event(pod, 'Warning', 'BackOff', 'Back-off restarting');
  await loop.settle();
  expect(writes.map((write) => [write.method, write.body.count])).toEqual([
    ['POST', 1],
    ['PATCH', 2],
    ['PATCH', 3],
  ]);
  expect(writes[0]?.body).toMatchObject({
    metadata: { namespace: 'shop', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) },
    involvedObject: { kind: 'Pod', name: 'web', uid: 'u1', apiVersion: 'v1' },
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: '2026-01-01T00:00:00Z',
    reportingComponent: 'kubelet',
    reportingInstance: 'node-1',
  });
});

it('combines similar events and drops floods', async () => {
  const { loop, world, writes, client, signal } = setUp();
  const recorder = createEventRecorder(world, client, { component: 'c' }, signal);
  for (let i = 0; i < 40; i++) recorder.event(pod, 'Normal', 'Created', `message ${i}`);
  await loop.settle();
  expect(writes).toHaveLength(25);
  expect(writes.filter((write) => write.method === 'POST')).toHaveLength(10);
  expect(writes[9]?.body.message).toBe('(combined from similar events): message 9');
  expect(writes[24]?.body).toMatchObject({ count: 16, message: '(combined from similar events): message 24' });
});

it('turns repeated events.k8s.io events into a series', async () => {
  const { loop, world, writes, client, signal } = setUp();
  const recorder = createEventsV1Recorder(world, client, { controller: 's', instance: 's-1' }, signal);
  for (let i = 0; i < 5; i++) recorder.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', 'no room');
  await loop.settle();
  expect(writes.map((write) => write.body.series?.count)).toEqual([undefined, 2]);
  await loop.runUntil(loop.now() + 3_600_000);
  expect(writes.map((write) => write.body.series?.count)).toEqual([undefined, 2, 5]);
  expect(loop.nextDue).toBeUndefined();
});
