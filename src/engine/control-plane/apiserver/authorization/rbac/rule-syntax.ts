/** Rules as the facts of `policy-roles.ts` and `controller-roles.ts` write them. */
import type { PolicyRule } from '#engine/api';

const words = (text: string): readonly string[] => text.split(' ').map((word) => (word === '-' ? '' : word));
const verbsOf = (text: string): readonly string[] => (text === 'read' ? ['get', 'list', 'watch'] : words(text));

/** The rule that a line says. */
export function parseRule(text: string): PolicyRule {
  if (text === 'record events') {
    return { verbs: ['create', 'patch', 'update'], apiGroups: ['', 'events.k8s.io'], resources: ['events'] };
  }
  const [verbs, paths] = text.split(' > ');
  if (paths !== undefined) return { verbs: verbsOf(verbs as string), nonResourceURLs: words(paths) };
  const [actions, groups, resources, names] = text.split(' : ') as [string, string, string, string?];
  return {
    verbs: verbsOf(actions),
    apiGroups: words(groups),
    resources: words(resources),
    ...(names && { resourceNames: words(names) }),
  };
}
