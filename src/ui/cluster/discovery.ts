/** What the server serves: groups and resources, the preferred version of each, from aggregated discovery. */
import type { Resource } from '#engine/api';
import type { Client } from '#engine/client-go';
import { bodyJson } from '#engine/http';

export interface ServedResource extends Resource {
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  readonly shortNames: readonly string[];
}

export interface ServedGroup {
  /** '' for the core group */
  readonly name: string;
  readonly resources: readonly ServedResource[];
}

interface WireResource {
  readonly resource: string;
  readonly responseKind?: { readonly kind: string };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly singularResource?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}

interface WireGroupList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly { readonly version: string; readonly resources?: readonly WireResource[] }[];
  }[];
}

const ACCEPT = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

function served(group: string, version: string, wire: WireResource): ServedResource {
  const kind = wire.responseKind?.kind ?? wire.resource;
  return {
    group,
    version,
    plural: wire.resource,
    singular: wire.singularResource || kind.toLowerCase(),
    kind,
    namespaced: wire.scope === 'Namespaced',
    verbs: wire.verbs ?? [],
    shortNames: wire.shortNames ?? [],
    subresources: (wire.subresources ?? []).map(({ subresource }) => subresource),
  };
}

/** Only what can be listed; each resource in the first version that has it. */
function groupsOf({ items = [] }: WireGroupList): readonly ServedGroup[] {
  return items.map(({ metadata, versions = [] }) => {
    const name = metadata?.name ?? '';
    const resources = new Map<string, ServedResource>();
    for (const { version, resources: wires = [] } of versions) {
      for (const wire of wires) {
        if (!resources.has(wire.resource)) resources.set(wire.resource, served(name, version, wire));
      }
    }
    return { name, resources: [...resources.values()].filter(({ verbs }) => verbs.includes('list')) };
  });
}

export async function discover(client: Client): Promise<readonly ServedGroup[]> {
  const lists = await Promise.all(
    ['/api', '/apis'].map(async (path) => {
      const response = await client.request('GET', path, { headers: ACCEPT });
      return groupsOf((await bodyJson(response.body)) as WireGroupList);
    }),
  );
  return lists.flat().filter(({ resources }) => resources.length > 0);
}
