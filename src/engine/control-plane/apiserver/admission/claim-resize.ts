/**
 * Only claims of classes that allow it may grow.
 * @upstream plugin/pkg/admission/storage/persistentvolume/resize/admission.go
 */
import { type PersistentVolumeClaim, persistentVolumeClaims, storageClasses } from '#engine/api';
import { compareQuantity, statusErrors } from '#engine/apimachinery';
import type { Stores } from '../endpoints/endpoint.ts';
import { CLASS_ANNOTATION } from '../registry/core/persistent-volume-claim-validation.ts';
import type { AdmissionPlugin } from './admission.ts';

const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec?.resources?.requests?.storage ?? '0';

/** @fidelity full */
export const claimResize = (stores: Stores): AdmissionPlugin => ({
  name: 'PersistentVolumeClaimResize',
  validate({ resource, subresource, operation, object, oldObject, name }) {
    const concerns = resource.group === '' && resource.plural === persistentVolumeClaims.plural && subresource === '';
    if (!concerns || operation !== 'UPDATE' || !object || !oldObject) return;
    const claim = object as PersistentVolumeClaim;
    const before = oldObject as PersistentVolumeClaim;
    if (compareQuantity(sizeOf(claim), sizeOf(before)) <= 0) return;
    const refuse = (why: string) => {
      throw statusErrors.forbidden({ group: '', resource: resource.plural }, name, why);
    };
    if (before.status?.phase !== 'Bound') refuse('Only bound persistent volume claims can be expanded');
    const className = claim.metadata.annotations?.[CLASS_ANNOTATION] ?? claim.spec?.storageClassName ?? '';
    const allowed =
      className !== '' && stores.of(storageClasses).find(undefined, className)?.allowVolumeExpansion === true;
    if (!allowed) {
      refuse(
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      );
    }
  },
});
