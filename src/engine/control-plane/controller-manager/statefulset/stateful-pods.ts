/** Makes, mends and deletes the Pods of a StatefulSet with their claims, and says so in Events. @upstream pkg/controller/statefulset/stateful_pod_control.go */
import { type PersistentVolumeClaim, type Pod, persistentVolumeClaims, pods, type StatefulSet } from '#engine/api';
import { type Draft, isAlreadyExists, isConflict, keyOf } from '#engine/apimachinery';
import type { Client, EventRecorder, Lister } from '#engine/client-go';
import { messageOf } from '../pod-control.ts';
import { type Claimant, claimsFor, isOwnershipRight, isStale, retention, withOwnership } from './claims.ts';
import { identityMatches, ordinalOf, storageMatches, withIdentity } from './identity.ts';

const ATTEMPTS = 5;

export interface StatefulPods {
  create(set: StatefulSet, draft: Draft<Pod>, ordinal: number): Promise<void>;
  /** Writes what the Pod and its claims lack; `update` is the set at its newest revision. */
  mend(set: StatefulSet, pod: Pod): Promise<void>;
  delete(set: StatefulSet, pod: Pod): Promise<void>;
  /** Claims that somebody deleted under a Pod that still waits for them. */
  createMissingClaims(set: StatefulSet, pod: Pod): Promise<void>;
  /** Gives the claims the owners that the retention policy wants. */
  settleClaims(set: StatefulSet, claimant: Claimant): Promise<void>;
  /** A claim of a former Pod of this name is about to go: it must not be used again. */
  hasStaleClaim(set: StatefulSet, claimant: Claimant): boolean;
}

export function createStatefulPods(
  client: Client,
  recorder: EventRecorder,
  claims: Lister<PersistentVolumeClaim>,
): StatefulPods {
  const claimOf = (set: StatefulSet, name: string) => claims.get(keyOf(name, set.metadata.namespace));

  const tell = (verb: 'Create' | 'Update' | 'Delete', set: StatefulSet, pod: string, error?: unknown) => {
    const text = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
    if (error === undefined) recorder.event(set, 'Normal', `Successful${verb}`, `${text} successful`);
    else recorder.event(set, 'Warning', `Failed${verb}`, `${text} failed error: ${messageOf(error)}`);
  };

  const createClaim = async (set: StatefulSet, claim: Draft<PersistentVolumeClaim>, pod: string) => {
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
  };

  const createClaims = async (set: StatefulSet, ordinal: number, pod: string) => {
    const faults: string[] = [];
    for (const claim of claimsFor(set, ordinal)) {
      const existing = claimOf(set, claim.metadata.name ?? '');
      const fault = existing
        ? existing.metadata.deletionTimestamp !== undefined && `pvc ${claim.metadata.name} is being deleted`
        : await createClaim(set, claim, pod);
      if (fault) faults.push(fault);
    }
    if (faults.length > 0) throw new Error(faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`);
  };

  const ownershipRight = (set: StatefulSet, claimant: Claimant): boolean =>
    claimsFor(set, claimant.ordinal).every(({ metadata }) => {
      const claim = claimOf(set, metadata.name ?? '');
      return !claim || isOwnershipRight(claim, set, claimant);
    });

  const settleClaims = async (set: StatefulSet, claimant: Claimant) => {
    for (const { metadata } of claimsFor(set, claimant.ordinal)) {
      const claim = claimOf(set, metadata.name ?? '');
      if (!claim || isOwnershipRight(claim, set, claimant)) continue;
      try {
        await client.update(persistentVolumeClaims, withOwnership(claim, set, claimant));
      } catch (error) {
        const text = `could not update claim ${metadata.name} for delete policy ownerRefs: ${messageOf(error)}`;
        throw new Error(text, { cause: error });
      }
    }
  };

  const settleOrTell = async (set: StatefulSet, claimant: Claimant) => {
    try {
      await settleClaims(set, claimant);
    } catch (error) {
      tell('Update', set, claimant.pod.metadata.name, error);
      throw error;
    }
  };

  return {
    settleClaims,
    async create(set, draft, ordinal) {
      const name = draft.metadata.name ?? '';
      try {
        await createClaims(set, ordinal, name);
        await client.create(pods, draft);
      } catch (error) {
        if (!isAlreadyExists(error)) tell('Create', set, name, error);
        throw error;
      }
      await settleOrTell(set, { ordinal, pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name } } });
      tell('Create', set, name);
    },

    async mend(set, pod) {
      const claimant: Claimant = { ordinal: ordinalOf(pod), pod };
      const { name, namespace } = pod.metadata;
      let current = pod;
      for (let attempt = 1; ; attempt++) {
        const storage = storageMatches(set, current);
        const owned = ownershipRight(set, claimant);
        if (identityMatches(set, current) && storage && owned) return;
        try {
          if (!storage) await createClaims(set, claimant.ordinal, name);
          if (!owned) await settleClaims(set, claimant);
          await client.update(pods, withIdentity(set, current));
        } catch (error) {
          if (!isConflict(error) || attempt === ATTEMPTS) {
            tell('Update', set, name, error);
            throw error;
          }
          current = await client.get(pods, { namespace, name });
          continue;
        }
        tell('Update', set, name);
        return;
      }
    },

    async delete(set, { metadata: { namespace, name } }) {
      try {
        await client.delete(pods, { namespace, name });
      } catch (error) {
        tell('Delete', set, name, error);
        throw error;
      }
      tell('Delete', set, name);
    },

    async createMissingClaims(set, pod) {
      const claimant: Claimant = { ordinal: ordinalOf(pod), pod };
      await createClaims(set, claimant.ordinal, pod.metadata.name);
      await settleOrTell(set, claimant);
    },

    hasStaleClaim(set, claimant) {
      if (!retention(set).scaled) return false;
      return claimsFor(set, claimant.ordinal).some(({ metadata }) => {
        const claim = claimOf(set, metadata.name ?? '');
        return claim !== undefined && isStale(claim, claimant.pod);
      });
    },
  };
}
