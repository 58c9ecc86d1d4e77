import { describe, expect, it } from 'vitest';
import type { Endpoint, EndpointSlice, Service } from '#engine/api';
import { planSlices, serviceOwner, sliceLabels } from './plan-slices.ts';

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', uid: 's', labels: { tier: 'front' } },
  spec: { clusterIP: '10.0.0.1' },
} as unknown as Service;
const ports = [{ name: '', protocol: 'TCP', port: 80 }];
const endpoint = (i: number, ready = true): Endpoint => ({
  addresses: [`10.244.0.${i}`],
  conditions: { ready },
  targetRef: { kind: 'Pod', namespace: 'shop', name: `p${i}` },
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => endpoint(from + i));
const slice = (
  name: string,
  endpoints: readonly Endpoint[],
  slicePorts: EndpointSlice['ports'] = ports,
): EndpointSlice =>
  ({
    metadata: { name, labels: sliceLabels(service), ownerReferences: [{ uid: 's' }] },
    addressType: 'IPv4',
    endpoints,
    ports: slicePorts,
  }) as unknown as EndpointSlice;

const shape = (existing: readonly EndpointSlice[], endpoints: readonly Endpoint[]) => {
  const plan = planSlices(serviceOwner(service), 'IPv4', existing, endpoints.length > 0 ? [{ ports, endpoints }] : []);
  return {
    create: plan.create.map((each) => each.endpoints?.length),
    update: plan.update.map((each) => `${each.metadata.name}:${each.endpoints?.length}`),
    remove: plan.remove.map((each) => each.metadata.name),
  };
};

describe('planSlices', () => {
  it.each([
    ['a placeholder without endpoints', [], [], { create: [0], update: [], remove: [] }],
    ['the placeholder stays', [slice('a', [], [])], [], { create: [], update: [], remove: [] }],
    ['the placeholder is reused', [slice('a', [], [])], range(0, 3), { create: [], update: ['a:3'], remove: [] }],
    ['slices of a hundred', [], range(0, 250), { create: [100, 100, 50], update: [], remove: [] }],
    ['nothing to do', [slice('a', range(0, 5))], range(0, 5), { create: [], update: [], remove: [] }],
    ['one more fits', [slice('a', range(0, 5))], range(0, 6), { create: [], update: ['a:6'], remove: [] }],
    [
      'changed ones are filled up first',
      [slice('a', range(0, 5)), slice('b', range(5, 9))],
      [...range(0, 4), ...range(5, 11)],
      { create: [], update: ['a:6'], remove: [] },
    ],
    [
      'an empty one goes',
      [slice('a', range(0, 5)), slice('b', range(5, 9))],
      range(0, 5),
      { create: [], update: [], remove: ['b'] },
    ],
    [
      'the last one becomes the placeholder',
      [slice('a', range(0, 5))],
      [],
      { create: [], update: ['a:0'], remove: [] },
    ],
    ['a full one is left alone', [slice('a', range(0, 100))], range(0, 101), { create: [1], update: [], remove: [] }],
  ])('%s', (_, existing, endpoints, wanted) => {
    expect(shape(existing, endpoints)).toEqual(wanted);
  });

  it('writes a changed condition and keeps what is equal', () => {
    const existing = slice('a', range(0, 2));
    const plan = planSlices(
      serviceOwner(service),
      'IPv4',
      [existing],
      [{ ports, endpoints: [endpoint(0), endpoint(1, false)] }],
    );
    expect(plan.update[0]?.endpoints?.[0]).toBe(existing.endpoints?.[0]);
    expect(plan.update[0]?.endpoints?.[1]?.conditions?.ready).toBe(false);
  });

  it('labels slices with the Service and its labels', () => {
    expect(sliceLabels(service)).toEqual({
      tier: 'front',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
  });
});
