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
  else if (cidrs.length > 2) errors.push(fieldErrors.invalid(PATH, cidrs, 'may only hold up to 2 values'));
  else if (cidrs.length === 2 && !isDualStack(cidrs)) {
    const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(fieldErrors.invalid(PATH, cidrs, why));
  } else for (const [i, cidr] of cidrs.entries()) checkCidr(errors, `${PATH}[${i}]`, cidr);
  return errors;
}

function isDualStack(cidrs: readonly string[]): boolean {
  const families = cidrs.map((cidr) => parseCidr(cidr)?.address.family);
  return families.includes(4) && families.includes(6);
}

function validateUpdate(next: ServiceCIDR, current: ServiceCIDR): Errors {
  const errors: Errors = [];
  checkImmutable(errors, PATH, next.spec?.cidrs ?? [], current.spec?.cidrs ?? []);
  return errors;
}

/** @fidelity partial: a single-stack range is not widened to a second family */
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
