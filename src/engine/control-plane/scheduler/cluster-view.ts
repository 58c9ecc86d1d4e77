/** What the scheduler's plugins may know of the cluster besides Nodes and Pods, from caches. */
import type { Namespace, Pod, ReplicaSet, Service } from '#engine/api';
import {
  controllerOf,
  keyOf,
  type LabelMatcher,
  type Labels,
  labelSelectorAsMatcher,
  labelsAsMatcher,
  matchesLabels,
  type OwnerReference,
} from '#engine/apimachinery';
import type { Lister } from '#engine/client-go';
import type { ClusterView } from './framework/plugin.ts';

const OWNER_SELECTORS_LIMIT = 5000;

/** Services and controllers by what they select. @upstream pkg/scheduler/framework/plugins/helper/spread.go */
export function clusterView(
  namespaceLister: Pick<Lister<Namespace>, 'get'>,
  serviceLister: Pick<Lister<Service>, 'list'>,
  replicaSetLister: Pick<Lister<ReplicaSet>, 'get'>,
): ClusterView {
  const serviceSelectors = new WeakMap<Labels, LabelMatcher>();
  const matcherOf = (selector: Labels): LabelMatcher => {
    let matcher = serviceSelectors.get(selector);
    if (!matcher) {
      matcher = labelsAsMatcher(selector);
      serviceSelectors.set(selector, matcher);
    }
    return matcher;
  };
  // The selector of a ReplicaSet never changes: compiled once, and the same matcher object finds counts again.
  const ownerSelectors = new Map<string, LabelMatcher>();
  const ownerSelector = (owner: OwnerReference, namespace: string | undefined): LabelMatcher | undefined => {
    if (owner.kind !== 'ReplicaSet' || owner.apiVersion !== 'apps/v1') return undefined;
    const known = ownerSelectors.get(owner.uid);
    if (known) return known;
    const replicaSet = replicaSetLister.get(keyOf(owner.name, namespace));
    if (!replicaSet) return undefined;
    const matcher = labelSelectorAsMatcher(replicaSet.spec.selector);
    if (ownerSelectors.size >= OWNER_SELECTORS_LIMIT) ownerSelectors.clear();
    ownerSelectors.set(owner.uid, matcher);
    return matcher;
  };
  return {
    namespaceLabels: (namespace) => namespaceLister.get(namespace)?.metadata.labels,
    spreadSelectors(pod: Pod) {
      const selectors: LabelMatcher[] = [];
      for (const { spec } of serviceLister.list(pod.metadata.namespace)) {
        if (!spec.selector) continue;
        const matcher = matcherOf(spec.selector);
        if (matchesLabels(matcher, pod.metadata.labels)) selectors.push(matcher);
      }
      const owner = controllerOf(pod);
      const owning = owner && ownerSelector(owner, pod.metadata.namespace);
      if (owning) selectors.push(owning);
      return selectors;
    },
    podDisruptionBudgets: () => [],
  };
}
