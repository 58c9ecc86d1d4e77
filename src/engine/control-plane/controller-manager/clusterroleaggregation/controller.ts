/** Keeps aggregated ClusterRoles the sum of those they select. @upstream pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go */
import { type ClusterRole, clusterRoles, type PolicyRule } from '#engine/api';
import { labelSelectorAsMatcher, matchesLabels, semanticEqual } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import type { ControllerContext } from '../context.ts';

const NAME = 'clusterrole-aggregation-controller';

/** The rules an aggregated role should have: every rule of the selected roles once, selector by selector, roles by name. */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = [];
  const byName = [...all].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const matcher = labelSelectorAsMatcher(selector);
    for (const other of byName) {
      if (other.metadata.name === role.metadata.name || !matchesLabels(matcher, other.metadata.labels)) continue;
      for (const rule of other.rules ?? []) if (!rules.some((known) => semanticEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}

/** @fidelity full */
export function startClusterRoleAggregationController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor(NAME);
  const { lister } = informers.informer(clusterRoles);
  const reconcile = async (name: string) => {
    const role = lister.get(name);
    if (!role?.aggregationRule) return undefined;
    const rules = aggregatedRules(role, lister.list());
    if (semanticEqual(rules, role.rules ?? [])) return undefined;
    const wanted = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
    await client.patch(clusterRoles, { name }, 'apply', wanted, { fieldManager: NAME, force: true });
    return undefined;
  };
  // Any role may be part of any aggregated one.
  const watches = [
    watchWith(clusterRoles, (queue) => {
      const all = () => {
        for (const { metadata, aggregationRule } of lister.list()) if (aggregationRule) queue.add(metadata.name);
      };
      return { added: all, updated: all, deleted: all };
    }),
  ];
  startController(world, informers, { name: 'ClusterRoleAggregator', watches, reconcile }, signal);
}
