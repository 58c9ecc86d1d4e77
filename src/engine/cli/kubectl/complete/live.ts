/** Names that the cluster and the kubeconfig have at this moment. A cluster that does not answer has none. */
import { lookup } from '../resource/builder.ts';
import type { ApiResource } from '../rest/discovery.ts';
import { groupResource, resourceUrl } from '../rest/mapper.ts';
import type { Session } from '../session.ts';
import { at, isArray, isObject, type JsonObject, text } from '../text/json.ts';

const quietly = async <T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await ask();
  } catch (error) {
    // Refused, unreachable or unknown: there is nothing to offer, and the line being typed is no place for complaints.
    if (error instanceof TypeError) throw error;
    return [];
  }
};

/** `pods`, `deployments.apps` and short names that were typed in full. */
export const resourceTypes = (session: Session, typed: string, verb = 'get'): Promise<readonly string[]> =>
  quietly(async () => {
    const resources = (await session.mapper(0)).preferred().filter(({ verbs }) => verbs.includes(verb));
    const names = resources.map(groupResource);
    const short = resources.some(({ shortNames, singular }) => shortNames.includes(typed) || singular === typed);
    return short && !names.includes(typed) ? [typed, ...names] : names;
  });

export const objectsOf = (
  session: Session,
  type: string,
  options: { readonly labelSelector?: string; readonly namespace?: string } = {},
): Promise<readonly JsonObject[]> =>
  quietly(async () => {
    const resource = await resourceOf(session, type);
    if (!resource) return [];
    const namespace = resource.namespaced ? (options.namespace ?? session.namespace().name) : '';
    const list = await session.rest().json('GET', resourceUrl(resource, namespace), {
      query: { labelSelector: options.labelSelector, limit: 500 },
    });
    const items = at(list, 'items');
    return isArray(items) ? items.filter(isObject) : [];
  });

async function resourceOf(session: Session, type: string): Promise<ApiResource | undefined> {
  if (type === '' || type === 'all') return undefined;
  return lookup(session, await session.mapper(0), type);
}

export const namesOf = async (session: Session, type: string): Promise<readonly string[]> =>
  (await objectsOf(session, type)).map((object) => text(object, 'metadata', 'name'));

const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'];

/** Containers of the Pod, or of the template of `type/name`. */
export async function containersOf(session: Session, target: string): Promise<readonly string[]> {
  const slash = target.indexOf('/');
  const [type, name] = slash < 0 ? ['pods', target] : [target.slice(0, slash), target.slice(slash + 1)];
  const object = (await objectsOf(session, type)).find((one) => text(one, 'metadata', 'name') === name);
  if (!object) return [];
  const spec = at(object, 'spec', 'template', 'spec') ?? at(object, 'spec');
  return CONTAINER_LISTS.flatMap((list) => {
    const containers = at(spec, list);
    return isArray(containers) ? containers.map((container) => text(container, 'name')) : [];
  });
}

export type Stanza = 'contexts' | 'clusters' | 'users';

export const configNames = (session: Session, stanza: Stanza): Promise<readonly string[]> =>
  quietly(async () => [...session.config.load()[stanza].keys()]);
