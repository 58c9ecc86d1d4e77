/**
 * Volumes and claims are held by a finalizer, which their controllers take away when nobody uses them any more.
 * @upstream plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go
 */
import type { KubeObject } from '#engine/apimachinery';
import type { AdmissionPlugin } from './admission.ts';

const FINALIZERS: { readonly [groupResource: string]: string } = {
  '/persistentvolumes': 'kubernetes.io/pv-protection',
  '/persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  'storage.k8s.io/volumeattributesclasses': 'kubernetes.io/vac-protection',
};

/** @fidelity full */
export const storageInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit({ resource, subresource, operation, object }) {
    const finalizer = FINALIZERS[`${resource.group}/${resource.plural}`];
    if (!finalizer || !object || operation !== 'CREATE' || subresource !== '') return object;
    const { finalizers = [] } = object.metadata;
    if (finalizers.includes(finalizer)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } } as KubeObject;
  },
};
