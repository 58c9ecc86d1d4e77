/**
 * What the binder does with one claim, and with one volume.
 * @upstream pkg/controller/volume/persistentvolume/pv_controller.go
 */
import {
  classOfClaim,
  findMatchingVolume,
  hasModes,
  isBoundToClaim,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  sameVolumeMode,
  volumeAnnotations,
} from '#engine/api';
import { compareQuantity, keyOf } from '#engine/apimachinery';
import type { EventRecorder, Lister } from '#engine/client-go';
import type { VolumeWrites } from './bind.ts';
import { withDefaultClass } from './default-class.ts';
import type { Latest } from './latest.ts';
import { provision } from './provisioning.ts';

const WAITING = 'waiting for first consumer to be created before binding';
const NOTHING = 'no persistent volumes available for this claim and no storage class is set';

/** What one sync looks at and works with. */
export interface Binder {
  readonly claims: Latest<PersistentVolumeClaim>;
  readonly volumes: Latest<PersistentVolume>;
  readonly classes: Lister<StorageClass>;
  readonly recorder: EventRecorder;
  readonly writes: VolumeWrites;
  /** Names of Pods that use the claim and have no Node yet. */
  waitingPods(claim: PersistentVolumeClaim): readonly string[];
}

/** The fewer modes a volume has beyond those asked for, the better it suits. */
function byModes(volumes: readonly PersistentVolume[], claim: PersistentVolumeClaim): readonly PersistentVolume[][] {
  const groups = new Map<string, PersistentVolume[]>();
  for (const volume of volumes) {
    if (!hasModes(volume, claim)) continue;
    const key = [...new Set(volume.spec?.accessModes ?? [])].sort((a, b) => (a < b ? -1 : 1)).join();
    const group = groups.get(key);
    if (group) group.push(volume);
    else groups.set(key, [volume]);
  }
  const count = (group: readonly PersistentVolume[]) => new Set(group[0]?.spec?.accessModes).size;
  return [...groups.values()].sort((a, b) => count(a) - count(b));
}

const isDelayed = ({ classes }: Binder, claim: PersistentVolumeClaim): boolean =>
  classes.get(classOfClaim(claim))?.volumeBindingMode === 'WaitForFirstConsumer';

function bestVolume(binder: Binder, claim: PersistentVolumeClaim, delayed: boolean): PersistentVolume | undefined {
  for (const group of byModes(binder.volumes.list(), claim)) {
    const found = findMatchingVolume(claim, group, { delayed });
    if (found) return found;
  }
  return undefined;
}

function sayWhatItWaitsFor({ recorder, waitingPods }: Binder, claim: PersistentVolumeClaim): void {
  const names = waitingPods(claim);
  if (names.length === 0) recorder.event(claim, 'Normal', 'WaitForFirstConsumer', WAITING);
  else {
    const who = names.length > 1 ? `pods ${names.join(',')}` : `pod ${names[0]}`;
    recorder.event(claim, 'Normal', 'WaitForPodScheduled', `waiting for ${who} to be scheduled`);
  }
}

async function syncAnyVolume(binder: Binder, claim: PersistentVolumeClaim): Promise<void> {
  const { recorder, writes, classes } = binder;
  const delayed = isDelayed(binder, claim);
  const volume = bestVolume(binder, claim, delayed);
  if (volume) return writes.bind(volume, claim);
  const named = withDefaultClass(claim, classes.list());
  if (named) {
    await writes.updateClaim(named);
    return;
  }
  const selected = claim.metadata.annotations?.[volumeAnnotations.selectedNode] !== undefined;
  if (delayed && !selected) sayWhatItWaitsFor(binder, claim);
  else if (classOfClaim(claim) !== '') return provision(claim, classes, recorder, writes);
  else recorder.event(claim, 'Normal', 'FailedBinding', NOTHING);
  await writes.setClaimStatus(claim, 'Pending', undefined);
}

/** Why a volume that was asked for by name does not do. */
function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  const wanted = claim.spec?.resources?.requests?.storage ?? '0';
  if (compareQuantity(volume.spec?.capacity?.storage ?? '0', wanted) < 0) return 'requested PV is too small';
  if ((volume.spec?.storageClassName ?? '') !== classOfClaim(claim)) return 'storageClassName does not match';
  if (!sameVolumeMode(volume, claim)) return 'incompatible volumeMode';
  return hasModes(volume, claim) ? undefined : 'incompatible accessMode';
}

async function syncNamedVolume(binder: Binder, claim: PersistentVolumeClaim, name: string): Promise<void> {
  const { volumes, recorder, writes } = binder;
  const volume = volumes.get(name);
  if (volume?.spec?.claimRef && isBoundToClaim(volume, claim)) return writes.bind(volume, claim);
  if (volume && !volume.spec?.claimRef) {
    const why = mismatch(volume, claim);
    if (why === undefined) return writes.bind(volume, claim);
    recorder.event(
      claim,
      'Warning',
      'VolumeMismatch',
      `Cannot bind to requested volume ${JSON.stringify(name)}: ${why}`,
    );
  } else if (volume) {
    const why = `volume ${JSON.stringify(name)} already bound to a different claim.`;
    recorder.event(claim, 'Warning', 'FailedBinding', why);
  }
  await writes.setClaimStatus(claim, 'Pending', undefined);
}

async function syncBoundClaim(binder: Binder, claim: PersistentVolumeClaim): Promise<void> {
  const { volumes, recorder, writes } = binder;
  const lose = async (reason: string, why: string) => {
    if (claim.status?.phase === 'Lost') return;
    const lost = await writes.setClaimStatus(claim, 'Lost', undefined);
    recorder.event(lost, 'Warning', reason, why);
  };
  const name = claim.spec?.volumeName;
  if (!name) {
    return lose('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  }
  const volume = volumes.get(name);
  if (!volume) return lose('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  const uid = volume.spec?.claimRef?.uid;
  if (!volume.spec?.claimRef || uid === claim.metadata.uid) return writes.bind(volume, claim);
  return lose('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

/** Brings a claim one step further. */
export function syncClaim(binder: Binder, claim: PersistentVolumeClaim): Promise<void> {
  if (claim.metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined) return syncBoundClaim(binder, claim);
  const name = claim.spec?.volumeName;
  return name ? syncNamedVolume(binder, claim, name) : syncAnyVolume(binder, claim);
}

/** Takes the reference back: the claim chose another volume. */
async function unbind({ writes }: Binder, volume: PersistentVolume): Promise<void> {
  const { boundByController } = volumeAnnotations;
  const { claimRef, ...spec } = volume.spec ?? {};
  const { [boundByController]: own, ...annotations } = volume.metadata.annotations ?? {};
  const { uid: _, ...byUser } = claimRef ?? {};
  const next =
    own === undefined
      ? { ...volume, spec: { ...spec, claimRef: byUser } }
      : { ...volume, spec, metadata: { ...volume.metadata, annotations } };
  await writes.setVolumePhase(await writes.updateVolume(next as PersistentVolume), 'Available');
}

/** What the sync of a volume needs besides. */
export interface VolumeSync extends Binder {
  reclaim(volume: PersistentVolume): Promise<void>;
  wakeClaim(key: string): void;
}

async function release(binder: VolumeSync, volume: PersistentVolume): Promise<void> {
  const phase = volume.status?.phase;
  const settled = phase === 'Released' || phase === 'Failed';
  await binder.reclaim(settled ? volume : await binder.writes.setVolumePhase(volume, 'Released'));
}

/** Brings a volume's phase up to date with its claim. */
export async function syncVolume(binder: VolumeSync, volume: PersistentVolume): Promise<void> {
  const { claims, writes, recorder } = binder;
  const ref = volume.spec?.claimRef;
  if (!ref?.uid) {
    await writes.setVolumePhase(volume, 'Available');
    return;
  }
  const key = keyOf(ref.name ?? '', ref.namespace);
  const claim = claims.get(key);
  if (!claim || claim.metadata.uid !== ref.uid) return release(binder, volume);
  const name = claim.spec?.volumeName;
  if (!name) {
    if (sameVolumeMode(volume, claim)) return binder.wakeClaim(key);
    const [own, other] = [JSON.stringify(volume.metadata.name), JSON.stringify(claim.metadata.name)];
    const why = 'due to incompatible volumeMode.';
    recorder.event(
      volume,
      'Warning',
      'VolumeMismatch',
      `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${other} ${why}`,
    );
    recorder.event(
      claim,
      'Warning',
      'VolumeMismatch',
      `Cannot bind PersistentVolume ${own} to requested PersistentVolumeClaim ${other} ${why}`,
    );
  } else if (name === volume.metadata.name) await writes.setVolumePhase(volume, 'Bound');
  else {
    const made = volume.metadata.annotations?.[volumeAnnotations.dynamicallyProvisioned] !== undefined;
    if (made && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') return release(binder, volume);
    await unbind(binder, volume);
  }
}
