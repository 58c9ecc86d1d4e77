/**
 * Checks of security contexts.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { AppArmorProfile, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext } from '#engine/api';
import { fieldErrors, isValidGroupId, isValidUserId } from '#engine/apimachinery';
import { checkSupported, type Errors } from '../validation.ts';
import { internalSeccompProfile, internalSecurityContext } from './internal-form.ts';
import { checkLocalPath } from './paths.ts';
import { checkWindowsOptions } from './pod-validation-windows.ts';

function checkId(errors: Errors, at: string, id: number | undefined, format: (id: number) => readonly string[]): void {
  if (id !== undefined) for (const fault of format(id)) errors.push(fieldErrors.invalid(at, id, fault));
}

const SECCOMP_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function checkSeccomp(errors: Errors, at: string, profile: SeccompProfile | undefined): void {
  if (!profile) return;
  const { type = '', localhostProfile } = profile;
  if (type === '') errors.push(fieldErrors.required(`${at}.type`, 'type is required when seccompProfile is set'));
  else checkSupported(errors, `${at}.type`, type, SECCOMP_TYPES);
  if (type === 'Localhost') {
    if (localhostProfile === undefined) {
      errors.push(fieldErrors.required(`${at}.localhostProfile`, 'must be set when seccomp type is Localhost'));
    } else checkLocalPath(errors, `${at}.localhostProfile`, localhostProfile);
  } else if (localhostProfile !== undefined) {
    const why = 'can only be set when seccomp type is Localhost';
    errors.push(fieldErrors.invalid(`${at}.localhostProfile`, internalSeccompProfile(profile), why));
  }
}

const MAX_PROFILE_BYTES = 4095;

function checkAppArmor(errors: Errors, at: string, profile: AppArmorProfile | undefined): void {
  if (!profile) return;
  const { type = '', localhostProfile: local } = profile;
  const path = `${at}.localhostProfile`;
  if (type === 'Localhost') {
    const missing = 'must be set when AppArmor type is Localhost';
    if (local === undefined) errors.push(fieldErrors.required(path, missing));
    else {
      if (local.trim() !== local) errors.push(fieldErrors.invalid(path, local, 'must not be padded with whitespace'));
      else if (local === '') errors.push(fieldErrors.required(path, missing));
      if (local.length > MAX_PROFILE_BYTES) errors.push(fieldErrors.tooLong(path, MAX_PROFILE_BYTES));
    }
  } else if (type === 'RuntimeDefault' || type === 'Unconfined') {
    if (local !== undefined)
      errors.push(fieldErrors.invalid(path, local, 'can only be set when AppArmor type is Localhost'));
  } else if (type === '')
    errors.push(fieldErrors.required(`${at}.type`, 'type is required when appArmorProfile is set'));
  else errors.push(fieldErrors.notSupported(`${at}.type`, type, SECCOMP_TYPES));
}

/** Contexts that were found valid: templates share them with their Pods. */
const valid = new WeakSet<SecurityContext>();

export function checkSecurityContext(errors: Errors, at: string, context: SecurityContext, hostUsers: boolean): void {
  if (valid.has(context)) return;
  const before = errors.length;
  checkId(errors, `${at}.runAsUser`, context.runAsUser, isValidUserId);
  checkId(errors, `${at}.runAsGroup`, context.runAsGroup, isValidGroupId);
  const { procMount } = context;
  if (procMount !== undefined) {
    checkSupported(errors, `${at}.procMount`, procMount, ['Default', 'Unmasked']);
    if (hostUsers && procMount === 'Unmasked') {
      errors.push(fieldErrors.invalid(`${at}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'));
    }
  }
  checkSeccomp(errors, `${at}.seccompProfile`, context.seccompProfile);
  if (context.allowPrivilegeEscalation === false) {
    const head = 'cannot set `allowPrivilegeEscalation` to false and';
    if (context.privileged) {
      errors.push(fieldErrors.invalid(at, internalSecurityContext(context), `${head} \`privileged\` to true`));
    }
    for (const capability of context.capabilities?.add ?? []) {
      if (capability === 'CAP_SYS_ADMIN') {
        errors.push(
          fieldErrors.invalid(at, internalSecurityContext(context), `${head} \`capabilities.Add\` CAP_SYS_ADMIN`),
        );
      }
    }
  }
  checkWindowsOptions(errors, `${at}.windowsOptions`, context.windowsOptions);
  checkAppArmor(errors, `${at}.appArmorProfile`, context.appArmorProfile);
  if (errors.length === before && procMount === undefined) valid.add(context);
}

const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_FORMAT = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`;
const sysctlName = new RegExp(SYSCTL_FORMAT);
const IPC_SYSCTLS = ['kernel.sem', 'kernel.shm', 'kernel.msg', 'fs.mqueue.'];

/** The kernel namespace a sysctl belongs to. */
function sysctlNamespace(given: string): 'net' | 'ipc' | undefined {
  const slash = given.indexOf('/');
  const dot = given.indexOf('.');
  const name = slash >= 0 && (dot < 0 || slash < dot) ? given.replace(/[./]/g, (c) => (c === '/' ? '.' : '/')) : given;
  if (name.startsWith('net.')) return 'net';
  return IPC_SYSCTLS.some((prefix) =>
    prefix.endsWith('.') || prefix !== 'kernel.sem' ? name.startsWith(prefix) : name === prefix,
  )
    ? 'ipc'
    : undefined;
}

function checkSysctls(
  errors: Errors,
  path: string,
  sysctls: NonNullable<PodSecurityContext['sysctls']>,
  spec: PodSpec,
): void {
  const names = new Set<string>();
  for (const [i, { name = '' }] of sysctls.entries()) {
    const at = `${path}[${i}].name`;
    if (name === '') errors.push(fieldErrors.required(at));
    else if (name.length > 253 || !sysctlName.test(name)) {
      errors.push(fieldErrors.invalid(at, name, `must have at most 253 characters and match regex ${SYSCTL_FORMAT}`));
    } else if (names.has(name)) errors.push(fieldErrors.duplicate(at, name));
    const namespace = sysctlNamespace(name);
    if (spec.hostNetwork && namespace === 'net') {
      errors.push(fieldErrors.invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    } else if (spec.hostIPC && namespace === 'ipc') {
      errors.push(fieldErrors.invalid(at, name, "may not be specified when 'hostIPC' is true"));
    }
    names.add(name);
  }
}

/** A Pod's security context; upstream counts hostPID and shareProcessNamespace to it. */
export function checkPodSecurityContext(errors: Errors, at: string, spec: PodSpec): void {
  const context = spec.securityContext ?? {};
  checkId(errors, `${at}.fsGroup`, context.fsGroup, isValidGroupId);
  checkId(errors, `${at}.runAsUser`, context.runAsUser, isValidUserId);
  checkId(errors, `${at}.runAsGroup`, context.runAsGroup, isValidGroupId);
  for (const [i, group] of (context.supplementalGroups ?? []).entries()) {
    checkId(errors, `${at}.supplementalGroups[${i}]`, group, isValidGroupId);
  }
  if (spec.shareProcessNamespace && spec.hostPID) {
    const why = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(fieldErrors.invalid(`${at}.shareProcessNamespace`, true, why));
  }
  if (context.sysctls) checkSysctls(errors, `${at}.sysctls`, context.sysctls, spec);
  if (context.fsGroupChangePolicy !== undefined) {
    checkSupported(errors, `${at}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']);
  }
  checkSeccomp(errors, `${at}.seccompProfile`, context.seccompProfile);
  checkWindowsOptions(errors, `${at}.windowsOptions`, context.windowsOptions);
  checkAppArmor(errors, `${at}.appArmorProfile`, context.appArmorProfile);
  if (context.supplementalGroupsPolicy !== undefined) {
    checkSupported(errors, `${at}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']);
  }
  if (context.seLinuxChangePolicy !== undefined) {
    checkSupported(errors, `${at}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['MountOption', 'Recursive']);
  }
}
