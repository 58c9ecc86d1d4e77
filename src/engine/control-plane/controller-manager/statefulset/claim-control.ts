/** Makes the claims of a StatefulSet's Pods and gives them their owners. @upstream pkg/controller/statefulset/stateful_pod_control.go */
import { type PersistentVolumeClaim, persistentVolumeClaims, type StatefulSet } from '#engine/api';
import { type Draft, isAlreadyExists, keyOf } from '#engine/apimachinery';
import type { Client, EventRecorder, Lister } from '#engine/client-go';
import { messageOf } from '../pod-control.ts';
import { type Claimant, claimsFor, isOwnershipRight, isStale, retention, withOwnership } from './claims.ts';

export interface ClaimControl {
  /** Makes what is missing; rejects when a claim cannot be made or is on its way out. */
  create(set: StatefulSet, ordinal: number, pod: string): Promise<void>;
  /** Gives the claims the owners that the retention policy wants. */
  settle(set: StatefulSet, claimant: Claimant): Promise<void>;
  isSettled(set: StatefulSet, claimant: Claimant): boolean;
  /** A claim of a former Pod of this name is about to go: it must not be used again. */
  hasStale(set: StatefulSet, claimant: Claimant): boolean;
}

/** Undefined, or what went wrong. */
async function createOne(
  client: Client,
  recorder: EventRecorder,
  set: StatefulSet,
  claim: Draft<PersistentVolumeClaim>,
  pod: string,
): Promise<string | undefined> {
  const { name } = claim.metadata;
  try {
    await client.create(persistentVolumeClaims, claim);
  } catch (error) {
    if (!isAlreadyExists(error)) {
      const text = `Create Claim ${name} for Pod ${pod} in StatefulSet ${set.metadata.name} failed error: ${messageOf(error)}`;
      recorder.event(set, 'Warning', 'FailedCreate', text);
    }
    return `failed to create PVC ${name}: ${messageOf(error)}`;
  }
  const text = `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
  recorder.event(set, 'Normal', 'SuccessfulCreate', text);
  return undefined;
}

export function createClaimControl(
  client: Client,
  recorder: EventRecorder,
  claims: Lister<PersistentVolumeClaim>,
): ClaimControl {
  const existing = (set: StatefulSet, ordinal: number): readonly PersistentVolumeClaim[] =>
    claimsFor(set, ordinal).flatMap(({ metadata }) => claims.get(keyOf(metadata.name ?? '', metadata.namespace)) ?? []);
  return {
    async create(set, ordinal, pod) {
      const faults: string[] = [];
      const there = new Map(existing(set, ordinal).map((claim) => [claim.metadata.name, claim]));
      for (const draft of claimsFor(set, ordinal)) {
        const { name = '' } = draft.metadata;
        const claim = there.get(name);
        if (!claim) {
          const fault = await createOne(client, recorder, set, draft, pod);
          if (fault !== undefined) faults.push(fault);
        } else if (claim.metadata.deletionTimestamp !== undefined) faults.push(`pvc ${name} is being deleted`);
      }
      if (faults.length > 0) throw new Error(faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`);
    },
    async settle(set, claimant) {
      for (const claim of existing(set, claimant.ordinal)) {
        if (isOwnershipRight(claim, set, claimant)) continue;
        try {
          await client.update(persistentVolumeClaims, withOwnership(claim, set, claimant));
        } catch (error) {
          const text = `could not update claim ${claim.metadata.name} for delete policy ownerRefs: ${messageOf(error)}`;
          throw new Error(text, { cause: error });
        }
      }
    },
    isSettled: (set, claimant) =>
      existing(set, claimant.ordinal).every((claim) => isOwnershipRight(claim, set, claimant)),
    hasStale: (set, { ordinal, pod }) =>
      retention(set).scaled && existing(set, ordinal).some((claim) => isStale(claim, pod)),
  };
}
