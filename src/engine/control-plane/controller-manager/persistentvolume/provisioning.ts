/**
 * Making and removing volumes as far as the controller itself does it: it asks others, who watch for their name.
 * @upstream pkg/controller/volume/persistentvolume/pv_controller.go
 */
import {
  classOfClaim,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumes,
  type StorageClass,
  volumeAnnotations,
} from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import type { Client, EventRecorder, Lister } from '#engine/client-go';
import type { VolumeWrites } from './bind.ts';

/** Names that only plugins inside the controller ever had; all of these are gone. */
const BUILT_IN = 'kubernetes.io/';

/** Asks the class's provisioner for a volume, or says why nobody can be asked. */
export async function provision(
  claim: PersistentVolumeClaim,
  classes: Lister<StorageClass>,
  recorder: EventRecorder,
  writes: VolumeWrites,
): Promise<void> {
  const name = classOfClaim(claim);
  const fail = (why: string) => recorder.event(claim, 'Warning', 'ProvisioningFailed', why);
  const storageClass = classes.get(name);
  if (!storageClass) {
    fail(`storageclass.storage.k8s.io ${JSON.stringify(name)} not found`);
    return;
  }
  const { provisioner } = storageClass;
  if (provisioner.startsWith(BUILT_IN)) {
    fail(`no volume plugin matched name: ${provisioner}`);
    return;
  }
  const { betaStorageProvisioner, storageProvisioner } = volumeAnnotations;
  const known = claim.metadata.annotations ?? {};
  const told = known[betaStorageProvisioner] === provisioner && known[storageProvisioner] === provisioner;
  const annotations = { ...known, [betaStorageProvisioner]: provisioner, [storageProvisioner]: provisioner };
  const asked = told ? claim : await writes.updateClaim({ ...claim, metadata: { ...claim.metadata, annotations } });
  const why = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  recorder.event(asked, 'Normal', 'ExternalProvisioning', why);
}

/** Why the controller cannot delete what a volume stands for; undefined when it can: there is nothing to do for it. */
function deletionFault({ metadata, spec = {} }: PersistentVolume): string | undefined {
  const path = spec.hostPath?.path;
  if (path === undefined) {
    return `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name)}: no deletable volume plugin matched`;
  }
  return /^\/tmp\/.+/.test(path) ? undefined : `host_path deleter only supports /tmp/.+ but received provided ${path}`;
}

/**
 * What becomes of a volume whose claim is gone.
 * @fidelity partial: nothing is recycled: the Pods that would do it have no image here
 */
export async function reclaim(
  volume: PersistentVolume,
  client: Client,
  recorder: EventRecorder,
  writes: VolumeWrites,
): Promise<void> {
  const policy = volume.spec?.persistentVolumeReclaimPolicy;
  if (policy === 'Retain' || policy === undefined) return;
  // Whoever made the volume deletes it.
  if (policy === 'Delete' && volume.metadata.annotations?.[volumeAnnotations.dynamicallyProvisioned]) return;
  const fault = policy === 'Delete' ? deletionFault(volume) : 'No recycler plugin found for the volume!';
  if (fault !== undefined) {
    const reason = policy === 'Delete' ? 'VolumeFailedDelete' : 'VolumeFailedRecycle';
    if (volume.status?.phase === 'Failed' && volume.status.message === fault) return;
    const failed = await writes.setVolumePhase(volume, 'Failed', fault);
    recorder.event(failed, 'Warning', reason, fault);
    return;
  }
  try {
    await client.delete(persistentVolumes, { name: volume.metadata.name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
