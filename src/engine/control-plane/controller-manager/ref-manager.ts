/** Who owns what: adopts orphans that match, releases what no longer does. @upstream pkg/controller/controller_ref_manager.go */
import type { Resource } from '#engine/api';
import { controllerOf, controllerRef, isNotFound, type KubeObject } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';

/** The index that finds the dependents of a controller, and the orphans of a namespace, without a scan. */
export const CONTROLLER_INDEX = 'controller-uid';

/** Values of the index: the controller's uid, or the namespace's orphans. */
export const controllerIndex = (object: KubeObject): readonly string[] => [
  controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace ?? ''),
];

export const orphansOf = (namespace: string): string => `orphans/${namespace}`;

type Claim = 'owned' | 'adopt' | 'release' | 'foreign';

/** What should happen between a controller and an object. */
export function decideClaim(owner: KubeObject, object: KubeObject, matches: boolean): Claim {
  const current = controllerOf(object);
  if (current) {
    if (current.uid !== owner.metadata.uid) return 'foreign';
    if (matches) return 'owned';
    return owner.metadata.deletionTimestamp === undefined ? 'release' : 'foreign';
  }
  if (owner.metadata.deletionTimestamp !== undefined || !matches) return 'foreign';
  if (object.metadata.deletionTimestamp !== undefined) return 'foreign';
  return object.metadata.namespace === owner.metadata.namespace ? 'adopt' : 'foreign';
}

/**
 * The objects of `objects` that belong to `owner`, after adopting and releasing. Reads the owner anew before the first adoption: a
 * stale cache must not adopt for an owner that is gone. A finalizer comes and goes with the owner.
 */
export async function claimObjects<O extends KubeObject, T extends KubeObject>(
  client: Client,
  ownerResource: Resource<O>,
  owner: O,
  resource: Resource<T>,
  objects: readonly T[],
  matches: (object: T) => boolean,
  finalizer?: string,
): Promise<readonly T[]> {
  const claimed: T[] = [];
  const adoptions: T[] = [];
  const releases: T[] = [];
  for (const object of objects) {
    const claim = decideClaim(owner, object, matches(object));
    if (claim === 'owned') claimed.push(object);
    else if (claim === 'adopt') adoptions.push(object);
    else if (claim === 'release') releases.push(object);
  }
  if (adoptions.length > 0) {
    await assertAlive(client, ownerResource, owner);
    for (const object of adoptions) {
      const adopted = await patch(client, resource, object, adoption(owner, object, finalizer));
      if (adopted) claimed.push(adopted);
    }
  }
  for (const object of releases) await patch(client, resource, object, release(owner, object, finalizer));
  return claimed;
}

async function assertAlive<O extends KubeObject>(client: Client, resource: Resource<O>, owner: O): Promise<void> {
  const { namespace, name, uid } = owner.metadata;
  const fresh = await client.get(resource, { namespace, name });
  if (fresh.metadata.uid !== uid) {
    throw new Error(
      `original ${owner.kind} ${namespace}/${name} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`,
    );
  }
  if (fresh.metadata.deletionTimestamp !== undefined) {
    throw new Error(`${namespace}/${name} has just been deleted at ${fresh.metadata.deletionTimestamp}`);
  }
}

const adoption = (owner: KubeObject, object: KubeObject, finalizer: string | undefined) => ({
  metadata: {
    ownerReferences: [controllerRef(owner)],
    uid: object.metadata.uid,
    ...(finalizer !== undefined && { finalizers: [finalizer] }),
  },
});

const release = (owner: KubeObject, object: KubeObject, finalizer: string | undefined) => ({
  metadata: {
    uid: object.metadata.uid,
    ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }],
    ...(finalizer !== undefined && { '$deleteFromPrimitiveList/finalizers': [finalizer] }),
  },
});

async function patch<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: T,
  body: unknown,
): Promise<T | undefined> {
  try {
    const { namespace, name } = object.metadata;
    return await client.patch(resource, { namespace, name }, 'strategic', body);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
