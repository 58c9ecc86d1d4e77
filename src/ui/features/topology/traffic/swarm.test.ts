import { expect, test } from 'vitest';
import { Anchors, componentOf } from '../graph/anchors.ts';
import { Pipeline } from '../graph/pipeline.ts';
import { samplePod, sampleWorld } from '../graph/sample-world.ts';
import type { Sources } from '../graph/sources.ts';
import { pointAt, type Request, Swarm } from './swarm.ts';

const path = [
  { x: 0, y: 0 },
  { x: 100, y: 0 },
];
const request = (more: Partial<Request> = {}): Request => ({
  kind: 'net',
  from: 'a',
  count: 1,
  failed: false,
  sample: 'GET / -> 200',
  ...more,
});

test('a point starts at the one end and arrives at the other', () => {
  expect(pointAt(path, 0)).toEqual({ x: 0, y: 0 });
  expect(pointAt(path, 1).x).toBeCloseTo(100);
});

test('a flood stays bounded; still mode moves nothing but marks failures', () => {
  const swarm = new Swarm();
  for (let i = 0; i < 1000; i++) swarm.add(request({ count: 50 }), path, 0);
  expect(swarm.size).toBeLessThanOrEqual(220);
  const still = new Swarm();
  still.add(request(), path, 0, true);
  expect(still.isEmpty).toBe(true);
  still.add(request({ failed: true }), path, 0, true);
  expect([still.size, still.isEmpty]).toEqual([0, false]);
});

const world: Sources = sampleWorld({ nodes: 2, pods: 4 });
const draw = (view: 'node' | 'network' | 'control-plane', sources = world) =>
  new Anchors(new Pipeline().update(sources, { view, namespace: '', aspect: 1.4 }), sources.services);

test('from Pod to Pod; from outside; to nobody', () => {
  const [a, b] = world.pods.map(({ metadata }) => `pod:${metadata.namespace}/${metadata.name}`);
  const anchors = draw('node');
  const between = anchors.path({ kind: 'net', from: a ?? '', to: b ?? '' });
  expect(between).toHaveLength(2);
  expect(anchors.path({ kind: 'net', from: 'workstation', to: b ?? '' })?.at(-1)).toEqual(between?.at(-1));
  expect(anchors.path({ kind: 'net', from: a ?? '', address: '10.96.9.9:80' })).toHaveLength(2);
  expect(anchors.path({ kind: 'net', from: 'workstation' })).toBeUndefined();
  expect(anchors.path({ kind: 'api', from: 'system:kube-scheduler' })).toBeUndefined();
});

test('a request to the API leads from its component to the server, a write on to etcd', () => {
  const part = (component: string) =>
    samplePod({
      name: `${component}-cp`,
      namespace: 'kube-system',
      node: 'cp',
      labels: { component },
      owner: { kind: 'Node', name: 'cp', uid: 'uid-cp' },
    });
  const pods = ['etcd', 'kube-apiserver', 'kube-scheduler'].map(part);
  const anchors = draw('control-plane', { ...world, pods });
  expect(anchors.path({ kind: 'api', from: 'system:kube-scheduler' })).toHaveLength(2);
  expect(anchors.path({ kind: 'api', from: 'system:kube-scheduler', write: true })).toHaveLength(3);
  expect(anchors.path({ kind: 'api', from: 'kubernetes-admin' })).toHaveLength(2);
});

test.each([
  ['system:node:node-1', 'kubelet'],
  ['system:serviceaccount:kube-system:deployment-controller', 'kube-controller-manager'],
  ['system:serviceaccount:kube-system:coredns', 'kube-dns'],
  ['kubernetes-admin', undefined],
])('%s is %s', (user, component) => {
  expect(componentOf(user)).toBe(component);
});
