/** From what kubectl printed to the object that is meant, as the cluster has it now. */
import type { KubeObject } from '#engine/apimachinery';
import type { Client, ServedGroup, ServedResource } from '../../../cluster/index.ts';
import type { ObjectReference } from '../../../session/index.ts';

export interface Named {
  readonly type: string;
  readonly name: string;
  readonly namespace?: string;
}

/** `deploy`, `deployments.apps`, `Deployment`: the resource it stands for. */
function resourceNamed(groups: readonly ServedGroup[], type: string): ServedResource | undefined {
  const [word = '', ...rest] = type.toLowerCase().split('.');
  const group = rest.join('.');
  const candidates = groups
    .filter(({ name }) => group === '' || name === group || name.startsWith(`${group}.`))
    .flatMap(({ resources }) => resources);
  return candidates.find(
    ({ plural, singular, kind, shortNames }) =>
      plural === word || singular === word || kind.toLowerCase() === word || shortNames.includes(word),
  );
}

const REMEMBERED_MS = 3000;

export class Resolver {
  private readonly known = new Map<
    string,
    { readonly at: number; readonly found: Promise<ObjectReference | undefined> }
  >();

  constructor(
    private readonly client: Client,
    private readonly groups: readonly ServedGroup[],
  ) {}

  /** Undefined when there is no such object. */
  find(named: Named): Promise<ObjectReference | undefined> {
    const resource = resourceNamed(this.groups, named.type);
    if (!resource) return Promise.resolve(undefined);
    const key = `${resource.group}/${resource.plural}/${named.namespace ?? ''}/${named.name}`;
    const before = this.known.get(key);
    if (before && performance.now() - before.at < REMEMBERED_MS) return before.found;
    const found = this.look(resource, named).catch(() => undefined);
    this.known.set(key, { at: performance.now(), found });
    return found;
  }

  private async look(resource: ServedResource, { name, namespace }: Named): Promise<ObjectReference | undefined> {
    const list = await this.client.list<KubeObject>(resource, {
      ...(resource.namespaced && namespace && { namespace }),
      fieldSelector: `metadata.name=${name}`,
      limit: 10,
    });
    const found = list.items.filter((object) => object.metadata.name === name);
    // What was not told is most likely in the namespace that kubectl takes by itself.
    const object = found.find(({ metadata }) => metadata.namespace === 'default') ?? found[0];
    if (!object) return undefined;
    return { resource, name, ...(resource.namespaced && { namespace: object.metadata.namespace }) };
  }
}
