import { describe, expect, test } from 'vitest';
import type { Container, Pod } from '#engine/api';
import type { ContainerStatus, Sandbox } from '#engine/node/cri';
import { computePodActions } from './compute-pod-actions.ts';
import type { ProbeKind } from './types.ts';

const container = (name: string, more: Partial<Container> = {}): Container => ({ name, image: 'i', ...more });
const pod = (spec: Partial<Pod['spec']>, deleting = false): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...(deleting && { deletionTimestamp: 'now' }) },
  spec: { containers: [container('a'), container('b')], restartPolicy: 'Always', ...spec },
  status: {},
});
const sandbox = (state: Sandbox['state'], attempt = 0): Sandbox =>
  ({ id: `s${attempt}`, state, config: { attempt }, addresses: [], createdAt: 0 }) as unknown as Sandbox;
/** `a:running`, `a:exited:1`, `a:created`. */
const run = (text: string): ContainerStatus => {
  const [name, state, code] = text.split(':');
  return {
    id: name,
    name,
    state,
    attempt: 0,
    ...(code !== undefined && { exitCode: Number(code) }),
  } as unknown as ContainerStatus;
};

interface Case {
  readonly spec?: Partial<Pod['spec']>;
  readonly sandboxes?: readonly Sandbox[];
  readonly runs?: readonly string[];
  readonly probes?: { readonly [key: string]: boolean };
  readonly changed?: string;
  readonly deleting?: boolean;
  readonly expected: object;
}

const nothing = {
  killPod: false,
  createSandbox: false,
  initContainersToStart: [],
  containersToStart: [],
  ephemeralContainersToStart: [],
  containersToKill: [],
};
const fresh = { ...nothing, killPod: true, createSandbox: true };
const killOnly = { ...nothing, killPod: true };
const up = [sandbox('ready')];
const down = [sandbox('notready')];
const init = [container('i1'), container('i2')];
const sidecar = [container('s', { restartPolicy: 'Always' }), container('i2')];

const cases: { readonly [name: string]: Case } = {
  'a new Pod starts from the sandbox': { expected: { ...fresh, containersToStart: [0, 1] } },
  'a new Pod starts with its first init container': {
    spec: { initContainers: init },
    expected: { ...fresh, initContainersToStart: [0] },
  },
  'all run: nothing to do': { sandboxes: up, runs: ['a:running', 'b:running'], expected: nothing },
  'a dead container is started again': {
    sandboxes: up,
    runs: ['a:exited:1', 'b:running'],
    expected: { ...nothing, containersToStart: [0] },
  },
  'OnFailure leaves success alone': {
    spec: { restartPolicy: 'OnFailure' },
    sandboxes: up,
    runs: ['a:exited:0', 'b:running'],
    expected: nothing,
  },
  'Never: all ended, the Pod is over': {
    spec: { restartPolicy: 'Never' },
    sandboxes: up,
    runs: ['a:exited:0', 'b:exited:1'],
    expected: killOnly,
  },
  'a lost sandbox: everything anew': {
    sandboxes: down,
    runs: ['a:exited:0', 'b:exited:0'],
    expected: { ...fresh, containersToStart: [0, 1] },
  },
  'a lost sandbox with Never: the Pod is over': {
    spec: { restartPolicy: 'Never' },
    sandboxes: down,
    runs: ['a:exited:0'],
    expected: killOnly,
  },
  'a lost sandbox with OnFailure: only what failed': {
    spec: { restartPolicy: 'OnFailure' },
    sandboxes: down,
    runs: ['a:exited:0', 'b:exited:1'],
    expected: { ...fresh, containersToStart: [1] },
  },
  'failed liveness: killed and restarted': {
    sandboxes: up,
    runs: ['a:running', 'b:running'],
    probes: { 'liveness a': false },
    expected: {
      ...nothing,
      containersToStart: [0],
      containersToKill: ['Container a failed liveness probe, will be restarted'],
    },
  },
  'failed liveness with Never: killed': {
    spec: { restartPolicy: 'Never' },
    sandboxes: up,
    runs: ['a:running', 'b:running'],
    probes: { 'liveness a': false },
    expected: { ...nothing, containersToKill: ['Container a failed liveness probe'] },
  },
  'failed startup': {
    sandboxes: up,
    runs: ['a:running', 'b:running'],
    probes: { 'startup b': false },
    expected: {
      ...nothing,
      containersToStart: [1],
      containersToKill: ['Container b failed startup probe, will be restarted'],
    },
  },
  'an edited image restarts even with Never': {
    spec: { restartPolicy: 'Never' },
    sandboxes: up,
    runs: ['a:running', 'b:running'],
    changed: 'a',
    expected: {
      ...nothing,
      containersToStart: [0],
      containersToKill: ['Container a definition changed, will be restarted'],
    },
  },
  'an init container runs: wait': {
    spec: { initContainers: init },
    sandboxes: up,
    runs: ['i1:running'],
    expected: nothing,
  },
  'an init container is done: the next': {
    spec: { initContainers: init },
    sandboxes: up,
    runs: ['i1:exited:0'],
    expected: { ...nothing, initContainersToStart: [1] },
  },
  'all init containers are done: the rest': {
    spec: { initContainers: init },
    sandboxes: up,
    runs: ['i1:exited:0', 'i2:exited:0'],
    expected: { ...nothing, containersToStart: [0, 1] },
  },
  'an init container failed: again': {
    spec: { initContainers: init },
    sandboxes: up,
    runs: ['i1:exited:1'],
    expected: { ...nothing, initContainersToStart: [0] },
  },
  'an init container failed with Never: over': {
    spec: { initContainers: init, restartPolicy: 'Never' },
    sandboxes: up,
    runs: ['i1:exited:1'],
    expected: killOnly,
  },
  'a sidecar runs: the next init container': {
    spec: { initContainers: sidecar },
    sandboxes: up,
    runs: ['s:running'],
    expected: { ...nothing, initContainersToStart: [1] },
  },
  'a sidecar whose startup probe has not passed holds the others': {
    spec: { initContainers: [container('s', { restartPolicy: 'Always', startupProbe: {} }), container('i2')] },
    sandboxes: up,
    runs: ['s:running'],
    expected: nothing,
  },
  'a sidecar that died comes back beside the others': {
    spec: { initContainers: sidecar, restartPolicy: 'Never' },
    sandboxes: up,
    runs: ['s:exited:0', 'i2:exited:0', 'a:running', 'b:running'],
    expected: { ...nothing, initContainersToStart: [0] },
  },
  'a sidecar does not keep a finished Pod alive': {
    spec: { initContainers: sidecar, restartPolicy: 'Never' },
    sandboxes: up,
    runs: ['s:running', 'i2:exited:0', 'a:exited:0', 'b:exited:0'],
    expected: killOnly,
  },
  'finished init containers may be gone': {
    spec: { initContainers: init },
    sandboxes: up,
    runs: ['a:running', 'b:running'],
    expected: nothing,
  },
  'an ephemeral container starts even during initialisation': {
    spec: { initContainers: init, ephemeralContainers: [container('debug')] },
    sandboxes: up,
    runs: ['i1:running'],
    expected: { ...nothing, ephemeralContainersToStart: [0] },
  },
};

describe('computePodActions', () => {
  test.each(Object.entries(cases))(
    '%s',
    (_, { spec = {}, sandboxes = [], runs = [], probes = {}, changed, deleting, expected }) => {
      const actions = computePodActions({
        pod: pod(spec, deleting),
        runtime: { sandboxes, containers: runs.map(run) },
        probe: (kind: ProbeKind, id) => probes[`${kind} ${id}`],
        imageChanged: ({ name }) => name === changed,
      });
      const { sandboxId: _id, attempt: _attempt, ...rest } = actions;
      expect({ ...rest, containersToKill: rest.containersToKill.map(({ message }) => message) }).toEqual(expected);
    },
  );

  test('a replaced sandbox counts its attempts', () => {
    const input = { pod: pod({}), probe: () => undefined, imageChanged: () => false };
    const actions = computePodActions({ ...input, runtime: { sandboxes: [sandbox('notready', 3)], containers: [] } });
    expect([actions.sandboxId, actions.attempt]).toEqual(['s3', 4]);
  });
});
