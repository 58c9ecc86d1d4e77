import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api';
import { CycleState } from '../framework/cycle-state.ts';
import { NodeInfo } from '../framework/node-info.ts';
import { podInfoOf } from '../framework/pod-info.ts';
import { createNodeResourcesBalancedAllocation } from './node-resources-balanced-allocation.ts';
import { createNodeResourcesFit, type NodeResourcesFitArgs } from './node-resources-fit.ts';

type Quantities = { readonly [name: string]: string };

const pod = (requests: Quantities, uid = 'p', spec: Partial<Pod['spec']> = {}) =>
  podInfoOf({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uid, namespace: 'default', uid },
    spec: { containers: [{ name: 'c', image: 'x', resources: { requests } }], ...spec },
    status: {},
  });

const node = (allocatable: Quantities, ...used: readonly Quantities[]) => {
  const info = new NodeInfo({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    spec: {},
    status: { allocatable },
  });
  for (const [index, requests] of used.entries()) info.addPod(pod(requests, `u${index}`));
  return info;
};

const FOUR = { cpu: '4', memory: '8Gi', pods: '110', 'example.com/gpu': '2' };

describe('NodeResourcesFit filter', () => {
  it.each([
    ['fits', { cpu: '4' }, [], undefined, []],
    ['what is left is too little', { cpu: '2' }, [{ cpu: '3' }], 'Unschedulable', ['Insufficient cpu']],
    ['more than the whole Node', { cpu: '5' }, [], 'UnschedulableAndUnresolvable', ['Insufficient cpu']],
    [
      'everything is missing',
      { cpu: '5', memory: '9Gi', 'ephemeral-storage': '1Gi' },
      [],
      'UnschedulableAndUnresolvable',
      ['Insufficient cpu', 'Insufficient memory', 'Insufficient ephemeral-storage'],
    ],
    [
      'an extended resource',
      { 'example.com/gpu': '1' },
      [{ 'example.com/gpu': '2' }],
      'Unschedulable',
      ['Insufficient example.com/gpu'],
    ],
    ['nothing asked of a full Node', {}, [{ cpu: '4' }], undefined, []],
  ] as const)('%s', (_name, wanted, used, code, reasons) => {
    const outcome = createNodeResourcesFit().filter?.(new CycleState(), pod(wanted), node(FOUR, ...used));
    expect(outcome?.code).toBe(code);
    expect(outcome?.reasons ?? []).toEqual(reasons);
  });

  it('counts Pods', () => {
    const full = node({ ...FOUR, pods: '1' }, {});
    expect(createNodeResourcesFit().filter?.(new CycleState(), pod({}), full)).toMatchObject({
      code: 'Unschedulable',
      reasons: ['Too many pods'],
    });
  });

  it.each([{ ignoredResources: ['example.com/gpu'] }, { ignoredResourceGroups: ['example.com'] }])(
    'ignores %j',
    (args) => {
      expect(
        createNodeResourcesFit(args).filter?.(new CycleState(), pod({ 'example.com/gpu': '9' }), node(FOUR)),
      ).toBeUndefined();
    },
  );
});

describe('NodeResourcesFit score', () => {
  const score = (args: NodeResourcesFitArgs, wanted: Quantities, ...used: readonly Quantities[]) => {
    const plugin = createNodeResourcesFit(args);
    const state = new CycleState();
    plugin.preScore?.(state, pod(wanted), []);
    return plugin.score?.(state, pod(wanted), node(FOUR, ...used));
  };
  const shape = {
    shape: [
      { utilization: 0, score: 0 },
      { utilization: 100, score: 10 },
    ],
  };

  it.each([
    ['LeastAllocated by default', {}, { cpu: '1', memory: '2Gi' }, [], 75],
    ['what runs counts', {}, { cpu: '1', memory: '2Gi' }, [{ cpu: '2', memory: '4Gi' }], 25],
    ['a container without requests counts a little', {}, {}, [], 97],
    [
      'MostAllocated',
      { scoringStrategy: { type: 'MostAllocated' } },
      { cpu: '1', memory: '2Gi' },
      [{ cpu: '2', memory: '4Gi' }],
      75,
    ],
    [
      'RequestedToCapacityRatio',
      { scoringStrategy: { type: 'RequestedToCapacityRatio', requestedToCapacityRatio: shape } },
      { cpu: '2', memory: '4Gi' },
      [],
      50,
    ],
    [
      'weights',
      {
        scoringStrategy: {
          type: 'LeastAllocated',
          resources: [
            { name: 'cpu', weight: 3 },
            { name: 'memory', weight: 1 },
          ],
        },
      },
      { cpu: '4', memory: '0' },
      [],
      25,
    ],
    [
      'a device nobody asked for does not count',
      { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'example.com/gpu' }] } },
      { cpu: '1' },
      [],
      0,
    ],
  ] as const)('%s', (_name, args, wanted, used, expected) => {
    expect(score(args, wanted, ...used)).toBe(expected);
  });
});

describe('NodeResourcesBalancedAllocation', () => {
  const score = (wanted: Quantities, ...used: readonly Quantities[]) => {
    const plugin = createNodeResourcesBalancedAllocation();
    const state = new CycleState();
    const skipped = plugin.preScore?.(state, pod(wanted), []);
    return skipped?.code ?? plugin.score?.(state, pod(wanted), node(FOUR, ...used));
  };

  it.each([
    ['no change', { cpu: '1', memory: '2Gi' }, [], 75],
    ['a Pod that unbalances', { cpu: '2' }, [], 62],
    ['a Pod that balances', { cpu: '2' }, [{ memory: '4Gi' }], 87],
    ['a Pod that asks for nothing', {}, [], 'Skip'],
  ] as const)('%s', (_name, wanted, used, expected) => {
    expect(score(wanted, ...used)).toBe(expected);
  });
});

describe('requests of a Pod', () => {
  const requests = (spec: Partial<Pod['spec']>) => pod({ cpu: '1', memory: '1Gi' }, 'p', spec).requests;
  const GI = 2 ** 30;
  const container = (cpu: string, restartPolicy?: string) => ({
    name: cpu,
    image: 'x',
    resources: { requests: { cpu } },
    ...(restartPolicy && { restartPolicy }),
  });

  it.each([
    ['containers', {}, 1000, GI],
    ['a large init container', { initContainers: [container('3')] }, 3000, GI],
    ['a sidecar runs beside them', { initContainers: [container('500m', 'Always')] }, 1500, GI],
    [
      'an init container beside an earlier sidecar',
      { initContainers: [container('2', 'Always'), container('3')] },
      5000,
      GI,
    ],
    ['overhead', { overhead: { cpu: '250m' } }, 1250, GI],
    ['Pod-level requests replace the sum', { resources: { requests: { cpu: '2' } } }, 2000, GI],
  ] as const)('%s', (_name, spec, milliCpu, memory) => {
    expect(requests(spec)).toMatchObject({ milliCpu, memory });
  });
});
