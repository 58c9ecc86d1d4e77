/** Volumes that a Pod has by a claim. @upstream pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go, pkg/volume/local */
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume as VolumeSpec } from '#engine/api';
import { controllerOf } from '#engine/apimachinery';
import type { ContainerRuntime } from '#engine/node/cri';
import { failed, hostPath, MountError, type MountedVolume } from './node-directory.ts';
import type { ObjectReader } from './object-reader.ts';

/** What mounting a claim needs of the Node. */
export interface ClaimContext {
  readonly runtime: ContainerRuntime;
  readonly reader: ObjectReader;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The claim, when it can be mounted. Throws why it cannot. */
function checkClaim(pod: Pod, claim: PersistentVolumeClaim, ephemeral: boolean): string {
  if (ephemeral && controllerOf(claim)?.uid !== pod.metadata.uid) {
    const { namespace, name } = claim.metadata;
    throw new Error(
      `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`,
    );
  }
  if (claim.metadata.deletionTimestamp !== undefined) throw new Error('PVC is being deleted');
  const volume = claim.spec?.volumeName;
  if (claim.status?.phase !== 'Bound' || !volume) throw new Error('PVC is not bound');
  return volume;
}

async function volumeOf({ reader }: ClaimContext, pod: Pod, spec: VolumeSpec): Promise<PersistentVolume> {
  const { namespace = '', name: podName } = pod.metadata;
  const ephemeral = spec.ephemeral !== undefined;
  const name = spec.persistentVolumeClaim?.claimName ?? `${podName}-${spec.name}`;
  try {
    const claim = await reader.claim(namespace, name).catch((error: unknown) => {
      throw new Error(`failed to fetch PVC from API server: ${messageOf(error)}`, { cause: error });
    });
    const volumeName = checkClaim(pod, claim, ephemeral);
    const volume = await reader.volume(volumeName).catch((error: unknown) => {
      throw new Error(`failed to fetch PV ${JSON.stringify(volumeName)} from API server: ${messageOf(error)}`, {
        cause: error,
      });
    });
    const ref = volume.spec?.claimRef;
    if (ref?.uid === claim.metadata.uid) return volume;
    const whose = ref ? `pv.Spec.ClaimRef.UID ${JSON.stringify(ref.uid ?? '')}` : 'a nil ClaimRef';
    const why = `found PV object ${JSON.stringify(volumeName)} but it has ${whose}`;
    throw new Error(`${why} which does not point to claim ${JSON.stringify(claim.metadata.uid ?? '')}`);
  } catch (error) {
    const why = `error processing PVC ${namespace}/${name}: ${messageOf(error)}`;
    throw new MountError(
      `Unable to attach or mount volumes: unmounted volumes=[${spec.name}], unattached volumes=[], failed to process volumes=[${spec.name}]: ${why}`,
    );
  }
}

function mountedFrom({ runtime }: ClaimContext, { metadata: { name }, spec = {} }: PersistentVolume): MountedVolume {
  if (spec.hostPath) return hostPath({ runtime }, name, spec.hostPath);
  if (spec.local) {
    const { path } = spec.local;
    if (runtime.nodeFs.exists(path)) return { volume: runtime.nodeDisk, subPath: path };
    throw new MountError(
      `MountVolume.NewMounter initialization failed for volume "${name}" : path ${JSON.stringify(path)} does not exist`,
    );
  }
  if (spec.csi) {
    const why = `kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ${spec.csi.driver} not found in the list of registered CSI drivers`;
    throw new MountError(`MountVolume.MountDevice failed for volume "${name}" : ${why}`);
  }
  throw failed(name, 'this type of volume is not supported by this kubelet');
}

/**
 * What a Pod's claim stands for: a directory of this Node's disk, where it stays when the Pod goes.
 * @fidelity partial: hostPath and local volumes; others, and raw blocks, have nothing here to mount
 */
export async function claimedVolume(context: ClaimContext, pod: Pod, spec: VolumeSpec): Promise<MountedVolume> {
  const volume = await volumeOf(context, pod, spec);
  const readOnly = spec.persistentVolumeClaim?.readOnly === true;
  return { ...mountedFrom(context, volume), ...(readOnly && { readOnly }) };
}
