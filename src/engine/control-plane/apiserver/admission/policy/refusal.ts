/** A refusal by a policy, whose reason is the policy's to choose. @upstream staging/src/k8s.io/apiserver/pkg/admission/errors.go NewForbidden */
import { failure, groupResourceName, type StatusError } from '#engine/apimachinery';
import type { AdmissionAttributes } from '../admission.ts';

export function refusal(
  { resource, object, name }: AdmissionAttributes,
  message: string,
  reason: string,
  code: number,
): StatusError {
  const shown = name || object?.metadata?.generateName || 'Unknown';
  const about = { group: resource.group, resource: resource.plural };
  return failure(code, `${groupResourceName(about)} "${shown}" is forbidden: ${message}`, reason, {
    name: shown,
    ...(resource.group !== '' && { group: resource.group }),
    kind: resource.plural,
    causes: [{ message }],
  });
}
