import { describe, expect, it } from 'vitest';
import type { Node, Pod, Service } from '#engine/api';
import { endpointSubsets } from '../endpoints/subsets.ts';
import { addressTypes, endpointPorts, podToEndpoint, shouldBeInEndpoints } from './endpoint.ts';
import { TriggerTimeTracker } from './trigger-time.ts';

const pod = (
  name: string,
  {
    ready = true,
    phase = 'Running',
    deleting = false,
    ip = '10.0.0.1',
    port = 8080,
    hostname = '',
    since = '2026-01-01T00:00:05Z',
  } = {},
): Pod =>
  ({
    metadata: { name, namespace: 'shop', uid: name, ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
    spec: {
      nodeName: 'n1',
      hostname,
      subdomain: 'web',
      containers: [{ ports: [{ name: 'http', containerPort: port }] }],
    },
    status: {
      phase,
      ...(ip && { podIP: ip, podIPs: [{ ip }] }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: since }],
    },
  }) as unknown as Pod;
const service = (spec: object = {}): Service =>
  ({
    metadata: { name: 'web', namespace: 'shop', creationTimestamp: '2026-01-01T00:00:01Z' },
    spec: { clusterIP: '10.96.0.9', ports: [{ port: 80, targetPort: 'http' }], ...spec },
  }) as unknown as Service;
const node = { metadata: { labels: { 'topology.kubernetes.io/zone': 'z1' } } } as unknown as Node;

describe('podToEndpoint', () => {
  it.each([
    ['ready', {}, {}, { ready: true, serving: true, terminating: false }],
    ['not ready', { ready: false }, {}, { ready: false, serving: false, terminating: false }],
    ['terminating', { deleting: true }, {}, { ready: false, serving: true, terminating: true }],
    [
      'published all the same',
      { ready: false },
      { publishNotReadyAddresses: true },
      { ready: true, serving: false, terminating: false },
    ],
  ])('%s', (_, shape, spec, conditions) => {
    expect(podToEndpoint(pod('p', shape), node, service(spec), 'IPv4')).toEqual({
      addresses: ['10.0.0.1'],
      conditions,
      targetRef: { kind: 'Pod', namespace: 'shop', name: 'p', uid: 'p' },
      nodeName: 'n1',
      zone: 'z1',
    });
  });

  it.each([
    [undefined, undefined],
    ['PreferClose', { forZones: [{ name: 'z1' }] }],
    ['PreferSameNode', { forZones: [{ name: 'z1' }], forNodes: [{ name: 'n1' }] }],
  ])('hints for %s', (trafficDistribution, hints) => {
    expect(podToEndpoint(pod('p'), node, service({ trafficDistribution }), 'IPv4').hints).toEqual(hints);
  });

  it('carries the hostname of a Pod in the subdomain of the Service', () => {
    expect(podToEndpoint(pod('p', { hostname: 'db-0' }), node, service(), 'IPv4').hostname).toBe('db-0');
  });
});

describe('which Pods and ports', () => {
  it.each([
    ['running', {}, true],
    ['without address', { ip: '' }, false],
    ['ended', { phase: 'Succeeded' }, false],
    ['terminating, where not asked for', { deleting: true }, false],
  ])('%s', (_, shape, wanted) => {
    expect(shouldBeInEndpoints(pod('p', shape), false)).toBe(wanted);
  });

  it('finds named ports in each Pod', () => {
    expect(endpointPorts(service(), pod('p', { port: 9000 }))).toEqual([{ name: '', protocol: 'TCP', port: 9000 }]);
    expect(endpointPorts(service({ ports: [{ port: 80, targetPort: 'none' }] }), pod('p'))).toEqual([]);
    expect(addressTypes(service({ clusterIP: 'fd00::1' }))).toEqual(['IPv6']);
  });
});

it('Endpoints group addresses by their ports, ready and not', () => {
  const subsets = endpointSubsets(service(), [
    pod('b', { ip: '10.0.0.2' }),
    pod('a', { ip: '10.0.0.1' }),
    pod('c', { ip: '10.0.0.3', ready: false }),
    pod('d', { ip: '10.0.0.4', port: 9090 }),
  ]);
  const shape = subsets.map(({ addresses = [], notReadyAddresses = [], ports = [] }) => [
    ports[0]?.port,
    addresses.map(({ ip }) => ip),
    notReadyAddresses.map(({ ip }) => ip),
  ]);
  expect(shape).toEqual([
    [8080, ['10.0.0.1', '10.0.0.2'], ['10.0.0.3']],
    [9090, ['10.0.0.4'], []],
  ]);
});

it('the trigger time is the earliest change since the last look', () => {
  const tracker = new TriggerTimeTracker();
  expect(tracker.next('k', service(), [])).toBe('2026-01-01T00:00:01Z');
  expect(tracker.next('k', service(), [pod('a'), pod('b', { since: '2026-01-01T00:00:04Z' })])).toBe(
    '2026-01-01T00:00:04Z',
  );
  expect(tracker.next('k', service(), [pod('a'), pod('b', { since: '2026-01-01T00:00:04Z' })])).toBeUndefined();
  expect(tracker.next('k', service(), [pod('a', { since: '2026-01-01T00:00:09Z' })])).toBe('2026-01-01T00:00:09Z');
});
