/** What a kubelet may know of storage. @upstream plugin/pkg/auth/authorizer/node/node_authorizer.go */
import { persistentVolumeClaims, persistentVolumes, volumeAttachments } from '#engine/api';
import type { Stores } from '../../endpoints/endpoint.ts';
import type { AuthorizationAttributes, AuthorizationDecision } from '../authorizer.ts';
import type { Reference } from './pod-references.ts';
import { ALLOWED, no, type Rule } from './rule.ts';

/** `ifRelated` decides by whether a Pod on the Node names the object. */
export function storageRules(
  stores: Stores,
  ifRelated: (node: string, kind: Reference['kind'], attributes: AuthorizationAttributes) => AuthorizationDecision,
): { readonly [groupResource: string]: Rule } {
  /** Claims are read one by one; their status changes when their file system grows. */
  const claim: Rule = (node, attributes) => {
    const { verb, subresource } = attributes;
    if (verb === 'get' && subresource === '') return ifRelated(node, 'PersistentVolumeClaim', attributes);
    if ((verb === 'update' || verb === 'patch') && subresource === 'status')
      return ifRelated(node, 'PersistentVolumeClaim', attributes);
    return no(
      subresource === '' || subresource === 'status'
        ? 'can only get individual resources of this type'
        : 'can only update PVC status',
    );
  };
  /** A volume belongs to the Node where a Pod uses the claim that has it. */
  const volume: Rule = (node, attributes) => {
    if (attributes.verb !== 'get') return no('can only get individual resources of this type');
    if (attributes.subresource !== '') return no('cannot get subresource');
    if (attributes.name === '') return no('No Object name found');
    const ref = stores.of(persistentVolumes).find(undefined, attributes.name)?.spec?.claimRef;
    const claims = stores.of(persistentVolumeClaims);
    const mine =
      ref?.name !== undefined &&
      claims.find(ref.namespace, ref.name)?.spec?.volumeName === attributes.name &&
      ifRelated(node, 'PersistentVolumeClaim', {
        ...attributes,
        namespace: ref.namespace ?? '',
        name: ref.name,
      }).allowed;
    return mine ? ALLOWED : no(`no relationship found between node '${node}' and this object`);
  };
  const attachment: Rule = (node, { verb, subresource, name }) => {
    if (verb !== 'get') return no('can only get individual resources of this type');
    if (subresource !== '') return no('cannot get subresource');
    const mine = stores.of(volumeAttachments).find(undefined, name)?.spec.nodeName === node;
    return mine ? ALLOWED : no(`no relationship found between node '${node}' and this object`);
  };
  return {
    '/persistentvolumeclaims': claim,
    '/persistentvolumes': volume,
    'storage.k8s.io/volumeattachments': attachment,
  };
}
