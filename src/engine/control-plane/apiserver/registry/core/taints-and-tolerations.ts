/**
 * Taints of Nodes and tolerations of Pods.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { Taint, Toleration } from '#engine/api';
import { fieldErrors, isQualifiedName, isValidLabelValue } from '#engine/apimachinery';
import { checkFormat, type Errors } from '../validation.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function checkEffect(errors: Errors, path: string, effect: string): void {
  if (!EFFECTS.includes(effect)) errors.push(fieldErrors.notSupported(path, effect, EFFECTS));
}

export function checkTaints(errors: Errors, path: string, taints: readonly Taint[]): void {
  const seen = new Set<string>();
  for (const [i, { key = '', value = '', effect = '', timeAdded }] of taints.entries()) {
    const at = `${path}[${i}]`;
    checkFormat(errors, `${at}.key`, key, isQualifiedName);
    const faults = isValidLabelValue(value);
    if (faults.length > 0) errors.push(fieldErrors.invalid(`${at}.value`, value, faults.join(';')));
    if (effect === '') errors.push(fieldErrors.required(`${at}.effect`));
    else checkEffect(errors, `${at}.effect`, effect);
    const pair = `${effect} ${key}`;
    if (seen.has(pair)) {
      const { type, field, body } = fieldErrors.duplicate(at, {
        Key: key,
        Value: value,
        Effect: effect,
        TimeAdded: timeAdded ?? null,
      });
      errors.push({ type, field, body: `${body}: taints must be unique by key and effect pair` });
    }
    seen.add(pair);
  }
}

const OPERATORS = ['Equal', 'Exists'];
/** Operators of a feature that is off by default: their refusal names them. */
const COMPARING = new Set(['Lt', 'Gt']);
const ALL_OPERATORS = [...OPERATORS, 'Lt', 'Gt'];

function checkOperator(errors: Errors, path: string, operator: string, value: string): void {
  if (operator === 'Exists') {
    if (value !== '') errors.push(fieldErrors.invalid(path, value, "value must be empty when `operator` is 'Exists'"));
  } else if (operator === '' || operator === 'Equal') {
    const faults = isValidLabelValue(value);
    if (faults.length > 0) errors.push(fieldErrors.invalid(path, value, faults.join(';')));
  } else errors.push(fieldErrors.notSupported(path, operator, COMPARING.has(operator) ? ALL_OPERATORS : OPERATORS));
}

export function checkTolerations(errors: Errors, path: string, tolerations: readonly Toleration[]): void {
  for (let i = 0; i < tolerations.length; i++) {
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = tolerations[i] as Toleration;
    const at = `${path}[${i}]`;
    if (key !== '') checkFormat(errors, `${at}.key`, key, isQualifiedName);
    else if (operator !== 'Exists') {
      const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(fieldErrors.invalid(`${at}.operator`, operator, why));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(
        fieldErrors.invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      );
    }
    checkOperator(errors, `${at}.operator`, operator, value);
    if (effect !== '') checkEffect(errors, `${at}.effect`, effect);
  }
}
