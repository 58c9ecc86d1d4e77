/** Small changes of objects on their way into the store. */
import type { KubeObject } from '#engine/apimachinery';

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
