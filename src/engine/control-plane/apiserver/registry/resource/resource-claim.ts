/**
 * ResourceClaims and their templates: what devices a Pod wants.
 * @upstream pkg/registry/resource/resourceclaim/strategy.go, pkg/apis/resource/validation/validation.go
 */
import {
  type ResourceV1ResourceClaim as ResourceClaim,
  type ResourceClaimConsumerReference,
  type ResourceClaimTemplate,
  resourceClaims,
  resourceClaimTemplates,
} from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { checkAnnotations } from '../core/annotations.ts';
import { changeMember, withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkImmutable, checkLabels, type Errors, IMMUTABLE, nameIsDnsSubdomain } from '../validation.ts';
import { checkClaim, checkItems, defaultClaim } from './device-claim.ts';

const MAX_RESERVED = 256;

function validate({ spec }: ResourceClaim): Errors {
  const errors: Errors = [];
  checkClaim(errors, 'spec.devices', spec?.devices ?? {});
  return errors;
}

function validateUpdate(next: ResourceClaim, current: ResourceClaim): Errors {
  const errors: Errors = [];
  checkImmutable(errors, 'spec', next.spec, current.spec);
  return errors;
}

function checkConsumer(errors: Errors, at: string, reference: ResourceClaimConsumerReference): void {
  for (const field of ['resource', 'name', 'uid'] as const) {
    if (!reference[field]) errors.push(fieldErrors.required(`${at}.${field}`));
  }
}

function validateStatus(next: ResourceClaim, current: ResourceClaim): Errors {
  const errors: Errors = [];
  const { reservedFor = [], allocation } = next.status ?? {};
  const path = 'status.reservedFor';
  const check = (one: ResourceClaimConsumerReference, at: string) => checkConsumer(errors, at, one);
  checkItems(errors, path, reservedFor, MAX_RESERVED, check, ({ uid }) => uid);
  if (reservedFor.length > 0 && !allocation) {
    errors.push(fieldErrors.forbidden(path, 'may not be specified when `allocated` is not set'));
  } else if (next.metadata.deletionTimestamp) {
    const before = current.status?.reservedFor ?? [];
    if (reservedFor.some((one) => !before.some((known) => semanticEqual(known, one)))) {
      const why = 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set';
      errors.push(fieldErrors.forbidden(path, why));
    }
  }
  const before = current.status?.allocation;
  if (allocation && before && !semanticEqual(allocation, before)) {
    errors.push(fieldErrors.invalid('status.allocation', allocation, IMMUTABLE));
  }
  return errors;
}

const status: SubresourceStrategy<ResourceClaim> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: validateStatus,
};

/** @upstream pkg/printers/internalversion/printers.go resourceClaimState */
function stateOf({ metadata, status }: ResourceClaim): string {
  const states: string[] = [];
  if (metadata.deletionTimestamp) states.push('deleted');
  if (status?.allocation) {
    states.push('allocated');
    if (status.reservedFor && status.reservedFor.length > 0) states.push('reserved');
  } else if (!metadata.deletionTimestamp) states.push('pending');
  return states.join(',');
}

/** @fidelity partial: no driver allocates anything */
export const resourceClaimStrategy: Strategy<ResourceClaim> = {
  resource: resourceClaims,
  validateName: nameIsDnsSubdomain,
  defaults: (claim) => changeMember(claim, 'spec', (spec) => changeMember(spec, 'devices', defaultClaim)),
  prepareForCreate: (claim) => withMember(claim, 'status', {}),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate,
  allowUnconditionalUpdate: true,
  status,
  columns: [
    nameColumn,
    column('State', 'string', 'A summary of the current state (allocated, pending, reserved, etc.).', stateOf),
    ageColumn,
  ],
};

function validateTemplate({ spec }: ResourceClaimTemplate): Errors {
  const errors: Errors = [];
  checkAnnotations(errors, 'spec.metadata.annotations', spec?.metadata?.annotations);
  checkLabels(errors, 'spec.metadata.labels', spec?.metadata?.labels);
  checkClaim(errors, 'spec.spec.devices', spec?.spec?.devices ?? {});
  return errors;
}

/** @fidelity full */
export const resourceClaimTemplateStrategy: Strategy<ResourceClaimTemplate> = {
  resource: resourceClaimTemplates,
  validateName: nameIsDnsSubdomain,
  defaults: (template) =>
    changeMember(template, 'spec', (spec) =>
      changeMember(spec, 'spec', (claim) => changeMember(claim, 'devices', defaultClaim)),
    ),
  validate: validateTemplate,
  validateUpdate: (next, current) => {
    const errors: Errors = [];
    checkImmutable(errors, 'spec', next.spec, current.spec);
    return errors;
  },
  allowUnconditionalUpdate: true,
  columns: [nameColumn, ageColumn],
};
