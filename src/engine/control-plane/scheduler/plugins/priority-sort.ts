/** QueueSort: higher priority first, then who waits longer. */
import type { Plugin } from '../framework/plugin.ts';

/**
 * @upstream pkg/scheduler/framework/plugins/queuesort/priority_sort.go
 * @fidelity full
 */
export const createPrioritySort = (): Plugin => ({
  name: 'PrioritySort',
  less(a, b) {
    if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
    // Within one virtual instant, order of arrival.
    return a.timestamp !== b.timestamp ? a.timestamp < b.timestamp : a.sequence < b.sequence;
  },
});
