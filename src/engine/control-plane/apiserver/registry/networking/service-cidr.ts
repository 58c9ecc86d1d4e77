/**
 * ServiceCIDRs: ranges that addresses of Services come from.
 * @upstream pkg/registry/networking/servicecidr/strategy.go, pkg/apis/networking/validation/validation.go
 */
import { type ServiceCIDR, serviceCIDRs } from '#engine/api';
import { fieldErrors, parseCidr } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { checkCidr, checkImmutable, type Errors, nameIsDnsSubdomain } from '../validation.ts';

const PATH = 'spec.cidrs';

function validate({ spec }: ServiceCIDR): Errors {
  const errors: Errors = [];
  const cidrs = spec?.cidrs ?? [];
  if (cidrs.length === 0) errors.push(fieldErrors.required(PATH, 'at least one CIDR required'));
  // Upstream shows the whole spec here, as Go has it.
  else if (cidrs.length > 2) errors.push(fieldErrors.invalid(PATH, { CIDRs: cidrs }, 'may only hold up to 2 values'));
  else {
    for (const [i, cidr] of cidrs.entries()) checkCidr(errors, `${PATH}[${i}]`, cidr);
    const [first, second] = cidrs.map((cidr) => parseCidr(cidr)?.address.family);
    if (cidrs.length === 2 && first !== undefined && first === second) {
      const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
      errors.push(fieldErrors.invalid(PATH, cidrs, why));
    }
  }
  return errors;
}

/** Ranges stay; a second one may come to a single one. */
function validateUpdate(next: ServiceCIDR, current: ServiceCIDR): Errors {
  const errors: Errors = [];
  const [after, before] = [next.spec?.cidrs ?? [], current.spec?.cidrs ?? []];
  const widened = before.length === 1 && after.length === 2;
  if (after.length !== before.length && !widened) checkImmutable(errors, PATH, after, before);
  else for (const [i, cidr] of before.entries()) checkImmutable(errors, `${PATH}[${i}]`, after[i], cidr);
  return widened ? [...errors, ...validate(next)] : errors;
}

/** @fidelity full */
export const serviceCIDRStrategy: Strategy<ServiceCIDR> = {
  resource: serviceCIDRs,
  validateName: nameIsDnsSubdomain,
  prepareForCreate: (cidr) => withMember(cidr, 'status', {}),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate,
  allowUnconditionalUpdate: true,
  status: {
    prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
    validateUpdate: () => [],
  },
  columns: [
    nameColumn,
    column('CIDRs', 'string', fieldDescription('ServiceCIDRSpec', 'cidrs'), (o) => (o.spec?.cidrs ?? []).join(',')),
    ageColumn,
  ],
};
