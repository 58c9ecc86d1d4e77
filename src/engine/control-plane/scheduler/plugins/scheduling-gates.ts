/** PreEnqueue: a Pod with scheduling gates stays out of the queue. */
import type { Pod } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import type { Plugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/verdict.ts';

const NAME = 'SchedulingGates';

/**
 * @upstream pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go
 * @fidelity full
 */
export const createSchedulingGates = (): Plugin => ({
  name: NAME,
  preEnqueue({ pod }) {
    const gates = pod.spec.schedulingGates;
    if (!gates || gates.length === 0) return undefined;
    return unresolvable(NAME, `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`);
  },
  events: [
    {
      resource: 'TargetPod',
      action: action.UpdatePodSchedulingGatesEliminated,
      hint: (pod, _previous, object) =>
        object?.metadata.uid === pod.metadata.uid && !(object as Pod | undefined)?.spec.schedulingGates?.length
          ? 'Queue'
          : 'Skip',
    },
  ],
});
