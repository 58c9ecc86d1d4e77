/** The commands that delete several objects. */
import type { Resource } from '#engine/api';

/** One command per namespace. */
export function deleteLines(
  { singular, namespaced }: Pick<Resource, 'singular' | 'namespaced'>,
  keys: Iterable<string>,
): readonly string[] {
  const byNamespace = new Map<string, string[]>();
  for (const key of keys) {
    const slash = key.indexOf('/');
    const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), name]);
  }
  return [...byNamespace].map(
    ([namespace, names]) => `kubectl delete ${singular} ${names.join(' ')}${namespaced ? ` -n ${namespace}` : ''}`,
  );
}
