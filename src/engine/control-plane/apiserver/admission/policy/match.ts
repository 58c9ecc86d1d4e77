/**
 * Which requests a policy or a webhook is about.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/predicates, plugin/policy/matching/matching.go
 */
import {
  apiVersionOf,
  type MatchResources,
  type NamedRuleWithOperations,
  namespaces,
  type Resource,
} from '#engine/api';
import {
  type KubeObject,
  type LabelSelector,
  labelSelectorAsMatcher,
  matchesLabels,
  StatusError,
  statusErrors,
} from '#engine/apimachinery';
import type { Served, Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes } from '../admission.ts';

/** The resource by which a request matched: its own, or another version of it under matchPolicy Equivalent. */
export interface Matched {
  readonly resource: Resource;
  /** Objects as that version has them. */
  readonly show: (object: KubeObject) => KubeObject;
  /** What has to be awaited before these are shown. Rejects with what their conversion says. */
  readonly prepare?: (objects: readonly (KubeObject | undefined)[]) => Promise<void>;
  /** An object of that version as the request has it; absent: the stores know. */
  readonly restore?: (object: KubeObject) => Promise<KubeObject>;
}

const CONFIGURATION = new Set([
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
]);

/** What configures admission is never subject to it: nobody could repair what refuses everything. */
export const isExempt = ({ group, plural }: Resource): boolean =>
  group === 'admissionregistration.k8s.io' && CONFIGURATION.has(plural);

const isNamespace = ({ resource }: AdmissionAttributes): boolean =>
  resource.group === '' && resource.plural === 'namespaces';

const has = (values: readonly string[] | undefined, wanted: string): boolean =>
  values?.some((value) => value === '*' || value === wanted) ?? false;

function matchesRule(
  { operations, apiGroups, apiVersions, resources = [], resourceNames = [], scope = '*' }: NamedRuleWithOperations,
  attributes: AdmissionAttributes,
  resource: Resource,
): boolean {
  const { operation, subresource, namespace, name } = attributes;
  const isNamespaced = namespace !== '' && !isNamespace(attributes);
  if ((scope === 'Namespaced' && !isNamespaced) || (scope === 'Cluster' && isNamespaced)) return false;
  if (!has(operations, operation) || !has(apiGroups, resource.group) || !has(apiVersions, resource.version))
    return false;
  if (resourceNames.length > 0 && !resourceNames.includes(name)) return false;
  return resources.some((text) => {
    const [plural = '', sub = ''] = text.split('/');
    return (plural === '*' || plural === resource.plural) && (sub === '*' || sub === subresource);
  });
}

/** Every version under which the request's objects are served, its own first. */
function equivalents(stores: Stores, { resource }: AdmissionAttributes): readonly Served[] {
  const own = stores.served(resource.group, resource.version, resource.plural);
  if (!own) return [];
  const isSame = (other: Served) =>
    other.store === own.store || (own.custom && other.custom && isSameResource(own, other));
  return [own, ...stores.allServed().filter((other) => isSame(other) && other !== own)];
}

const isSameResource = ({ resource: one }: Served, { resource: other }: Served): boolean =>
  one.group === other.group && one.plural === other.plural;

/** Another version of a custom resource. */
function inVersion({ custom, resource }: Served, { resource: wanted }: Served): Matched {
  const known = new WeakMap<KubeObject, KubeObject>();
  const apiVersion = apiVersionOf(wanted);
  const convert = async (object: KubeObject, to: string): Promise<KubeObject> => {
    try {
      return custom ? await custom.convert(object, to) : object;
    } catch (error) {
      if (error instanceof StatusError) throw statusErrors.internal(error.message);
      throw error;
    }
  };
  return {
    resource: wanted,
    show: (object) => known.get(object) ?? object,
    async prepare(objects) {
      for (const object of objects)
        if (object?.kind === resource.kind && !known.has(object)) known.set(object, await convert(object, apiVersion));
    },
    restore: (object) => convert(object, apiVersionOf(resource)),
  };
}

const itself = (object: KubeObject): KubeObject => object;

/** The resource that some rule is about. */
export function matchRules(
  rules: readonly NamedRuleWithOperations[],
  matchPolicy: string | undefined,
  attributes: AdmissionAttributes,
  stores: Stores,
): Matched | undefined {
  const { resource } = attributes;
  if (rules.some((rule) => matchesRule(rule, attributes, resource))) return { resource, show: itself };
  if (matchPolicy === 'Exact') return undefined;
  const [own, ...others] = equivalents(stores, attributes);
  for (const other of others)
    if (rules.some((rule) => matchesRule(rule, attributes, other.resource)))
      return own?.custom ? inVersion(own, other) : { resource: other.resource, show: other.show };
  return undefined;
}

const labelsOf = (object: KubeObject | undefined) => object?.metadata?.labels ?? {};

function matchesNamespace(
  selector: LabelSelector | undefined,
  attributes: AdmissionAttributes,
  stores: Stores,
): boolean {
  if (!selector || isEmpty(selector)) return true;
  const { namespace, object, oldObject, operation } = attributes;
  const matcher = labelSelectorAsMatcher(selector);
  if (isNamespace(attributes))
    return matchesLabels(matcher, labelsOf(operation === 'CREATE' || operation === 'UPDATE' ? object : oldObject));
  if (namespace === '') return true;
  return matchesLabels(matcher, labelsOf(namespaceOf(namespace, stores)));
}

/** The request's namespace. Throws NotFound. */
export function namespaceOf(name: string, stores: Stores): KubeObject {
  const found = stores.of(namespaces).find(undefined, name);
  if (!found) throw statusErrors.notFound({ group: '', resource: 'namespaces' }, name);
  return found;
}

const isEmpty = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  (matchLabels === undefined || Object.keys(matchLabels).length === 0) && (matchExpressions?.length ?? 0) === 0;

/** Either object may match: nobody escapes by dropping a label. */
function matchesObject(selector: LabelSelector | undefined, { object, oldObject }: AdmissionAttributes): boolean {
  if (!selector || isEmpty(selector)) return true;
  const matcher = labelSelectorAsMatcher(selector);
  return [object, oldObject].some((one) => one?.metadata !== undefined && matchesLabels(matcher, labelsOf(one)));
}

export function matchesSelectors(
  selectors: Pick<MatchResources, 'namespaceSelector' | 'objectSelector'>,
  attributes: AdmissionAttributes,
  stores: Stores,
): boolean {
  return (
    matchesNamespace(selectors.namespaceSelector, attributes, stores) &&
    matchesObject(selectors.objectSelector, attributes)
  );
}

/** matchConstraints of a policy, or matchResources of a binding, which may leave the rules to the policy. */
export function matchResources(
  match: MatchResources | undefined,
  attributes: AdmissionAttributes,
  stores: Stores,
): Matched | undefined {
  const everything = { resource: attributes.resource, show: itself };
  if (!match) return everything;
  const { resourceRules = [], excludeResourceRules = [], matchPolicy } = match;
  if (excludeResourceRules.length > 0 && matchRules(excludeResourceRules, matchPolicy, attributes, stores))
    return undefined;
  const matched = resourceRules.length === 0 ? everything : matchRules(resourceRules, matchPolicy, attributes, stores);
  return matched && matchesSelectors(match, attributes, stores) ? matched : undefined;
}
