/** Rules that no recording at hand shows, as upstream's source has them. */
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#engine/apimachinery';
import { endpointSliceStrategy } from './discovery/endpoint-slice.ts';
import { ingressStrategy } from './networking/ingress.ts';
import { ingressClassStrategy } from './networking/ingress-class.ts';
import { networkPolicyStrategy } from './networking/network-policy.ts';
import { serviceCIDRStrategy } from './networking/service-cidr.ts';
import { runtimeClassStrategy } from './node/runtime-class.ts';
import { storageClassStrategy } from './storage/storage-class.ts';
import type { Strategy } from './strategy.ts';

const metadata = { name: 'x' };
const faults = (strategy: unknown, object: object, current?: object): readonly string[] => {
  const { validate, validateUpdate } = strategy as Strategy;
  const of = (one: object) => ({ metadata, ...one }) as unknown as KubeObject;
  const errors = current ? validateUpdate(of(object), of(current)) : validate(of(object));
  return errors.map(({ field, body }) => `${field}: ${body}`);
};
const warnings = (strategy: unknown, object: object): readonly string[] =>
  (strategy as Strategy).warnings?.({ metadata, ...object } as unknown as KubeObject) ?? [];

const cidrs = (...list: readonly string[]) => ({ spec: { cidrs: list } });

describe('refusals', () => {
  it.each([
    [
      'two ranges of one family',
      serviceCIDRStrategy,
      cidrs('10.0.0.0/24', 'x'),
      undefined,
      ['spec.cidrs[1]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ],
    [
      'three ranges',
      serviceCIDRStrategy,
      cidrs('a', 'b', 'c'),
      undefined,
      ['spec.cidrs: Invalid value: {"CIDRs":["a","b","c"]}: may only hold up to 2 values'],
    ],
    [
      'another range',
      serviceCIDRStrategy,
      cidrs('10.1.0.0/24'),
      cidrs('10.0.0.0/24'),
      ['spec.cidrs[0]: Invalid value: "10.1.0.0/24": field is immutable'],
    ],
    ['a second range', serviceCIDRStrategy, cidrs('10.0.0.0/24', 'fd00::/64'), cidrs('10.0.0.0/24'), []],
    [
      'ranges within IPv6',
      networkPolicyStrategy,
      {
        spec: {
          ingress: [{ from: [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48', '2001:db9::/48'] } }] }],
        },
      },
      undefined,
      ['spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: "2001:db9::/48": must be a strict subset of `cidr`'],
    ],
    [
      'an empty namespace of parameters',
      ingressClassStrategy,
      { spec: { controller: 'a.io/b', parameters: { kind: 'a', name: 'b', scope: 'Cluster', namespace: '' } } },
      undefined,
      ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ],
    [
      'terms of topology',
      storageClassStrategy,
      { provisioner: 'Bad P', volumeBindingMode: 'Immediate', allowedTopologies: [{}] },
      undefined,
      [
        "provisioner: Invalid value: \"bad p\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        'allowedTopologies[0].matchLabelExpressions: Duplicate value: ""',
      ],
    ],
  ])('%s', (_, strategy, object, current, expected) => expect(faults(strategy, object, current)).toEqual(expected));
});

describe('warnings', () => {
  const old = 'failure-domain.beta.kubernetes.io/zone';
  const why = 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead';
  it.each([
    [
      'old labels of Nodes in classes',
      runtimeClassStrategy,
      { scheduling: { nodeSelector: { [old]: 'a' } } },
      [`scheduling.nodeSelector: ${why}`],
    ],
    [
      'old labels in topologies',
      storageClassStrategy,
      { allowedTopologies: [{ matchLabelExpressions: [{ key: old, values: ['a'] }] }] },
      [`allowedTopologies[0].matchLabelExpressions[0].key: ${why}`],
    ],
    [
      'addresses that are not canonical',
      endpointSliceStrategy,
      { addressType: 'IPv6', endpoints: [{ addresses: ['FD00::1'] }] },
      ['endpoints[0].addresses[0]: IPv6 address "FD00::1" should be in RFC 5952 canonical format ("fd00::1")'],
    ],
    [
      'a class by field and annotation',
      ingressStrategy,
      { metadata: { annotations: { 'kubernetes.io/ingress.class': 'a' } }, spec: { ingressClassName: 'a' } },
      [],
    ],
  ])('%s', (_, strategy, object, expected) => expect(warnings(strategy, object)).toEqual(expected));
});
