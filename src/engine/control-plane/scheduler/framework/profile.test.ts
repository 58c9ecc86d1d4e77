import { describe, expect, it } from 'vitest';
import type { SchedulerProfile } from './configuration.ts';
import type { Plugin } from './plugin.ts';
import { type PluginRegistry, resolveProfile } from './profile.ts';

const scoring = (name: string): Plugin => ({ name, score: () => 0 });

/** Every default plugin, as one that scores. */
const registry: PluginRegistry = Object.fromEntries(
  [
    'SchedulingGates',
    'NodeUnschedulable',
    'NodeName',
    'TaintToleration',
    'NodeAffinity',
    'NodePorts',
    'NodeResourcesFit',
    'VolumeRestrictions',
    'NodeVolumeLimits',
    'VolumeBinding',
    'VolumeZone',
    'PodTopologySpread',
    'InterPodAffinity',
    'DynamicResources',
    'DefaultPreemption',
    'NodeResourcesBalancedAllocation',
    'ImageLocality',
    'Mine',
  ]
    .map((name): [string, () => Plugin] => [name, () => scoring(name)])
    .concat([
      ['PrioritySort', () => ({ name: 'PrioritySort', less: () => false })],
      ['DefaultBinder', () => ({ name: 'DefaultBinder', bind: () => Promise.resolve(undefined) })],
    ]),
);

const scores = (profile: SchedulerProfile) => {
  const { points, weights } = resolveProfile(profile, registry);
  return points.score.map(({ name }) => `${name}:${weights.get(name)}`);
};

describe('resolveProfile', () => {
  it('has upstream weights by default', () => {
    expect(scores({})).toEqual(
      expect.arrayContaining([
        'TaintToleration:3',
        'NodeAffinity:2',
        'PodTopologySpread:2',
        'InterPodAffinity:2',
        'NodeResourcesFit:1',
        'ImageLocality:1',
      ]),
    );
  });
  it('overrides in place, keeping the order', () => {
    const changed = scores({ plugins: { multiPoint: { enabled: [{ name: 'NodeResourcesFit', weight: 10 }] } } });
    expect(changed.indexOf('NodeResourcesFit:10')).toBe(scores({}).indexOf('NodeResourcesFit:1'));
  });
  it('disables everything at a point and enables what is named', () => {
    expect(
      scores({ plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: 'ImageLocality', weight: 7 }] } } }),
    ).toEqual(['ImageLocality:7']);
  });
  it('puts plugins enabled at the point in front of the inherited ones, new ones behind', () => {
    const changed = scores({
      plugins: { score: { enabled: [{ name: 'Mine' }, { name: 'ImageLocality', weight: 4 }] } },
    });
    expect([changed[0], changed.at(-1)]).toEqual(['ImageLocality:4', 'Mine:1']);
  });
  it.each([
    [{ plugins: { score: { enabled: [{ name: 'Nope' }] } } }, 'plugin "Nope" does not exist'],
    [{ plugins: { filter: { enabled: [{ name: 'Mine' }] } } }, 'plugin "Mine" does not extend filter plugin'],
    [
      { plugins: { queueSort: { disabled: [{ name: '*' }] } } },
      'only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0',
    ],
    [
      { plugins: { bind: { disabled: [{ name: '*' }] } } },
      'at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
    ],
  ])('refuses %j', (profile, message) => {
    expect(() => resolveProfile(profile, registry)).toThrow(message);
  });
});
