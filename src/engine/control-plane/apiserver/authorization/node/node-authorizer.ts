/**
 * What a kubelet may do: the rules of system:node; and of Secrets, ConfigMaps, claims and ServiceAccounts only those that a Pod
 * on its Node names.
 * @upstream plugin/pkg/auth/authorizer/node/node_authorizer.go
 */
import { type Pod, pods } from '#engine/api';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../authorizer.ts';
import { ruleAllows } from '../rbac/evaluation.ts';
import { parseRule } from '../rbac/rule-syntax.ts';
import { nodeIdentity } from './node-identity.ts';
import { nodeRules } from './node-rules.ts';
import { type Reference, references } from './pod-references.ts';
import { ALLOWED, no, type Rule } from './rule.ts';
import { storageRules } from './storage-rules.ts';

const NODE_LEASES = 'kube-node-lease';

const NO_OPINION: AuthorizationDecision = Object.freeze({ allowed: false });
/** @fidelity partial: no resource claims; the secrets that volumes name are not followed */
export function createNodeAuthorizer(stores: Stores): Authorizer {
  // The authorizer applies the role's rules itself: no binding gives them.
  const decisions = nodeRules.map((line) => Object.freeze({ ...ALLOWED, rule: parseRule(line) }));
  const podsOn = (node: string): readonly Pod[] => {
    const store = stores.of(pods);
    const keys = store.cache.keysOf('spec.nodeName', node) ?? [];
    return [...keys].flatMap((key) => store.storage.get(key)?.value ?? []);
  };
  const related = (node: string, kind: Reference['kind'], { namespace, name }: AuthorizationAttributes) =>
    podsOn(node).some(
      (pod) =>
        pod.metadata.namespace === namespace &&
        references(pod).some((reference) => reference.kind === kind && reference.name === name),
    );
  const ifRelated = (node: string, kind: Reference['kind'], attributes: AuthorizationAttributes) => {
    if (attributes.name === '') return no('No Object name found');
    return related(node, kind, attributes)
      ? ALLOWED
      : no(`no relationship found between node '${node}' and this object`);
  };
  /** Reading objects one by one, in a namespace. */
  const read =
    (kind: Reference['kind']): Rule =>
    (node, attributes) => {
      if (!['get', 'list', 'watch'].includes(attributes.verb)) return no('can only read resources of this type');
      if (attributes.subresource !== '') return no('cannot read subresource');
      if (attributes.namespace === '') return no('can only read namespaced object of this type');
      return ifRelated(node, kind, attributes);
    };
  const serviceAccount: Rule = (node, attributes) => {
    if (attributes.verb === 'get' && attributes.subresource === '')
      return ifRelated(node, 'ServiceAccount', attributes);
    if (attributes.verb !== 'create' || attributes.subresource !== 'token') {
      return no('can only create tokens for individual service accounts');
    }
    return ifRelated(node, 'ServiceAccount', attributes);
  };
  const special: { readonly [groupResource: string]: Rule } = {
    '/secrets': read('Secret'),
    '/configmaps': read('ConfigMap'),
    '/serviceaccounts': serviceAccount,
    ...storageRules(stores, ifRelated),
    'coordination.k8s.io/leases': lease,
  };
  return {
    authorize(attributes) {
      const node = nodeOf(attributes);
      if (node === undefined) return NO_OPINION;
      const rule = attributes.isResourceRequest && special[`${attributes.apiGroup}/${attributes.resource}`];
      if (rule) return rule(node, attributes);
      return decisions.find(({ rule }) => ruleAllows(rule, attributes)) ?? NO_OPINION;
    },
  };
}

/** The Node a user speaks for; undefined for everybody who is no kubelet. */
const nodeOf = ({ user }: AuthorizationAttributes): string | undefined => nodeIdentity(user) || undefined;

function lease(node: string, { verb, subresource, namespace, name }: AuthorizationAttributes): AuthorizationDecision {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb)) {
    return no('can only get, create, update, patch, or delete a node lease');
  }
  if (subresource !== '') return no('cannot access subresource');
  if (namespace !== NODE_LEASES) return no(`can only access leases in the "${NODE_LEASES}" system namespace`);
  if (verb !== 'create' && name !== node)
    return no('can only access node lease with the same name as the requesting node');
  return ALLOWED;
}
