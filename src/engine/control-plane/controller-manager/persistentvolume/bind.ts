/**
 * The four writes that bind a claim to a volume, in upstream's order; each is left out when it would change nothing.
 * @upstream pkg/controller/volume/persistentvolume/pv_controller.go
 */
import {
  isBoundToClaim,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  volumeAnnotations,
} from '#engine/api';
import { compareQuantity, semanticEqual } from '#engine/apimachinery';
import type { Client } from '#engine/client-go';

const YES = 'yes';

/** Writes that remember what came back, so that the next step does not wait for the watch. */
export interface VolumeWrites {
  bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void>;
  setVolumePhase(volume: PersistentVolume, phase: string, message?: string): Promise<PersistentVolume>;
  setClaimStatus(
    claim: PersistentVolumeClaim,
    phase: string,
    volume: PersistentVolume | undefined,
  ): Promise<PersistentVolumeClaim>;
  updateVolume(volume: PersistentVolume): Promise<PersistentVolume>;
  updateClaim(claim: PersistentVolumeClaim): Promise<PersistentVolumeClaim>;
}

const annotated = <T extends PersistentVolume | PersistentVolumeClaim>(object: T, name: string): T =>
  object.metadata.annotations?.[name] !== undefined
    ? object
    : { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [name]: YES } } };

/** The volume with a reference to the claim, and who made it. */
function volumeFor(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const ref = volume.spec?.claimRef;
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const same = ref?.name === name && ref?.namespace === namespace && ref?.uid === uid;
  const bound = isBoundToClaim(volume, claim) ? volume : annotated(volume, volumeAnnotations.boundByController);
  if (same) return bound;
  const claimRef = { kind: 'PersistentVolumeClaim', namespace, name, uid, apiVersion: 'v1', resourceVersion };
  return { ...bound, spec: { ...bound.spec, claimRef } } as PersistentVolume;
}

function claimFor(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const { name } = volume.metadata;
  const named =
    claim.spec?.volumeName === name
      ? claim
      : annotated({ ...claim, spec: { ...claim.spec, volumeName: name } }, volumeAnnotations.boundByController);
  return annotated(named, volumeAnnotations.bindCompleted);
}

function claimStatus(
  { status = {} }: PersistentVolumeClaim,
  phase: string,
  volume: PersistentVolume | undefined,
): NonNullable<PersistentVolumeClaim['status']> {
  const { accessModes: _modes, capacity: _capacity, ...rest } = status;
  if (!volume) return { ...rest, phase };
  const size = volume.spec?.capacity?.storage ?? '0';
  const had = status.capacity?.storage;
  const grown = status.phase !== phase && (had === undefined || compareQuantity(had, size) !== 0);
  const capacity = grown ? volume.spec?.capacity : status.capacity;
  const attributes = volume.spec?.volumeAttributesClassName;
  return {
    ...rest,
    phase,
    ...(volume.spec?.accessModes && { accessModes: volume.spec.accessModes }),
    ...(capacity && { capacity }),
    ...(attributes !== undefined &&
      status.currentVolumeAttributesClassName === undefined && { currentVolumeAttributesClassName: attributes }),
  };
}

/** `wrote` is told of every object as the server answered it. */
export function volumeWrites(
  client: Client,
  wrote: (object: PersistentVolume | PersistentVolumeClaim) => void,
): VolumeWrites {
  const kept = <T extends PersistentVolume | PersistentVolumeClaim>(object: T): T => {
    wrote(object);
    return object;
  };
  const writes: VolumeWrites = {
    updateVolume: async (volume) => kept(await client.update(persistentVolumes, volume)),
    updateClaim: async (claim) => kept(await client.update(persistentVolumeClaims, claim)),
    async setVolumePhase(volume, phase, message = '') {
      const { status = {} } = volume;
      if (status.phase === phase && (status.message ?? '') === message) return volume;
      const { message: _, ...rest } = status;
      const next = { ...rest, phase, ...(message !== '' && { message }) };
      return kept(await client.updateStatus(persistentVolumes, { ...volume, status: next }));
    },
    async setClaimStatus(claim, phase, volume) {
      const status = claimStatus(claim, phase, volume);
      if (semanticEqual(status, claim.status ?? {})) return claim;
      return kept(await client.updateStatus(persistentVolumeClaims, { ...claim, status }));
    },
    async bind(volume, claim) {
      const wanted = volumeFor(volume, claim);
      const reserved = wanted === volume ? volume : await writes.updateVolume(wanted);
      const bound = await writes.setVolumePhase(reserved, 'Bound');
      const named = claimFor(claim, bound);
      const completed = named === claim ? claim : await writes.updateClaim(named);
      await writes.setClaimStatus(completed, 'Bound', bound);
    },
  };
  return writes;
}
