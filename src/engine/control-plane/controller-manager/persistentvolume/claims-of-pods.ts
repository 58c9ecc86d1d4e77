/** Pods by the claims they use, their own ephemeral ones included. @upstream pkg/controller/util/pvc */
import type { Pod } from '#engine/api';
import { keyOf } from '#engine/apimachinery';

export const CLAIM_INDEX = 'spec.volumes.claim';

/** The name of the claim that an ephemeral volume of a Pod makes. */
export const ephemeralClaimName = ({ metadata }: Pod, volume: string): string => `${metadata.name}-${volume}`;

/** Keys of claims. */
export const claimIndex = (pod: Pod): readonly string[] =>
  (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim: claim, ephemeral }) => {
    const used = claim?.claimName ?? (ephemeral && ephemeralClaimName(pod, name));
    return used === undefined ? [] : [keyOf(used, pod.metadata.namespace)];
  });
