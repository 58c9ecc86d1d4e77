/**
 * PodDisruptionBudgets: how many Pods may be missing at once on purpose.
 * @upstream pkg/registry/policy/poddisruptionbudget/strategy.go, pkg/apis/policy/validation/validation.go
 */
import { type IntOrString, type PodDisruptionBudget, podDisruptionBudgets } from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { checkAtMostHundredPercent, checkIntOrPercent } from '../apps/int-or-percent.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { checkConditions } from '../conditions.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkLabelSelector, checkNonNegative, checkSupported, type Errors } from '../validation.ts';

const NO_STATUS = Object.freeze({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 });
const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;

function validate({ spec = {} }: PodDisruptionBudget): Errors {
  const errors: Errors = [];
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const internal = {
      MinAvailable: minAvailable,
      Selector: selector ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
    };
    errors.push(fieldErrors.invalid('spec', internal, 'minAvailable and maxUnavailable cannot be both set'));
  }
  const amounts = { minAvailable, maxUnavailable };
  for (const [field, value] of Object.entries(amounts)) {
    checkIntOrPercent(errors, `spec.${field}`, value);
    checkAtMostHundredPercent(errors, `spec.${field}`, value);
  }
  checkLabelSelector(errors, 'spec.selector', selector);
  if (unhealthyPodEvictionPolicy !== undefined) {
    const path = 'spec.unhealthyPodEvictionPolicy';
    checkSupported(errors, path, unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget']);
  }
  return errors;
}

const status: SubresourceStrategy<PodDisruptionBudget> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: (next) => {
    const errors: Errors = [];
    checkConditions(errors, 'status.conditions', next.status?.conditions);
    for (const field of COUNTS) checkNonNegative(errors, `status.${field}`, next.status?.[field]);
    return errors;
  },
};

const amount = (value: IntOrString | undefined): string => (value === undefined ? 'N/A' : String(value));

/** @fidelity full */
export const podDisruptionBudgetStrategy: Strategy<PodDisruptionBudget> = {
  resource: podDisruptionBudgets,
  shortNames: ['pdb'],
  prepareForCreate: (budget) => withMember(budget, 'status', NO_STATUS),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate: validate,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  columns: [
    nameColumn,
    column('Min Available', 'string', 'The minimum number of pods that must be available.', (o) =>
      amount(o.spec?.minAvailable),
    ),
    column('Max Unavailable', 'string', 'The maximum number of pods that may be unavailable.', (o) =>
      amount(o.spec?.maxUnavailable),
    ),
    column(
      'Allowed Disruptions',
      'integer',
      'Calculated number of pods that may be disrupted at this time.',
      (o) => o.status?.disruptionsAllowed ?? 0,
    ),
    ageColumn,
  ],
};
