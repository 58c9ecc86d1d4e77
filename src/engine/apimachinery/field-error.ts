/**
 * What validation answers: every fault of an object, each with the path of the field, in upstream's words.
 * @upstream staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go
 */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid';

export interface FieldError {
  readonly type: FieldErrorType;
  /** `spec.containers[0].name` */
  readonly field: string;
  /** The message without the field: `Required value: a name is needed`. */
  readonly body: string;
}

const make = (type: FieldErrorType, field: string, body: string): FieldError => ({ type, field, body });
const because = (head: string, detail: string) => (detail ? `${head}: ${detail}` : head);

/** How Go's `%#v`-like rendering in field errors prints a value: strings quoted, numbers and booleans bare, others as JSON. */
function printValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return JSON.stringify(value);
}

export const fieldErrors = {
  required: (field: string, detail = '') => make('FieldValueRequired', field, because('Required value', detail)),
  invalid: (field: string, value: unknown, detail: string) =>
    make('FieldValueInvalid', field, because(`Invalid value: ${printValue(value)}`, detail)),
  forbidden: (field: string, detail: string) => make('FieldValueForbidden', field, because('Forbidden', detail)),
  duplicate: (field: string, value: unknown) =>
    make('FieldValueDuplicate', field, `Duplicate value: ${printValue(value)}`),
  notFound: (field: string, value: unknown) => make('FieldValueNotFound', field, `Not found: ${printValue(value)}`),
  notSupported: (field: string, value: unknown, supported: readonly string[]) =>
    make(
      'FieldValueNotSupported',
      field,
      `Unsupported value: ${printValue(value)}${supported.length > 0 ? `: supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}` : ''}`,
    ),
  tooLong: (field: string, maxLength: number) =>
    make('FieldValueTooLong', field, `Too long: may not be more than ${maxLength} bytes`),
  tooMany: (field: string, actual: number, max: number) =>
    make('FieldValueTooMany', field, `Too many: ${actual}: must have at most ${max} items`),
  typeInvalid: (field: string, value: unknown, detail: string) =>
    make('FieldValueTypeInvalid', field, because(`Invalid value: ${printValue(value)}`, detail)),
  internal: (field: string, detail: string) => make('InternalError', field, `Internal error: ${detail}`),
} as const;
