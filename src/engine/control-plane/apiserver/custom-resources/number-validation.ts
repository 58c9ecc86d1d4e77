/** Bounds and formats of numbers. @upstream vendor/k8s.io/kube-openapi/pkg/validation/validate/values.go */
import { fieldErrors } from '#engine/apimachinery';
import { isKnownFormat } from './formats.ts';
import type { SchemaProps } from './schema-props.ts';
import { type Fault, fieldOf, pathless } from './value-result.ts';

const INT32 = 2 ** 31;
const INT64 = 2 ** 63;
const FLOAT32 = 3.4028234663852886e38;

/** Whether a number fits into the type and format. */
function inRange({ type, format }: SchemaProps, value: number): boolean {
  if (type === 'integer') {
    const limit = format === 'int32' ? INT32 : INT64;
    return Number.isInteger(value) && value >= -limit && value < limit;
  }
  return type !== 'number' || format !== 'float' || Math.abs(value) <= FLOAT32;
}

function rangeFault(schema: SchemaProps, value: number, what: string, path: string): Fault | undefined {
  if (inRange(schema, value)) return undefined;
  const { type, format } = schema;
  const known = format && isKnownFormat(type, format) ? ` with format ${format}` : ' (default format)';
  return pathless(`${what} value must be of type ${type}${known} in ${path}`);
}

type Bound = (value: number, limit: number) => string | undefined;

const multipleOf: Bound = (value, factor) => {
  const quotient = factor < 1 ? (1 / factor) * value : value / factor;
  const whole = Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
  return whole ? undefined : `should be a multiple of ${factor}`;
};

/** Faults of a number in upstream's order: its type, its factor, its minimum, its maximum. */
export function numberFaults(schema: SchemaProps, value: number, path: string, prefix: string): readonly Fault[] {
  const { multipleOf: factor, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const isWhole = Number.isInteger(value);
  const faults = [rangeFault(schema, value, 'Checked', path)];
  const bound = (limit: number | undefined, what: string, test: Bound) => {
    if (limit === undefined) return;
    const odd = rangeFault(schema, limit, what, path);
    // Go compares integers with integers: the bound loses its fraction.
    const why = test(value, isWhole && !odd ? Math.trunc(limit) : limit);
    faults.push(odd);
    if (why === undefined) return;
    const text = `${path} in body ${why}`;
    faults.push({ text, error: fieldErrors.invalid(fieldOf(path, prefix), value, text) });
  };
  bound(factor, 'MultipleOf', multipleOf);
  bound(minimum, 'Minimum boundary', (of, limit) => {
    if (exclusiveMinimum ? of > limit : of >= limit) return undefined;
    return `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${limit}`;
  });
  bound(maximum, 'Maximum boundary', (of, limit) => {
    if (exclusiveMaximum ? of < limit : of <= limit) return undefined;
    return `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${limit}`;
  });
  return faults.filter((fault) => fault !== undefined);
}
