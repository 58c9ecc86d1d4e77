/**
 * Checks of what a Pod's status says about resource claims.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { Container, NodeAllocatableResourceClaimStatus, Pod, PodExtendedResourceClaimStatus } from '#engine/api';
import { canonicalQuantity, compareQuantity, fieldErrors } from '#engine/apimachinery';
import { checkDnsLabel, checkFormat, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { isNativeResource } from './resource-names.ts';

function checkClaimStatuses(errors: Errors, { spec, status }: Pod): void {
  const seen = new Set<string>();
  for (const [i, { name, resourceClaimName }] of (status.resourceClaimStatuses ?? []).entries()) {
    const at = `status.resourceClaimStatuses[${i}]`;
    if (!spec.resourceClaims?.some((claim) => claim.name === name)) {
      errors.push(fieldErrors.invalid(`${at}.name`, name, 'must match the name of an entry in `spec.resourceClaims`'));
    }
    if (seen.has(name)) errors.push(fieldErrors.duplicate(`${at}.name`, name));
    seen.add(name);
    if (resourceClaimName !== undefined) {
      checkFormat(errors, `${at}.resourceClaimName`, resourceClaimName, nameIsDnsSubdomain);
    }
  }
}

const REQUESTS = 'spec.initContainers.resources.requests or spec.containers.resources.requests';
const CONTAINER_NAMES = 'spec.initContainers.name or spec.containers.name';

function checkRequestMappings(
  errors: Errors,
  path: string,
  mappings: PodExtendedResourceClaimStatus['requestMappings'],
  containers: ReadonlyMap<string, Container>,
): void {
  const seen = new Set<string>();
  for (const [i, { containerName, resourceName, requestName }] of mappings.entries()) {
    const at = `${path}.requestMappings[${i}]`;
    const container = containers.get(containerName);
    if (!container) {
      const why = `must match the name of an entry in ${CONTAINER_NAMES}`;
      errors.push(fieldErrors.invalid(`${at}.containerName`, containerName, why));
    } else if (container.resources?.requests?.[resourceName] === undefined) {
      const why = `must match the extended resource name of an entry in ${REQUESTS}`;
      errors.push(fieldErrors.invalid(`${at}.resourceName`, resourceName, why));
    }
    checkDnsLabel(errors, `${path}.requestName`, requestName);
    const key = `${containerName}/${resourceName}/${requestName}`;
    if (seen.has(key)) {
      errors.push(fieldErrors.duplicate(`${at}.containerName`, containerName));
      errors.push(fieldErrors.duplicate(`${at}.resourceName`, resourceName));
      errors.push(fieldErrors.duplicate(`${at}.requestName`, requestName));
    }
    seen.add(key);
  }
}

function checkExtendedClaim(errors: Errors, { spec, status }: Pod): void {
  const claim = status.extendedResourceClaimStatus;
  if (!claim) return;
  const path = 'status.extendedResourceClaimStatus';
  const { requestMappings = [], resourceClaimName = '' } = claim as Partial<PodExtendedResourceClaimStatus>;
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  if (requestMappings.length === 0) {
    errors.push(fieldErrors.required(`${path}.requestMappings`, 'at least one request mapping is required'));
  }
  checkRequestMappings(errors, path, requestMappings, new Map(containers.map((one) => [one.name, one])));
  if (resourceClaimName === '') errors.push(fieldErrors.required(`${path}.resourceClaimName`));
  else checkFormat(errors, `${path}.resourceClaimName`, resourceClaimName, nameIsDnsSubdomain);
}

function checkNodeAllocatable(
  errors: Errors,
  at: string,
  claim: Partial<NodeAllocatableResourceClaimStatus>,
  known: ReadonlySet<string | undefined>,
): void {
  const { resourceClaimName = '', containers = [], resources = {} } = claim;
  if (resourceClaimName === '') errors.push(fieldErrors.required(`${at}.resourceClaimName`, 'must not be empty'));
  if (!known.has(resourceClaimName)) {
    errors.push(fieldErrors.invalid(`${at}.resourceClaimName`, resourceClaimName, 'no mapping found in pod reference'));
  }
  if (containers.length === 0) errors.push(fieldErrors.required(`${at}.containers`, 'must not be empty'));
  const amounts = Object.entries(resources);
  if (amounts.length === 0) errors.push(fieldErrors.required(`${at}.resources`, 'must not be empty'));
  for (const [name, amount] of amounts) {
    const key = `${at}.resources[${name}]`;
    if (!isNativeResource(name)) {
      errors.push(fieldErrors.invalid(key, name, 'must be a node allocatable resource name'));
    }
    if (compareQuantity(amount, '0') < 0) {
      errors.push(fieldErrors.invalid(key, canonicalQuantity(amount), 'must be non-negative'));
    }
  }
}

/** Claims by name, claims for extended resources, claims that take from the node's own resources. */
export function checkClaims(errors: Errors, pod: Pod): void {
  checkClaimStatuses(errors, pod);
  checkExtendedClaim(errors, pod);
  const { nodeAllocatableResourceClaimStatuses: claims = [], resourceClaimStatuses = [] } = pod.status;
  if (claims.length === 0) return;
  const referred = [...(pod.spec.resourceClaims ?? []), ...resourceClaimStatuses];
  const known = new Set(referred.map(({ resourceClaimName }) => resourceClaimName));
  for (const [i, claim] of claims.entries()) {
    checkNodeAllocatable(errors, `status.nodeAllocatableResourceClaimStatuses[${i}]`, claim, known);
  }
}
