/** What the server serves, as controllers that treat every kind alike need it. */
import type { Resource } from '#engine/api';
import { type Client, requestJson } from '#engine/client-go';

export interface DiscoveredResource {
  readonly resource: Resource;
  readonly verbs: readonly string[];
}

interface ApiResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly singularName: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

interface ApiGroupList {
  readonly groups?: readonly {
    readonly name: string;
    readonly preferredVersion?: { readonly version: string };
    readonly versions: readonly { readonly version: string }[];
  }[];
}

/**
 * Every resource in its group's preferred version, without subresources. Rejects when the server cannot be asked.
 * @upstream staging/src/k8s.io/client-go/discovery/discovery_client.go
 */
export async function preferredResources(client: Client): Promise<readonly DiscoveredResource[]> {
  const found = [...(await resourcesOf(client, '', 'v1'))];
  const { groups = [] } = (await requestJson(client, 'GET', '/apis')) as ApiGroupList;
  for (const { name, preferredVersion, versions } of groups) {
    const version = preferredVersion?.version ?? versions[0]?.version;
    if (version !== undefined) found.push(...(await resourcesOf(client, name, version)));
  }
  return found;
}

async function resourcesOf(client: Client, group: string, version: string): Promise<readonly DiscoveredResource[]> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const { resources = [] } = (await requestJson(client, 'GET', path)) as ApiResourceList;
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, singularName, kind, namespaced, verbs }) => ({
      resource: { group, version, plural: name, singular: singularName || kind.toLowerCase(), kind, namespaced },
      verbs,
    }));
}
