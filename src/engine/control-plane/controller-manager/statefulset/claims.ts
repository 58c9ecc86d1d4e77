/** The claims of a StatefulSet's Pods and who owns them. @upstream pkg/controller/statefulset/stateful_set_utils.go, pkg/controller/statefulset/stateful_pod_control.go */
import type { PersistentVolumeClaim, StatefulSet } from '#engine/api';
import { controllerRef, type Draft, type KubeObject, type OwnerReference } from '#engine/apimachinery';
import { claimName, isInRange } from './identity.ts';

type Claim = PersistentVolumeClaim;

/** A Pod of the set, which may not exist yet: then it has no uid. */
export interface Claimant {
  readonly ordinal: number;
  readonly pod: Pick<KubeObject, 'apiVersion' | 'kind'> & {
    readonly metadata: { readonly name: string; readonly uid?: string };
  };
}

/** The claims that the templates make for the Pod of an ordinal. */
export function claimsFor(set: StatefulSet, ordinal: number): readonly Draft<Claim>[] {
  const { namespace } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...metadata,
      name: claimName(set, metadata.name, ordinal),
      ...(namespace !== undefined && { namespace }),
      labels: { ...metadata.labels, ...set.spec.selector.matchLabels },
    },
    spec,
  }));
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid?: string };
}

const names = (ref: OwnerReference, { apiVersion, kind, metadata }: Owner): boolean =>
  ref.apiVersion === apiVersion && ref.kind === kind && ref.name === metadata.name;

const ownersOf = (claim: Claim): readonly OwnerReference[] => claim.metadata.ownerReferences ?? [];

const isOwned = (claim: Claim, { metadata }: Owner): boolean => ownersOf(claim).some(({ uid }) => uid === metadata.uid);

/** Owned by an object of that name which is gone. */
export function isStale(claim: Claim, owner: Owner): boolean {
  const ref = ownersOf(claim).find((one) => names(one, owner));
  return ref !== undefined && ref.uid !== owner.metadata.uid;
}

/** What scaling down and deleting the set do to claims. */
export function retention({ spec }: StatefulSet): { readonly scaled: boolean; readonly deleted: boolean } {
  const { whenScaled, whenDeleted } = spec.persistentVolumeClaimRetentionPolicy ?? {};
  return { scaled: whenScaled === 'Delete', deleted: whenDeleted === 'Delete' };
}

function hasUnexpectedController(claim: Claim, set: StatefulSet, pod: Owner): boolean {
  const { scaled, deleted } = retention(set);
  if (!scaled && !deleted) return false;
  return ownersOf(claim).some((ref) => {
    const mine = [set, pod].find((owner) => names(ref, owner));
    return mine ? ref.uid !== mine.metadata.uid : ref.controller === true;
  });
}

/** Which of the two should own the claim. */
function wantedOwners(set: StatefulSet, ordinal: number): { readonly set: boolean; readonly pod: boolean } {
  const { scaled, deleted } = retention(set);
  const isOut = !isInRange(set, ordinal);
  if (!scaled) return { set: deleted, pod: false };
  return { set: deleted && !isOut, pod: isOut };
}

/** Whether the claim's owners are as the retention policy wants them; what nobody understands is left alone. */
export function isOwnershipRight(claim: Claim, set: StatefulSet, { ordinal, pod }: Claimant): boolean {
  if (isStale(claim, set) || isStale(claim, pod)) return true;
  if (hasUnexpectedController(claim, set, pod)) return !isOwned(claim, set) && !isOwned(claim, pod);
  const half = ({ uid, controller }: OwnerReference) =>
    !controller && (uid === set.metadata.uid || uid === pod.metadata.uid);
  if (ownersOf(claim).some(half)) return false;
  const wanted = wantedOwners(set, ordinal);
  return isOwned(claim, set) === wanted.set && isOwned(claim, pod) === wanted.pod;
}

/** The claim with the owners the retention policy wants. */
export function withOwnership(claim: Claim, set: StatefulSet, { ordinal, pod }: Claimant): Claim {
  const others = ownersOf(claim).filter((ref) => !names(ref, set) && !names(ref, pod));
  const wanted = wantedOwners(set, ordinal);
  const added = hasUnexpectedController(claim, set, pod)
    ? []
    : [...(wanted.set ? [controllerRef(set)] : []), ...(wanted.pod ? [controllerRef(pod as KubeObject)] : [])];
  const { ownerReferences: _, ...metadata } = claim.metadata;
  const refs = [...others, ...added];
  return { ...claim, metadata: { ...metadata, ...(refs.length > 0 && { ownerReferences: refs }) } };
}
