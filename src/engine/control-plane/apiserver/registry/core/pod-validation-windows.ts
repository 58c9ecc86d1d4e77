/**
 * Checks of what is special to Windows, and of what each operating system forbids.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { PodSpec, WindowsSecurityContextOptions } from '#engine/api';
import { fieldErrors, isDns1123Subdomain } from '#engine/apimachinery';
import { checkFormat, type Errors } from '../validation.ts';
import { containersWithPath } from './pod-validation-options.ts';

const MAX_CREDENTIAL_KIB = 64;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const BAD_USER = /["/\\:;|=,+*?<>@[\]]/;

function userNameFaults(name: string): readonly string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 32 || code === 127) return ['runAsUserName cannot contain control characters'];
  }
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const domain = parts.length === 2 ? (parts[0] as string) : undefined;
  const user = parts.at(-1) as string;
  const faults: string[] = [];
  if (domain !== undefined && domain.length >= MAX_DOMAIN) {
    faults.push(`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`);
  }
  if (domain !== undefined && !NET_BIOS.test(domain) && !DNS.test(domain)) {
    faults.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') faults.push("runAsUserName's User cannot be empty");
  else if (user.length > MAX_USER)
    faults.push(`runAsUserName's User length must not be longer than ${MAX_USER} characters`);
  if (/^[. ]+$/.test(user)) faults.push("runAsUserName's User cannot contain only periods or spaces");
  if (BAD_USER.test(user))
    faults.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return faults;
}

export function checkWindowsOptions(
  errors: Errors,
  at: string,
  options: WindowsSecurityContextOptions | undefined,
): void {
  if (!options) return;
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: credential, runAsUserName: user } = options;
  if (name !== undefined) checkFormat(errors, `${at}.gmsaCredentialSpecName`, name, isDns1123Subdomain);
  if (credential === '') {
    errors.push(
      fieldErrors.invalid(`${at}.gmsaCredentialSpec`, credential, 'gmsaCredentialSpec cannot be an empty string'),
    );
  } else if (credential !== undefined && credential.length > MAX_CREDENTIAL_KIB * 1024) {
    const why = `gmsaCredentialSpec size must be under ${MAX_CREDENTIAL_KIB} KiB`;
    errors.push(fieldErrors.invalid(`${at}.gmsaCredentialSpec`, credential, why));
  }
  if (user !== undefined) checkFormat(errors, `${at}.runAsUserName`, user, userNameFaults);
}

const hasHostProcess = (containers: PodSpec['containers'] | undefined): boolean =>
  containers?.some(({ securityContext }) => securityContext?.windowsOptions?.hostProcess !== undefined) ?? false;

/** Host process containers come all or none, and on the host's network. */
export function checkHostProcess(errors: Errors, path: string, spec: PodSpec): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  if (ofPod === undefined && !hasHostProcess(spec.containers) && !hasHostProcess(spec.initContainers)) return;
  let containers = 0;
  let hostProcesses = 0;
  for (const [container, at] of containersWithPath(spec, path)) {
    containers += 1;
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const why = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(fieldErrors.invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, why));
    }
    if (own ?? ofPod) hostProcesses += 1;
  }
  if (hostProcesses === 0) return;
  if (hostProcesses !== containers) {
    const why = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(fieldErrors.invalid(path, '', why));
  }
  if (!spec.hostNetwork) {
    const why = 'hostNetwork must be true if pod contains any hostProcess containers';
    errors.push(fieldErrors.invalid(`${path}.hostNetwork`, false, why));
  }
}

const NOT_ON_LINUX = 'windows options cannot be set for a linux pod';
const NOT_ON_WINDOWS = 'cannot be set for a windows pod';

function checkLinux(errors: Errors, path: string, spec: PodSpec): void {
  const refuse = (at: string) =>
    errors.push(fieldErrors.forbidden(`${at}.securityContext.windowsOptions`, NOT_ON_LINUX));
  if (spec.securityContext?.windowsOptions) refuse(path);
  for (const [container, at] of containersWithPath(spec, path))
    if (container.securityContext?.windowsOptions) refuse(at);
}

/** `-` before a field of the spec itself, the rest belongs to the security context. */
const POD_FIELDS =
  'appArmorProfile seLinuxOptions -hostUsers -hostPID -hostIPC seccompProfile fsGroup fsGroupChangePolicy sysctls ' +
  '-shareProcessNamespace runAsUser runAsGroup supplementalGroups supplementalGroupsPolicy seLinuxChangePolicy';
const CONTAINER_FIELDS =
  'appArmorProfile seLinuxOptions seccompProfile capabilities readOnlyRootFilesystem privileged allowPrivilegeEscalation procMount ' +
  'runAsUser runAsGroup';

const has = (object: object | undefined, field: string): boolean => {
  const value = (object as { readonly [field: string]: unknown } | undefined)?.[field];
  return value !== undefined && !((field === 'hostPID' || field === 'hostIPC') && value === false);
};

function checkWindows(errors: Errors, path: string, spec: PodSpec): void {
  for (const field of POD_FIELDS.split(' ')) {
    const own = field.startsWith('-');
    const name = own ? field.slice(1) : field;
    if (!has(own ? spec : spec.securityContext, name)) continue;
    errors.push(fieldErrors.forbidden(own ? `${path}.${name}` : `${path}.securityContext.${name}`, NOT_ON_WINDOWS));
  }
  for (const [container, at] of containersWithPath(spec, path)) {
    for (const field of CONTAINER_FIELDS.split(' ')) {
      if (has(container.securityContext, field)) {
        errors.push(fieldErrors.forbidden(`${at}.securityContext.${field}`, NOT_ON_WINDOWS));
      }
    }
  }
}

const SYSTEMS = ['linux', 'windows'];

/** The operating system a Pod names, and what it may not have then. */
export function checkOs(errors: Errors, path: string, spec: PodSpec): void {
  if (!spec.os) return;
  const { name = '' } = spec.os;
  if (name === '') errors.push(fieldErrors.required(`${path}.os.name`));
  else if (!SYSTEMS.includes(name)) errors.push(fieldErrors.notSupported(`${path}.os`, name, SYSTEMS));
  else if (name === 'linux') checkLinux(errors, path, spec);
  else checkWindows(errors, path, spec);
}
