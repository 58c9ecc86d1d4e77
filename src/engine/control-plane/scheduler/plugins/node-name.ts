/** Filter: a Pod that names its Node runs there or nowhere. */
import { action } from '../framework/cluster-event.ts';
import type { Plugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/verdict.ts';

const NAME = 'NodeName';
const REFUSED = unresolvable(NAME, "node(s) didn't match the requested node name");

/**
 * @upstream pkg/scheduler/framework/plugins/nodename/node_name.go
 * @fidelity full
 */
export const createNodeName = (): Plugin => ({
  name: NAME,
  filter: (_state, { pod }, node) => (!pod.spec.nodeName || pod.spec.nodeName === node.name ? undefined : REFUSED),
  events: [{ resource: 'Node', action: action.Add }],
});
