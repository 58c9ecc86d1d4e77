/**
 * ConfigMaps.
 * @upstream pkg/registry/core/configmap/strategy.go, pkg/apis/core/validation/validation.go
 */
import { type ConfigMap, configMaps } from '#engine/api';
import { fieldErrors, isConfigMapKey, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import type { Strategy } from '../strategy.ts';
import { checkFormat, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { base64Length, countKeys, utf8Length } from './data-size.ts';

/** One mebibyte: what a ConfigMap or Secret may hold. */
export const MAX_DATA_BYTES = 1_048_576;

function validate({ data, binaryData }: ConfigMap): Errors {
  const errors: Errors = [];
  let size = 0;
  for (const key in data) {
    const path = `data[${key}]`;
    checkFormat(errors, path, key, isConfigMapKey);
    if (binaryData?.[key] !== undefined)
      errors.push(fieldErrors.invalid(path, key, 'duplicate of key present in binaryData'));
    size += utf8Length(data[key] as string);
  }
  for (const key in binaryData) {
    checkFormat(errors, `binaryData[${key}]`, key, isConfigMapKey);
    size += base64Length(binaryData[key] as string);
  }
  if (size > MAX_DATA_BYTES) errors.push(fieldErrors.tooLong('', MAX_DATA_BYTES));
  return errors;
}

const FIXED = 'field is immutable when `immutable` is set';

function validateUpdate(next: ConfigMap, current: ConfigMap): Errors {
  const errors: Errors = [];
  if (current.immutable) {
    if (!next.immutable) errors.push(fieldErrors.forbidden('immutable', FIXED));
    if (!semanticEqual(next.data, current.data)) errors.push(fieldErrors.forbidden('data', FIXED));
    if (!semanticEqual(next.binaryData, current.binaryData)) errors.push(fieldErrors.forbidden('binaryData', FIXED));
  }
  return [...errors, ...validate(next)];
}

/** @fidelity full */
export const configMapStrategy: Strategy<ConfigMap> = {
  resource: configMaps,
  shortNames: ['cm'],
  validateName: nameIsDnsSubdomain,
  validate,
  validateUpdate,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('Data', 'string', fieldDescription('ConfigMap', 'data'), (o) => countKeys(o.data) + countKeys(o.binaryData)),
    ageColumn,
  ],
};
