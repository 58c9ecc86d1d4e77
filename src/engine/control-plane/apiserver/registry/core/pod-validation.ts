/**
 * Checks of a PodSpec as a whole, and of a Pod on its way in.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { EnvVar, HostAlias, Pod, PodDNSConfig, PodResourceClaim, PodSpec } from '#engine/api';
import {
  canonicalQuantity,
  compareQuantity,
  fieldErrors,
  inclusiveRangeError,
  isDns1123SubdomainWithUnderscore,
} from '#engine/apimachinery';
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkFormat,
  checkIp,
  checkLabels,
  checkOneOf,
  checkQualifiedName,
  type Errors,
  nameIsDnsSubdomain,
} from '../validation.ts';
import { internalForm } from './internal-form.ts';
import { aggregateContainers, isHugePages } from './pod-resources.ts';
import { checkAffinity, checkTopologySpread } from './pod-validation-affinity.ts';
import { checkPodAnnotations, checkProfileAnnotations, MIRROR } from './pod-validation-annotations.ts';
import { checkResources } from './pod-validation-container-parts.ts';
import {
  checkContainers,
  checkEphemeralContainers,
  checkImageSpace,
  checkInitContainers,
} from './pod-validation-containers.ts';
import { type PodSpecContext, type SpecFacts, visitContainers } from './pod-validation-options.ts';
import { checkPodSecurityContext } from './pod-validation-security.ts';
import { checkVolumes } from './pod-validation-volumes.ts';
import { checkHostProcess, checkOs } from './pod-validation-windows.ts';
import { checkPodResourceName } from './resource-names.ts';
import { checkTolerations } from './taints-and-tolerations.ts';

const MAX_INT32 = 2_147_483_647;
const NO_CLAIMS: ReadonlySet<string> = new Set();

function checkResourceClaims(
  errors: Errors,
  path: string,
  claims: readonly PodResourceClaim[],
  isMirror: boolean,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    if (isMirror) {
      errors.push(fieldErrors.forbidden('', 'static pods do not support resource claims'));
      continue;
    }
    const at = `${path}[${i}]`;
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim;
    if (name === '') errors.push(fieldErrors.required(`${at}.name`));
    else if (names.has(name)) errors.push(fieldErrors.duplicate(`${at}.name`, name));
    else {
      checkDnsLabel(errors, `${at}.name`, name);
      names.add(name);
    }
    const value = () => internalForm('PodResourceClaim', claim);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      const why = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(fieldErrors.invalid(at, value(), why));
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      errors.push(
        fieldErrors.invalid(at, value(), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'),
      );
    }
    if (resourceClaimName !== undefined)
      checkFormat(errors, `${at}.resourceClaimName`, resourceClaimName, nameIsDnsSubdomain);
    if (resourceClaimTemplateName !== undefined) {
      checkFormat(errors, `${at}.resourceClaimTemplateName`, resourceClaimTemplateName, nameIsDnsSubdomain);
    }
  }
  return names;
}

/** The sum over the containers fits into the Pod's own amount, where it has one; of limits only huge pages add up. */
function checkSums(errors: Errors, path: string, spec: PodSpec, list: 'requests' | 'limits'): void {
  const sums = aggregateContainers(spec, list);
  for (const name in sums) {
    const amount = spec.resources?.[list]?.[name];
    const sum = sums[name] as string;
    if (amount === undefined || (list === 'limits' && !isHugePages(name)) || compareQuantity(sum, amount) <= 0)
      continue;
    const why = `must be greater than or equal to aggregate container ${list} of ${canonicalQuantity(sum)}`;
    errors.push(fieldErrors.invalid(`${path}.${list}[${name}]`, canonicalQuantity(amount), why));
  }
}

/** Pod-level resources must hold what the containers ask for. */
function checkPodResources(errors: Errors, path: string, spec: PodSpec, claimNames: ReadonlySet<string>): void {
  const { resources } = spec;
  if (!resources) return;
  if (spec.os?.name === 'windows') {
    errors.push(fieldErrors.forbidden(path, 'may not be set for a windows pod'));
    return;
  }
  if (resources.claims)
    errors.push(fieldErrors.forbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level'));
  checkResources(errors, path, resources, claimNames, checkPodResourceName);
  checkSums(errors, path, spec, 'requests');
  checkSums(errors, path, spec, 'limits');
  for (const [i, { resources: own }] of (spec.containers ?? []).entries()) {
    for (const [name, limit] of Object.entries(own?.limits ?? {})) {
      const ofPod = resources.limits?.[name];
      if (ofPod === undefined || compareQuantity(limit, ofPod) <= 0) continue;
      const why = `must be less than or equal to pod limits of ${canonicalQuantity(ofPod)}`;
      errors.push(fieldErrors.invalid(`${path}.containers[${i}][${name}].limits`, canonicalQuantity(limit), why));
    }
  }
}

function checkHostNetworkPorts(errors: Errors, path: string, spec: PodSpec, isPod: boolean): void {
  if (!spec.hostNetwork) return;
  for (const [i, { ports }] of (spec.containers ?? []).entries()) {
    for (const [j, { hostPort = 0, containerPort }] of (ports ?? []).entries()) {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) continue;
      const why = 'must match `containerPort` when `hostNetwork` is true';
      errors.push(fieldErrors.invalid(`${path}.containers[${i}].ports[${j}].hostPort`, hostPort, why));
    }
  }
}

const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARS = 2048;

function checkDnsConfig(errors: Errors, at: string, config: PodDNSConfig | undefined, policy: string): void {
  if (policy === 'None' && (config?.nameservers?.length ?? 0) === 0) {
    if (!config) errors.push(fieldErrors.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None'));
    else
      errors.push(
        fieldErrors.required(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
      );
    return;
  }
  if (!config) return;
  const { nameservers = [], searches = [], options = [] } = config;
  if (nameservers.length > MAX_NAMESERVERS) {
    errors.push(
      fieldErrors.invalid(`${at}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`),
    );
  }
  for (const [i, server] of nameservers.entries()) checkIp(errors, `${at}.nameservers[${i}]`, server);
  if (searches.length > MAX_SEARCHES) {
    errors.push(
      fieldErrors.invalid(`${at}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`),
    );
  }
  if (searches.join(' ').length > MAX_SEARCH_CHARS) {
    const why = `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`;
    errors.push(fieldErrors.invalid(`${at}.searches`, searches, why));
  }
  for (const [i, search] of searches.entries()) {
    if (search === '.') continue;
    checkFormat(errors, `${at}.searches[${i}]`, search.replace(/\.$/, ''), isDns1123SubdomainWithUnderscore);
  }
  for (const [i, { name }] of options.entries()) {
    if (!name) errors.push(fieldErrors.required(`${at}.options[${i}]`, 'must not be empty'));
  }
}

function checkGates(errors: Errors, path: string, { readinessGates = [], schedulingGates = [] }: PodSpec): void {
  for (const [i, { conditionType = '' }] of readinessGates.entries()) {
    checkQualifiedName(errors, `${path}.readinessGates[${i}].conditionType`, conditionType);
  }
  const seen = new Set<string>();
  for (const [i, { name = '' }] of schedulingGates.entries()) {
    const at = `${path}.schedulingGates[${i}]`;
    checkQualifiedName(errors, at, name);
    if (seen.has(name)) errors.push(fieldErrors.duplicate(at, name));
    seen.add(name);
  }
}

function checkHostUsers(errors: Errors, path: string, spec: PodSpec): void {
  if (spec.hostUsers !== false) return;
  const why = 'when `hostUsers` is false';
  if (spec.hostNetwork) errors.push(fieldErrors.forbidden(`${path}.hostNetwork`, why));
  if (spec.hostPID) errors.push(fieldErrors.forbidden(`${path}.HostPID`, why));
  if (spec.hostIPC) errors.push(fieldErrors.forbidden(`${path}.HostIPC`, why));
  visitContainers(spec, path, ({ volumeDevices = [] }, at) => {
    if (volumeDevices.length > 0) errors.push(fieldErrors.forbidden(`${at}.volumeDevices`, why));
  });
}

function checkHostAliases(errors: Errors, path: string, aliases: readonly HostAlias[]): void {
  for (const [i, { ip = '', hostnames = [] }] of aliases.entries()) {
    checkIp(errors, `${path}[${i}].ip`, ip);
    for (const [j, name] of hostnames.entries()) checkDnsSubdomain(errors, `${path}[${i}].hostnames[${j}]`, name);
  }
}

function checkHostnameOverride(errors: Errors, path: string, spec: PodSpec): void {
  const { hostnameOverride: name } = spec;
  if (name === undefined) return;
  const at = `${path}.hostnameOverride`;
  const refuse = (field: string) =>
    errors.push(fieldErrors.forbidden(at, `may not be specified when ${field} is true`));
  if (spec.setHostnameAsFQDN) refuse('setHostnameAsFQDN');
  if (spec.hostNetwork) refuse('hostNetwork');
  if (name.length > 64) errors.push(fieldErrors.tooLong(at, 64));
  checkDnsSubdomain(errors, at, name);
}

const readsFiles = ({ env }: { readonly env?: readonly EnvVar[] }): boolean =>
  env?.some(({ valueFrom }) => valueFrom?.fileKeyRef) ?? false;

/** Variables from files need the file's volume, which containers share. */
function checkFileKeyVolumes(errors: Errors, path: string, spec: PodSpec): void {
  if (![spec.initContainers, spec.containers, spec.ephemeralContainers].some((list) => list?.some(readsFiles))) return;
  visitContainers(spec, path, ({ env = [] }, at) => {
    for (let i = 0; i < env.length; i++) {
      const name = env[i]?.valueFrom?.fileKeyRef?.volumeName;
      if (name === undefined) continue;
      const where = `${at}.env[${i}].valueFrom.fileKeyRef.volumeName`;
      const volume = spec.volumes?.find((one) => one.name === name);
      if (!volume) errors.push(fieldErrors.notFound(where, name));
      else if (!volume.emptyDir)
        errors.push(fieldErrors.invalid(where, name, 'referenced volume must be of type emptyDir'));
    }
  });
}

/** Names of other objects and of the Pod on the network. */
function checkNames(errors: Errors, path: string, spec: PodSpec): void {
  const name = (field: 'serviceAccountName' | 'nodeName') => {
    const value = spec[field];
    if (value) checkFormat(errors, `${path}.${field}`, value, nameIsDnsSubdomain);
  };
  name('serviceAccountName');
  name('nodeName');
  const seconds = spec.activeDeadlineSeconds;
  if (seconds !== undefined && (seconds < 1 || seconds > MAX_INT32)) {
    errors.push(fieldErrors.invalid(`${path}.activeDeadlineSeconds`, seconds, inclusiveRangeError(1, MAX_INT32)));
  }
  if (spec.hostname) checkDnsLabel(errors, `${path}.hostname`, spec.hostname);
  if (spec.subdomain) checkDnsLabel(errors, `${path}.subdomain`, spec.subdomain);
}

/** The part of a spec that decides where and how it is scheduled. */
function checkScheduling(errors: Errors, path: string, spec: PodSpec): void {
  if (spec.tolerations) checkTolerations(errors, `${path}.tolerations`, spec.tolerations);
  if (spec.hostAliases) checkHostAliases(errors, `${path}.hostAliases`, spec.hostAliases);
  if (spec.priorityClassName)
    checkFormat(errors, `${path}.priorityClassName`, spec.priorityClassName, nameIsDnsSubdomain);
  if (spec.runtimeClassName !== undefined) {
    checkFormat(errors, `${path}.runtimeClassName`, spec.runtimeClassName, nameIsDnsSubdomain);
  }
  if (spec.preemptionPolicy !== undefined) {
    checkOneOf(errors, `${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never']);
  }
  if (spec.overhead) checkResources(errors, `${path}.overhead`, { limits: spec.overhead }, NO_CLAIMS);
}

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/** Everything about a PodSpec, at `path`. */
export function checkPodSpec(errors: Errors, path: string, spec: PodSpec, context: PodSpecContext): void {
  const { containers = [], initContainers = [], ephemeralContainers = [], restartPolicy = '' } = spec;
  if (spec.terminationGracePeriodSeconds === undefined)
    errors.push(fieldErrors.required(`${path}.terminationGracePeriodSeconds`));
  const volumes = checkVolumes(errors, `${path}.volumes`, spec.volumes, context);
  const claimNames = spec.resourceClaims
    ? checkResourceClaims(errors, `${path}.resourceClaims`, spec.resourceClaims, context.isMirror ?? false)
    : NO_CLAIMS;
  const facts: SpecFacts = {
    ...context,
    volumes,
    claimNames,
    gracePeriodSeconds: spec.terminationGracePeriodSeconds,
    restartPolicy,
    hostUsers: spec.hostUsers !== false,
    os: spec.os?.name,
  };
  checkContainers(errors, `${path}.containers`, containers, facts);
  if (initContainers.length > 0)
    checkInitContainers(errors, `${path}.initContainers`, initContainers, containers, facts);
  if (ephemeralContainers.length > 0) {
    const others = [...containers, ...initContainers];
    checkEphemeralContainers(errors, `${path}.ephemeralContainers`, ephemeralContainers, others, facts);
  }
  checkPodResources(errors, `${path}.resources`, spec, claimNames);
  checkHostNetworkPorts(errors, path, spec, context.isPod);
  checkOneOf(errors, `${path}.restartPolicy`, restartPolicy, RESTART_POLICIES);
  checkOneOf(errors, `${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES);
  checkLabels(errors, `${path}.nodeSelector`, spec.nodeSelector);
  checkPodSecurityContext(errors, `${path}.securityContext`, spec);
  if (spec.affinity) checkAffinity(errors, `${path}.affinity`, spec.affinity);
  checkDnsConfig(errors, `${path}.dnsConfig`, spec.dnsConfig, spec.dnsPolicy ?? '');
  checkGates(errors, path, spec);
  if (spec.topologySpreadConstraints) {
    checkTopologySpread(errors, `${path}.topologySpreadConstraints`, spec.topologySpreadConstraints);
  }
  checkHostProcess(errors, path, spec);
  checkHostUsers(errors, path, spec);
  checkHostnameOverride(errors, path, spec);
  checkNames(errors, path, spec);
  checkScheduling(errors, path, spec);
  checkOs(errors, path, spec);
  checkFileKeyVolumes(errors, path, spec);
}

/** What holds for a Pod on creation and on every update. */
export function checkPod(errors: Errors, { metadata, spec }: Pod, current?: Pod): void {
  checkPodAnnotations(errors, 'metadata.annotations', metadata.annotations, spec, current?.metadata.annotations);
  const isMirror = metadata.annotations?.[MIRROR] !== undefined;
  checkPodSpec(errors, 'spec', spec, { isPod: true, podName: metadata.name, isMirror });
  if (!spec.serviceAccountName) {
    for (const [i, { projected }] of (spec.volumes ?? []).entries()) {
      for (const [j, source] of (projected?.sources ?? []).entries()) {
        if (!source.serviceAccountToken) continue;
        const at = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`;
        errors.push(fieldErrors.forbidden(at, 'must not be specified when serviceAccountName is not set'));
      }
    }
  }
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, container] of (spec[list] ?? []).entries()) checkImageSpace(errors, `spec.${list}[${i}]`, container);
  }
}

/** @fidelity full */
export function validatePod(pod: Pod): Errors {
  const errors: Errors = [];
  const { spec } = pod;
  checkPod(errors, pod);
  if ((spec.ephemeralContainers?.length ?? 0) > 0) {
    errors.push(fieldErrors.forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (spec.nodeName && (spec.schedulingGates?.length ?? 0) > 0) {
    errors.push(fieldErrors.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  checkProfileAnnotations(errors, 'spec', pod.metadata.annotations, spec);
  return errors;
}
