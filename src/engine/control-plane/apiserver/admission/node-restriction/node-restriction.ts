/**
 * What a kubelet may write: its own Node, and what belongs to the Pods on it. Its requests for certificates are looked at with all certificates.
 * @upstream plugin/pkg/admission/noderestriction/admission.go
 */
import { type Pod, type PodStatus, pods, type ResourceSlice } from '#engine/api';
import { semanticEqual } from '#engine/apimachinery';
import type { Authorizer } from '../../authorization/authorizer.ts';
import { nodeIdentity } from '../../authorization/node/node-identity.ts';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { checkClaimStatus } from './claim-status.ts';
import { checkMirrorPod } from './mirror-pod.ts';
import { checkNode } from './node-object.ts';
import { quoted, refuse } from './refusal.ts';
import { checkToken } from './token-request.ts';

const NODE_LEASES = 'kube-node-lease';

type Check = (node: string, attributes: AdmissionAttributes) => void | Promise<void>;

/** @fidelity partial: a refused change of a claim's status is not shown as a diff */
export function nodeRestriction(stores: Stores, authorizer: () => Authorizer): AdmissionPlugin {
  const checks: { readonly [groupResource: string]: Check } = {
    '/pods': (node, attributes) => checkPod(stores, node, attributes),
    '/nodes': checkNode,
    '/persistentvolumeclaims': checkClaimStatus,
    '/serviceaccounts': (node, attributes) => checkToken({ stores, authorizer }, node, attributes),
    'coordination.k8s.io/leases': checkLease,
    'storage.k8s.io/csinodes': checkCsiNode,
    'resource.k8s.io/resourceslices': checkSlice,
  };
  const check = (attributes: AdmissionAttributes): void | Promise<void> => {
    const node = nodeIdentity(attributes.user);
    if (node === undefined) return undefined;
    if (node === '') {
      return refuse(attributes, `could not determine node from user ${quoted(attributes.user.username)}`);
    }
    return checks[`${attributes.resource.group}/${attributes.resource.plural}`]?.(node, attributes);
  };
  return {
    name: 'NodeRestriction',
    admit(attributes) {
      const { operation, object } = attributes;
      if (operation !== 'CREATE' && operation !== 'UPDATE') return object;
      const checking = check(attributes);
      return checking instanceof Promise ? checking.then(() => object) : object;
    },
    // What is deleted is known one by one, and only here.
    validate: (attributes) => (attributes.operation === 'DELETE' ? check(attributes) : undefined),
  };
}

function checkPod(stores: Stores, node: string, attributes: AdmissionAttributes): void {
  const { subresource, operation } = attributes;
  if (subresource === 'status') checkPodStatus(node, attributes);
  else if (subresource === 'eviction') checkEviction(stores, node, attributes);
  else if (subresource !== '') {
    refuse(attributes, `unexpected pod subresource ${quoted(subresource)}, only 'status' and 'eviction' are allowed`);
  } else if (operation === 'CREATE') checkMirrorPod(stores, node, attributes);
  else if (operation !== 'DELETE') {
    refuse(
      attributes,
      `unexpected operation ${quoted(operation)}, node ${quoted(node)} can only create and delete mirror pods`,
    );
  } else if ((attributes.oldObject as Pod | undefined)?.spec.nodeName !== node) {
    refuse(attributes, `node ${quoted(node)} can only delete pods with spec.nodeName set to itself`);
  }
}

const claimsOf = (pod: Pod | undefined) => (pod?.status as PodStatus | undefined)?.resourceClaimStatuses ?? [];

function checkPodStatus(node: string, attributes: AdmissionAttributes): void {
  const { operation, object, oldObject } = attributes;
  if (operation !== 'UPDATE') refuse(attributes, `unexpected operation ${quoted(operation)}`);
  const before = oldObject as Pod | undefined;
  const next = object as Pod | undefined;
  if (before?.spec.nodeName !== node) {
    refuse(attributes, `node ${quoted(node)} can only update pod status for pods with spec.nodeName set to itself`);
  }
  if (!semanticEqual(next?.metadata.labels ?? {}, before.metadata.labels ?? {})) {
    refuse(attributes, `node ${quoted(node)} cannot update labels through pod status`);
  }
  if (!semanticEqual(claimsOf(next), claimsOf(before))) {
    // The typing mistake is upstream's.
    refuse(attributes, `node ${quoted(node)} cannot update resource claim statues`);
  }
}

function checkEviction(stores: Stores, node: string, attributes: AdmissionAttributes): void {
  const { operation, namespace, name } = attributes;
  if (operation !== 'CREATE') refuse(attributes, `unexpected operation ${operation}`);
  if (stores.of(pods).get(namespace, name).spec.nodeName !== node) {
    refuse(attributes, `node ${node} can only evict pods with spec.nodeName set to itself`);
  }
}

function checkLease(node: string, attributes: AdmissionAttributes): void {
  if (attributes.namespace !== NODE_LEASES) {
    refuse(attributes, `can only access leases in the ${quoted(NODE_LEASES)} system namespace`);
  }
  if (attributes.name !== node) {
    refuse(attributes, 'can only access node lease with the same name as the requesting node');
  }
}

function checkCsiNode(node: string, attributes: AdmissionAttributes): void {
  if (attributes.name !== node) {
    refuse(attributes, 'can only access CSINode with the same name as the requesting node');
  }
}

/** Other requests are the authorizer's. */
function checkSlice(node: string, attributes: AdmissionAttributes): void {
  const { operation, object, oldObject } = attributes;
  if (operation === 'UPDATE') return;
  const slice = (operation === 'CREATE' ? object : oldObject) as ResourceSlice | undefined;
  if (slice?.spec.nodeName !== node) {
    const what = operation === 'CREATE' ? 'create' : 'delete';
    refuse(attributes, `can only ${what} ResourceSlice with the same NodeName as the requesting node`);
  }
}
