/** Faults and warnings of other kinds than Pods that no recording shows, in upstream's words. */
import { expect, it } from 'vitest';
import { deepFreeze } from '#engine/apimachinery';
import { endpointsStrategy } from './core/endpoints.ts';
import { limitRangeStrategy } from './core/limit-range.ts';
import { nodeStrategy } from './core/node.ts';
import { podStrategy } from './core/pod.ts';
import { resourceQuotaStrategy } from './core/resource-quota.ts';
import { endpointSliceStrategy } from './discovery/endpoint-slice.ts';
import { podDisruptionBudgetStrategy } from './policy/pod-disruption-budget.ts';
import { roleStrategy } from './rbac/role.ts';
import type { Strategy } from './strategy.ts';

type Any = Strategy<never>;
const any = (strategy: unknown): Any => strategy as Any;
const metadata = { name: 'p', namespace: 'd' };

const made = ({ defaults }: Any, object: object): never =>
  deepFreeze(defaults ? defaults({ metadata, ...object } as never) : { metadata, ...object }) as never;
const faults = (strategy: Any, object: object): readonly string[] =>
  strategy.validate(made(strategy, object)).map(({ field, body }) => `${field}: ${body}`);

const QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
it.each<[string, Any, object, readonly string[]]>([
  [
    'a limit of no known kind, and what else is wrong with it',
    any(limitRangeStrategy),
    { spec: { limits: [{ type: 'a b', min: { cpu: '2' }, max: { cpu: '1' } }] } },
    [
      `spec.limits[0].type: Invalid value: "a b": ${QUALIFIED}`,
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
    ],
  ],
  [
    'ranges of a Node that overlap',
    any(nodeStrategy),
    { spec: { podCIDRs: ['10.0.0.0/24', '10.0.0.0/24'] } },
    [
      'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.0.0/24"]: may specify no more than one CIDR for each IP family',
      'spec.podCIDRs[1]: Duplicate value: "10.0.0.0/24"',
    ],
  ],
  [
    'scopes at odds with what is counted',
    any(resourceQuotaStrategy),
    { spec: { hard: { services: '1' }, scopes: ['BestEffort'] } },
    ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
  ],
])('%s', (_, strategy, object, expected) => {
  expect(faults(strategy, object)).toEqual(expected);
});

it('conditions of a budget are well formed', () => {
  const condition = { type: 'A', status: 'x', reason: '1', observedGeneration: -1 };
  const next = made(any(podDisruptionBudgetStrategy), { spec: {}, status: { conditions: [condition, condition] } });
  const found = podDisruptionBudgetStrategy.status?.validateUpdate?.(next, next) ?? [];
  expect(found.map(({ type, field }) => `${type} ${field}`)).toEqual([
    'FieldValueNotSupported status.conditions[0].status',
    'FieldValueInvalid status.conditions[0].observedGeneration',
    'FieldValueRequired status.conditions[0].lastTransitionTime',
    'FieldValueInvalid status.conditions[0].reason',
    'FieldValueDuplicate status.conditions[1].type',
    'FieldValueNotSupported status.conditions[1].status',
    'FieldValueInvalid status.conditions[1].observedGeneration',
    'FieldValueRequired status.conditions[1].lastTransitionTime',
    'FieldValueInvalid status.conditions[1].reason',
  ]);
});

const ZEROES =
  'non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"';
const ports = [
  { name: 'a', containerPort: 80 },
  { name: 'a', containerPort: 81 },
];

it.each<[string, Any, object, readonly string[]]>([
  [
    'two ports of one name',
    any(podStrategy),
    { spec: { containers: [{ name: 'c', image: 'x', ports }] } },
    [
      'spec.containers[0].ports[1]: duplicate port name "a" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]',
    ],
  ],
  [
    'an address with zeroes in front',
    any(endpointsStrategy),
    { subsets: [{ notReadyAddresses: [{ ip: '010.0.0.1' }] }] },
    [`subsets[0].notReadyAddresses[0].ip: ${ZEROES}`],
  ],
  [
    'what Nodes no longer heed',
    any(nodeStrategy),
    { spec: { externalID: 'x', configSource: {} } },
    [
      'spec.configSource: the feature is removed',
      'spec.externalID: this field is deprecated, and is unused by Kubernetes',
    ],
  ],
])('warns of %s', (_, strategy, object, expected) => {
  expect(strategy.warnings?.(made(strategy, object), undefined)).toEqual(expected);
});

it('lists that Go writes even when empty are null when nobody filled them', () => {
  const prepared = (strategy: Any, object: object) =>
    strategy.prepareForCreate?.(made(strategy, object), {} as never) ?? {};
  expect(prepared(any(roleStrategy), { rules: [] })).toMatchObject({ rules: null });
  expect(prepared(any(endpointSliceStrategy), { addressType: 'IPv4', endpoints: [], ports: [] })).toMatchObject({
    endpoints: null,
    ports: null,
  });
});

it('annotations that once were init containers are dropped', () => {
  const annotations = { 'pod.beta.kubernetes.io/init-containers': '[]', kept: 'yes' };
  const pod = { metadata: { ...metadata, annotations }, spec: { containers: [] } };
  expect(made(any(podStrategy), pod)).toMatchObject({ metadata: { annotations: { kept: 'yes' } } });
  expect(
    Object.keys((made(any(podStrategy), pod) as { metadata: { annotations: object } }).metadata.annotations),
  ).toEqual(['kept']);
});
