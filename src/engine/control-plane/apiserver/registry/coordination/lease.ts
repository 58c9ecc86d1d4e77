/**
 * Leases: heartbeats of Nodes and elections of leaders.
 * @upstream pkg/registry/coordination/lease/strategy.go, pkg/apis/coordination/validation/validation.go
 */
import { type Lease, leases } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import type { Strategy } from '../strategy.ts';
import { type Errors, NOT_NEGATIVE, nameIsDnsSubdomain } from '../validation.ts';

const defaults = (lease: Lease): Lease => (lease.spec ? lease : { ...lease, spec: {} });

/** Coordinated leader election is off by default: its fields are dropped. */
function withoutCoordination(lease: Lease): Lease {
  if (lease.spec.strategy === undefined && lease.spec.preferredHolder === undefined) return lease;
  const { strategy: _strategy, preferredHolder: _holder, ...spec } = lease.spec;
  return { ...lease, spec };
}

function validate({ spec: { leaseDurationSeconds: duration, leaseTransitions: transitions } }: Lease): Errors {
  const errors: Errors = [];
  if (duration !== undefined && duration <= 0) {
    errors.push(fieldErrors.invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0'));
  }
  if (transitions !== undefined && transitions < 0) {
    errors.push(fieldErrors.invalid('spec.leaseTransitions', transitions, NOT_NEGATIVE));
  }
  return errors;
}

/** @fidelity full */
export const leaseStrategy: Strategy<Lease> = {
  resource: leases,
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate: withoutCoordination,
  prepareForUpdate: withoutCoordination,
  validate,
  validateUpdate: validate,
  allowCreateOnUpdate: true,
  columns: [
    nameColumn,
    column('Holder', 'string', fieldDescription('LeaseSpec', 'holderIdentity'), (o) => o.spec.holderIdentity ?? ''),
    ageColumn,
  ],
};
