import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TraceEvent } from '#engine/sim';
import { Traffic, type TrafficBatch } from './traffic.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched() {
  const batches: TrafficBatch[] = [];
  const port = { postMessage: (batch: TrafficBatch) => batches.push(batch), close: () => undefined, onmessage: null };
  const traffic = new Traffic();
  const see = () => traffic.watch(port as unknown as Parameters<Traffic['watch']>[0]);
  const leave = () => (port.onmessage as unknown as () => void)();
  return { traffic, batches, see, leave };
}

const event = (type: string, detail: unknown): TraceEvent => ({ at: 0, seq: 0, type, detail });
const wire = (more: object = {}) =>
  event('net.request', { from: 'pod:a/b', to: 'pod:a/c', address: '10.96.0.7:80', method: 'GET', path: '/', ...more });

test('what is alike is one flow with a count; failures are apart', () => {
  const { traffic, batches, see } = watched();
  see();
  for (let i = 0; i < 5; i++) traffic.take(wire({ status: 200 }));
  traffic.take(wire({ status: 503 }));
  traffic.take(wire({ error: 'ECONNREFUSED' }));
  vi.runAllTimers();
  expect(batches).toHaveLength(1);
  expect(batches[0]?.flows.map(({ count, failed, sample }) => [count, failed, sample])).toEqual([
    [5, false, 'GET / -> 200'],
    [2, true, 'GET / -> ECONNREFUSED'],
  ]);
});

test('probes are told only when they fail', () => {
  const { traffic, batches, see } = watched();
  see();
  traffic.take(wire({ agent: 'kube-probe/1.36', status: 200 }));
  traffic.take(wire({ agent: 'kube-probe/1.36', error: 'ECONNREFUSED' }));
  vi.runAllTimers();
  expect(batches[0]?.flows.map(({ count }) => count)).toEqual([1]);
});

test('a flood is bounded and what is left out is counted', () => {
  const { traffic, batches, see } = watched();
  see();
  for (let i = 0; i < 500; i++) traffic.take(wire({ from: `pod:a/${i}`, status: 200 }));
  vi.runAllTimers();
  expect(batches[0]?.flows).toHaveLength(200);
  expect(batches[0]?.more).toBe(300);
});

test('API requests name their user; nothing is counted while nobody looks', () => {
  const { traffic, batches, see, leave } = watched();
  const ask = event('apiserver.request', {
    user: 'system:kube-scheduler',
    verb: 'create',
    resource: 'bindings',
    code: 201,
  });
  traffic.take(ask);
  vi.runAllTimers();
  expect(batches).toEqual([]);
  see();
  traffic.take(ask);
  vi.runAllTimers();
  expect(batches[0]?.flows).toEqual([
    {
      kind: 'api',
      from: 'system:kube-scheduler',
      count: 1,
      failed: false,
      write: true,
      sample: 'create bindings -> 201',
    },
  ]);
  leave();
  traffic.take(ask);
  vi.runAllTimers();
  expect(batches).toHaveLength(1);
});
