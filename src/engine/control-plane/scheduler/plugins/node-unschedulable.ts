/** Filter: cordoned Nodes, unless the Pod tolerates the taint that stands for it. */
import type { Node, Pod, Taint } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import type { Plugin } from '../framework/plugin.ts';
import { toleratesTaint } from '../framework/toleration.ts';
import { unresolvable } from '../framework/verdict.ts';

const NAME = 'NodeUnschedulable';
const REFUSED = unresolvable(NAME, 'node(s) were unschedulable');
const TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const allows = (pod: Pod, node: Node): boolean =>
  !node.spec.unschedulable || toleratesTaint(pod.spec.tolerations, TAINT);

/**
 * @upstream pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go
 * @fidelity full
 */
export const createNodeUnschedulable = (): Plugin => ({
  name: NAME,
  filter: (_state, { pod }, node) =>
    !node.unschedulable || toleratesTaint(pod.spec.tolerations, TAINT) ? undefined : REFUSED,
  events: [
    {
      resource: 'Node',
      action: action.Add | action.UpdateNodeTaint,
      hint(pod, previous, object) {
        const before = previous as Node | undefined;
        return allows(pod, object as Node) && !(before && allows(pod, before)) ? 'Queue' : 'Skip';
      },
    },
    {
      resource: 'TargetPod',
      action: action.UpdatePodToleration,
      hint: (pod, _previous, object) =>
        object?.metadata.uid === pod.metadata.uid && toleratesTaint((object as Pod).spec.tolerations, TAINT)
          ? 'Queue'
          : 'Skip',
    },
  ],
});
