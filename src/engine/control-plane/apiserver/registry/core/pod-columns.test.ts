import { expect, it } from 'vitest';
import type { Pod } from '#engine/api';
import { podColumns } from './pod-columns.ts';

const NOW = 600_000;

interface Given {
  readonly status?: object;
  readonly spec?: object;
  readonly deleted?: boolean;
}

function cells({ status = {}, spec = {}, deleted = false }: Given): string {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      creationTimestamp: '1970-01-01T00:00:00Z',
      ...(deleted && { deletionTimestamp: '1970-01-01T00:05:00Z' }),
    },
    spec: { containers: [{ name: 'a' }], ...spec },
    status: { phase: 'Running', ...status },
  } as unknown as Pod;
  const [, ready, reason, restarts] = podColumns.map((column) => column.cell(pod, NOW));
  return `${ready} ${reason} ${restarts}`;
}

const running = { name: 'a', ready: true, restartCount: 0, state: { running: {} } };
const ended = (exitCode: number, reason?: string, signal?: number) => ({
  name: 'a',
  ready: false,
  restartCount: 0,
  state: { terminated: { exitCode, ...(reason && { reason }), ...(signal && { signal }) } },
});
const waiting = (reason: string, restartCount = 0) => ({
  name: 'a',
  ready: false,
  restartCount,
  state: { waiting: { reason } },
});
const sidecar = { initContainers: [{ name: 's', restartPolicy: 'Always' }] };

it.each<[string, Given, string]>([
  ['pending', { status: { phase: 'Pending' } }, '0/1 Pending 0'],
  [
    'gated',
    { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated' }] } },
    '0/1 SchedulingGated 0',
  ],
  ['evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, '0/1 Evicted 0'],
  ['running', { status: { containerStatuses: [running] } }, '1/1 Running 0'],
  [
    'creating',
    { status: { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] } },
    '0/1 ContainerCreating 0',
  ],
  ['failed', { status: { phase: 'Failed', containerStatuses: [ended(2)] } }, '0/1 ExitCode:2 0'],
  ['killed', { status: { phase: 'Failed', containerStatuses: [ended(0, undefined, 9)] } }, '0/1 Signal:9 0'],
  ['done', { status: { phase: 'Succeeded', containerStatuses: [ended(0, 'Completed')] } }, '0/1 Completed 0'],
  [
    'half done, not ready',
    {
      spec: { containers: [{ name: 'a' }, { name: 'b' }] },
      status: { containerStatuses: [ended(0, 'Completed'), { ...running, name: 'b' }] },
    },
    '1/2 NotReady 0',
  ],
  [
    'crashing, with the last restart',
    {
      status: {
        containerStatuses: [
          {
            ...waiting('CrashLoopBackOff', 3),
            lastState: { terminated: { exitCode: 1, finishedAt: '1970-01-01T00:09:00Z' } },
          },
        ],
      },
    },
    '0/1 CrashLoopBackOff 3 (60s ago)',
  ],
  [
    'initializing',
    {
      spec: { initContainers: [{ name: 'i1' }, { name: 'i2' }] },
      status: {
        phase: 'Pending',
        initContainerStatuses: [
          { ...ended(0), name: 'i1' },
          { ...running, name: 'i2' },
        ],
      },
    },
    '0/1 Init:1/2 0',
  ],
  [
    'init failed',
    {
      spec: { initContainers: [{ name: 'i1' }] },
      status: { phase: 'Pending', initContainerStatuses: [{ ...ended(2, 'Error'), name: 'i1' }] },
    },
    '0/1 Init:Error 0',
  ],
  [
    'sidecar counts',
    {
      spec: sidecar,
      status: {
        initContainerStatuses: [{ ...running, name: 's', started: true, restartCount: 2 }],
        containerStatuses: [running],
      },
    },
    '2/2 Running 2',
  ],
  ['terminating', { deleted: true, status: { containerStatuses: [running] } }, '1/1 Terminating 0'],
  ['lost', { deleted: true, status: { reason: 'NodeLost', containerStatuses: [running] } }, '1/1 Unknown 0'],
])('%s', (_name, given, expected) => {
  expect(cells(given)).toBe(expected);
});
