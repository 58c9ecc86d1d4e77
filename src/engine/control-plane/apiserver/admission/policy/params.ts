/** The objects that a binding hands to its policy. @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go CollectParams */
import type { ParamKind, ParamRef } from '#engine/api';
import { type KubeObject, labelSelectorAsMatcher, matchesLabels } from '#engine/apimachinery';
import type { Served, Stores } from '../../endpoints/endpoint.ts';

/** The policy or its binding is not set up so that it could work. */
export class ConfigurationError extends Error {}

/** What is served as the policy's paramKind. Throws ConfigurationError. */
export function paramSource(stores: Stores, { apiVersion = '', kind = '' }: ParamKind): Served {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const found = stores
    .allServed()
    .find(({ resource }) => resource.kind === kind && resource.version === version && resource.group === group);
  if (found) return found;
  const shown = group === '' ? `/${version}, Kind=${kind}` : `${group}/${version}, Kind=${kind}`;
  throw new ConfigurationError(`failed to find resource referenced by paramKind: '${shown}'`);
}

/** One evaluation per parameter; undefined stands for none. Throws ConfigurationError. */
export function collectParams(
  source: Served | undefined,
  ref: ParamRef | undefined,
  requestNamespace: string,
): readonly (KubeObject | undefined)[] {
  if (!source || !ref) return [undefined];
  const namespace = namespaceFor(source, ref, requestNamespace);
  const found = find(source, ref, namespace);
  if (found.length === 0 && ref.parameterNotFoundAction === 'Deny')
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  return found.map(source.show);
}

function namespaceFor({ resource }: Served, ref: ParamRef, requestNamespace: string): string | undefined {
  if (!resource.namespaced) {
    if (ref.namespace)
      throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
    return undefined;
  }
  const namespace = ref.namespace || requestNamespace;
  if (namespace) return namespace;
  throw new ConfigurationError(
    'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  );
}

function find({ store }: Served, { name, selector }: ParamRef, namespace: string | undefined): readonly KubeObject[] {
  if (name) {
    const object = store.find(namespace, name);
    return object ? [object] : [];
  }
  if (!selector) throw new ConfigurationError('one of name or selector must be provided');
  const matcher = labelSelectorAsMatcher(selector);
  return store.storage
    .list(namespace)
    .map(({ value }) => value)
    .filter(({ metadata }) => matchesLabels(matcher, metadata.labels ?? {}));
}
