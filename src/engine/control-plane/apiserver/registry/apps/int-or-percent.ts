/**
 * Numbers that may be percentages.
 * @upstream pkg/apis/apps/validation/validation.go
 */
import type { IntOrString } from '#engine/api';
import { fieldErrors, isValidPercent } from '#engine/apimachinery';
import { checkFormat, checkNonNegative, type Errors } from '../validation.ts';

export function checkIntOrPercent(errors: Errors, path: string, value: IntOrString | undefined): void {
  if (typeof value === 'string') checkFormat(errors, path, value, isValidPercent);
  else checkNonNegative(errors, path, value);
}

const percentOf = (value: IntOrString | undefined): number | undefined =>
  typeof value === 'string' && isValidPercent(value).length === 0 ? Number(value.slice(0, -1)) : undefined;

/** Zero when it is neither number nor percentage. */
export const intOrPercentValue = (value: IntOrString | undefined): number =>
  typeof value === 'number' ? value : (percentOf(value) ?? 0);

export function checkAtMostHundredPercent(errors: Errors, path: string, value: IntOrString | undefined): void {
  if ((percentOf(value) ?? 0) > 100) errors.push(fieldErrors.invalid(path, value, 'must not be greater than 100%'));
}

type Rollout = { readonly maxUnavailable?: IntOrString; readonly maxSurge?: IntOrString } | undefined;

/** How a rollout is done, as Go prints the internal struct. */
export const rolloutValue = (rollout: Rollout): unknown =>
  rollout ? { MaxUnavailable: rollout.maxUnavailable ?? 0, MaxSurge: rollout.maxSurge ?? 0 } : null;
