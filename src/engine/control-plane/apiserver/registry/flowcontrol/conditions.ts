/** Conditions of flow schemas and priority levels. @upstream pkg/apis/flowcontrol/validation/validation.go */
import { fieldErrors, type ObjectMeta } from '#engine/apimachinery';
import type { SubresourceStrategy } from '../strategy.ts';
import type { Errors } from '../validation.ts';

interface WithConditions {
  readonly conditions?: readonly { readonly type?: string }[];
}

/** Each type once, and none empty. */
export function checkConditions(errors: Errors, status: WithConditions | undefined): void {
  const seen = new Set<string>();
  for (const [i, { type = '' }] of (status?.conditions ?? []).entries()) {
    const path = `status.conditions[${i}].type`;
    if (seen.has(type)) errors.push(fieldErrors.duplicate(path, type));
    seen.add(type);
    if (type === '') errors.push(fieldErrors.required(path, 'must not be empty'));
  }
}

/** Status is written alone: of the rest of the object only who owns its fields may change. */
export const statusStrategy = <
  T extends { readonly metadata: ObjectMeta; readonly status?: WithConditions },
>(): SubresourceStrategy<T> => ({
  prepareForUpdate: (next, current) => ({
    ...current,
    metadata: {
      ...current.metadata,
      ...(next.metadata.managedFields && { managedFields: next.metadata.managedFields }),
    },
    status: next.status,
  }),
  validateUpdate: ({ status }) => {
    const errors: Errors = [];
    checkConditions(errors, status);
    return errors;
  },
});
