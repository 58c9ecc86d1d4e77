/** Small changes of objects on their way into the store. */

import type { KubeObject } from '#engine/apimachinery';
import { type Rng, randomSuffix } from '#engine/sim';

/** Metadata that an update cannot touch, taken from what is stored. */
export function carryMeta<T extends KubeObject>(next: T, current: T): T {
  const { metadata: old } = current;
  const { metadata: meta } = next;
  const grace = meta.deletionGracePeriodSeconds ?? old.deletionGracePeriodSeconds;
  const { deletionTimestamp: asked, generation: _, selfLink: __, ...rest } = meta;
  const deletionTimestamp = old.deletionTimestamp ?? asked;
  const metadata = {
    ...rest,
    ...(old.generation !== undefined && { generation: old.generation }),
    ...((meta.uid || old.uid) && { uid: meta.uid || (old.uid as string) }),
    ...(old.creationTimestamp !== undefined && { creationTimestamp: old.creationTimestamp }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(grace !== undefined && { deletionGracePeriodSeconds: grace }),
  };
  return { ...next, metadata };
}

export const withName = <T extends KubeObject>(object: T, name: string): T => ({
  ...object,
  metadata: { ...object.metadata, name },
});

export const withVersion = <T extends KubeObject>(object: T, resourceVersion: string): T => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});

const MAX_NAME_BASE = 58;

/** A name from a `generateName`. */
export const generatedName = (names: Rng, base: string): string =>
  base.slice(0, MAX_NAME_BASE) + randomSuffix(names, 5);

/** The same object in a namespace, or in none. */
export function withNamespace<T extends KubeObject>(object: T, wanted: string | undefined): T {
  if (object.metadata.namespace === wanted) return object;
  const { namespace: _, ...meta } = object.metadata;
  return { ...object, metadata: wanted ? { ...meta, namespace: wanted } : meta };
}
