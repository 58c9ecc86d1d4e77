import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '#engine/api';
import { CycleState } from '../framework/cycle-state.ts';
import { NodeInfo } from '../framework/node-info.ts';
import type { Plugin } from '../framework/plugin.ts';
import { podInfoOf } from '../framework/pod-info.ts';
import type { Code } from '../framework/verdict.ts';
import { createNodeAffinity } from './node-affinity.ts';
import { createNodeName } from './node-name.ts';
import { createNodePorts } from './node-ports.ts';
import { createNodeUnschedulable } from './node-unschedulable.ts';
import { createTaintToleration } from './taint-toleration.ts';

const pod = (spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'p' },
  spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
  status: {},
});

const node = (spec: Node['spec'] = {}, labels: { readonly [key: string]: string } = {}, name = 'n1'): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec,
  status: {},
});

const withPort = (port: number, hostIP?: string, protocol = 'TCP'): Pod =>
  pod({
    containers: [
      {
        name: 'c',
        image: 'x',
        ports: [{ containerPort: port, hostPort: port, protocol, ...(hostIP !== undefined && { hostIP }) }],
      },
    ],
  });

const terms = (
  ...nodeSelectorTerms: NonNullable<Pod['spec']['affinity']>['nodeAffinity'] extends infer A
    ? A extends { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: infer T } }
      ? T extends readonly (infer I)[]
        ? I[]
        : never
      : never
    : never
) => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });

const ssd = { key: 'disk', operator: 'In', values: ['ssd'] };
const soft = { key: 'k', value: 'v', effect: 'PreferNoSchedule' };
const hard = { key: 'k', value: 'v', effect: 'NoSchedule' };

interface Case {
  readonly name: string;
  readonly plugin: Plugin;
  readonly pod: Pod;
  readonly node: Node;
  readonly others?: readonly Pod[];
  readonly code?: Code;
  readonly reason?: string;
}

const TAINTED = 'node(s) had untolerated taint(s)';
const AFFINITY = "node(s) didn't match Pod's node affinity/selector";
const PORTS = "node(s) didn't have free ports for the requested pod ports";
const U = 'UnschedulableAndUnresolvable';

const cases: readonly Case[] = [
  { name: 'a Pod that names no Node', plugin: createNodeName(), pod: pod(), node: node() },
  {
    name: 'a Pod that names another Node',
    plugin: createNodeName(),
    pod: pod({ nodeName: 'n2' }),
    node: node(),
    code: U,
    reason: "node(s) didn't match the requested node name",
  },
  {
    name: 'a cordoned Node',
    plugin: createNodeUnschedulable(),
    pod: pod(),
    node: node({ unschedulable: true }),
    code: U,
    reason: 'node(s) were unschedulable',
  },
  {
    name: 'a cordoned Node, tolerated',
    plugin: createNodeUnschedulable(),
    pod: pod({ tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] }),
    node: node({ unschedulable: true }),
  },
  {
    name: 'an untolerated taint',
    plugin: createTaintToleration(),
    pod: pod(),
    node: node({ taints: [hard] }),
    code: U,
    reason: TAINTED,
  },
  {
    name: 'a tolerated taint',
    plugin: createTaintToleration(),
    pod: pod({ tolerations: [{ key: 'k', value: 'v' }] }),
    node: node({ taints: [hard] }),
  },
  {
    name: 'a toleration of another value',
    plugin: createTaintToleration(),
    pod: pod({ tolerations: [{ key: 'k', value: 'w' }] }),
    node: node({ taints: [hard] }),
    code: U,
    reason: TAINTED,
  },
  {
    name: 'a toleration of another effect',
    plugin: createTaintToleration(),
    pod: pod({ tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute' }] }),
    node: node({ taints: [hard] }),
    code: U,
    reason: TAINTED,
  },
  {
    name: 'a toleration of everything',
    plugin: createTaintToleration(),
    pod: pod({ tolerations: [{ operator: 'Exists' }] }),
    node: node({ taints: [hard] }),
  },
  {
    name: 'a taint that only discourages',
    plugin: createTaintToleration(),
    pod: pod(),
    node: node({ taints: [soft] }),
  },
  {
    name: 'a nodeSelector that matches',
    plugin: createNodeAffinity(),
    pod: pod({ nodeSelector: { disk: 'ssd' } }),
    node: node({}, { disk: 'ssd' }),
  },
  {
    name: 'a nodeSelector that does not',
    plugin: createNodeAffinity(),
    pod: pod({ nodeSelector: { disk: 'ssd' } }),
    node: node(),
    code: U,
    reason: AFFINITY,
  },
  {
    name: 'one of two terms',
    plugin: createNodeAffinity(),
    pod: pod(terms({ matchExpressions: [{ key: 'x', operator: 'Exists' }] }, { matchExpressions: [ssd] })),
    node: node({}, { disk: 'ssd' }),
  },
  { name: 'an empty term', plugin: createNodeAffinity(), pod: pod(terms({})), node: node(), code: U, reason: AFFINITY },
  {
    name: 'NotIn without the label',
    plugin: createNodeAffinity(),
    pod: pod(terms({ matchExpressions: [{ ...ssd, operator: 'NotIn' }] })),
    node: node(),
  },
  {
    name: 'Gt',
    plugin: createNodeAffinity(),
    pod: pod(terms({ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['3'] }] })),
    node: node({}, { cores: '4' }),
  },
  {
    name: 'Gt of no number',
    plugin: createNodeAffinity(),
    pod: pod(terms({ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['3'] }] })),
    node: node({}, { cores: 'many' }),
    code: U,
    reason: AFFINITY,
  },
  {
    name: 'a field',
    plugin: createNodeAffinity(),
    pod: pod(terms({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] })),
    node: node(),
  },
  {
    name: 'an affinity the profile adds',
    plugin: createNodeAffinity({
      addedAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [ssd] }] },
      },
    }),
    pod: pod(),
    node: node(),
    code: U,
    reason: "node(s) didn't match scheduler-enforced node affinity",
  },
  { name: 'a free port', plugin: createNodePorts(), pod: withPort(80), node: node(), others: [withPort(81)] },
  {
    name: 'a port in use',
    plugin: createNodePorts(),
    pod: withPort(80),
    node: node(),
    others: [withPort(80)],
    code: 'Unschedulable',
    reason: PORTS,
  },
  {
    name: 'the port of another protocol',
    plugin: createNodePorts(),
    pod: withPort(80, undefined, 'UDP'),
    node: node(),
    others: [withPort(80)],
  },
  {
    name: 'the port on another address',
    plugin: createNodePorts(),
    pod: withPort(80, '127.0.0.1'),
    node: node(),
    others: [withPort(80, '127.0.0.2')],
  },
  {
    name: 'the port on every address',
    plugin: createNodePorts(),
    pod: withPort(80, '127.0.0.1'),
    node: node(),
    others: [withPort(80)],
    code: 'Unschedulable',
    reason: PORTS,
  },
];

describe('filters by Node', () => {
  it.each(cases)('$plugin.name: $name', ({ plugin, pod: toSchedule, node: on, others = [], code, reason }) => {
    const state = new CycleState();
    const info = new NodeInfo(on);
    for (const [index, other] of others.entries()) {
      info.addPod(podInfoOf({ ...other, metadata: { ...other.metadata, uid: `o${index}` } }));
    }
    plugin.preFilter?.(state, podInfoOf(toSchedule), [info]);
    const outcome = plugin.filter?.(state, podInfoOf(toSchedule), info);
    expect(outcome && { code: outcome.code, reasons: outcome.reasons, plugin: outcome.plugin }).toEqual(
      code && { code, reasons: [reason], plugin: plugin.name },
    );
  });

  it('frees the ports of a Pod that goes', () => {
    const info = new NodeInfo(node());
    const other = podInfoOf(withPort(80));
    info.addPod(other);
    info.removePod(other);
    expect(createNodePorts().filter?.(new CycleState(), podInfoOf(withPort(80)), info)).toBeUndefined();
  });

  it('skips what the Pod does not ask for', () => {
    for (const plugin of [createNodePorts(), createNodeAffinity()]) {
      expect(plugin.preFilter?.(new CycleState(), podInfoOf(pod()), [])).toMatchObject({ code: 'Skip' });
    }
  });

  it('narrows the Nodes to those a DaemonSet Pod names, and sees a contradiction', () => {
    const named = (...values: string[]) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] });
    const plugin = createNodeAffinity();
    const ask = (spec: Partial<Pod['spec']>) => plugin.preFilter?.(new CycleState(), podInfoOf(pod(spec)), []);
    expect(ask(terms(named('n1'), named('n2')))).toEqual({ nodeNames: new Set(['n1', 'n2']) });
    expect(ask(terms(named('n1'), { matchExpressions: [ssd] }))).toBeUndefined();
    expect(ask(terms({ matchFields: [...named('n1').matchFields, ...named('n2').matchFields] }))).toMatchObject({
      code: U,
      reasons: ['pod affinity terms conflict'],
    });
  });

  it('scores taints that discourage: the fewer the better', () => {
    const plugin = createTaintToleration();
    const state = new CycleState();
    const infos = [node(), node({ taints: [soft] }), node({ taints: [soft, { ...soft, key: 'l' }] })].map(
      (one) => new NodeInfo(one),
    );
    plugin.preScore?.(state, podInfoOf(pod()), infos);
    const scores = infos.map((info) => plugin.score?.(state, podInfoOf(pod()), info) ?? -1);
    expect(scores).toEqual([0, 1, 2]);
    plugin.normalizeScore?.(state, podInfoOf(pod()), scores, infos);
    expect(scores).toEqual([100, 50, 0]);
  });

  it('scores preferred affinity by weight', () => {
    const plugin = createNodeAffinity();
    const preferring = podInfoOf(
      pod({
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 10, preference: { matchExpressions: [ssd] } },
              { weight: 5, preference: {} },
            ],
          },
        },
      }),
    );
    const state = new CycleState();
    const infos = [node({}, { disk: 'ssd' }), node()].map((one) => new NodeInfo(one));
    plugin.preScore?.(state, preferring, infos);
    expect(infos.map((info) => plugin.score?.(state, preferring, info))).toEqual([10, 0]);
  });
});
