/**
 * PriorityClasses.
 * @upstream pkg/registry/scheduling/priorityclass/strategy.go, pkg/apis/scheduling/validation/validation.go
 */
import { type PriorityClass, priorityClasses } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { withPointerDefaults } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkImmutable, checkOneOf, type Errors, nameIsDnsSubdomain } from '../validation.ts';

const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM: { readonly [name: string]: number } = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

const defaults = (priorityClass: PriorityClass): PriorityClass =>
  withPointerDefaults(priorityClass, { preemptionPolicy: 'PreemptLowerPriority', value: 0 });

/** Why the object is not the system class of its name. */
function systemFault(name: string, value: number, globalDefault: boolean): string | undefined {
  const expected = SYSTEM[name];
  if (expected === undefined) return `${name} is not a known system priority class`;
  if (value !== expected) return `value of ${name} PriorityClass must be ${expected}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function validate({ metadata, value = 0, globalDefault = false, preemptionPolicy }: PriorityClass): Errors {
  const errors: Errors = [];
  const { name = '' } = metadata;
  if (name.startsWith('system-')) {
    const fault = systemFault(name, value, globalDefault);
    if (fault) {
      const why = `priority class names with 'system-' prefix are reserved for system use only. error: ${fault}`;
      errors.push(fieldErrors.forbidden('metadata.name', why));
    }
  } else if (value > HIGHEST_USER_PRIORITY) {
    const why = `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`;
    errors.push(fieldErrors.forbidden('value', why));
  }
  if (preemptionPolicy !== undefined) {
    checkOneOf(errors, 'preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never']);
  }
  return errors;
}

function validateUpdate(next: PriorityClass, current: PriorityClass): Errors {
  const errors: Errors = [];
  if ((next.value ?? 0) !== (current.value ?? 0)) {
    errors.push(fieldErrors.forbidden('value', 'may not be changed in an update.'));
  }
  checkImmutable(errors, 'preemptionPolicy', next.preemptionPolicy, current.preemptionPolicy);
  return errors;
}

/** @fidelity full */
export const priorityClassStrategy: Strategy<PriorityClass> = {
  resource: priorityClasses,
  shortNames: ['pc'],
  validateName: nameIsDnsSubdomain,
  defaults,
  validate,
  validateUpdate,
  // Upstream sets 1 on creation and never counts on: nothing but metadata can change.
  generation: () => false,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column('Value', 'integer', fieldDescription('PriorityClass', 'value'), (o) => o.value ?? 0),
    column(
      'Global-Default',
      'boolean',
      fieldDescription('PriorityClass', 'globalDefault'),
      (o) => o.globalDefault ?? false,
    ),
    ageColumn,
    column(
      'PreemptionPolicy',
      'string',
      fieldDescription('PriorityClass', 'preemptionPolicy'),
      (o) => o.preemptionPolicy ?? '',
    ),
  ],
};
