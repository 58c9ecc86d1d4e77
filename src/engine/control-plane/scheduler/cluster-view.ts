/** What the scheduler's plugins may know of the cluster besides Nodes and Pods, from caches. */
import type { Namespace, Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '#engine/api';
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
import type { VolumeView } from './framework/volume-view.ts';

const OWNER_SELECTORS_LIMIT = 5000;

/** Controllers whose Pods spread by default, by `namespace/name`. */
export interface SpreadOwners {
  readonly replicaSets: Pick<Lister<ReplicaSet>, 'get'>;
  readonly statefulSets: Pick<Lister<StatefulSet>, 'get'>;
  readonly replicationControllers: Pick<Lister<ReplicationController>, 'get'>;
}

/** Services and controllers by what they select. @upstream pkg/scheduler/framework/plugins/helper/spread.go */
export function clusterView(
  namespaceLister: Pick<Lister<Namespace>, 'get'>,
  serviceLister: Pick<Lister<Service>, 'list'>,
  owners: SpreadOwners,
  volumes: VolumeView,
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
  // These selectors never change: compiled once, and the same matcher object finds counts again.
  const ownerSelectors = new Map<string, LabelMatcher>();
  const bySelector: { readonly [kind: string]: Pick<Lister<ReplicaSet | StatefulSet>, 'get'> } = {
    ReplicaSet: owners.replicaSets,
    StatefulSet: owners.statefulSets,
  };
  const ownerSelector = (owner: OwnerReference, namespace: string | undefined): LabelMatcher | undefined => {
    const key = keyOf(owner.name, namespace);
    if (owner.kind === 'ReplicationController' && owner.apiVersion === 'v1') {
      const selector = owners.replicationControllers.get(key)?.spec.selector;
      return selector && matcherOf(selector);
    }
    const lister = owner.apiVersion === 'apps/v1' ? bySelector[owner.kind] : undefined;
    if (!lister) return undefined;
    const known = ownerSelectors.get(owner.uid);
    if (known) return known;
    const set = lister.get(key);
    if (!set) return undefined;
    const matcher = labelSelectorAsMatcher(set.spec.selector);
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
    volumes,
  };
}
