/**
 * StorageClasses: how volumes are made on demand.
 * @upstream pkg/registry/storage/storageclass/strategy.go, pkg/apis/storage/validation/validation.go
 */
import { type StorageClass, storageClasses } from '#engine/api';
import { fieldErrors, isQualifiedName, jsonEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { deprecatedLabel } from '../core/pod-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import { withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkFormat, checkImmutable, checkSupported, type Errors } from '../validation.ts';

const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];
const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

/** Whether claims without a class get this one. */
export const isDefaultClass = ({ metadata }: StorageClass): boolean =>
  DEFAULT_CLASS.some((annotation) => metadata.annotations?.[annotation] === 'true');

/** False when there are so many that nothing else is said of them. */
export function checkParameters(errors: Errors, parameters: { readonly [key: string]: string }): boolean {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) {
    errors.push(fieldErrors.tooLong('parameters', MAX_PARAMETERS));
    return false;
  }
  let size = 0;
  for (const [key, value] of entries) {
    if (key === '') errors.push(fieldErrors.invalid('parameters', key, 'field can not be empty.'));
    size += key.length + value.length;
  }
  if (size > MAX_PARAMETER_BYTES) errors.push(fieldErrors.tooLong('parameters', MAX_PARAMETER_BYTES));
  return true;
}

/** The name of who makes or changes volumes. */
export function checkProvisioner(errors: Errors, at: string, name: string): void {
  if (name === '') errors.push(fieldErrors.required(at));
  else checkFormat(errors, at, name.toLowerCase(), isQualifiedName);
}

function checkTopologies(errors: Errors, topologies: StorageClass['allowedTopologies'] = []): void {
  const before: { readonly [key: string]: readonly string[] }[] = [];
  for (const [i, { matchLabelExpressions = [] }] of topologies.entries()) {
    const seen: { [key: string]: readonly string[] } = {};
    for (const [j, { key, values = [] }] of matchLabelExpressions.entries()) {
      const at = `allowedTopologies[${i}].matchLabelExpressions[${j}]`;
      if (values.length === 0) errors.push(fieldErrors.required(`${at}.values`));
      const known = new Set<string>();
      for (const [k, value] of values.entries()) {
        if (known.has(value)) errors.push(fieldErrors.duplicate(`${at}.values[${k}]`, value));
        known.add(value);
      }
      checkFormat(errors, `${at}.key`, key ?? '', isQualifiedName);
      if (seen[key]) errors.push(fieldErrors.duplicate(`${at}.key`, key));
      seen[key] = [...known].sort();
    }
    // Upstream compares with an empty term for each of them first: one without expressions is a duplicate at once.
    const same = before.filter((one) => jsonEqual(one, seen)).length;
    const empty = matchLabelExpressions.length === 0 ? topologies.length : 0;
    for (let n = 0; n < same + empty; n++)
      errors.push(fieldErrors.duplicate(`allowedTopologies[${i}].matchLabelExpressions`, ''));
    before.push(seen);
  }
}

function validate(storageClass: StorageClass): Errors {
  const errors: Errors = [];
  const { provisioner = '', parameters, reclaimPolicy, volumeBindingMode } = storageClass;
  checkProvisioner(errors, 'provisioner', provisioner);
  checkParameters(errors, parameters ?? {});
  if (reclaimPolicy) checkSupported(errors, 'reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']);
  if (volumeBindingMode === undefined) errors.push(fieldErrors.required('volumeBindingMode'));
  else checkSupported(errors, 'volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']);
  checkTopologies(errors, storageClass.allowedTopologies);
  return errors;
}

const FIXED = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const;

function validateUpdate(next: StorageClass, current: StorageClass): Errors {
  const errors = validate(next);
  for (const field of FIXED) checkImmutable(errors, field, next[field], current[field]);
  return errors;
}

const described = (name: string, field: keyof StorageClass & string, cell: (o: StorageClass) => unknown) =>
  column<StorageClass>(name, 'string', fieldDescription('StorageClass', field), cell);

/** @fidelity full */
export const storageClassStrategy: Strategy<StorageClass> = {
  resource: storageClasses,
  shortNames: ['sc'],
  defaults: (storageClass) =>
    withPointerDefaults(storageClass, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate,
  validateUpdate,
  warnings: ({ allowedTopologies = [] }) =>
    allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
      matchLabelExpressions.flatMap(({ key }, j) => {
        const message = deprecatedLabel(key);
        return message ? [`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${message}`] : [];
      }),
    ),
  allowUnconditionalUpdate: true,
  columns: [
    { ...nameColumn, cell: (o) => (isDefaultClass(o) ? `${o.metadata.name} (default)` : o.metadata.name) },
    described('Provisioner', 'provisioner', (o) => o.provisioner),
    described('ReclaimPolicy', 'reclaimPolicy', (o) => o.reclaimPolicy ?? 'Delete'),
    described('VolumeBindingMode', 'volumeBindingMode', (o) => o.volumeBindingMode ?? '<unset>'),
    described('AllowVolumeExpansion', 'allowVolumeExpansion', (o) => o.allowVolumeExpansion ?? false),
    ageColumn,
  ],
};
