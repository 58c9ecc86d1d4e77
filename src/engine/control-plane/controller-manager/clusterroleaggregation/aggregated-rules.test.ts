import { describe, expect, it } from 'vitest';
import type { ClusterRole } from '#engine/api';
import { aggregatedRules } from './controller.ts';

const role = (name: string, labels: { readonly [key: string]: string }, resources: readonly string[]): ClusterRole => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules: resources.map((resource) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })),
});
const selecting = (name: string, ...labels: readonly string[]): ClusterRole => ({
  ...role(name, { part: 'yes' }, ['own']),
  aggregationRule: { clusterRoleSelectors: labels.map((label) => ({ matchLabels: { [label]: 'yes' } })) },
});
const resources = (whole: ClusterRole, all: readonly ClusterRole[]) =>
  aggregatedRules(whole, all).map((rule) => rule.resources?.[0]);

describe('the rules of an aggregated ClusterRole', () => {
  const b = role('b', { part: 'yes' }, ['pods', 'services']);
  const a = role('a', { part: 'yes', other: 'yes' }, ['services', 'secrets']);
  const c = role('c', { other: 'no' }, ['nodes']);

  it('are those of the selected roles by name, each once, without its own', () => {
    const whole = selecting('whole', 'part');
    expect(resources(whole, [b, a, c, whole])).toEqual(['services', 'secrets', 'pods']);
  });

  it('follow the order of the selectors', () => {
    expect(resources(selecting('whole', 'other', 'part'), [b, a, c])).toEqual(['services', 'secrets', 'pods']);
    expect(resources(selecting('whole', 'none'), [a, b, c])).toEqual([]);
  });
});
