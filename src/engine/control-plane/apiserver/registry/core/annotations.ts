/**
 * Checks of annotations.
 * @upstream staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go
 */
import { fieldErrors, isQualifiedName } from '#engine/apimachinery';
import { checkFormat, type Errors } from '../validation.ts';
import { utf8Length } from './data-size.ts';

const MAX_BYTES = 256 * 1024;

export function checkAnnotations(
  errors: Errors,
  path: string,
  annotations: { readonly [key: string]: string } | undefined,
): void {
  let size = 0;
  for (const key in annotations) {
    // Keys may have upper case letters in their domain, as old ones do.
    checkFormat(errors, path, key, (text) => isQualifiedName(text.toLowerCase()));
    size += utf8Length(key) + utf8Length(annotations[key] as string);
  }
  if (size > MAX_BYTES) errors.push(fieldErrors.tooLong(path, MAX_BYTES));
}
