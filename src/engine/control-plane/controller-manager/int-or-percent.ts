/** `3` or `25%` of a total. @upstream staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go */
import type { IntOrString } from '#engine/api';

/** The scaled value; a malformed text counts as 0 (validation keeps it out). */
export function scaledValue(value: IntOrString | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const percent = value.endsWith('%') ? Number(value.slice(0, -1)) : Number.NaN;
  if (!Number.isInteger(percent)) return 0;
  return roundUp ? Math.ceil((percent * total) / 100) : Math.floor((percent * total) / 100);
}
