/** Filter and Score by nodeSelector and node affinity, with an affinity the profile may add to every Pod. */
import type { Node, NodeAffinity, Pod } from '#engine/api';
import { action } from '../framework/cluster-event.ts';
import {
  compileNodeSelectorTerms,
  compilePreferredTerms,
  type PreferredTerm,
  preferredScore,
  requiredNodeAffinity,
} from '../framework/node-selector.ts';
import { defaultNormalizeScore, type NodeNames, type Plugin } from '../framework/plugin.ts';
import { SKIP, unresolvable, type Verdict } from '../framework/verdict.ts';

const NAME = 'NodeAffinity';
const STATE = 'PreScoreNodeAffinity';
const REFUSED = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector");
const REFUSED_BY_PROFILE = unresolvable(NAME, "node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = unresolvable(NAME, 'pod affinity terms conflict');

/** `addedAffinity` of NodeAffinityArgs. */
export interface NodeAffinityArgs {
  readonly addedAffinity?: NodeAffinity;
}

/**
 * @upstream pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go
 * @fidelity full
 */
export function createNodeAffinity(args: NodeAffinityArgs = {}): Plugin {
  const addedTerms = args.addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const added = addedTerms && compileNodeSelectorTerms(addedTerms);
  const addedPreferences = args.addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  const addedPreferred = addedPreferences?.length ? compilePreferredTerms(addedPreferences) : undefined;
  return {
    name: NAME,
    preFilter(_state, { pod }) {
      const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (!required && !added && !pod.spec.nodeSelector) return SKIP;
      return required ? namedNodes(required.nodeSelectorTerms ?? []) : undefined;
    },
    filter(_state, { pod }, { node }) {
      if (added && !added(node)) return REFUSED_BY_PROFILE;
      return requiredNodeAffinity(pod)(node) ? undefined : REFUSED;
    },
    preScore(state, { pod }) {
      const preferences = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
      if (!preferences?.length && !addedPreferred) return SKIP;
      state.write(STATE, compilePreferredTerms(preferences ?? []));
      return undefined;
    },
    score(state, _pod, { node }) {
      const own = preferredScore(state.read<readonly PreferredTerm[]>(STATE) ?? [], node);
      return addedPreferred ? own + preferredScore(addedPreferred, node) : own;
    },
    normalizeScore: (_state, _pod, scores) => defaultNormalizeScore(false, scores),
    events: [
      {
        resource: 'Node',
        action: action.Add | action.UpdateNodeLabel,
        hint: (pod: Pod, previous, object) => {
          const allows = (node: Node) => (!added || added(node)) && requiredNodeAffinity(pod)(node);
          return allows(object as Node) && !(previous && allows(previous as Node)) ? 'Queue' : 'Skip';
        },
      },
    ],
  };
}

type Terms = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms'];

/** When every term names Nodes (as DaemonSet Pods do), only those need to be looked at. */
function namedNodes(terms: Terms): NodeNames | Verdict | undefined {
  if (terms.length === 0) return undefined;
  const union = new Set<string>();
  for (const term of terms) {
    let names: readonly string[] | undefined;
    for (const { key, operator, values = [] } of term.matchFields ?? []) {
      if (key === 'metadata.name' && operator === 'In')
        names = names ? names.filter((name) => values.includes(name)) : values;
    }
    if (!names) return undefined;
    for (const name of names) union.add(name);
  }
  return union.size === 0 ? CONFLICT : { nodeNames: union };
}
