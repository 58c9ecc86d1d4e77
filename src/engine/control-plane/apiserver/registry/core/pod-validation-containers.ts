/**
 * Checks of a Pod's containers: regular, init and ephemeral.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type { Container, ContainerResizePolicy, EphemeralContainer } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { checkDnsLabel, checkOneOf, type Errors } from '../validation.ts';
import {
  checkContainerPorts,
  checkEnv,
  checkEnvFrom,
  checkResources,
  checkVolumeDevices,
  checkVolumeMounts,
} from './pod-validation-container-parts.ts';
import { checkLifecycle, checkProbe } from './pod-validation-handlers.ts';
import type { SpecFacts } from './pod-validation-options.ts';
import { checkSecurityContext } from './pod-validation-security.ts';
import { PULL_POLICIES } from './pod-validation-volumes.ts';

function checkResizePolicy(
  errors: Errors,
  at: string,
  policies: readonly ContainerResizePolicy[],
  restartPolicy: string,
): void {
  const seen = new Set<string>();
  for (const [i, { resourceName = '', restartPolicy: policy = '' }] of policies.entries()) {
    if (seen.has(resourceName)) errors.push(fieldErrors.duplicate(`${at}[${i}]`, resourceName));
    seen.add(resourceName);
    checkOneOf(errors, at, resourceName, ['cpu', 'memory']);
    checkOneOf(errors, at, policy, ['NotRequired', 'RestartContainer']);
    if (restartPolicy === 'Never' && policy !== 'NotRequired') {
      errors.push(fieldErrors.invalid(at, policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"));
    }
  }
}

const CONTAINER_RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;

function checkRestartRules(errors: Errors, at: string, rules: NonNullable<Container['restartPolicyRules']>): void {
  if (rules.length > MAX_RULES) errors.push(fieldErrors.tooMany(at, rules.length, MAX_RULES));
  for (const [i, { action = '', exitCodes }] of rules.entries()) {
    const path = `${at}[${i}]`;
    const actions = ['Restart', 'RestartAllContainers'];
    if (!actions.includes(action)) errors.push(fieldErrors.notSupported(`${path}.action`, action, actions));
    if (!exitCodes) {
      errors.push(fieldErrors.required(`${path}.exitCodes`, 'must be specified'));
      continue;
    }
    const operators = ['In', 'NotIn'];
    if (!operators.includes(exitCodes.operator ?? '')) {
      errors.push(fieldErrors.notSupported(`${path}.exitCodes.operator`, exitCodes.operator ?? '', operators));
    }
    const count = exitCodes.values?.length ?? 0;
    if (count > MAX_EXIT_CODES) errors.push(fieldErrors.tooMany(`${path}.exitCodes.values`, count, MAX_EXIT_CODES));
  }
}

/** A container's own restart policy, which rules need. */
function checkRestartPolicy(
  errors: Errors,
  at: string,
  { restartPolicy, restartPolicyRules: rules = [] }: Container,
  isInit: boolean,
): void {
  if (restartPolicy === undefined) {
    if (rules.length === 0) return;
    errors.push(fieldErrors.required(`${at}.restartPolicy`, 'must specify restartPolicy when restart rules are used'));
    if (isInit) return;
  } else if (!CONTAINER_RESTART_POLICIES.includes(restartPolicy)) {
    errors.push(fieldErrors.notSupported(`${at}.restartPolicy`, restartPolicy, CONTAINER_RESTART_POLICIES));
  }
  checkRestartRules(errors, `${at}.restartPolicyRules`, rules);
}

/** What all kinds of containers must fulfil. */
function checkCommon(errors: Errors, at: string, container: Container, facts: SpecFacts): void {
  const { name = '', image = '', ports, env, envFrom, resources, resizePolicy, securityContext } = container;
  if (name === '') errors.push(fieldErrors.required(`${at}.name`));
  else checkDnsLabel(errors, `${at}.name`, name);
  if (image === '') errors.push(fieldErrors.required(`${at}.image`));
  checkOneOf(errors, `${at}.terminationMessagePolicy`, container.terminationMessagePolicy, [
    'File',
    'FallbackToLogsOnError',
  ]);
  if (ports) checkContainerPorts(errors, `${at}.ports`, ports);
  if (env) checkEnv(errors, `${at}.env`, env);
  if (envFrom) checkEnvFrom(errors, `${at}.envFrom`, envFrom);
  if (container.volumeMounts) checkVolumeMounts(errors, `${at}.volumeMounts`, container, facts);
  if (container.volumeDevices) checkVolumeDevices(errors, `${at}.volumeDevices`, container, facts);
  checkOneOf(errors, `${at}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES);
  if (resources) checkResources(errors, `${at}.resources`, resources, facts.claimNames);
  if (resizePolicy) checkResizePolicy(errors, `${at}.resizePolicy`, resizePolicy, facts.restartPolicy);
  if (securityContext) checkSecurityContext(errors, `${at}.securityContext`, securityContext, facts.hostUsers);
}

/** Host ports taken twice. */
function checkHostPorts(errors: Errors, path: string, containers: readonly Container[]): void {
  let taken: Set<string> | undefined;
  for (const [i, { ports }] of containers.entries()) {
    for (const [j, { hostPort, hostIP, protocol }] of (ports ?? []).entries()) {
      if (!hostPort) continue;
      const key = `${protocol ?? ''}/${hostIP ?? ''}/${hostPort}`;
      taken ??= new Set();
      if (taken.has(key)) errors.push(fieldErrors.duplicate(`${path}[${i}].ports[${j}].hostPort`, key));
      taken.add(key);
    }
  }
}

function checkHooks(errors: Errors, at: string, container: Container, facts: SpecFacts): void {
  if (container.lifecycle) checkLifecycle(errors, `${at}.lifecycle`, container.lifecycle, facts);
  checkProbe(errors, at, 'livenessProbe', container.livenessProbe);
  checkProbe(errors, at, 'readinessProbe', container.readinessProbe);
  checkProbe(errors, at, 'startupProbe', container.startupProbe);
}

export function checkContainers(
  errors: Errors,
  path: string,
  containers: readonly Container[],
  facts: SpecFacts,
): void {
  if (containers.length === 0) {
    errors.push(fieldErrors.required(path));
    return;
  }
  const names = new Set<string>();
  for (let i = 0; i < containers.length; i++) {
    const container = containers[i] as Container;
    const at = `${path}[${i}]`;
    checkCommon(errors, at, container, facts);
    if (names.has(container.name)) errors.push(fieldErrors.duplicate(`${at}.name`, container.name));
    names.add(container.name);
    checkHooks(errors, at, container, facts);
    checkRestartPolicy(errors, at, container, false);
  }
  checkHostPorts(errors, path, containers);
}

const ONLY_SIDECARS = 'may not be set for init containers without restartPolicy=Always';
const RESTARTS = "must not be set to 'RestartContainer' for non-sidecar initContainers";

/** What only sidecars among the init containers may have. */
function checkNoSidecar(errors: Errors, at: string, container: Container): void {
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[field]) errors.push(fieldErrors.forbidden(`${at}.${field}`, ONLY_SIDECARS));
  }
  for (const [i, { restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (restartPolicy !== 'RestartContainer') continue;
    errors.push(fieldErrors.invalid(`${at}.resizePolicy[${i}].restartPolicy`, restartPolicy, RESTARTS));
  }
}

export function checkInitContainers(
  errors: Errors,
  path: string,
  containers: readonly Container[],
  regular: readonly Container[],
  facts: SpecFacts,
): void {
  const names = new Set(regular.map(({ name }) => name));
  for (const [i, container] of containers.entries()) {
    const at = `${path}[${i}]`;
    checkCommon(errors, at, container, facts);
    checkRestartPolicy(errors, at, container, true);
    if (names.has(container.name)) errors.push(fieldErrors.duplicate(`${at}.name`, container.name));
    else if (container.name) names.add(container.name);
    checkHostPorts(errors, path, [container]);
    if (container.restartPolicy === 'Always') checkHooks(errors, at, container, facts);
    else checkNoSidecar(errors, at, container);
  }
}

/** What an ephemeral container may not have, in the order of upstream's struct. */
const NOT_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

const isSet = (value: unknown) =>
  value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

export function checkEphemeralContainers(
  errors: Errors,
  path: string,
  containers: readonly EphemeralContainer[],
  others: readonly Container[],
  facts: SpecFacts,
): void {
  const otherNames = new Set(others.map(({ name }) => name));
  const names = new Set(otherNames);
  const why = 'cannot be set for an Ephemeral Container';
  for (const [i, container] of containers.entries()) {
    const at = `${path}[${i}]`;
    checkCommon(errors, at, container, facts);
    checkImageSpace(errors, at, container);
    if (names.has(container.name)) errors.push(fieldErrors.duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName ?? '';
    if (target !== '' && !otherNames.has(target))
      errors.push(fieldErrors.notFound(`${at}.targetContainerName`, target));
    for (const field of NOT_EPHEMERAL)
      if (isSet(container[field])) errors.push(fieldErrors.forbidden(`${at}.${field}`, why));
    for (const [j, { subPath, subPathExpr }] of (container.volumeMounts ?? []).entries()) {
      if (subPath) errors.push(fieldErrors.forbidden(`${at}.volumeMounts[${j}].subPath`, why));
      if (subPathExpr) errors.push(fieldErrors.forbidden(`${at}.volumeMounts[${j}].subPathExpr`, why));
    }
  }
}

/** In a Pod, unlike in a template, an image's name has no space around it. */
export function checkImageSpace(errors: Errors, at: string, { image = '' }: { readonly image?: string }): void {
  if (image.trim().length !== image.length) {
    errors.push(fieldErrors.invalid(`${at}.image`, image, 'must not have leading or trailing whitespace'));
  }
}
