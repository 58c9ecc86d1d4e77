/** fmt.Print of template values: `<no value>` for what is missing, floats the way Go shortens them. */
import { compareText } from '#engine/apimachinery';
import { isArray, isObject, type Json } from '../../text/json.ts';
import type { Value } from './value.ts';

export const sprintValue = (value: Value): string =>
  value === undefined || value === null ? '<no value>' : sprintInner(value);

export function sprintInner(value: Value): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'number') return sprintFloat(value);
  if (isArray(value as Json)) return `[${(value as readonly Json[]).map(sprintInner).join(' ')}]`;
  if (isObject(value))
    return `map[${Object.keys(value)
      .sort(compareText)
      .map((key) => `${key}:${sprintInner(value[key])}`)
      .join(' ')}]`;
  return String(value);
}

/** %v of a float64: an exponent from a million on, or below 1e-4. */
function sprintFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return '0';
  const [mantissa, exponentText] = value.toExponential().split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
