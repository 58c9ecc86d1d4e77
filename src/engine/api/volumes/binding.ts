/**
 * How claims and volumes find each other: what the controller, the scheduler and provisioners agree on.
 * @upstream staging/src/k8s.io/component-helpers/storage/volume/helpers.go, pv_helpers.go
 */
import { compareQuantity, labelSelectorAsMatcher, matchesLabels } from '#engine/apimachinery';
import type { PersistentVolume, PersistentVolumeClaim } from '../generated/types.ts';

/** Annotations by which components tell each other how far a binding is. */
export const volumeAnnotations = Object.freeze({
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  dynamicallyProvisioned: 'pv.kubernetes.io/provisioned-by',
  selectedNode: 'volume.kubernetes.io/selected-node',
  storageProvisioner: 'volume.kubernetes.io/storage-provisioner',
  betaStorageProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  betaStorageClass: 'volume.beta.kubernetes.io/storage-class',
});

/** The class a claim asks for, '' when it asks for none. */
export const classOfClaim = ({ metadata, spec }: PersistentVolumeClaim): string =>
  metadata.annotations?.[volumeAnnotations.betaStorageClass] ?? spec?.storageClassName ?? '';

/** The class a volume is of, '' for none. */
export const classOfVolume = ({ metadata, spec }: PersistentVolume): string =>
  metadata.annotations?.[volumeAnnotations.betaStorageClass] ?? spec?.storageClassName ?? '';

/** The volume is reserved for this claim: by name, and by uid where it has one. */
export function isBoundToClaim({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const ref = spec?.claimRef;
  if (!ref || ref.name !== metadata.name || ref.namespace !== metadata.namespace) return false;
  return !ref.uid || ref.uid === metadata.uid;
}

/** The claim and a volume have both agreed. */
export const isFullyBound = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  !!spec?.volumeName && metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined;

/** Every mode that is asked for. */
export const hasModes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));

/** Both are blocks, or both are file systems. */
export const sameVolumeMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem');

/** How the search is narrowed. */
export interface VolumeSearch {
  /** The scheduler's: whether a volume can be reached from the Node in question. */
  readonly fitsNode?: (volume: PersistentVolume) => boolean;
  /** Names of volumes that are taken already. */
  readonly excluded?: ReadonlySet<string>;
  /** Binding waits for a consumer: only volumes that are reserved for the claim count, unless a Node is given. */
  readonly delayed?: boolean;
}

const sizeOf = (volume: PersistentVolume): string => volume.spec?.capacity?.storage ?? '0';

/** Large enough, of the right kind, and nobody else's. */
function mayBe(volume: PersistentVolume, claim: PersistentVolumeClaim, { excluded }: VolumeSearch): boolean {
  if (excluded?.has(volume.metadata.name)) return false;
  if (volume.spec?.claimRef && !isBoundToClaim(volume, claim)) return false;
  if (compareQuantity(sizeOf(volume), claim.spec?.resources?.requests?.storage ?? '0') < 0) return false;
  if (!sameVolumeMode(volume, claim)) return false;
  if ((claim.spec?.volumeAttributesClassName ?? '') !== (volume.spec?.volumeAttributesClassName ?? '')) return false;
  return volume.metadata.deletionTimestamp === undefined;
}

/** The volume reserved for the claim, else the smallest that fits. */
export function findMatchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  search: VolumeSearch = {},
): PersistentVolume | undefined {
  const { fitsNode, delayed } = search;
  const selector = claim.spec?.selector && labelSelectorAsMatcher(claim.spec.selector);
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (!mayBe(volume, claim, search)) continue;
    if (isBoundToClaim(volume, claim)) return !fitsNode || fitsNode(volume) ? volume : undefined;
    if (!fitsNode && delayed) continue;
    if (volume.status?.phase !== 'Available') continue;
    if (selector && !matchesLabels(selector, volume.metadata.labels)) continue;
    if (classOfVolume(volume) !== classOfClaim(claim)) continue;
    if (fitsNode && !(fitsNode(volume) && hasModes(volume, claim))) continue;
    if (!smallest || compareQuantity(sizeOf(smallest), sizeOf(volume)) > 0) smallest = volume;
  }
  return smallest;
}
