/** Conditions of flow schemas and priority levels. @upstream pkg/apis/flowcontrol/validation/validation.go */
import { fieldErrors } from '#engine/apimachinery';
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
