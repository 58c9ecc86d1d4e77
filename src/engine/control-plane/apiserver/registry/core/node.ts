/**
 * Nodes.
 * @upstream pkg/registry/core/node/strategy.go, pkg/apis/core/validation/validation.go
 */
import { type Node, type NodeStatus, nodes } from '#engine/api';
import { type FieldError, fieldErrors, parseCidr } from '#engine/apimachinery';
import { ageColumn, column, NONE, nameColumn, wideColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { changeMember, withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkCidr, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { cidrWarnings } from './ip-warnings.ts';
import { defaultResourceList } from './resource-list-defaults.ts';
import { checkResourceAmount } from './resource-names.ts';
import { checkTaints } from './taints-and-tolerations.ts';

const defaultStatus = (status: NodeStatus): NodeStatus => {
  let next = changeMember(changeMember(status, 'capacity', defaultResourceList), 'allocatable', defaultResourceList);
  if (next.capacity && !next.allocatable) next = { ...next, allocatable: next.capacity };
  // Structs that Go always writes.
  if (next.daemonEndpoints && next.nodeInfo) return next;
  return {
    ...next,
    daemonEndpoints: next.daemonEndpoints ?? { kubeletEndpoint: { Port: 0 } },
    nodeInfo: next.nodeInfo ?? NO_INFO,
  };
};

const NO_INFO = Object.freeze({
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
});

/** `podCIDR` is the first of `podCIDRs`; where they differ the single one is believed. */
function samePodCidrs(node: Node): Node {
  const { podCIDR, podCIDRs } = node.spec;
  const first = podCIDRs?.[0];
  if (podCIDR) return podCIDR === first ? node : { ...node, spec: { ...node.spec, podCIDRs: [podCIDR] } };
  return first ? { ...node, spec: { ...node.spec, podCIDR: first } } : node;
}

function defaults(node: Node): Node {
  const next = samePodCidrs(node.spec ? node : { ...node, spec: {} });
  return withMember(next, 'status', defaultStatus(next.status ?? {}));
}

function checkPodCidrs(errors: Errors, cidrs: readonly string[]): void {
  for (const [i, cidr] of cidrs.entries()) checkCidr(errors, `spec.podCIDRs[${i}]`, cidr);
  if (cidrs.length < 2) return;
  const families = new Set(cidrs.map((cidr) => parseCidr(cidr)?.address.family));
  const odd = cidrs.findIndex((cidr) => !parseCidr(cidr));
  if (odd >= 0) {
    const why = `invalid CIDR[${odd}]: <nil> (invalid CIDR address: ${cidrs[odd]})`;
    const what = `invalid PodCIDRs. failed to check with dual stack with error:${why}`;
    errors.push(fieldErrors.internal('spec.podCIDRs', what));
  }
  if (odd >= 0 || families.size < 2 || cidrs.length > 2) {
    const why = 'may specify no more than one CIDR for each IP family';
    errors.push(fieldErrors.invalid('spec.podCIDRs', cidrs, why));
  }
  for (const [i, cidr] of cidrs.entries())
    if (cidrs.indexOf(cidr) < i) errors.push(fieldErrors.duplicate(`spec.podCIDRs[${i}]`, cidr));
}

function checkResources(errors: Errors, status: NodeStatus | undefined): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    const amounts = status?.[list];
    for (const name in amounts) checkResourceAmount(errors, `status.${list}.${name}`, name, amounts[name] as string);
  }
}

const FEATURE = /^[A-Z][A-Za-z0-9]*(\/[A-Za-z0-9]+)*$/;
const NOT_A_FEATURE =
  "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), " +
  'and contain only alphanumeric characters and slashes';

function checkDeclaredFeatures(errors: Errors, features: readonly string[]): void {
  for (const [i, feature] of features.entries()) {
    const at = `status.declaredFeatures[${i}]`;
    const previous = features[i - 1];
    if (feature === previous) errors.push(fieldErrors.duplicate(at, feature));
    else if (previous !== undefined && feature < previous)
      errors.push(fieldErrors.invalid(at, feature, 'list must be sorted alphabetically'));
    const fault = feature.length > 253 ? 'must be no more than 253 characters' : FEATURE.test(feature) || NOT_A_FEATURE;
    if (fault !== true)
      errors.push(fieldErrors.invalid(at, feature, `invalid feature name ${JSON.stringify(feature)}: ${fault}`));
  }
}

function validate({ spec, status }: Node): Errors {
  const errors: Errors = [];
  if (spec.taints) checkTaints(errors, 'metadata.taints', spec.taints);
  checkResources(errors, status);
  const swap = status?.nodeInfo?.swap?.capacity;
  if (swap !== undefined && swap <= 0)
    errors.push(fieldErrors.invalid('metadata.nodeSwapStatus.capacity', swap, 'must be greater than zero'));
  if (status?.declaredFeatures) checkDeclaredFeatures(errors, status.declaredFeatures);
  if (spec.podCIDRs) checkPodCidrs(errors, spec.podCIDRs);
  return errors;
}

const ONCE = 'except from "" to valid';

function checkFixedFields(errors: Errors, { spec: next }: Node, { spec: current }: Node): void {
  const before = current.podCIDRs ?? [];
  const after = next.podCIDRs ?? [];
  const why = `node updates may not change podCIDR ${ONCE}`;
  if (before.length > 0 && before.length !== after.length) errors.push(fieldErrors.forbidden('spec.podCIDRs', why));
  else
    for (const [i, cidr] of before.entries())
      if (cidr !== after[i]) errors.push(fieldErrors.forbidden('spec.podCIDRs', why));
  if (current.providerID && current.providerID !== next.providerID) {
    errors.push(fieldErrors.forbidden('spec.providerID', `node updates may not change providerID ${ONCE}`));
  }
}

function validateStatusUpdate(next: Node, current: Node): readonly FieldError[] {
  const errors: Errors = [];
  checkResources(errors, next.status);
  if (next.status?.declaredFeatures) checkDeclaredFeatures(errors, next.status.declaredFeatures);
  const addresses = new Set<string>();
  for (const [i, { type, address }] of (next.status?.addresses ?? []).entries()) {
    const key = `${type} ${address}`;
    const value = { Type: type, Address: address };
    if (addresses.has(key)) errors.push(fieldErrors.duplicate(`status.addresses[${i}]`, value));
    addresses.add(key);
  }
  checkFixedFields(errors, next, current);
  if (next.spec.taints) checkTaints(errors, 'metadata.taints', next.spec.taints);
  if ((next.spec.externalID ?? '') !== (current.spec.externalID ?? '')) {
    errors.push(fieldErrors.forbidden('spec.externalID', 'may not be updated'));
  }
  return errors;
}

const status: SubresourceStrategy<Node> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: validateStatusUpdate,
};

function warnings({ spec }: Node): readonly string[] {
  const out: string[] = [];
  if (spec.configSource) out.push('spec.configSource: the feature is removed');
  if (spec.externalID) out.push('spec.externalID: this field is deprecated, and is unused by Kubernetes');
  for (const [i, cidr] of (spec.podCIDRs ?? []).entries()) out.push(...cidrWarnings(`spec.podCIDRs[${i}]`, cidr));
  return out;
}

/** Configuration through the API is gone: new Nodes have none. */
const withoutConfig = (node: Node): Node => {
  const { status } = node;
  const next = withMember(node, 'spec', withMember(node.spec, 'configSource', undefined));
  return status ? withMember(next, 'status', withMember(status, 'config', undefined)) : next;
};

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function roles({ metadata: { labels = {} } }: Node): string {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) found.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') found.add(value);
  }
  return [...found].sort().join(',') || NONE;
}

function readiness({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const word = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec.unschedulable ? `${word},SchedulingDisabled` : word;
}

const addressOf = ({ status }: Node, type: string) =>
  status?.addresses?.find((address) => address.type === type)?.address ?? NONE;
const known = (text: string | undefined) => text || '<unknown>';

function kernel({ status }: Node): string {
  const { kernelVersion, architecture } = status?.nodeInfo ?? {};
  return kernelVersion && architecture ? `${kernelVersion} (${architecture})` : known(kernelVersion);
}

const info = (field: string) => fieldDescription('NodeSystemInfo', field);
const addresses = fieldDescription('NodeStatus', 'addresses');

/** @fidelity full */
export const nodeStrategy: Strategy<Node> = {
  resource: nodes,
  shortNames: ['no'],
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate: withoutConfig,
  prepareForUpdate: (next, current) => {
    const spec = current.spec.configSource ? next.spec : withMember(next.spec, 'configSource', undefined);
    return withMember(withMember(next, 'spec', spec), 'status', current.status);
  },
  validate,
  // Upstream looks at everything that both know twice.
  validateUpdate: (next, current) => [...validate(next), ...validateStatusUpdate(next, current)],
  warnings,
  status,
  allowUnconditionalUpdate: true,
  fieldSelectors: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  columns: [
    nameColumn,
    column('Status', 'string', 'The status of the node', readiness),
    column('Roles', 'string', 'The roles of the node', roles),
    ageColumn,
    column('Version', 'string', info('kubeletVersion'), (o) => o.status?.nodeInfo?.kubeletVersion ?? ''),
    wideColumn('Internal-IP', 'string', addresses, (o) => addressOf(o, 'InternalIP')),
    wideColumn('External-IP', 'string', addresses, (o) => addressOf(o, 'ExternalIP')),
    wideColumn('OS-Image', 'string', info('osImage'), (o) => known(o.status?.nodeInfo?.osImage)),
    wideColumn('Kernel-Version', 'string', info('kernelVersion'), kernel),
    wideColumn('Container-Runtime', 'string', info('containerRuntimeVersion'), (o) =>
      known(o.status?.nodeInfo?.containerRuntimeVersion),
    ),
  ],
};
