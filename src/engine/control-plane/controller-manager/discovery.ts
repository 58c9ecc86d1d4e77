/** What the server serves, as controllers that treat every kind alike need it. */
import type { Resource } from '#engine/api';
import { type Client, requestJson } from '#engine/client-go';

export interface DiscoveredResource {
  readonly resource: Resource;
  readonly verbs: readonly string[];
}

export interface Discovered {
  readonly resources: readonly DiscoveredResource[];
  /** `group/version` of what is there and does not answer. */
  readonly stale: readonly string[];
}

interface GroupList {
  readonly items?: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly freshness?: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly singularResource: string;
        readonly responseKind: { readonly kind: string };
        readonly scope: string;
        readonly verbs: readonly string[];
      }[];
    }[];
  }[];
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/**
 * Every resource in its group's preferred version, without subresources. Rejects when the server cannot be asked.
 * @upstream staging/src/k8s.io/client-go/discovery/discovery_client.go ServerPreferredResources
 */
export async function preferredResources(client: Client): Promise<Discovered> {
  const resources: DiscoveredResource[] = [];
  const stale: string[] = [];
  for (const root of ['/api', '/apis']) {
    const list = (await requestJson(client, 'GET', root, undefined, { accept: ACCEPT })) as GroupList;
    for (const { metadata, versions } of list.items ?? []) {
      const group = metadata.name ?? '';
      const isStale = ({ freshness }: { readonly freshness?: string }) => freshness === 'Stale';
      stale.push(...versions.filter(isStale).map(({ version }) => `${group}/${version}`));
      const preferred = versions.find((one) => !isStale(one));
      for (const one of preferred?.resources ?? []) resources.push(discovered(group, preferred?.version ?? '', one));
    }
  }
  return { resources, stale };
}

type Entry = NonNullable<NonNullable<GroupList['items']>[number]['versions'][number]['resources']>[number];

function discovered(group: string, version: string, entry: Entry): DiscoveredResource {
  const { resource: plural, singularResource, responseKind, scope, verbs } = entry;
  const { kind } = responseKind;
  const singular = singularResource || kind.toLowerCase();
  return { resource: { group, version, plural, singular, kind, namespaced: scope === 'Namespaced' }, verbs };
}

/** What upstream's client says of groups that do not answer. */
export const staleMessage = (stale: readonly string[]): string =>
  `unable to retrieve the complete list of server APIs: ${stale
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((one) => `${one}: stale GroupVersion discovery: ${one}`)
    .join(', ')}`;
