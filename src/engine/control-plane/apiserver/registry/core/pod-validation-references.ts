/**
 * Checks of references to fields and resources: the downward API.
 * @upstream pkg/apis/core/validation/validation.go, pkg/apis/core/pods/helpers.go
 */
import type { ObjectFieldSelector, ResourceFieldSelector } from '#engine/api';
import { canonicalQuantity, compareQuantity, fieldErrors, isQualifiedName } from '#engine/apimachinery';
import { checkFormat, type Errors } from '../validation.ts';

const CONVERTIBLE = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.hostNetwork',
  'spec.host',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.nominatedNodeName',
  'status.phase',
  'status.podIP',
  'status.podIPs',
]);

const SUBSCRIPT = /^(.*)\['(.*)'\]$/;

/** `metadata.labels['app']` -> path and key. */
function splitSubscript(path: string): readonly [path: string, subscript: string | undefined] {
  const match = SUBSCRIPT.exec(path);
  return match ? [match[1] as string, match[2] as string] : [path, undefined];
}

export const ENV_FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const VOLUME_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

export function checkFieldRef(errors: Errors, at: string, ref: ObjectFieldSelector, allowed: readonly string[]): void {
  const { apiVersion = '', fieldPath = '' } = ref;
  if (apiVersion === '') errors.push(fieldErrors.required(`${at}.apiVersion`));
  else if (fieldPath === '') errors.push(fieldErrors.required(`${at}.fieldPath`));
  else checkFieldPath(errors, at, apiVersion, fieldPath, allowed);
}

function checkFieldPath(
  errors: Errors,
  at: string,
  apiVersion: string,
  fieldPath: string,
  allowed: readonly string[],
): void {
  const [path, subscript] = splitSubscript(fieldPath);
  const fault =
    apiVersion !== 'v1'
      ? `unsupported pod version: ${apiVersion}`
      : subscript !== undefined
        ? path === 'metadata.annotations' || path === 'metadata.labels'
          ? undefined
          : `field label does not support subscript: ${fieldPath}`
        : CONVERTIBLE.has(path)
          ? undefined
          : `field label not supported: ${fieldPath}`;
  if (fault) {
    errors.push(fieldErrors.invalid(`${at}.fieldPath`, fieldPath, `error converting fieldPath: ${fault}`));
  } else if (subscript !== undefined) {
    checkFormat(errors, at, path === 'metadata.annotations' ? subscript.toLowerCase() : subscript, isQualifiedName);
  } else {
    const internal = path === 'spec.host' ? 'spec.nodeName' : path;
    if (!allowed.includes(internal)) errors.push(fieldErrors.notSupported(`${at}.fieldPath`, internal, allowed));
  }
}

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const isHugePagesField = (name: string) =>
  name.startsWith('requests.hugepages-') || name.startsWith('limits.hugepages-');
const CPU_DIVISORS = ['1m', '1'];
const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

function checkDivisor(errors: Errors, at: string, resource: string, divisor: string): void {
  if (compareQuantity(divisor, '0') === 0) return;
  const text = canonicalQuantity(divisor);
  const refuse = (allowed: string, what: string) =>
    errors.push(
      fieldErrors.invalid(
        `${at}.divisor`,
        resource,
        `only divisor's values ${allowed} are supported with the ${what} resource`,
      ),
    );
  const what = resource.slice(resource.indexOf('.') + 1);
  if (what === 'cpu') {
    if (!CPU_DIVISORS.includes(text)) refuse('1m and 1', 'cpu');
  } else if (!BYTE_DIVISORS.includes(text)) {
    if (what === 'memory') refuse(BYTE_DIVISORS.join(', '), 'memory');
    else if (what === 'ephemeral-storage') refuse(BYTE_DIVISORS.join(', '), 'local ephemeral storage');
    else if (isHugePagesField(resource)) refuse(BYTE_DIVISORS.join(', '), 'hugepages');
  }
}

export function checkResourceFieldRef(errors: Errors, at: string, ref: ResourceFieldSelector, inVolume: boolean): void {
  const { containerName = '', resource = '', divisor = '0' } = ref;
  if (inVolume && containerName === '') errors.push(fieldErrors.required(`${at}.containerName`));
  else if (resource === '') errors.push(fieldErrors.required(`${at}.resource`));
  else if (!RESOURCES.includes(resource) && !isHugePagesField(resource)) {
    errors.push(fieldErrors.notSupported(`${at}.resource`, resource, RESOURCES));
  }
  checkDivisor(errors, at, resource, divisor);
}
