/** A refusal by a policy, whose reason is the policy's to choose. @upstream staging/src/k8s.io/apiserver/pkg/admission/errors.go NewForbidden */
import { failure, groupResourceName, type StatusError } from '#engine/apimachinery';
import type { AdmissionAttributes } from '../admission.ts';

/** What a refusal says of the object. */
export function refusedObject({ resource, object, name }: AdmissionAttributes): {
  readonly name: string;
  readonly group?: string;
  readonly kind: string;
} {
  const shown = name || object?.metadata?.generateName || 'Unknown';
  return { name: shown, ...(resource.group !== '' && { group: resource.group }), kind: resource.plural };
}

export function refusal(attributes: AdmissionAttributes, message: string, reason: string, code: number): StatusError {
  const { resource } = attributes;
  const about = { group: resource.group, resource: resource.plural };
  const details = refusedObject(attributes);
  return failure(code, `${groupResourceName(about)} "${details.name}" is forbidden: ${message}`, reason, {
    ...details,
    causes: [{ message }],
  });
}
