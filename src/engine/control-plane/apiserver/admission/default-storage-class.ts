/** A claim without a class gets the default one. @upstream plugin/pkg/admission/storage/storageclass/setdefault/admission.go */
import { type PersistentVolumeClaim, persistentVolumeClaims, type StorageClass, storageClasses } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Stores } from '../endpoints/endpoint.ts';
import { CLASS_ANNOTATION } from '../registry/core/persistent-volume-claim-validation.ts';
import { isDefaultClass } from '../registry/storage/storage-class.ts';
import type { AdmissionPlugin } from './admission.ts';
import { newestFirst } from './default-ingress-class.ts';

/** @fidelity full */
export const defaultStorageClass = (stores: Stores): AdmissionPlugin => ({
  name: 'DefaultStorageClass',
  admit({ resource, subresource, operation, object }) {
    const concerns = resource.group === '' && resource.plural === persistentVolumeClaims.plural && subresource === '';
    if (!concerns || operation !== 'CREATE') return object;
    const claim = object as PersistentVolumeClaim;
    if (claim.metadata.annotations?.[CLASS_ANNOTATION] !== undefined) return object;
    if (claim.spec?.storageClassName !== undefined) return object;
    const classes: readonly StorageClass[] = stores
      .of(storageClasses)
      .storage.list()
      .map(({ value }) => value);
    const name = newestFirst(classes.filter(isDefaultClass))[0]?.metadata.name;
    if (name === undefined) return object;
    return { ...claim, spec: { ...claim.spec, storageClassName: name } } as KubeObject;
  },
});
