/**
 * DeviceClasses: kinds of devices an administrator offers.
 * @upstream pkg/registry/resource/deviceclass/strategy.go, pkg/apis/resource/validation/validation.go
 */
import { type DeviceClass, deviceClasses } from '#engine/api';
import { fieldErrors, isQualifiedName, semanticEqual } from '#engine/apimachinery';
import { ageColumn, nameColumn } from '../columns.ts';
import type { Strategy } from '../strategy.ts';
import { type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { checkConfigurations, checkSelectors } from './device-claim.ts';

/** @upstream pkg/apis/core/v1/helper/helpers.go IsExtendedResourceName */
const isExtendedResource = (name: string) =>
  name.includes('/') &&
  !name.includes('kubernetes.io/') &&
  !name.startsWith('requests.') &&
  isQualifiedName(`requests.${name}`).length === 0;

function validate({ spec = {} }: DeviceClass, current?: DeviceClass): Errors {
  const errors: Errors = [];
  const stored = current !== undefined && semanticEqual(spec.selectors, current.spec?.selectors);
  checkSelectors(errors, 'spec.selectors', spec.selectors, stored);
  checkConfigurations(errors, 'spec.config', spec.config);
  const { extendedResourceName } = spec;
  if (extendedResourceName !== undefined && !isExtendedResource(extendedResourceName)) {
    const why = 'must be a valid extended resource name';
    errors.push(fieldErrors.invalid('spec.extendedResourceName', extendedResourceName, why));
  }
  return errors;
}

/** @fidelity full */
export const deviceClassStrategy: Strategy<DeviceClass> = {
  resource: deviceClasses,
  validateName: nameIsDnsSubdomain,
  validate: (deviceClass) => validate(deviceClass),
  validateUpdate: validate,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  allowUnconditionalUpdate: true,
  columns: [nameColumn, ageColumn],
};
