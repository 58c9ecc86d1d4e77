/** Filter: untolerated NoSchedule and NoExecute taints. Score: the fewer untolerated PreferNoSchedule taints the better. */
import type { Node, Pod, Toleration } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import { defaultNormalizeScore, type Plugin } from '../framework/plugin.ts';
import { toleratesTaint, untoleratedTaint } from '../framework/toleration.ts';
import { unresolvable } from '../framework/verdict.ts';

const NAME = 'TaintToleration';
const STATE = 'PreScoreTaintToleration';
const REFUSED = unresolvable(NAME, 'node(s) had untolerated taint(s)');

const allows = (pod: Pod, node: Node): boolean =>
  untoleratedTaint(node.spec.taints, pod.spec.tolerations) === undefined;

/**
 * @upstream pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go
 * @fidelity partial: the operators Gt and Lt (gate TaintTolerationComparisonOperators, off by default) tolerate nothing
 */
export const createTaintToleration = (): Plugin => ({
  name: NAME,
  filter: (_state, { pod }, { taints }) =>
    taints.length === 0 || untoleratedTaint(taints, pod.spec.tolerations) === undefined ? undefined : REFUSED,
  preScore(state, { pod }) {
    const soft = pod.spec.tolerations?.filter(
      (toleration) => !toleration.effect || toleration.effect === 'PreferNoSchedule',
    );
    state.write(STATE, soft);
    return undefined;
  },
  score(state, _pod, { taints }) {
    if (taints.length === 0) return 0;
    let count = 0;
    const soft = state.read<readonly Toleration[]>(STATE);
    for (const taint of taints) if (taint.effect === 'PreferNoSchedule' && !toleratesTaint(soft, taint)) count++;
    return count;
  },
  normalizeScore: (_state, _pod, scores) => defaultNormalizeScore(true, scores),
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
      hint: (pod, _previous, object) => (object?.metadata.uid === pod.metadata.uid ? 'Queue' : 'Skip'),
    },
  ],
});
