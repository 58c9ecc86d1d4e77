/** What the scheduler may know of volumes, and what it does for them. */
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  StorageClass,
} from '#engine/api';
import { type KubeObject, keyOf, objectKey } from '#engine/apimachinery';
import type { Outcome } from './verdict.ts';

/** Reads from caches; claims by `namespace/name`, the rest by name. */
export interface VolumeView {
  claim(key: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  volumes(): readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
  csiNode(name: string): CSINode | undefined;
  csiDriver(name: string): CSIDriver | undefined;
  capacities(): readonly CSIStorageCapacity[];
}

/** Everything about volumes as plain lists, at one instant; what is absent has none. */
export interface VolumeLists {
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly volumes?: readonly PersistentVolume[];
  readonly storageClasses?: readonly StorageClass[];
  readonly csiNodes?: readonly CSINode[];
  readonly csiDrivers?: readonly CSIDriver[];
  readonly capacities?: readonly CSIStorageCapacity[];
}

export function listedVolumes(lists: VolumeLists): VolumeView {
  const named = <T extends KubeObject>(objects: readonly T[] = []) => {
    const known = new Map(objects.map((object) => [objectKey(object), object]));
    return (key: string) => known.get(key);
  };
  return {
    claim: named(lists.claims),
    volume: named(lists.volumes),
    volumes: () => lists.volumes ?? [],
    storageClass: named(lists.storageClasses),
    csiNode: named(lists.csiNodes),
    csiDriver: named(lists.csiDrivers),
    capacities: () => lists.capacities ?? [],
  };
}

/** What has to be written before a Pod can be bound, and how it is seen that others have done their part. */
export interface VolumeWork {
  readonly pod: Pod;
  /** Volumes with the claims they are given to. */
  readonly volumes: readonly PersistentVolume[];
  /** Claims that say on which Node their volume is to be made. */
  readonly claims: readonly PersistentVolumeClaim[];
  /** Remembers what the server made of one of them. */
  wrote(object: PersistentVolume | PersistentVolumeClaim): void;
  /** undefined while claims are not bound; a verdict when they never will be. */
  progress(): 'bound' | Outcome;
}

/** A claim that a Pod uses. */
export interface ClaimUse {
  readonly key: string;
  readonly name: string;
  /** Made for the Pod by its ephemeral volume. */
  readonly ephemeral: boolean;
}

/** In the order of the Pod's volumes. */
export function claimsOf({ metadata, spec }: Pod): readonly ClaimUse[] {
  const uses: ClaimUse[] = [];
  for (const { name: volume, persistentVolumeClaim, ephemeral } of spec.volumes ?? []) {
    const name = persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${volume}`);
    if (name !== undefined)
      uses.push({ key: keyOf(name, metadata.namespace), name, ephemeral: !persistentVolumeClaim });
  }
  return uses;
}
