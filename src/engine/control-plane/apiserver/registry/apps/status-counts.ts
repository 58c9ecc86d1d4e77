/** The numbers that controllers report must make sense together. */
import { fieldErrors } from '#engine/apimachinery';
import { checkNonNegative, type Errors } from '../validation.ts';

type Counts = { readonly replicas?: number; readonly readyReplicas?: number };

/** Fields in the order in which upstream looks at them. */
export function checkStatusCounts(
  errors: Errors,
  status: Counts,
  fields: readonly string[],
  rules: { readonly atMostReplicas: readonly string[]; readonly atMostReady: readonly string[] },
): void {
  const value = (field: string) => (status as { readonly [field: string]: number | undefined })[field] ?? 0;
  for (const field of fields) checkNonNegative(errors, `status.${field}`, value(field));
  for (const field of rules.atMostReplicas) {
    if (value(field) > value('replicas')) {
      errors.push(fieldErrors.invalid(`status.${field}`, value(field), 'cannot be greater than status.replicas'));
    }
  }
  for (const field of rules.atMostReady) {
    if (value(field) > value('readyReplicas')) {
      errors.push(fieldErrors.invalid(`status.${field}`, value(field), 'cannot be greater than readyReplicas'));
    }
  }
}
