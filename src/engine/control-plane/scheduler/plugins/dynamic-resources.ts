/** ResourceClaims: none are served yet, so a Pod that has some waits for them. */
import type { Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable, unschedulable, verdict } from '../framework/verdict.ts';

const NAME = 'DynamicResources';
const STATE = NAME;
const NOTHING_TO_DEALLOCATE = unschedulable(NAME, 'no new claims to deallocate');
const NO_STATE = verdict('Error', NAME, 'not found');

/**
 * @upstream pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go
 * @fidelity partial: ResourceClaims and DeviceClasses are not served, so no claim is ever found
 */
export const createDynamicResources = (): Plugin => ({
  name: NAME,
  preFilter(state, { pod }) {
    state.write(STATE, true);
    const claim = pod.spec.resourceClaims?.[0];
    if (!claim) return SKIP;
    return unresolvable(
      NAME,
      claim.resourceClaimName
        ? `resourceclaim.resource.k8s.io ${JSON.stringify(claim.resourceClaimName)} not found`
        : `waiting for dynamic resource controller to create the resourceclaim for pod ${JSON.stringify(pod.metadata.name)}`,
    );
  },
  filter: () => undefined,
  // Upstream ends the round with an error when an earlier plugin refused the Pod before this one saw it.
  postFilter: (state) => ({ verdict: state.read(STATE) ? NOTHING_TO_DEALLOCATE : NO_STATE }),
  score: () => 0,
  normalizeScore: () => undefined,
  events: [],
});
