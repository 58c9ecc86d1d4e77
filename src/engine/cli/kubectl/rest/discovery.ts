/**
 * What the server can do: groups, versions and resources, from aggregated discovery, or group by group on older servers.
 * @upstream staging/src/k8s.io/client-go/discovery/discovery_client.go
 * @fidelity partial: nothing is kept in ~/.kube/cache
 */
import { at, isArray, isObject, type Json, type JsonObject, text } from '../text/json.ts';
import type { Rest } from './rest.ts';

export interface ApiResource {
  readonly group: string;
  readonly version: string;
  /** plural */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
}

export interface ApiGroup {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly { readonly version: string; readonly resources: readonly ApiResource[] }[];
}

const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

export async function discover(rest: Rest): Promise<readonly ApiGroup[]> {
  const core = await rest.document('/api', { accept: AGGREGATED, query: { timeout: '32s' } });
  const groups = await rest.document('/apis', { accept: AGGREGATED, query: { timeout: '32s' } });
  if (text(core, 'kind') === 'APIGroupDiscoveryList') return [...aggregated(core), ...aggregated(groups)];
  return legacy(rest, core, groups);
}

const items = (value: Json | undefined): readonly JsonObject[] => (isArray(value) ? value.filter(isObject) : []);
const strings = (value: Json | undefined): readonly string[] => (isArray(value) ? value.map(String) : []);

function aggregated(list: Json): readonly ApiGroup[] {
  return items(at(list, 'items')).flatMap((group) => {
    const name = text(group, 'metadata', 'name');
    // What does not answer now is as good as absent.
    const versions = items(group.versions)
      .filter((version) => text(version, 'freshness') !== 'Stale')
      .map((version) => ({
        version: text(version, 'version'),
        resources: items(version.resources).map((resource) =>
          aggregatedResource(name, text(version, 'version'), resource),
        ),
      }));
    return versions.length > 0 ? [{ name, versions }] : [];
  });
}

const aggregatedResource = (group: string, version: string, resource: JsonObject): ApiResource => ({
  group,
  version,
  name: text(resource, 'resource'),
  singular: text(resource, 'singularResource') || text(resource, 'responseKind', 'kind').toLowerCase(),
  kind: text(resource, 'responseKind', 'kind'),
  namespaced: text(resource, 'scope') === 'Namespaced',
  verbs: strings(resource.verbs),
  shortNames: strings(resource.shortNames),
  categories: strings(resource.categories),
  subresources: items(resource.subresources).map((sub) => text(sub, 'subresource')),
});

async function legacy(rest: Rest, core: Json, groups: Json): Promise<readonly ApiGroup[]> {
  const out: ApiGroup[] = [];
  const versions = strings(at(core, 'versions'));
  const all = [
    { name: '', versions },
    ...items(at(groups, 'groups')).map((group) => {
      const preferred = text(group, 'preferredVersion', 'version');
      const others = items(group.versions).map((version) => text(version, 'version'));
      return { name: text(group, 'name'), versions: [preferred, ...others.filter((version) => version !== preferred)] };
    }),
  ];
  for (const group of all) {
    const loaded = [];
    for (const version of group.versions) {
      const path = group.name ? `/apis/${group.name}/${version}` : `/api/${version}`;
      const list = await rest.json('GET', path, { query: { timeout: '32s' } });
      loaded.push({ version, resources: legacyResources(group.name, version, items(at(list, 'resources'))) });
    }
    out.push({ name: group.name, versions: loaded });
  }
  return out;
}

function legacyResources(group: string, version: string, list: readonly JsonObject[]): readonly ApiResource[] {
  const subresources = new Map<string, string[]>();
  for (const entry of list) {
    const [plural, sub] = text(entry, 'name').split('/');
    if (sub !== undefined) subresources.set(plural as string, [...(subresources.get(plural as string) ?? []), sub]);
  }
  return list
    .filter((entry) => !text(entry, 'name').includes('/'))
    .map((entry) => ({
      group,
      version,
      name: text(entry, 'name'),
      singular: text(entry, 'singularName') || text(entry, 'kind').toLowerCase(),
      kind: text(entry, 'kind'),
      namespaced: entry.namespaced === true,
      verbs: strings(entry.verbs),
      shortNames: strings(entry.shortNames),
      categories: strings(entry.categories),
      subresources: subresources.get(text(entry, 'name')) ?? [],
    }));
}
