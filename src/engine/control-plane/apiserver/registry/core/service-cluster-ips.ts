/**
 * Checks of a Service's cluster addresses and address families.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { Service, ServiceSpec } from '#engine/api';
import { fieldErrors, isValidIp, parseIp } from '#engine/apimachinery';
import { checkIp, type Errors } from '../validation.ts';
import { isHeadless } from './service-defaults.ts';

const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const familyOf = (ip: string) => `IPv${parseIp(ip)?.family}`;

function checkFamilies(errors: Errors, { ipFamilies = [], ipFamilyPolicy }: ServiceSpec): void {
  for (const [i, family] of ipFamilies.entries()) {
    const at = `spec.ipFamilies[${i}]`;
    if (!FAMILIES.includes(family)) errors.push(fieldErrors.notSupported(at, family, FAMILIES));
    if (ipFamilies.indexOf(family) < i) errors.push(fieldErrors.duplicate(at, family));
  }
  if (ipFamilyPolicy !== undefined && !POLICIES.includes(ipFamilyPolicy)) {
    errors.push(fieldErrors.notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, POLICIES));
  }
}

function checkInStep(errors: Errors, { clusterIP = '', clusterIPs = [] }: ServiceSpec): void {
  const path = 'spec.clusterIPs';
  if (clusterIP !== '') {
    if (clusterIPs.length === 0) errors.push(fieldErrors.required(path));
    else if (clusterIPs[0] !== clusterIP) {
      errors.push(fieldErrors.invalid(path, clusterIPs, 'first value must match `clusterIP`'));
    }
  } else if (clusterIPs.length > 0) {
    errors.push(fieldErrors.invalid(path, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  }
}

/** Whether every address is one. */
function checkAddresses(errors: Errors, clusterIPs: readonly string[]): boolean {
  let valid = true;
  for (const [i, ip] of clusterIPs.entries()) {
    if (i === 0 && ip === 'None') {
      if (clusterIPs.length > 1) {
        valid = false;
        errors.push(fieldErrors.invalid('spec.clusterIPs', clusterIPs, "'None' must be the first and only value"));
      }
    } else {
      if (isValidIp(ip).length > 0) valid = false;
      checkIp(errors, `spec.clusterIPs[${i}]`, ip);
    }
  }
  if (clusterIPs.length > 2) {
    errors.push(fieldErrors.invalid('spec.clusterIPs', clusterIPs, 'may only hold up to 2 values'));
  }
  return valid;
}

/** Everything about clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy of one Service. */
export function checkClusterIps(errors: Errors, spec: ServiceSpec): void {
  if (spec.type === 'ExternalName') return;
  const { clusterIPs = [], ipFamilies = [] } = spec;
  checkInStep(errors, spec);
  checkFamilies(errors, spec);
  if (!checkAddresses(errors, clusterIPs)) return;
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(familyOf)).size < 2) {
    const why = 'may specify no more than one IP for each IP family';
    errors.push(fieldErrors.invalid('spec.clusterIPs', clusterIPs, why));
  }
  if (isHeadless(spec)) return;
  for (const [i, ip] of clusterIPs.entries()) {
    const family = ipFamilies[i];
    if (family && FAMILIES.includes(family) && familyOf(ip) !== family) {
      const why = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``;
      errors.push(fieldErrors.invalid(`spec.clusterIPs[${i}]`, ip, why));
    }
  }
}

const FIXED = 'may not change once set';

/** What is the same for addresses and for families: the first stays, the second may come and go. */
function checkListUpdate(
  errors: Errors,
  next: ServiceSpec,
  current: ServiceSpec,
  key: 'clusterIPs' | 'ipFamilies',
  word: 'clusterIP' | 'ipFamily',
): void {
  const after = next[key] ?? [];
  const before = current[key] ?? [];
  const first = `spec.${key}[0]`;
  if (before.length === after.length) {
    for (const [i, value] of before.entries()) {
      const at = key === 'clusterIPs' ? `spec.${key}[${i}]` : first;
      if (value !== after[i]) errors.push(fieldErrors.invalid(at, after, FIXED));
    }
    return;
  }
  if (before.length > after.length && (next.clusterIPs ?? []).length === 0) {
    errors.push(fieldErrors.invalid(first, after, `primary ${word} can not be unset`));
  }
  if (before.length > 0 && after.length > 0 && before[0] !== after[0]) {
    errors.push(fieldErrors.invalid(first, next.clusterIPs ?? [], FIXED));
  }
  if (before.length > after.length && after.length === 1 && next.ipFamilyPolicy !== 'SingleStack') {
    const why = `must be set to 'SingleStack' when releasing the secondary ${word}`;
    errors.push(fieldErrors.invalid('spec.ipFamilyPolicy', next.ipFamilyPolicy, why));
  }
}

/** What may change about addresses and families. */
export function checkClusterIpsUpdate(errors: Errors, { spec: next }: Service, { spec: current }: Service): void {
  if (next.type === 'ExternalName' || current.type === 'ExternalName') return;
  const headless = isHeadless(next);
  const wasHeadless = isHeadless(current);
  if (!(headless && wasHeadless)) checkListUpdate(errors, next, current, 'clusterIPs', 'clusterIP');
  if (headless === wasHeadless && !headless) checkListUpdate(errors, next, current, 'ipFamilies', 'ipFamily');
}
