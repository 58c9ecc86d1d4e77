/**
 * IPAddresses: who holds which address of the service ranges.
 * @upstream pkg/registry/networking/ipaddress/strategy.go, pkg/apis/networking/validation/validation.go
 */
import { type IPAddress, ipAddresses } from '#engine/api';
import { fieldErrors, isValidIp, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { isPathSegment } from '../rbac/rules.ts';
import type { Strategy } from '../strategy.ts';
import { checkDnsSubdomain, checkFormat, type Errors, IMMUTABLE } from '../validation.ts';

function validate({ spec }: IPAddress): Errors {
  const errors: Errors = [];
  const parent = spec?.parentRef;
  const at = 'spec.parentRef';
  if (!parent) return [fieldErrors.required(at)];
  if (parent.group) checkDnsSubdomain(errors, `${at}.group`, parent.group);
  for (const field of ['resource', 'name'] as const) {
    const value = parent[field] ?? '';
    if (value === '') errors.push(fieldErrors.required(`${at}.${field}`));
    else checkFormat(errors, `${at}.${field}`, value, isPathSegment);
  }
  if (parent.namespace) checkFormat(errors, `${at}.namespace`, parent.namespace, isPathSegment);
  return errors;
}

function validateUpdate(next: IPAddress, current: IPAddress): Errors {
  const [parent, before] = [next.spec?.parentRef, current.spec?.parentRef];
  if (semanticEqual(parent, before)) return [];
  const shown = parent && {
    Group: parent.group ?? '',
    Resource: parent.resource ?? '',
    Namespace: parent.namespace ?? '',
    Name: parent.name ?? '',
  };
  return [fieldErrors.invalid('spec.parentRef', shown, IMMUTABLE)];
}

/** `services/default/kubernetes`, `gateways.example.com/lab/one`. */
function parentText({ spec }: IPAddress): string {
  const { group, resource = '', namespace, name = '' } = spec?.parentRef ?? { name: '', resource: '' };
  return [group ? `${resource}.${group}` : resource, ...(namespace ? [namespace] : []), name].join('/');
}

/** @fidelity full */
export const ipAddressStrategy: Strategy<IPAddress> = {
  resource: ipAddresses,
  shortNames: ['ip'],
  validateName: (name) => isValidIp(name),
  validate,
  validateUpdate,
  allowUnconditionalUpdate: true,
  fieldSelectors: {},
  columns: [
    nameColumn,
    column('ParentRef', 'string', fieldDescription('IPAddressSpec', 'parentRef'), parentText),
    { ...ageColumn, undeclared: true },
  ],
};
