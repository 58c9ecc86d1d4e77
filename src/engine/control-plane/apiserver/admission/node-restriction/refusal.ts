/** How NodeRestriction refuses. */
import { statusErrors } from '#engine/apimachinery';
import type { AdmissionAttributes } from '../admission.ts';

/** A name as Go's `%q` writes it. */
export const quoted = (text: string): string => JSON.stringify(text);

/** Throws the 403. */
export function refuse({ resource, name }: AdmissionAttributes, why: string): never {
  throw statusErrors.forbidden({ group: resource.group, resource: resource.plural }, name, why);
}
