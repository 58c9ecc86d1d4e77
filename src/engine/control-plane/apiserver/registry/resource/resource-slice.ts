/**
 * ResourceSlices: the devices a driver has on a Node.
 * @upstream pkg/registry/resource/resourceslice/strategy.go, pkg/apis/resource/validation/validation.go
 */
import {
  type Device,
  type DeviceAttribute,
  type DeviceTaint,
  type ResourcePool,
  type ResourceSlice,
  type ResourceSliceSpec,
  resourceSlices,
} from '#engine/api';
import {
  compareText,
  fieldErrors,
  isQualifiedName,
  isQuantity,
  isValidLabelValue,
  semanticEqual,
} from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { checkNodeSelector } from '../core/pod-validation-affinity.ts';
import { fieldDescription } from '../descriptions.ts';
import type { Strategy } from '../strategy.ts';
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkFormat,
  checkImmutable,
  checkOneOf,
  type Errors,
  nameIsDnsSubdomain,
} from '../validation.ts';
import { checkAttributeName, checkDriverName, checkItems } from './device-claim.ts';

const MAX_DEVICES = 128;
const MAX_DEVICES_ADVANCED = 64;
const MAX_PER_DEVICE = 32;
const MAX_TAINTS = 16;
const MAX_CONSUMED = 2;
const MAX_COUNTER_SETS = 8;
const MAX_POOL_NAME = 253;
const MAX_TEXT = 64;
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-((0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(\+([0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*))?$/;
const PLACES = '`nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection`';
const UNSET_OR_TRUE = 'must be either unset or set to true';

function checkPool(errors: Errors, { name = '', resourceSliceCount = 0, generation = 0 }: ResourcePool): void {
  const path = 'spec.pool.name';
  if (name === '') errors.push(fieldErrors.required(path));
  else {
    if (name.length > MAX_POOL_NAME) errors.push(fieldErrors.tooLong(path, MAX_POOL_NAME));
    for (const part of name.split('/')) checkDnsSubdomain(errors, path, part);
  }
  if (resourceSliceCount <= 0) {
    errors.push(fieldErrors.invalid('spec.pool.resourceSliceCount', resourceSliceCount, 'must be greater than zero'));
  }
  if (generation < 0) {
    errors.push(fieldErrors.invalid('spec.pool.generation', generation, 'must be greater than or equal to zero'));
  }
}

/** Exactly one way to say which Nodes reach the devices. */
function checkPlace(errors: Errors, spec: ResourceSliceSpec): void {
  const set: string[] = [];
  if (spec.nodeName === '') {
    errors.push(fieldErrors.invalid('spec.nodeName', '', 'must be either unset or set to a non-empty string'));
  } else if (spec.nodeName !== undefined) {
    set.push('`nodeName`');
    checkDnsSubdomain(errors, 'spec.nodeName', spec.nodeName);
  }
  if (spec.nodeSelector) {
    set.push('`nodeSelector`');
    checkNodeSelector(errors, 'spec.nodeSelector', spec.nodeSelector);
    const terms = spec.nodeSelector.nodeSelectorTerms ?? [];
    if (terms.length !== 1) {
      const path = 'spec.nodeSelector.nodeSelectorTerms';
      errors.push(fieldErrors.invalid(path, terms, 'must have exactly one node selector term'));
    }
  }
  for (const field of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[field] === true) set.push(`\`${field}\``);
    else if (spec[field] === false) errors.push(fieldErrors.invalid(`spec.${field}`, false, UNSET_OR_TRUE));
  }
  if (set.length === 0) errors.push(fieldErrors.required('spec', `exactly one of ${PLACES} is required`));
  else if (set.length > 1) {
    const why = `exactly one of ${PLACES} is required, but multiple fields are set`;
    errors.push(fieldErrors.invalid('spec', `{${set.join(', ')}}`, why));
  }
}

function checkAttribute(errors: Errors, at: string, attribute: DeviceAttribute): void {
  const { string, version, bool, int } = attribute;
  if (string !== undefined && string.length > MAX_TEXT) errors.push(fieldErrors.tooLong(`${at}.string`, MAX_TEXT));
  if (version !== undefined && !SEMVER.test(version)) {
    const why = 'must be a string compatible with semver.org spec 2.0.0';
    errors.push(fieldErrors.invalid(`${at}.version`, version, why));
  }
  if (version !== undefined && version.length > MAX_TEXT) errors.push(fieldErrors.tooLong(`${at}.version`, MAX_TEXT));
  const set = Object.values(attribute).filter((value) => value !== undefined).length;
  if (set === 1) return;
  const form = {
    IntValue: int ?? null,
    BoolValue: bool ?? null,
    StringValue: string ?? null,
    VersionValue: version ?? null,
  };
  errors.push(fieldErrors.invalid(at, set === 0 ? '' : form, 'exactly one value must be specified'));
}

function checkTaint(errors: Errors, at: string, { key = '', value = '', effect = '' }: DeviceTaint): void {
  checkFormat(errors, `${at}.key`, key, isQualifiedName);
  checkFormat(errors, `${at}.value`, value, isValidLabelValue);
  checkOneOf(errors, `${at}.effect`, effect, ['NoExecute', 'NoSchedule', 'None']);
}

function checkDevice(errors: Errors, at: string, device: Device): void {
  const { name = '', attributes = {}, capacity = {} } = device;
  checkDnsLabel(errors, `${at}.name`, name);
  const total = Object.keys(attributes).length + Object.keys(capacity).length;
  if (total > MAX_PER_DEVICE) {
    const why = `the total number of attributes and capacities must not exceed ${MAX_PER_DEVICE}`;
    errors.push(fieldErrors.invalid(at, total, why));
  }
  for (const key of Object.keys(attributes).sort(compareText)) {
    const path = `${at}.attributes[${key}]`;
    checkAttributeName(errors, path, key, false);
    checkAttribute(errors, path, attributes[key] as DeviceAttribute);
  }
  for (const key of Object.keys(capacity).sort(compareText)) {
    checkAttributeName(errors, `${at}.capacity[${key}]`, key, false);
    const { value } = capacity[key] as { readonly value: string };
    if (!isQuantity(value))
      errors.push(fieldErrors.invalid(`${at}.capacity[${key}].value`, value, 'must be a quantity'));
  }
  checkItems(errors, `${at}.taints`, device.taints, MAX_TAINTS, (taint, path) => checkTaint(errors, path, taint));
}

/** A device of its own Nodes says which, in a slice that leaves it to its devices; in others it says nothing. */
function checkDevicePlace(errors: Errors, at: string, device: Device, perDevice: boolean): void {
  const { nodeName, nodeSelector, allNodes } = device;
  if (!perDevice) {
    if (nodeName === undefined && !nodeSelector && allNodes === undefined) return;
    const why =
      '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
    errors.push(fieldErrors.invalid(at, undefined, why));
    return;
  }
  const set: string[] = [];
  if (nodeName === '') errors.push(fieldErrors.invalid(`${at}.nodeName`, '', 'must not be empty'));
  else if (nodeName !== undefined) {
    set.push('`nodeName`');
    checkDnsSubdomain(errors, `${at}.nodeName`, nodeName);
  }
  if (nodeSelector) {
    set.push('`nodeSelector`');
    checkNodeSelector(errors, `${at}.nodeSelector`, nodeSelector);
  }
  if (allNodes === true) set.push('`allNodes`');
  else if (allNodes === false) errors.push(fieldErrors.invalid(`${at}.allNodes`, false, UNSET_OR_TRUE));
  const why =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  if (set.length === 0) errors.push(fieldErrors.required(at, why));
  else if (set.length > 1) errors.push(fieldErrors.invalid(at, `{${set.join(', ')}}`, why));
}

type Counters = { readonly [name: string]: unknown };

/** What a set of counters is called and has, where a device has it or takes from it. */
function checkCounters(errors: Errors, at: string, field: string, name: string, counters: Counters): void {
  if (name === '') errors.push(fieldErrors.required(`${at}.${field}`));
  else checkDnsLabel(errors, `${at}.${field}`, name);
  const names = Object.keys(counters).sort(compareText);
  if (names.length === 0) errors.push(fieldErrors.required(`${at}.counters`));
  for (const one of names) checkDnsLabel(errors, `${at}.counters`, one);
  if (names.length > MAX_PER_DEVICE) errors.push(fieldErrors.tooMany(`${at}.counters`, names.length, MAX_PER_DEVICE));
}

function validate(slice: ResourceSlice, current?: ResourceSlice): Errors {
  const { spec } = slice;
  const errors: Errors = [];
  checkDriverName(errors, 'spec.driver', spec?.driver ?? '');
  checkPool(errors, spec?.pool ?? { name: '', generation: 0, resourceSliceCount: 0 });
  if (current) {
    checkImmutable(errors, 'spec.pool.name', spec?.pool?.name, current.spec?.pool?.name);
    checkImmutable(errors, 'spec.driver', spec?.driver, current.spec?.driver);
    checkImmutable(errors, 'spec.nodeName', spec?.nodeName, current.spec?.nodeName);
  }
  if (!spec) return errors;
  checkPlace(errors, spec);
  if (spec.sharedCounters && spec.devices) {
    errors.push(fieldErrors.invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed'));
  }
  const devices = spec.devices ?? [];
  const advanced = devices.some(
    ({ taints = [], consumesCounters = [] }) => taints.length + consumesCounters.length > 0,
  );
  const max = advanced ? MAX_DEVICES_ADVANCED : MAX_DEVICES;
  const check = (device: Device, at: string) => {
    checkDevice(errors, at, device);
    checkItems(
      errors,
      `${at}.consumesCounters`,
      device.consumesCounters,
      MAX_CONSUMED,
      ({ counterSet = '', counters = {} }, path) => checkCounters(errors, path, 'counterSet', counterSet, counters),
      ({ counterSet }) => counterSet,
    );
    checkDevicePlace(errors, at, device, spec.perDeviceNodeSelection === true);
  };
  checkItems(errors, 'spec.devices', devices, max, check, ({ name }) => name);
  const checkSet = ({ name = '', counters = {} }: { readonly name: string; readonly counters: Counters }, at: string) =>
    checkCounters(errors, at, 'name', name, counters);
  checkItems(errors, 'spec.sharedCounters', spec.sharedCounters, MAX_COUNTER_SETS, checkSet, ({ name }) => name);
  return errors;
}

/** @fidelity partial: partitionable devices and their counters are kept, not checked in every detail */
export const resourceSliceStrategy: Strategy<ResourceSlice> = {
  resource: resourceSlices,
  validateName: nameIsDnsSubdomain,
  validate: (slice) => validate(slice),
  validateUpdate: validate,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  allowUnconditionalUpdate: true,
  fieldSelectors: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.driver': ({ spec }) => spec?.driver ?? '',
  },
  unknownFieldSelector: (field) => `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  columns: [
    nameColumn,
    column('Node', 'string', fieldDescription('ResourceSliceSpec', 'nodeName'), (o) => o.spec?.nodeName ?? '<unset>'),
    column('Driver', 'string', fieldDescription('ResourceSliceSpec', 'driver'), (o) => o.spec?.driver ?? ''),
    column('Pool', 'string', fieldDescription('ResourcePool', 'name'), (o) => o.spec?.pool?.name ?? ''),
    ageColumn,
  ],
};
