/**
 * VolumeAttributesClasses: what about a volume may change while it is used.
 * @upstream pkg/registry/storage/volumeattributesclass/strategy.go, pkg/apis/storage/validation/validation.go
 */
import { type VolumeAttributesClass, volumeAttributesClasses } from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import type { Strategy } from '../strategy.ts';
import { type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { checkParameters, checkProvisioner } from './storage-class.ts';

function validate({ driverName = '', parameters }: VolumeAttributesClass): Errors {
  const errors: Errors = [];
  checkProvisioner(errors, 'driverName', driverName);
  if (checkParameters(errors, parameters ?? {}) && Object.keys(parameters ?? {}).length === 0)
    errors.push(fieldErrors.required('parameters', 'must contain at least one key/value pair'));
  return errors;
}

function validateUpdate(next: VolumeAttributesClass, current: VolumeAttributesClass): Errors {
  const errors: Errors = [];
  if (next.driverName !== current.driverName)
    errors.push(fieldErrors.forbidden('driverName', 'updates to driverName are forbidden.'));
  if (!semanticEqual(next.parameters, current.parameters))
    errors.push(fieldErrors.forbidden('parameters', 'updates to parameters are forbidden.'));
  return [...errors, ...validate(next)];
}

/** @fidelity full */
export const volumeAttributesClassStrategy: Strategy<VolumeAttributesClass> = {
  resource: volumeAttributesClasses,
  shortNames: ['vac'],
  validateName: nameIsDnsSubdomain,
  validate,
  validateUpdate,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('DriverName', 'string', fieldDescription('VolumeAttributesClass', 'driverName'), (o) => o.driverName),
    ageColumn,
  ],
};
