/**
 * Checks of a Pod's status as a kubelet or scheduler writes it.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { ContainerStatus, Pod } from '#engine/api';
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
import { isRestartableInit } from './pod-resources.ts';
import { checkAnnotationUpdates } from './pod-validation-update.ts';

const SYSTEM_CONDITIONS = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodReadyToStartContainers',
]);

/** A container that ended and does not start again stays ended. */
function checkTransitions(
  errors: Errors,
  path: string,
  next: readonly ContainerStatus[] | undefined,
  current: readonly ContainerStatus[] | undefined,
  mayRestart: (old: ContainerStatus, exitCode: number) => boolean,
): void {
  if (next === current) return;
  for (const [i, old] of (current ?? []).entries()) {
    const ended = old.state?.terminated;
    if (!ended || mayRestart(old, ended.exitCode)) continue;
    if (next?.some(({ name, state }) => name === old.name && !state?.terminated)) {
      errors.push(fieldErrors.forbidden(`${path}[${i}].state`, 'may not be transitioned to non-terminated state'));
    }
  }
}

function checkAllTransitions(errors: Errors, next: Pod, current: Pod): void {
  const { restartPolicy, containers = [], initContainers = [] } = current.spec;
  if (restartPolicy !== 'Always') {
    const own = (name: string) => containers.find((container) => container.name === name);
    const mayRestart = (old: ContainerStatus, code: number) =>
      (code !== 0 && restartPolicy === 'OnFailure') ||
      own(old.name)?.restartPolicy !== undefined ||
      own(old.name)?.restartPolicyRules !== undefined;
    checkTransitions(
      errors,
      'status.containerStatuses',
      next.status.containerStatuses,
      current.status.containerStatuses,
      mayRestart,
    );
    const sidecar = (name: string) =>
      initContainers.some((container) => container.name === name && isRestartableInit(container));
    checkTransitions(
      errors,
      'status.initContainerStatuses',
      next.status.initContainerStatuses,
      current.status.initContainerStatuses,
      (old, code) => (code !== 0 && restartPolicy === 'OnFailure') || sidecar(old.name),
    );
  }
  checkTransitions(
    errors,
    'status.ephemeralContainerStatuses',
    next.status.ephemeralContainerStatuses,
    current.status.ephemeralContainerStatuses,
    () => false,
  );
}

function checkIps(errors: Errors, path: string, ips: readonly { readonly ip?: string }[]): void {
  for (const [i, { ip = '' }] of ips.entries()) checkIp(errors, `${path}[${i}]`, ip);
  if (ips.length < 2) return;
  const families = new Set(ips.map(({ ip = '' }) => parseIp(ip)?.family));
  if (families.size < 2 || ips.length > 2) {
    const value = ips.map(({ ip }) => ({ IP: ip }));
    errors.push(fieldErrors.invalid(path, value, 'may specify no more than one IP for each IP family'));
  }
  for (const [i, { ip }] of ips.entries()) {
    if (ips.findIndex((other) => other.ip === ip) < i) errors.push(fieldErrors.duplicate(`${path}[${i}]`, { IP: ip }));
  }
}

function checkHostIps(errors: Errors, { hostIP = '', hostIPs = [] }: Pod['status']): void {
  const first = hostIPs[0]?.ip;
  if (first === undefined) return;
  if (first !== hostIP) errors.push(fieldErrors.invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`'));
  checkIps(errors, 'status.hostIPs', hostIPs);
}

function checkUsers(
  errors: Errors,
  path: string,
  statuses: readonly ContainerStatus[] | undefined,
  windows: boolean,
): void {
  for (const [i, { user }] of (statuses ?? []).entries()) {
    const linux = user?.linux;
    if (!linux) continue;
    const at = `${path}[${i}].linux`;
    if (windows) errors.push(fieldErrors.forbidden(at, 'cannot be set for a windows pod'));
    else {
      for (const fault of isValidUserId(linux.uid)) errors.push(fieldErrors.invalid(`${at}.uid`, linux.uid, fault));
      for (const fault of isValidGroupId(linux.gid)) errors.push(fieldErrors.invalid(`${at}.gid`, linux.gid, fault));
    }
  }
}

const HEALTH = ['Healthy', 'Unhealthy', 'Unknown'];

function checkAllocated(errors: Errors, path: string, statuses: readonly ContainerStatus[] | undefined): void {
  for (const [i, { allocatedResourcesStatus: allocated }] of (statuses ?? []).entries()) {
    for (const [j, { resources = [] }] of (allocated ?? []).entries()) {
      for (const [k, { health = '' }] of resources.entries()) {
        checkSupported(errors, `${path}[${i}].allocatedResourcesStatus[${j}].resources[${k}].health`, health, HEALTH);
      }
    }
  }
}

const LISTS = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

/** @fidelity partial: names of allocated device resources are not compared with the container's requests */
export function validatePodStatusUpdate(next: Pod, current: Pod): readonly FieldError[] {
  const errors: Errors = [];
  checkAnnotationUpdates(errors, next, current);
  const { status } = next;
  for (const [i, { type = '' }] of (status.conditions ?? []).entries()) {
    if (!SYSTEM_CONDITIONS.has(type)) checkQualifiedName(errors, `metadata.conditions[${i}].Type`, type);
  }
  const nominated = status.nominatedNodeName ?? '';
  if (nominated !== '' && nominated !== current.status.nominatedNodeName) {
    checkFormat(errors, 'status.nominatedNodeName', nominated, nameIsDnsSubdomain);
  }
  checkImmutable(errors, 'status.qosClass', status.qosClass, current.status.qosClass);
  checkAllTransitions(errors, next, current);
  if (status.podIPs && status.podIPs !== current.status.podIPs) checkIps(errors, 'status.podIPs', status.podIPs);
  if (status.hostIPs && status.hostIPs !== current.status.hostIPs) checkHostIps(errors, status);
  const windows = next.spec.os?.name === 'windows';
  for (const list of LISTS) checkUsers(errors, `status.${list}`, status[list], windows);
  for (const list of LISTS) checkAllocated(errors, `status.${list}`, status[list]);
  return errors;
}
