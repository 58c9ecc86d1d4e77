/**
 * Names and amounts of compute resources.
 * @upstream pkg/apis/core/helper/helpers.go, pkg/apis/core/validation/validation.go
 */
import {
  canonicalQuantity,
  compareQuantity,
  fieldErrors,
  isQualifiedName,
  parseQuantity,
  quantityValue,
} from '#engine/apimachinery';
import { checkFormat, type Errors, NOT_NEGATIVE } from '../validation.ts';
import { isHugePages, isPodLevelResource } from './pod-resources.ts';

const STANDARD = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
]);
const STANDARD_CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage']);
const INTEGERS = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

/** Without a domain, or of kubernetes.io. */
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** Of a domain that is not Kubernetes': a device plugin's. */
const isExtendedResource = (name: string): boolean =>
  !isNativeResource(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0;

export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePages(name);
const isIntegerResource = (name: string) => INTEGERS.has(name) || isExtendedResource(name);

/** Any resource: qualified, and standard when it has no domain. False when it is not. */
export function checkResourceName(errors: Errors, path: string, name: string): boolean {
  const before = errors.length;
  checkFormat(errors, path, name, isQualifiedName);
  if (errors.length > before) return false;
  if (name.includes('/') || STANDARD.has(name) || isHugePages(name)) return true;
  errors.push(fieldErrors.invalid(path, name, 'must be a standard resource type or fully qualified'));
  return false;
}

export function checkContainerResourceName(errors: Errors, path: string, name: string): void {
  checkResourceName(errors, path, name);
  if (!name.includes('/')) {
    if (!STANDARD_CONTAINER.has(name) && !isHugePages(name)) {
      errors.push(fieldErrors.invalid(path, name, 'must be a standard resource for containers'));
    }
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(fieldErrors.invalid(path, name, "doesn't follow extended resource name standard"));
  }
}

export function checkPodResourceName(errors: Errors, path: string, name: string): void {
  if (checkResourceName(errors, path, name) && !isPodLevelResource(name)) {
    errors.push(fieldErrors.notSupported(path, name, ['cpu', 'hugepages-', 'memory']));
  }
}

/** Milli units of an amount must be a multiple of 1000 for things that are counted. */
const isWhole = (amount: string) => parseQuantity(amount).nanos % 1_000_000_000n === 0n;

export function checkResourceAmount(errors: Errors, path: string, name: string, amount: string): void {
  if (compareQuantity(amount, '0') < 0) errors.push(fieldErrors.invalid(path, canonicalQuantity(amount), NOT_NEGATIVE));
  if (isIntegerResource(name) && !isWhole(amount)) {
    errors.push(fieldErrors.invalid(path, canonicalQuantity(amount), 'must be an integer'));
  }
}

/** Why an amount of huge pages cannot be had, or undefined. */
export function hugePageFault(name: string, amount: string): string | undefined {
  const page = quantityValue(name.slice('hugepages-'.length));
  const value = quantityValue(amount);
  return value > 0 && page > 0 && value % page === 0
    ? undefined
    : value === 0
      ? undefined
      : `${canonicalQuantity(amount)} is not positive integer multiple of ${name}`;
}

export const isFractionalBytes = (amount: string | undefined): amount is string =>
  amount !== undefined && !isWhole(amount);
