/**
 * A Pod that asks for a RuntimeClass needs one that exists.
 * @upstream plugin/pkg/admission/runtimeclass/admission.go
 * @fidelity partial: RuntimeClasses are not served yet, so every name is unknown
 */
import { type Pod, pods } from '#engine/api';
import { statusErrors } from '#engine/apimachinery';
import type { AdmissionPlugin } from './admission.ts';

export const runtimeClassAdmission: AdmissionPlugin = {
  name: 'RuntimeClass',
  admit({ resource, subresource, operation, object, name }) {
    if (resource.group !== '' || resource.plural !== pods.plural || subresource !== '' || operation !== 'CREATE')
      return object;
    const wanted = (object as Pod).spec?.runtimeClassName;
    if (wanted === undefined) return object;
    const why = `pod rejected: RuntimeClass ${JSON.stringify(wanted)} not found`;
    throw statusErrors.forbidden({ group: '', resource: 'pods' }, name, why);
  },
};
