/** Conditions of the common shape. @upstream staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go */
import { type Condition, fieldErrors, regexError } from '#engine/apimachinery';
import { checkQualifiedName, checkSupported, type Errors } from './validation.ts';

const MAX_REASON_LENGTH = 1024;
const MAX_MESSAGE_LENGTH = 32_768;
const REASON_FORMAT = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const REASON = new RegExp(`^${REASON_FORMAT}$`);
const REASON_FAULT = regexError(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  REASON_FORMAT,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

function checkCondition(errors: Errors, at: string, condition: Partial<Condition>): void {
  const { type = '', status = '', observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition;
  checkQualifiedName(errors, `${at}.type`, type);
  checkSupported(errors, `${at}.status`, status, ['False', 'True', 'Unknown']);
  if (observedGeneration < 0) {
    const path = `${at}.observedGeneration`;
    errors.push(fieldErrors.invalid(path, observedGeneration, 'must be greater than or equal to zero'));
  }
  if (!lastTransitionTime) errors.push(fieldErrors.required(`${at}.lastTransitionTime`, 'must be set'));
  const path = `${at}.reason`;
  if (reason === '') errors.push(fieldErrors.required(path, 'must be set'));
  else if (!REASON.test(reason)) errors.push(fieldErrors.invalid(path, reason, REASON_FAULT));
  if (byteLength(reason) > MAX_REASON_LENGTH) errors.push(fieldErrors.tooLong(path, MAX_REASON_LENGTH));
  if (byteLength(message) > MAX_MESSAGE_LENGTH) errors.push(fieldErrors.tooLong(`${at}.message`, MAX_MESSAGE_LENGTH));
}

/** Each type once, and every part well formed. */
export function checkConditions(errors: Errors, path: string, conditions: readonly Partial<Condition>[] = []): void {
  const seen = new Set<string>();
  for (const [i, condition] of conditions.entries()) {
    const { type = '' } = condition;
    if (seen.has(type)) errors.push(fieldErrors.duplicate(`${path}[${i}].type`, type));
    seen.add(type);
    checkCondition(errors, `${path}[${i}]`, condition);
  }
}
