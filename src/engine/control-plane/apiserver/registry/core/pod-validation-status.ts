/**
 * Checks of a Pod's status as a kubelet or scheduler writes it.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { Container, ContainerStatus, Pod, ResourceStatus } from '#engine/api';
import { type FieldError, fieldErrors, isValidGroupId, isValidUserId, parseIp } from '#engine/apimachinery';
import {
  checkFormat,
  checkImmutable,
  checkIp,
  checkQualifiedName,
  checkSupported,
  type Errors,
  nameIsDnsSubdomain,
} from '../validation.ts';
import { checkClaims } from './pod-validation-claim-status.ts';
import { checkTransitions } from './pod-validation-transitions.ts';
import { checkAnnotationUpdates } from './pod-validation-update.ts';

const SYSTEM_CONDITIONS = new Set(['PodScheduled', 'Ready', 'Initialized']);
const NOT_A_GENERATION = 'must be a non-negative integer';

function checkConditions(errors: Errors, { conditions = [] }: Pod['status']): void {
  for (const [i, { type = '', observedGeneration = 0 }] of conditions.entries()) {
    const at = `status.conditions[${i}]`;
    if (observedGeneration < 0) {
      errors.push(fieldErrors.invalid(`${at}.observedGeneration`, observedGeneration, NOT_A_GENERATION));
    }
    if (!SYSTEM_CONDITIONS.has(type)) checkQualifiedName(errors, `${at}.Type`, type);
  }
}

const BOUND = 'may not be set on pods that are already bound to a node';

function checkNomination(errors: Errors, { nominatedNodeName = '' }: Pod['status'], current: Pod): void {
  if (nominatedNodeName === '' || nominatedNodeName === current.status.nominatedNodeName) return;
  const at = 'status.nominatedNodeName';
  checkFormat(errors, at, nominatedNodeName, nameIsDnsSubdomain);
  if (current.spec.nodeName) errors.push(fieldErrors.forbidden(at, BOUND));
}

type Address = { readonly ip?: string };

/** Addresses that come twice are said before the families of hosts, and after those of Pods. */
function checkAddresses(
  errors: Errors,
  path: string,
  ips: readonly Address[],
  current: readonly Address[] = [],
  repeatedFirst = false,
): void {
  for (const [i, { ip = '' }] of ips.entries()) {
    if (!current.some((known) => known.ip === ip)) checkIp(errors, `${path}[${i}]`, ip);
  }
  if (ips.length < 2) return;
  const texts = ips.map(({ ip = '' }) => ip);
  const repeated = texts.flatMap((IP, i) =>
    texts.indexOf(IP) < i ? [fieldErrors.duplicate(`${path}[${i}]`, { IP })] : [],
  );
  if (repeatedFirst) errors.push(...repeated);
  const odd = texts.findIndex((ip) => !parseIp(ip));
  if (odd >= 0) {
    const why = `invalid IP[${odd}]: ${texts[odd]}`;
    errors.push(fieldErrors.internal(path, `failed to check for dual stack with error:${why}`));
  }
  const families = new Set(texts.map((ip) => parseIp(ip)?.family));
  if (odd >= 0 || families.size < 2 || ips.length > 2) {
    const value = texts.map((IP) => ({ IP }));
    errors.push(fieldErrors.invalid(path, value, 'may specify no more than one IP for each IP family'));
  }
  if (!repeatedFirst) errors.push(...repeated);
}

function checkAllAddresses(errors: Errors, { status }: Pod, { status: current }: Pod): void {
  const { podIPs = [], hostIPs = [], hostIP = '' } = status;
  if (podIPs !== current.podIPs) checkAddresses(errors, 'status.podIPs', podIPs, current.podIPs);
  const first = hostIPs[0]?.ip;
  if (first === undefined) return;
  if (first !== hostIP) errors.push(fieldErrors.invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`'));
  if (hostIPs !== current.hostIPs) checkAddresses(errors, 'status.hostIPs', hostIPs, current.hostIPs, true);
}

type Statuses = readonly ContainerStatus[] | undefined;

function checkUsers(errors: Errors, path: string, statuses: Statuses, os: string): void {
  for (const [i, { user }] of (statuses ?? []).entries()) {
    const linux = user?.linux;
    if (!linux) continue;
    const at = `${path}[${i}].user.linux`;
    if (os === 'windows') errors.push(fieldErrors.forbidden(at, 'cannot be set for a windows pod'));
    if (os !== 'linux') continue;
    for (const fault of isValidUserId(linux.uid)) errors.push(fieldErrors.invalid(`${at}.uid`, linux.uid, fault));
    for (const fault of isValidGroupId(linux.gid)) errors.push(fieldErrors.invalid(`${at}.gid`, linux.gid, fault));
    for (const [j, gid] of (linux.supplementalGroups ?? []).entries()) {
      for (const fault of isValidGroupId(gid))
        errors.push(fieldErrors.invalid(`${at}.supplementalGroups[${j}]`, gid, fault));
    }
  }
}

const HEALTH = ['Healthy', 'Unhealthy', 'Unknown'];
const MAX_MESSAGE = 1024;

function checkHealth(errors: Errors, at: string, { resources = [] }: ResourceStatus): void {
  const seen = new Set<string>();
  for (const [k, { resourceID, health = '', message }] of resources.entries()) {
    const path = `${at}.resources[${k}]`;
    checkSupported(errors, `${path}.health`, health, HEALTH);
    if (message === '') errors.push(fieldErrors.required(`${path}.message`, 'must be non-empty if specified'));
    else if (message && message.length > MAX_MESSAGE) errors.push(fieldErrors.tooLong(`${path}.message`, MAX_MESSAGE));
    if (seen.has(resourceID)) errors.push(fieldErrors.duplicate(`${path}.resourceID`, resourceID));
    seen.add(resourceID);
  }
}

const CLAIM = 'claim:';
const NO_CLAIM =
  "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";

function isAsked({ resources }: Container, name: string): boolean {
  if (!name.startsWith(CLAIM)) return resources?.requests?.[name] !== undefined;
  const wanted = name.slice(CLAIM.length);
  return (resources?.claims ?? []).some(
    (claim) => wanted === (claim.request ? `${claim.name}/${claim.request}` : claim.name),
  );
}

function checkAllocated(errors: Errors, path: string, statuses: Statuses, containers: readonly Container[] = []): void {
  for (const [i, { name: owner, allocatedResourcesStatus = [] }] of (statuses ?? []).entries()) {
    for (const [j, allocated] of allocatedResourcesStatus.entries()) {
      const at = `${path}[${i}].allocatedResourcesStatus[${j}]`;
      const { name } = allocated;
      const container = containers.find((one) => one.name === owner);
      if (container && !isAsked(container, name)) {
        const why = name.startsWith(CLAIM) ? NO_CLAIM : "must match one of the container's resource requests";
        errors.push(fieldErrors.invalid(`${at}.name`, name, why));
      }
      checkHealth(errors, at, allocated);
    }
  }
}

const MAX_IMAGE_REF = 256;

function checkVolumeStatuses(errors: Errors, path: string, statuses: Statuses): void {
  for (const [i, { volumeMounts = [] }] of (statuses ?? []).entries()) {
    for (const [j, { volumeStatus }] of volumeMounts.entries()) {
      if (!volumeStatus?.image) continue;
      const at = `${path}[${i}].volumeMounts[${j}].volumeStatus.imageVolumeStatus.imageRef`;
      const { imageRef = '' } = volumeStatus.image as { readonly imageRef?: string };
      if (imageRef === '') errors.push(fieldErrors.required(at, 'imageRef must not be empty'));
      if (imageRef.length > MAX_IMAGE_REF) errors.push(fieldErrors.tooLong(at, MAX_IMAGE_REF));
    }
  }
}

/** Most statuses have nothing of what is checked below. */
const isSpecial = ({ user, allocatedResourcesStatus, volumeMounts }: ContainerStatus): boolean =>
  user !== undefined ||
  allocatedResourcesStatus !== undefined ||
  (volumeMounts?.some(({ volumeStatus }) => volumeStatus !== undefined) ?? false);

function checkContainerStatuses(errors: Errors, { spec, status }: Pod): void {
  const { containerStatuses: regular, initContainerStatuses: init, ephemeralContainerStatuses: ephemeral } = status;
  const lists = [regular, init, ephemeral];
  if (!lists.some((statuses) => statuses?.some(isSpecial))) return;
  const paths = ['status.containerStatuses', 'status.initContainerStatuses', 'status.ephemeralContainerStatuses'];
  const os = spec.os?.name ?? 'linux';
  for (const [i, path] of paths.entries()) checkUsers(errors, path, lists[i], os);
  checkAllocated(errors, 'status.containerStatuses', regular, spec.containers);
  checkAllocated(errors, 'status.initContainerStatuses', init, spec.initContainers);
  for (const [i, { allocatedResourcesStatus = [] }] of (ephemeral ?? []).entries()) {
    if (allocatedResourcesStatus.length === 0) continue;
    const at = `status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`;
    errors.push(fieldErrors.forbidden(at, 'must not be specified in container status'));
  }
  for (const [i, path] of paths.entries()) checkVolumeStatuses(errors, path, lists[i]);
}

/** @fidelity full */
export function validatePodStatusUpdate(next: Pod, current: Pod): readonly FieldError[] {
  const errors: Errors = [];
  const { status } = next;
  checkAnnotationUpdates(errors, next, current);
  checkConditions(errors, status);
  checkNomination(errors, status, current);
  if ((status.observedGeneration ?? 0) < 0) {
    errors.push(fieldErrors.invalid('status.observedGeneration', status.observedGeneration, NOT_A_GENERATION));
  }
  checkImmutable(errors, 'status.qosClass', status.qosClass, current.status.qosClass);
  checkTransitions(errors, next, current);
  checkClaims(errors, next);
  checkAllAddresses(errors, next, current);
  checkContainerStatuses(errors, next);
  return errors;
}
