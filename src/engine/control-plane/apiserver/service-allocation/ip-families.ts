/**
 * Address families of a Service on a cluster that has IPv4 only.
 * @upstream pkg/registry/core/service/storage/alloc.go initIPFamilyFields
 */
import type { Service, ServiceSpec } from '#engine/api';
import { type FieldError, fieldErrors, parseIp, statusErrors } from '#engine/apimachinery';
import { checkClusterIps } from '../registry/core/service-cluster-ips.ts';
import { isHeadless } from '../registry/core/service-defaults.ts';

const DEFAULT_FAMILY = 'IPv4';
const KIND = { group: '', kind: 'Service' };

const hasSelector = ({ selector }: ServiceSpec) => selector !== undefined && Object.keys(selector).length > 0;

/** The Service with ipFamilies and ipFamilyPolicy filled in. Throws Invalid for what the cluster cannot give. */
export function withIpFamilies(next: Service, current: Service | undefined): Service {
  if (next.spec.type === 'ExternalName') return next;
  if (current && isSamePreference(next.spec, current.spec)) return next;
  const faults: FieldError[] = [];
  checkClusterIps(faults, next.spec);
  if (faults.length > 0) throw statusErrors.invalid(KIND, next.metadata.name, faults);
  const families = inferFamilies(next.spec);
  const policy = next.spec.ipFamilyPolicy ?? inferPolicy(next.spec, families);
  const loose = isHeadless(next.spec) && !hasSelector(next.spec);
  if (!loose) refuseUnconfigured(next, policy, families);
  return { ...next, spec: { ...next.spec, ipFamilies: fill(families, policy, loose), ipFamilyPolicy: policy } };
}

/** PreferDualStack Services are left alone while nobody changes their addresses or families. */
function isSamePreference(next: ServiceSpec, current: ServiceSpec): boolean {
  if (next.ipFamilyPolicy !== 'PreferDualStack' || current.ipFamilyPolicy !== 'PreferDualStack') return false;
  const same = (a: readonly string[] = [], b: readonly string[] = []) =>
    a.length === b.length && a.every((one, i) => one === b[i]);
  return (
    next.type === current.type && same(next.clusterIPs, current.clusterIPs) && same(next.ipFamilies, current.ipFamilies)
  );
}

function inferFamilies({ ipFamilies = [], clusterIPs = [] }: ServiceSpec): readonly string[] {
  const families = [...ipFamilies];
  for (const [i, ip] of clusterIPs.entries()) {
    if (ip === 'None') break;
    if (i >= families.length) families.push(`IPv${parseIp(ip)?.family ?? 4}`);
  }
  return families;
}

function inferPolicy(spec: ServiceSpec, families: readonly string[]): string {
  const { clusterIPs = [] } = spec;
  if (clusterIPs.length === 2 || families.length === 2) return 'RequireDualStack';
  return isHeadless(spec) && !hasSelector(spec) && families.length === 0 ? 'RequireDualStack' : 'SingleStack';
}

function refuseUnconfigured({ spec, metadata }: Service, policy: string, families: readonly string[]): void {
  const faults: FieldError[] = [];
  if (policy === 'RequireDualStack') {
    faults.push(
      fieldErrors.invalid(
        'spec.ipFamilyPolicy',
        spec.ipFamilyPolicy ?? policy,
        'this cluster is not configured for dual-stack services',
      ),
    );
  }
  for (const [i, family] of families.entries()) {
    if (family !== DEFAULT_FAMILY)
      faults.push(fieldErrors.invalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'));
  }
  if (faults.length > 0) throw statusErrors.invalid(KIND, metadata.name, faults);
}

function fill(families: readonly string[], policy: string, loose: boolean): readonly string[] {
  const [primary = DEFAULT_FAMILY, ...rest] = families;
  if (!loose || policy === 'SingleStack' || rest.length > 0) return [primary, ...rest];
  return [primary, primary === 'IPv4' ? 'IPv6' : 'IPv4'];
}
