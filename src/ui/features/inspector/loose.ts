/** Reading fields of objects whose kind the page does not know. */
import type { Condition, KubeObject } from '#engine/apimachinery';

type Loose = { readonly [field: string]: unknown };

const child = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Loose)[field] : undefined;

/** `fieldOf(pod, 'spec', 'nodeName')`; undefined where there is none. */
export const fieldOf = (object: KubeObject, ...path: readonly string[]): unknown => path.reduce<unknown>(child, object);

export function conditionsOf(object: KubeObject): readonly Condition[] {
  const conditions = fieldOf(object, 'status', 'conditions');
  return Array.isArray(conditions) ? (conditions as readonly Condition[]) : [];
}

/** Names of a Pod's containers: init containers first. */
export function containersOf(pod: KubeObject): readonly string[] {
  return ['initContainers', 'containers'].flatMap((field) => {
    const containers = fieldOf(pod, 'spec', field);
    return Array.isArray(containers) ? containers.map((container) => String(child(container, 'name'))) : [];
  });
}
