/** Score: Nodes whose cpu and memory use the Pod brings closer together. */
import type { Plugin } from '../framework/plugin.ts';
import { SKIP } from '../framework/verdict.ts';
import { amountsFor, balancedScorer, fillAmounts, type ResourceSpec, vectorAmount } from './node-resources-scoring.ts';

const STATE = 'PreScoreNodeResourcesBalancedAllocation';

export interface NodeResourcesBalancedAllocationArgs {
  readonly resources?: readonly ResourceSpec[];
}

/**
 * @upstream pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go
 * @fidelity full
 */
export function createNodeResourcesBalancedAllocation(args: NodeResourcesBalancedAllocationArgs = {}): Plugin {
  const resources = (args.resources ?? [{ name: 'cpu' }, { name: 'memory' }]).map(({ name, weight }) => ({
    name,
    weight: weight ?? 1,
  }));
  const amounts = amountsFor(resources);
  return {
    name: 'NodeResourcesBalancedAllocation',
    preScore(state, pod) {
      const requests = resources.map(({ name }) => vectorAmount(pod.requests, name));
      if (requests.every((amount) => amount === 0)) return SKIP;
      state.write(STATE, requests);
      return undefined;
    },
    score(state, _pod, node) {
      fillAmounts(amounts, resources, state.read<readonly number[]>(STATE) ?? [], node, true);
      return balancedScorer(amounts);
    },
  };
}
