/** Asks for claims to grow: nothing in the controller manager can do it by itself. @upstream pkg/controller/volume/expand/expand_controller.go */
import { type PersistentVolumeClaim, persistentVolumeClaims, persistentVolumes } from '#engine/api';
import { compareQuantity, objectKey } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import { type ControllerContext, recorderFor } from '../context.ts';

const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec?.resources?.requests?.storage ?? '0';

/** @fidelity partial: in-tree volumes that could grow are gone; who provisioned a volume has to expand it */
export function startVolumeExpander(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('expand-controller');
  const recorder = recorderFor(context, client, 'volume_expand');
  const claims = informers.informer(persistentVolumeClaims).lister;
  const volumes = informers.informer(persistentVolumes).lister;
  const reconcile = async (key: string) => {
    const claim = claims.get(key);
    const volume = claim?.status?.phase === 'Bound' ? volumes.get(claim.spec?.volumeName ?? '') : undefined;
    if (!claim || !volume || volume.spec?.claimRef?.uid !== claim.metadata.uid) return undefined;
    if (compareQuantity(sizeOf(claim), claim.status?.capacity?.storage ?? '0') <= 0) return undefined;
    const type = volume.spec?.csi ? 'Normal' : 'Warning';
    recorder.event(claim, type, 'ExternalExpanding', 'waiting for an external controller to expand this PVC');
    return undefined;
  };
  const watches = [
    watchWith(persistentVolumeClaims, (queue) => ({
      updated: (before, claim) => {
        if (compareQuantity(sizeOf(claim), sizeOf(before)) > 0) queue.add(objectKey(claim));
      },
    })),
  ];
  startController(world, informers, { name: 'expand', workers: 1, watches, reconcile }, signal);
}
