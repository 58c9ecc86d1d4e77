/**
 * Checks of a container's ports, environment, mounts and resources.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type {
  Container,
  ContainerPort,
  EnvFromSource,
  EnvVar,
  ResourceRequirements,
  VolumeDevice,
  VolumeMount,
} from '#engine/api';
import {
  canonicalQuantity,
  compareQuantity,
  fieldErrors,
  isConfigMapKey,
  isRelaxedEnvVarName,
  isValidPortName,
} from '#engine/apimachinery';
import {
  checkDnsLabel,
  checkFormat,
  checkOneOf,
  checkPortNum,
  type Errors,
  nameIsDnsSubdomain,
} from '../validation.ts';
import { checkLocalPath, checkNoBacksteps, hasBacksteps } from './paths.ts';
import { isHugePages } from './pod-resources.ts';
import type { SpecFacts } from './pod-validation-options.ts';
import { checkFieldRef, checkResourceFieldRef, ENV_FIELDS } from './pod-validation-references.ts';
import {
  checkContainerResourceName,
  checkResourceAmount,
  hugePageFault,
  isOvercommitAllowed,
} from './resource-names.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function checkContainerPorts(errors: Errors, path: string, ports: readonly ContainerPort[]): void {
  const names = new Set<string>();
  for (let i = 0; i < ports.length; i++) {
    const { name = '', containerPort = 0, hostPort = 0, protocol } = ports[i] as ContainerPort;
    const at = `${path}[${i}]`;
    if (name !== '') {
      const faults = isValidPortName(name);
      for (const fault of faults) errors.push(fieldErrors.invalid(`${at}.name`, name, fault));
      if (faults.length === 0 && names.has(name)) errors.push(fieldErrors.duplicate(`${at}.name`, name));
      if (faults.length === 0) names.add(name);
    }
    if (containerPort === 0) errors.push(fieldErrors.required(`${at}.containerPort`));
    else checkPortNum(errors, `${at}.containerPort`, containerPort);
    if (hostPort !== 0) checkPortNum(errors, `${at}.hostPort`, hostPort);
    checkOneOf(errors, `${at}.protocol`, protocol, PROTOCOLS);
  }
}

/** A key of a ConfigMap or Secret. */
function checkKeyRef(
  errors: Errors,
  at: string,
  { name = '', key = '' }: { readonly name?: string; readonly key?: string },
): void {
  checkFormat(errors, `${at}.name`, name, nameIsDnsSubdomain);
  if (key === '') errors.push(fieldErrors.required(`${at}.key`));
  else checkFormat(errors, `${at}.key`, key, isConfigMapKey);
}

function checkFileKeyRef(
  errors: Errors,
  at: string,
  ref: NonNullable<NonNullable<EnvVar['valueFrom']>['fileKeyRef']>,
): void {
  const { volumeName = '', path = '', key = '' } = ref;
  if (key === '') errors.push(fieldErrors.required(`${at}.key`));
  else checkFormat(errors, `${at}.key`, key, isRelaxedEnvVarName);
  if (volumeName === '') errors.push(fieldErrors.required(`${at}.volumeName`));
  else checkDnsLabel(errors, `${at}.volumeName`, volumeName);
  if (path === '') errors.push(fieldErrors.required(`${at}.path`));
  else checkNoBacksteps(errors, `${at}.path`, path);
}

const ENV_SOURCES = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';

function checkValueFrom(errors: Errors, at: string, { value = '', valueFrom = {} }: EnvVar): void {
  let count = 0;
  if (valueFrom.fieldRef) {
    count += 1;
    checkFieldRef(errors, `${at}.fieldRef`, valueFrom.fieldRef, ENV_FIELDS);
  }
  if (valueFrom.resourceFieldRef) {
    count += 1;
    checkResourceFieldRef(errors, `${at}.resourceFieldRef`, valueFrom.resourceFieldRef, false);
  }
  if (valueFrom.configMapKeyRef) {
    count += 1;
    checkKeyRef(errors, `${at}.configMapKeyRef`, valueFrom.configMapKeyRef);
  }
  if (valueFrom.secretKeyRef) {
    count += 1;
    checkKeyRef(errors, `${at}.secretKeyRef`, valueFrom.secretKeyRef);
  }
  if (valueFrom.fileKeyRef) {
    count += 1;
    checkFileKeyRef(errors, `${at}.fileKeyRef`, valueFrom.fileKeyRef);
  }
  if (count === 0) errors.push(fieldErrors.invalid(at, '', `must specify one of: ${ENV_SOURCES}`));
  else if (value !== '') errors.push(fieldErrors.invalid(at, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(fieldErrors.invalid(at, '', 'may not have more than one field specified at a time'));
}

export function checkEnv(errors: Errors, path: string, env: readonly EnvVar[]): void {
  for (let i = 0; i < env.length; i++) {
    const variable = env[i] as EnvVar;
    if (!variable.name) errors.push(fieldErrors.required(`${path}[${i}].name`));
    else checkFormat(errors, `${path}[${i}].name`, variable.name, isRelaxedEnvVarName);
    if (variable.valueFrom) checkValueFrom(errors, `${path}[${i}].valueFrom`, variable);
  }
}

export function checkEnvFrom(errors: Errors, path: string, sources: readonly EnvFromSource[]): void {
  for (const [i, { prefix = '', configMapRef, secretRef }] of sources.entries()) {
    const at = `${path}[${i}]`;
    if (prefix !== '') checkFormat(errors, `${at}.prefix`, prefix, isRelaxedEnvVarName);
    for (const [kind, ref] of [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ] as const) {
      if (!ref) continue;
      if (!ref.name) errors.push(fieldErrors.required(`${at}.${kind}.name`));
      else checkFormat(errors, `${at}.${kind}.name`, ref.name, (name) => nameIsDnsSubdomain(name, true));
    }
    if (!configMapRef && !secretRef)
      errors.push(fieldErrors.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef && secretRef) {
      errors.push(fieldErrors.invalid(path, '', 'may not have more than one field specified at a time'));
    }
  }
}

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

function checkPropagation(errors: Errors, path: string, mount: VolumeMount, privileged: boolean): void {
  const { mountPropagation: propagation, recursiveReadOnly: recursive, readOnly } = mount;
  if (propagation !== undefined) {
    const at = `${path}.mountPropagation`;
    if (!PROPAGATIONS.includes(propagation)) errors.push(fieldErrors.notSupported(at, propagation, PROPAGATIONS));
    if (propagation === 'Bidirectional' && !privileged) {
      errors.push(
        fieldErrors.forbidden(at, 'Bidirectional mount propagation is available only to privileged containers'),
      );
    }
  }
  if (recursive === undefined || recursive === 'Disabled') return;
  const at = `${path}.recursiveReadOnly`;
  if (recursive !== 'Enabled' && recursive !== 'IfPossible') {
    errors.push(fieldErrors.notSupported(at, recursive, ['Disabled', 'Enabled', 'IfPossible']));
    return;
  }
  if (!readOnly) errors.push(fieldErrors.forbidden(at, 'may only be specified when readOnly is true'));
  if (propagation !== undefined && propagation !== 'None') {
    errors.push(fieldErrors.forbidden(at, 'may only be specified when mountPropagation is None or not specified'));
  }
}

export function checkVolumeMounts(errors: Errors, path: string, container: Container, { volumes }: SpecFacts): void {
  const { volumeMounts: mounts = [], volumeDevices: devices = [], securityContext } = container;
  const seen = new Set<string>();
  for (let i = 0; i < mounts.length; i++) {
    const mount = mounts[i] as VolumeMount;
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount;
    const at = `${path}[${i}]`;
    if (name === '') errors.push(fieldErrors.required(`${at}.name`));
    if (!volumes.has(name)) errors.push(fieldErrors.notFound(`${at}.name`, name));
    if (mountPath === '') errors.push(fieldErrors.required(`${at}.mountPath`));
    if (seen.has(mountPath)) errors.push(fieldErrors.invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    seen.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      errors.push(fieldErrors.invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
    }
    if (devices.some(({ devicePath }) => devicePath === mountPath)) {
      errors.push(
        fieldErrors.invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'),
      );
    }
    if (subPath !== '') checkLocalPath(errors, `${path}.subPath`, subPath);
    if (subPathExpr !== '') {
      if (subPath !== '') {
        errors.push(
          fieldErrors.invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
        );
      }
      checkLocalPath(errors, `${path}.subPathExpr`, subPathExpr);
    }
    checkPropagation(errors, path, mount, securityContext?.privileged === true);
  }
}

export function checkVolumeDevices(errors: Errors, path: string, container: Container, { volumes }: SpecFacts): void {
  const { volumeMounts: mounts = [], volumeDevices: devices = [] } = container;
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [i, { name = '', devicePath = '' }] of (devices as readonly VolumeDevice[]).entries()) {
    const nameAt = `${path}[${i}].name`;
    const pathAt = `${path}[${i}].devicePath`;
    const volume = volumes.get(name);
    if (name === '') errors.push(fieldErrors.required(nameAt));
    if (names.has(name)) errors.push(fieldErrors.invalid(nameAt, name, 'must be unique'));
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      const why = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(fieldErrors.invalid(nameAt, name, why));
    }
    if (!volume) errors.push(fieldErrors.notFound(nameAt, name));
    if (devicePath === '') errors.push(fieldErrors.required(pathAt));
    if (paths.has(devicePath)) errors.push(fieldErrors.invalid(pathAt, devicePath, 'must be unique'));
    if (hasBacksteps(devicePath))
      errors.push(fieldErrors.invalid(pathAt, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name)) {
      errors.push(fieldErrors.invalid(nameAt, name, 'must not already exist in volumeMounts'));
    }
    if (mounts.some(({ mountPath }) => mountPath === devicePath)) {
      errors.push(fieldErrors.invalid(pathAt, devicePath, 'must not already exist as a path in volumeMounts'));
    }
    if (name !== '') names.add(name);
  }
}

type NameCheck = (errors: Errors, at: string, name: string) => void;

function checkAmount(errors: Errors, at: string, name: string, amount: string, checkName: NameCheck): void {
  checkName(errors, at, name);
  checkResourceAmount(errors, at, name, amount);
}

function checkHugePages(errors: Errors, at: string, name: string, amount: string): boolean {
  if (!isHugePages(name)) return false;
  const fault = hugePageFault(name, amount);
  if (fault) errors.push(fieldErrors.invalid(at, canonicalQuantity(amount), fault));
  return true;
}

function checkAgainstLimit(
  errors: Errors,
  path: string,
  name: string,
  amount: string,
  limit: string | undefined,
): void {
  if (limit === undefined) {
    if (!isOvercommitAllowed(name)) {
      errors.push(fieldErrors.required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
    }
    return;
  }
  const order = compareQuantity(amount, limit);
  if (order === 0) return;
  const of = `${name} limit of ${canonicalQuantity(limit)}`;
  if (!isOvercommitAllowed(name)) {
    errors.push(fieldErrors.invalid(`${path}.requests`, canonicalQuantity(amount), `must be equal to ${of}`));
  } else if (order > 0) {
    errors.push(
      fieldErrors.invalid(`${path}.requests`, canonicalQuantity(amount), `must be less than or equal to ${of}`),
    );
  }
}

function checkClaims(
  errors: Errors,
  path: string,
  claims: NonNullable<ResourceRequirements['claims']>,
  known: ReadonlySet<string>,
): void {
  const names = new Set<string>();
  for (const [i, { name = '', request = '' }] of claims.entries()) {
    const at = `${path}[${i}]`;
    if (name === '') {
      errors.push(fieldErrors.required(at));
      continue;
    }
    const key = request === '' ? name : `${name}/${request}`;
    if (names.has(name)) errors.push(fieldErrors.duplicate(at, name));
    else {
      if (request !== '') checkDnsLabel(errors, `${at}.request`, request);
      if (names.has(key)) errors.push(fieldErrors.duplicate(at, key));
      else if (request === '') {
        for (const other of names) if (other.startsWith(`${name}/`)) errors.push(fieldErrors.duplicate(at, name));
      }
      names.add(key);
    }
    if (!known.has(name)) {
      const { type, field, body } = fieldErrors.notFound(at, name);
      const which = known.size === 0 ? ' which is empty' : `: ${[...known].sort().join(', ')}`;
      errors.push({ type, field, body: `${body}: must be one of the names in pod.spec.resourceClaims${which}` });
    }
  }
}

/** Requirements that were found valid, of containers. Claims depend on the Pod, so they are not remembered. */
const valid = new WeakSet<ResourceRequirements>();

export function checkResources(
  errors: Errors,
  path: string,
  requirements: ResourceRequirements,
  claimNames: ReadonlySet<string>,
  checkName: NameCheck = checkContainerResourceName,
): void {
  if (valid.has(requirements)) return;
  const before = errors.length;
  const { limits = {}, requests = {}, claims } = requirements;
  let computes = false;
  let hugePages = false;
  for (const name in limits) {
    const at = `${path}.limits[${name}]`;
    const amount = limits[name] as string;
    checkAmount(errors, at, name, amount, checkName);
    if (checkHugePages(errors, at, name, amount)) hugePages = true;
    if (name === 'cpu' || name === 'memory') computes = true;
  }
  for (const name in requests) {
    const at = `${path}.requests[${name}]`;
    const amount = requests[name] as string;
    checkAmount(errors, at, name, amount, checkName);
    checkAgainstLimit(errors, path, name, amount, limits[name]);
    if (checkHugePages(errors, at, name, amount)) hugePages = true;
    if (name === 'cpu' || name === 'memory') computes = true;
  }
  if (hugePages && !computes) errors.push(fieldErrors.forbidden(path, 'HugePages require cpu or memory'));
  if (claims) checkClaims(errors, `${path}.claims`, claims, claimNames);
  else if (errors.length === before && checkName === checkContainerResourceName) valid.add(requirements);
}
