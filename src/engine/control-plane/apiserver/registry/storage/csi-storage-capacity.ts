/**
 * CSIStorageCapacities: how much storage of a class a part of the cluster still has.
 * @upstream pkg/registry/storage/csistoragecapacity/strategy.go, pkg/apis/storage/validation/validation.go
 */
import { type CSIStorageCapacity, csiStorageCapacities } from '#engine/api';
import { canonicalQuantity, compareQuantity, fieldErrors } from '#engine/apimachinery';
import { column, nameColumn } from '../columns.ts';
import { deprecatedLabel } from '../core/pod-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import type { Strategy } from '../strategy.ts';
import {
  checkFormat,
  checkImmutable,
  checkLabelSelector,
  type Errors,
  NOT_NEGATIVE,
  nameIsDnsSubdomain,
  printableSelector,
} from '../validation.ts';

function validate({ nodeTopology, storageClassName = '', capacity }: CSIStorageCapacity): Errors {
  const errors: Errors = [];
  checkLabelSelector(errors, 'nodeTopology', nodeTopology);
  checkFormat(errors, 'storageClassName', storageClassName, nameIsDnsSubdomain);
  if (capacity !== undefined && compareQuantity(capacity, '0') < 0)
    errors.push(fieldErrors.invalid('capacity', canonicalQuantity(capacity), NOT_NEGATIVE));
  return errors;
}

function validateUpdate(next: CSIStorageCapacity, current: CSIStorageCapacity): Errors {
  const errors = validate(next);
  const shown = printableSelector(next.nodeTopology) ?? null;
  checkImmutable(errors, 'nodeTopology', next.nodeTopology, current.nodeTopology, shown);
  checkImmutable(errors, 'storageClassName', next.storageClassName, current.storageClassName);
  return errors;
}

function warnings({ nodeTopology }: CSIStorageCapacity): string[] {
  const found: string[] = [];
  for (const [i, { key }] of (nodeTopology?.matchExpressions ?? []).entries()) {
    const message = deprecatedLabel(key);
    if (message) found.push(`nodeTopology.matchExpressions[${i}].key: ${key} is ${message}`);
  }
  for (const label in nodeTopology?.matchLabels) {
    const message = deprecatedLabel(label);
    if (message) found.push(`nodeTopology.matchLabels.${label}: ${message}`);
  }
  return found;
}

const doc = (field: string) => fieldDescription('CSIStorageCapacity', field);

/** @fidelity full */
export const csiStorageCapacityStrategy: Strategy<CSIStorageCapacity> = {
  resource: csiStorageCapacities,
  validate,
  validateUpdate,
  warnings,
  columns: [
    nameColumn,
    column('StorageClassName', 'string', doc('storageClassName'), (o) => o.storageClassName),
    column('Capacity', 'string', doc('capacity'), (o) =>
      o.capacity === undefined ? '<unset>' : canonicalQuantity(o.capacity),
    ),
  ],
};
