/** What a Service says it serves, as far as it can be read: anybody's Pod may answer. */
import type { CatalogueResource } from '../endpoints/resource-facts.ts';

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : []);

/** The resources of an APIResourceList; none of what is no such list. */
export function remoteResources(group: string, version: string, list: unknown): readonly CatalogueResource[] {
  const entries = isObject(list) && Array.isArray(list.resources) ? list.resources.filter(isObject) : [];
  const partsOf = (plural: string) =>
    entries
      .filter(({ name }) => text(name).startsWith(`${plural}/`))
      .map((entry) => ({
        name: text(entry.name).slice(plural.length + 1),
        kind: { group: text(entry.group) || group, version: text(entry.version) || version, kind: text(entry.kind) },
        verbs: texts(entry.verbs),
      }));
  return entries
    .filter(({ name }) => text(name) !== '' && !text(name).includes('/'))
    .map((entry) => ({
      group,
      version,
      plural: text(entry.name),
      singular: text(entry.singularName),
      kind: text(entry.kind),
      namespaced: entry.namespaced === true,
      verbs: texts(entry.verbs),
      shortNames: texts(entry.shortNames),
      categories: texts(entry.categories),
      storageVersionHash: text(entry.storageVersionHash) || undefined,
      subresources: partsOf(text(entry.name)),
    }));
}
