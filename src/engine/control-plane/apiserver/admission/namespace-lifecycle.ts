/**
 * Nothing is created in a namespace that is absent or on its way out, and the namespaces everybody relies on stay.
 * @upstream staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go
 * @fidelity full
 */
import { namespaces } from '#engine/api';
import { StatusError, statusErrors } from '#engine/apimachinery';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);
/** Reviews of one's own access may be asked about any namespace. */
const REVIEW_GROUP = 'authorization.k8s.io';

export function namespaceLifecycle(stores: Stores): AdmissionPlugin {
  const check = (attributes: AdmissionAttributes) => {
    const { operation, resource, name } = attributes;
    const isNamespace = resource.group === '' && resource.plural === 'namespaces';
    if (operation === 'DELETE' && isNamespace && IMMORTAL.has(name)) {
      throw statusErrors.forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted');
    }
    if (!attributes.namespace || isNamespace || operation === 'DELETE' || resource.group === REVIEW_GROUP) return;
    const namespace = stores.of(namespaces).find(undefined, attributes.namespace);
    if (!namespace) {
      throw statusErrors.notFound({ group: '', resource: 'namespaces' }, attributes.namespace);
    }
    if (operation !== 'CREATE') return;
    if (namespace.status?.phase !== 'Terminating') return;
    throw terminating(attributes);
  };
  return {
    name: 'NamespaceLifecycle',
    admit: (attributes) => {
      check(attributes);
      return attributes.object;
    },
  };
}

function terminating({ resource, name, namespace }: AdmissionAttributes): StatusError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { status } = statusErrors.forbidden({ group: resource.group, resource: resource.plural }, name, why);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return new StatusError({ ...status, details: { ...status.details, causes: [cause] } });
}
