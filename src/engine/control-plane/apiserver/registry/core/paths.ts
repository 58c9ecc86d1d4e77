/**
 * Checks of file paths in volumes and mounts.
 * @upstream pkg/apis/core/validation/validation.go
 */
import { fieldErrors } from '#engine/apimachinery';
import type { Errors } from '../validation.ts';

const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive';

export const hasBacksteps = (path: string): boolean => path.includes('..') && path.split('/').includes('..');

export function checkNoBacksteps(errors: Errors, at: string, path: string): void {
  if (hasBacksteps(path)) errors.push(fieldErrors.invalid(at, path, "must not contain '..'"));
}

/** Relative and downwards. */
export function checkLocalPath(errors: Errors, at: string, path: string): void {
  if (path.startsWith('/')) errors.push(fieldErrors.invalid(at, path, 'must be a relative path'));
  checkNoBacksteps(errors, at, path);
}

/** Relative, downwards and not of the names the kubelet keeps to itself. */
export function checkLocalNonReservedPath(errors: Errors, at: string, path: string): void {
  checkLocalPath(errors, at, path);
  if (path.startsWith('..') && !path.startsWith('../'))
    errors.push(fieldErrors.invalid(at, path, "must not start with '..'"));
}

export function checkFileMode(errors: Errors, at: string, mode: number | undefined): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) errors.push(fieldErrors.invalid(at, mode, FILE_MODE));
}
