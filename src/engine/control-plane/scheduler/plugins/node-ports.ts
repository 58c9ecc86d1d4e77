/** Filter: host ports must be free. */
import type { Pod } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import type { Plugin } from '../framework/plugin.ts';
import { podInfoOf } from '../framework/pod-info.ts';
import { SKIP, unschedulable } from '../framework/verdict.ts';

const NAME = 'NodePorts';
const REFUSED = unschedulable(NAME, "node(s) didn't have free ports for the requested pod ports");

/**
 * @upstream pkg/scheduler/framework/plugins/nodeports/node_ports.go
 * @fidelity full
 */
export const createNodePorts = (): Plugin => ({
  name: NAME,
  preFilter: (_state, { hostPorts }) => (hostPorts.length === 0 ? SKIP : undefined),
  filter(_state, { hostPorts }, node) {
    for (const port of hostPorts) if (node.portConflicts(port)) return REFUSED;
    return undefined;
  },
  events: [
    {
      resource: 'AssignedPod',
      action: action.Delete,
      hint(pod, previous) {
        const freed = podInfoOf(previous as Pod).hostPorts;
        const clash = podInfoOf(pod).hostPorts.some((wanted) =>
          freed.some(
            (port) =>
              port.port === wanted.port &&
              port.protocol === wanted.protocol &&
              (port.ip === wanted.ip || port.ip === '0.0.0.0' || wanted.ip === '0.0.0.0'),
          ),
        );
        return clash ? 'Queue' : 'Skip';
      },
    },
    { resource: 'Node', action: action.Add },
  ],
});
