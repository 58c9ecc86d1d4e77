/** The user's own objects as one multi-document YAML, ready for another cluster. */
import { stringify } from 'yaml';
import type { KubeObject } from '#engine/apimachinery';
import type { Client, ServedGroup, ServedResource } from '../../../cluster/index.ts';
import { cleanObject } from './clean.ts';
import { inApplyOrder, isExported, isUsers } from './user-objects.ts';

export interface CollectedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: { readonly [field: string]: unknown };
}

/** Every object that somebody made, cleaned, in the order to apply them. */
export async function collectObjects(
  client: Client,
  groups: readonly ServedGroup[],
): Promise<readonly CollectedObject[]> {
  const resources = groups.flatMap((group) => group.resources).filter(isExported);
  const lists = await Promise.all(resources.map((resource) => collectOf(client, resource)));
  return lists.flat().toSorted(inApplyOrder);
}

async function collectOf(client: Client, resource: ServedResource): Promise<readonly CollectedObject[]> {
  const { items } = await client.list<KubeObject>(resource, {});
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return items
    .filter((item) => isUsers(item, resource.kind))
    .map((item) => ({
      kind: resource.kind,
      namespace: item.metadata.namespace ?? '',
      name: item.metadata.name ?? '',
      object: cleanObject({ ...item, apiVersion, kind: resource.kind }),
    }));
}

export const toYaml = (objects: readonly CollectedObject[]): string =>
  objects
    .map(({ object }) => stringify(object, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 }))
    .join('---\n');

/** Images that Pods of these objects run, each once, in the order met. */
export function imagesOf(objects: readonly CollectedObject[]): readonly string[] {
  const images = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, field] of Object.entries(value)) {
        if (name === 'image' && typeof field === 'string') images.add(field);
        else visit(field);
      }
    }
  };
  for (const { object } of objects) visit(object.spec);
  return [...images];
}
