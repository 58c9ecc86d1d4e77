import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '#engine/api';
import { labelsAsMatcher } from '#engine/apimachinery';
import { SchedulerCache } from '../framework/cache.ts';
import { CycleState } from '../framework/cycle-state.ts';
import type { Plugin, PluginHandle } from '../framework/plugin.ts';
import { podInfoOf } from '../framework/pod-info.ts';
import { listedVolumes } from '../framework/volume-view.ts';
import { createImageLocality } from './image-locality.ts';
import { createInterPodAffinity } from './inter-pod-affinity.ts';
import { createPodTopologySpread } from './pod-topology-spread.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';

const node = (name: string, zone: string, images: readonly (readonly [string, number])[] = []): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { [ZONE]: zone, [HOST]: name } },
  spec: {},
  status: { images: images.map(([image, sizeBytes]) => ({ names: [image], sizeBytes })) },
});

const pod = (name: string, app: string, spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, labels: { app } },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
  status: {},
});

function setUp(
  nodes: readonly Node[],
  existing: readonly Pod[],
  spreadBy: readonly { readonly [key: string]: string }[] = [],
) {
  const snapshot = new SchedulerCache();
  for (const one of nodes) snapshot.addNode(one);
  for (const one of existing) snapshot.addPod(one);
  const handle = {
    snapshot,
    cluster: {
      namespaceLabels: (name: string) => ({ 'kubernetes.io/metadata.name': name }),
      spreadSelectors: () => spreadBy.map(labelsAsMatcher),
      podDisruptionBudgets: () => [],
      volumes: listedVolumes({}),
    },
  } as Partial<PluginHandle> as PluginHandle;
  const refused = (plugin: Plugin, toSchedule: Pod) => {
    const state = new CycleState();
    const info = podInfoOf(toSchedule);
    const pre = plugin.preFilter?.(state, info, snapshot.nodes);
    if (pre && 'code' in pre) return pre.code;
    return Object.fromEntries(
      snapshot.nodes
        .map((on) => [on.name, plugin.filter?.(state, info, on)?.reasons[0]])
        .filter(([, reason]) => reason),
    );
  };
  const scores = (plugin: Plugin, toSchedule: Pod) => {
    const state = new CycleState();
    const info = podInfoOf(toSchedule);
    const skipped = plugin.preScore?.(state, info, snapshot.nodes);
    if (skipped) return skipped.code;
    const list = snapshot.nodes.map((on) => plugin.score?.(state, info, on) ?? -1);
    plugin.normalizeScore?.(state, info, list, snapshot.nodes);
    return Object.fromEntries(snapshot.nodes.map((on, index) => [on.name, list[index]]));
  };
  return { handle, refused, scores };
}

const three = [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')];
const term = (app: string, topologyKey: string) => ({ labelSelector: { matchLabels: { app } }, topologyKey });
const on = (nodeName: string) => ({ nodeName });

describe('PodTopologySpread', () => {
  const spread = (whenUnsatisfiable: string, topologyKey = ZONE) => ({
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels: { app: 'web' } } },
    ],
  });
  const existing = [pod('1', 'web', on('a1')), pod('2', 'db', on('b1'))];

  it('refuses Nodes that would be too far ahead', () => {
    const { handle, refused } = setUp(three, existing);
    const reason = "node(s) didn't match pod topology spread constraints";
    expect(refused(createPodTopologySpread(handle), pod('p', 'web', spread('DoNotSchedule')))).toEqual({
      a1: reason,
      a2: reason,
    });
    expect(refused(createPodTopologySpread(handle), pod('p', 'web', spread('DoNotSchedule', HOST)))).toEqual({
      a1: reason,
    });
  });
  it('refuses Nodes without the label, and skips Pods without constraints', () => {
    const { handle, refused } = setUp(three, existing);
    const reason = "node(s) didn't match pod topology spread constraints (missing required label)";
    expect(refused(createPodTopologySpread(handle), pod('p', 'web', spread('DoNotSchedule', 'rack')))).toEqual({
      a1: reason,
      a2: reason,
      b1: reason,
    });
    expect(refused(createPodTopologySpread(handle), pod('p', 'web'))).toBe('Skip');
  });
  it('prefers the emptier zone', () => {
    const { handle, scores } = setUp(three, existing);
    expect(scores(createPodTopologySpread(handle), pod('p', 'web', spread('ScheduleAnyway')))).toEqual({
      a1: 0,
      a2: 0,
      b1: 100,
    });
  });
  it('spreads what a Service or ReplicaSet selects by default', () => {
    const { handle, scores } = setUp(three, existing, [{ app: 'web' }]);
    expect(scores(createPodTopologySpread(handle), pod('p', 'web'))).toEqual({ a1: 66, a2: 88, b1: 100 });
    const alone = setUp(three, existing);
    expect(alone.scores(createPodTopologySpread(alone.handle), pod('p', 'web'))).toBe('Skip');
  });
});

describe('InterPodAffinity', () => {
  const existing = [
    pod('1', 'db', on('a1')),
    pod('2', 'lonely', {
      nodeName: 'b1',
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('web', ZONE)] } },
    }),
  ];
  const cases = [
    [
      'near another Pod',
      { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('db', ZONE)] } },
      'api',
      { b1: "node(s) didn't match pod affinity rules" },
    ],
    [
      'away from another Pod',
      { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('db', HOST)] } },
      'api',
      { a1: "node(s) didn't match pod anti-affinity rules" },
    ],
    [
      'where an existing Pod does not want it',
      {},
      'web',
      { b1: "node(s) didn't satisfy existing pods anti-affinity rules" },
    ],
    [
      'the first of its kind',
      { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('new', ZONE)] } },
      'new',
      {},
    ],
    [
      'near nobody',
      { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('none', ZONE)] } },
      'api',
      {
        a1: "node(s) didn't match pod affinity rules",
        a2: "node(s) didn't match pod affinity rules",
        b1: "node(s) didn't match pod affinity rules",
      },
    ],
  ] as const;
  it.each(cases)('%s', (_name, affinity, app, expected) => {
    const { handle, refused } = setUp(three, existing);
    expect(refused(createInterPodAffinity(handle), pod('p', app, { affinity }))).toEqual(expected);
  });
  it('skips Pods nobody speaks of', () => {
    const { handle, refused, scores } = setUp(three, [pod('1', 'db', on('a1'))]);
    expect(refused(createInterPodAffinity(handle), pod('p', 'x'))).toBe('Skip');
    expect(scores(createInterPodAffinity(handle), pod('p', 'x'))).toBe('Skip');
  });
  it('weighs preferences', () => {
    const { handle, scores } = setUp(three, existing);
    const affinity = {
      podAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 10, podAffinityTerm: term('db', ZONE) },
          { weight: 10, podAffinityTerm: term('db', HOST) },
        ],
      },
    };
    expect(scores(createInterPodAffinity(handle), pod('p', 'x', { affinity }))).toEqual({ a1: 100, a2: 50, b1: 0 });
  });
});

describe('ImageLocality', () => {
  it('prefers Nodes that have the image, the more Nodes have it', () => {
    const MB = 1024 * 1024;
    const nodes = [node('a', '1', [['nginx:latest', 523 * MB]]), node('b', '1')];
    const { handle, scores } = setUp(nodes, []);
    expect(scores(createImageLocality(handle), pod('p', 'x'))).toEqual({ a: 24, b: 0 });
  });
});
