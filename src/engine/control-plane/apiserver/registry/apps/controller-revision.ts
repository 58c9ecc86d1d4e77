/**
 * ControllerRevisions: the history of DaemonSets and StatefulSets.
 * @upstream pkg/registry/apps/controllerrevision/strategy.go, pkg/apis/apps/validation/validation.go
 */
import { type ControllerRevision, controllerRevisions } from '#engine/api';
import { controllerOf, fieldErrors } from '#engine/apimachinery';
import { ageColumn, column, NONE, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkNonNegative, type Errors, IMMUTABLE, nameIsDnsSubdomain } from '../validation.ts';

function validate({ data, revision }: ControllerRevision): Errors {
  const errors: Errors = [];
  if (data === undefined) errors.push(fieldErrors.required('data', 'data is mandatory'));
  checkNonNegative(errors, 'revision', revision);
  return errors;
}

/** Data is compared as bytes upstream: every difference counts. */
const sameData = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  const left = a as { [key: string]: unknown };
  const right = b as { [key: string]: unknown };
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameData(left[key], right[key]));
};

function validateUpdate(next: ControllerRevision, current: ControllerRevision): Errors {
  const errors = validate(next);
  if (!sameData(next.data, current.data)) errors.push(fieldErrors.invalid('data', next.data, IMMUTABLE));
  return errors;
}

function controller(revision: ControllerRevision): string {
  const owner = controllerOf(revision);
  if (!owner) return NONE;
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}

/** @fidelity full */
export const controllerRevisionStrategy: Strategy<ControllerRevision> = {
  resource: controllerRevisions,
  validateName: nameIsDnsSubdomain,
  defaults: (revision) => withPointerDefaults(revision, { revision: 0 }),
  validate,
  validateUpdate,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('Controller', 'string', 'Controller of the object', controller),
    column('Revision', 'string', fieldDescription('ControllerRevision', 'revision'), (o) => o.revision),
    ageColumn,
  ],
};
