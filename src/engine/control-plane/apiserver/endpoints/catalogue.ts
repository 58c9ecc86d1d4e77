/** What the server serves, as facts for discovery: resources, their subresources, verbs and kinds. */
import type { CustomResourceDefinition } from '#engine/api';
import type { ExpectedKind } from './codec.ts';
import { componentStatusResource } from './component-status.ts';
import type { Served, Server } from './endpoint.ts';
import { storageVersionHash } from './etag.ts';
import type { CatalogueResource, CatalogueSubresource } from './resource-facts.ts';
import { reviewResources } from './subresources/reviews.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const PART_VERBS = ['get', 'patch', 'update'];
const CONNECT_VERBS = ['create', 'get'];
const PROXY_VERBS = ['create', 'delete', 'get', 'patch', 'update'];

const core = (kind: string): ExpectedKind => ({ group: '', version: 'v1', kind });

/** Subresources that are served by handlers of their own. */
const SPECIAL: { readonly [groupResource: string]: readonly CatalogueSubresource[] } = {
  '/pods': [
    { name: 'attach', kind: core('PodAttachOptions'), verbs: CONNECT_VERBS },
    { name: 'binding', kind: core('Binding'), verbs: ['create'] },
    { name: 'eviction', kind: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
    { name: 'exec', kind: core('PodExecOptions'), verbs: CONNECT_VERBS },
    { name: 'log', kind: undefined, verbs: ['get'] },
    { name: 'portforward', kind: core('PodPortForwardOptions'), verbs: CONNECT_VERBS },
    { name: 'proxy', kind: core('PodProxyOptions'), verbs: PROXY_VERBS },
  ],
  '/services': [{ name: 'proxy', kind: core('ServiceProxyOptions'), verbs: PROXY_VERBS }],
  '/nodes': [{ name: 'proxy', kind: core('NodeProxyOptions'), verbs: PROXY_VERBS }],
  '/serviceaccounts': [
    { name: 'token', kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }, verbs: ['create'] },
  ],
};

/** As upstream's discovery of custom resources orders them. */
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

function customVerbs({ status }: CustomResourceDefinition): readonly string[] {
  const terminating = status.conditions?.some((one) => one.type === 'Terminating' && one.status === 'True');
  return terminating ? ['delete', 'deletecollection', 'get', 'list', 'watch'] : CUSTOM_VERBS;
}

const byName =
  <T>(name: (one: T) => string) =>
  (a: T, b: T) =>
    name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0;

/** Sorted by name within each group and version. */
export function catalogueOf(server: Server): readonly CatalogueResource[] {
  const own = server.stores.allServed().map(resourceOf);
  return [...own, componentStatusResource, ...reviewResources].sort(byName((one) => one.plural));
}

function resourceOf({ resource, store, custom }: Served): CatalogueResource {
  const { strategy } = store;
  const stored = store.resource;
  const own = SPECIAL[`${resource.group}/${resource.plural}`] ?? [];
  const parts = [
    ...(strategy.status ? ['status'] : []),
    ...(strategy.scale ? ['scale'] : []),
    ...Object.keys(strategy.subresources ?? {}),
  ].map((name) => ({
    name,
    kind: name === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : undefined,
    verbs: name === 'finalize' ? ['update'] : PART_VERBS,
  }));
  return {
    group: resource.group,
    version: resource.version,
    plural: resource.plural,
    singular: resource.singular,
    kind: resource.kind,
    namespaced: resource.namespaced,
    ...(custom && { definition: custom.definition }),
    verbs: custom
      ? customVerbs(custom.definition)
      : hasDeleteCollection(resource)
        ? ALL_VERBS
        : ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
    shortNames: strategy.shortNames ?? [],
    categories: strategy.categories ?? [],
    storageVersionHash: storageVersionHash(stored.group, custom?.storageVersion ?? stored.version, stored.kind),
    subresources: [...own, ...parts].sort(byName((one) => one.name)),
  };
}

/** Namespaces go one by one. */
export const hasDeleteCollection = ({ group, plural }: { readonly group: string; readonly plural: string }): boolean =>
  !(group === '' && plural === 'namespaces');
