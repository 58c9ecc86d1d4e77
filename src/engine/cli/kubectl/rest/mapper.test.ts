import { describe, expect, it } from 'vitest';
import type { ApiResource } from './discovery.ts';
import { groupResource, RestMapper } from './mapper.ts';

const resource = (
  group: string,
  version: string,
  name: string,
  kind: string,
  shortNames: readonly string[] = [],
  categories: readonly string[] = [],
): ApiResource => ({
  group,
  version,
  name,
  kind,
  shortNames,
  categories,
  singular: kind.toLowerCase(),
  namespaced: true,
  verbs: ['get'],
  subresources: [],
});

const mapper = new RestMapper([
  {
    name: '',
    versions: [
      {
        version: 'v1',
        resources: [resource('', 'v1', 'pods', 'Pod', ['po'], ['all']), resource('', 'v1', 'events', 'Event', ['ev'])],
      },
    ],
  },
  {
    name: 'apps',
    versions: [
      { version: 'v1', resources: [resource('apps', 'v1', 'deployments', 'Deployment', ['deploy'], ['all'])] },
    ],
  },
  {
    name: 'events.k8s.io',
    versions: [{ version: 'v1', resources: [resource('events.k8s.io', 'v1', 'events', 'Event', ['ev'])] }],
  },
]);

describe('RestMapper', () => {
  it.each([
    ['po', 'pods'],
    ['Pod', 'pods'],
    ['pod', 'pods'],
    ['deployments.apps', 'deployments.apps'],
    ['deployments.v1.apps', 'deployments.apps'],
    ['deploy.apps', 'deployments.apps'],
    ['events', 'events'],
    ['events.events.k8s.io', 'events.events.k8s.io'],
    ['events.v1.events.k8s.io', 'events.events.k8s.io'],
  ])('%s', (typed, found) => {
    expect(groupResource(mapper.lookup(typed).resource)).toBe(found);
  });

  it('warns about short names of two groups', () => {
    expect(mapper.lookup('ev').warning).toBe(
      'short name "ev" could also match lower priority resource events.events.k8s.io',
    );
  });

  it('refuses what it does not know', () => {
    expect(() => mapper.lookup('foo.bar')).toThrow('the server doesn\'t have a resource type "foo"');
    expect(() => mapper.kindFor('example.org/v1', 'Widget')).toThrow(
      'no matches for kind "Widget" in version "example.org/v1"',
    );
  });

  it('expands categories', () => {
    expect(mapper.category('all')?.map(groupResource)).toEqual(['pods', 'deployments.apps']);
    expect(mapper.category('nope')).toBeUndefined();
  });
});
