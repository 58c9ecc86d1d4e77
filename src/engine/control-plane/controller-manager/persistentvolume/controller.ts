/**
 * persistentvolume-binder: brings claims and volumes together, and lets them go.
 * @upstream pkg/controller/volume/persistentvolume/pv_controller_base.go
 */
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
  volumeAnnotations,
} from '#engine/api';
import { isConflict, isNotFound, keyOf, objectKey } from '#engine/apimachinery';
import { startController, type Watch, watchWith } from '#engine/client-go';
import { type ControllerContext, recorderFor } from '../context.ts';
import { isPodTerminal } from '../pod-status.ts';
import { volumeWrites } from './bind.ts';
import { CLAIM_INDEX, claimIndex } from './claims-of-pods.ts';
import { Latest } from './latest.ts';
import { reclaim } from './provisioning.ts';
import { syncClaim, syncVolume, type VolumeSync } from './sync.ts';

/** `--pvclaimbinder-sync-period` */
const SYNC_PERIOD_MS = 15_000;
const CLAIM = 'claim:';
const VOLUME = 'volume:';

/** Claims that nobody has bound are looked at again every period; the others when something about them changes. */
const isOpen = (claim: PersistentVolumeClaim | undefined): boolean =>
  claim !== undefined && claim.metadata.annotations?.[volumeAnnotations.bindCompleted] === undefined;

/** @fidelity partial: no in-tree plugin provisions, and nothing is recycled */
export function startPersistentVolumeBinder(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const period = context.options.pvClaimBinderSyncPeriodMs ?? SYNC_PERIOD_MS;
  const began = world.clock.now();
  const client = context.clientFor('persistent-volume-binder');
  const recorder = recorderFor(context, client, 'persistentvolume-controller');
  const claims = new Latest(informers.informer(persistentVolumeClaims).lister);
  const volumes = new Latest(informers.informer(persistentVolumes).lister);
  const classes = informers.informer(storageClasses).lister;
  const podList = informers.informer(pods, {
    indexers: { [CLAIM_INDEX]: claimIndex },
  }).lister;
  const writes = volumeWrites(client, (object) => {
    if (object.metadata.namespace === undefined) volumes.wrote(object as PersistentVolume);
    else claims.wrote(object as PersistentVolumeClaim);
  });
  let wake: (key: string) => void = () => undefined;
  const binder: VolumeSync = {
    claims,
    volumes,
    classes,
    recorder,
    writes,
    waitingPods: (claim) =>
      podList
        .byIndex(CLAIM_INDEX, objectKey(claim))
        .filter((pod) => !isPodTerminal(pod) && !pod.spec.nodeName)
        .map(({ metadata }) => metadata.name),
    reclaim: (volume) => reclaim(volume, client, recorder, writes),
    wakeClaim: (key) => wake(CLAIM + key),
  };
  /** The next round of upstream's resync. */
  const untilResync = () => period - ((world.clock.now() - began) % period);
  const sync = async (key: string): Promise<boolean> => {
    if (key.startsWith(VOLUME)) {
      const volume = volumes.get(key.slice(VOLUME.length));
      if (volume) await syncVolume(binder, volume);
      return false;
    }
    const claim = claims.get(key.slice(CLAIM.length));
    if (claim) await syncClaim(binder, claim);
    return isOpen(claims.get(key.slice(CLAIM.length)));
  };
  const reconcile = async (key: string) => {
    try {
      return (await sync(key)) ? { requeueAfterMs: untilResync() } : undefined;
    } catch (error) {
      // Somebody else was faster: the watch brings what they wrote, or the next round does.
      if (isConflict(error) || isNotFound(error)) return { requeueAfterMs: untilResync() };
      throw error;
    }
  };
  const watches = watchesOf(binder, (add) => {
    wake = add;
  });
  startController(world, informers, { name: 'persistentvolume', workers: 1, watches, reconcile }, signal);
}

function watchesOf({ claims, volumes }: VolumeSync, onQueue: (add: (key: string) => void) => void): readonly Watch[] {
  return [
    watchWith(persistentVolumes, (queue) => {
      onQueue((key) => queue.add(key));
      const changed = (volume: PersistentVolume) => {
        volumes.saw(volume);
        queue.add(VOLUME + volume.metadata.name);
      };
      return {
        added: changed,
        updated: (_, volume) => changed(volume),
        deleted: (volume) => {
          volumes.gone(volume);
          const ref = volume.spec?.claimRef;
          // The claim should learn at once that its volume is gone.
          if (ref) queue.add(CLAIM + keyOf(ref.name ?? '', ref.namespace));
        },
      };
    }),
    watchWith(persistentVolumeClaims, (queue) => {
      const changed = (claim: PersistentVolumeClaim) => {
        claims.saw(claim);
        queue.add(CLAIM + objectKey(claim));
      };
      return {
        added: changed,
        updated: (_, claim) => changed(claim),
        deleted: (claim) => {
          claims.gone(claim);
          const name = claim.spec?.volumeName;
          if (name) queue.add(VOLUME + name);
        },
      };
    }),
  ];
}
