/**
 * What a HorizontalPodAutoscaler may say.
 * @upstream pkg/apis/autoscaling/validation/validation.go
 */
import type {
  V2CrossVersionObjectReference,
  V2HorizontalPodAutoscaler,
  V2HPAScalingRules,
  V2MetricIdentifier,
  V2MetricSpec,
  V2MetricTarget,
} from '#engine/api';
import { compareQuantity, fieldErrors, isQuantity, parseQuantity } from '#engine/apimachinery';
import { checkContainerResourceName } from '../core/resource-names.ts';
import { isPathSegment } from '../rbac/rules.ts';
import { checkDnsLabel, checkNonNegative, type Errors } from '../validation.ts';

const MAX_PERIOD = 1800;
const MAX_WINDOW = 3600;
const SELECT = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];
const SOURCES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const ZERO = parseQuantity('0');

const signOf = (amount: string): number => (isQuantity(amount) ? compareQuantity(parseQuantity(amount), ZERO) : 0);

/** What is wrong with an apiVersion; a group is asked for unless the kind is of the core group. */
function apiVersionFault({ apiVersion = '', kind }: V2CrossVersionObjectReference, anyGroup: boolean): string {
  const parts = apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  if (anyGroup || kind === 'ReplicationController') return '';
  return parts.length === 2 && parts[0] !== '' ? '' : 'apiVersion must specify API group';
}

interface ReferenceRules {
  /** An empty group is fine. */
  readonly anyGroup: boolean;
  /** The reference was like this before: what it says of versions is not looked at. */
  readonly anyVersion: boolean;
}

function checkReference(
  errors: Errors,
  path: string,
  reference: V2CrossVersionObjectReference,
  rules: ReferenceRules,
): void {
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field];
    if (!value) errors.push(fieldErrors.required(`${path}.${field}`));
    else for (const fault of isPathSegment(value)) errors.push(fieldErrors.invalid(`${path}.${field}`, value, fault));
  }
  const fault = rules.anyVersion ? '' : apiVersionFault(reference, rules.anyGroup);
  if (fault) errors.push(fieldErrors.invalid(`${path}.apiVersion`, reference.apiVersion ?? '', fault));
}

function checkTarget(errors: Errors, path: string, target: V2MetricTarget): void {
  const { type = '', value, averageValue, averageUtilization } = target;
  if (type === '') errors.push(fieldErrors.required(`${path}.type`, 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    errors.push(fieldErrors.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  }
  for (const [field, amount] of Object.entries({ value, averageValue })) {
    if (amount === undefined || signOf(amount) > 0) continue;
    errors.push(fieldErrors.invalid(`${path}.${field}`, amount, 'must be positive'));
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(fieldErrors.invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  }
}

function checkMetric(errors: Errors, path: string, { name }: V2MetricIdentifier): void {
  if (!name) errors.push(fieldErrors.required(`${path}.name`, 'must specify a metric name'));
  else for (const fault of isPathSegment(name)) errors.push(fieldErrors.invalid(`${path}.name`, name, fault));
}

/** Of a utilization and an amount there must be exactly one. */
function checkOneTarget(errors: Errors, path: string, { averageUtilization, averageValue }: V2MetricTarget): void {
  if (averageUtilization === undefined && averageValue === undefined) {
    const why = 'must set either a target raw value or a target utilization';
    errors.push(fieldErrors.required(`${path}.averageUtilization`, why));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    const why = 'may not set both a target raw value and a target utilization';
    errors.push(fieldErrors.forbidden(`${path}.averageValue`, why));
  }
}

const NO_TARGET: V2MetricTarget = { type: '' };
const NO_METRIC = { name: '' };

function checkObject(errors: Errors, path: string, source: NonNullable<V2MetricSpec['object']>): void {
  const { target = NO_TARGET } = source;
  const described = source.describedObject ?? { kind: '', name: '' };
  checkReference(errors, `${path}.describedObject`, described, { anyGroup: true, anyVersion: false });
  checkMetric(errors, `${path}.metric`, source.metric ?? NO_METRIC);
  checkTarget(errors, `${path}.target`, target);
  if (target.value === undefined && target.averageValue === undefined) {
    const why = 'must set either a target value or averageValue';
    errors.push(fieldErrors.required(`${path}.target.averageValue`, why));
  }
}

function checkExternal(errors: Errors, path: string, source: NonNullable<V2MetricSpec['external']>): void {
  const { target = NO_TARGET } = source;
  checkMetric(errors, `${path}.metric`, source.metric ?? NO_METRIC);
  checkTarget(errors, `${path}.target`, target);
  if (target.value === undefined && target.averageValue === undefined) {
    const why = 'must set either a target value for metric or a per-pod target';
    errors.push(fieldErrors.required(`${path}.target.averageValue`, why));
  }
  if (target.value !== undefined && target.averageValue !== undefined) {
    const why = 'may not set both a target value for metric and a per-pod target';
    errors.push(fieldErrors.forbidden(`${path}.target.value`, why));
  }
}

function checkPods(errors: Errors, path: string, source: NonNullable<V2MetricSpec['pods']>): void {
  const { target = NO_TARGET } = source;
  checkMetric(errors, `${path}.metric`, source.metric ?? NO_METRIC);
  checkTarget(errors, `${path}.target`, target);
  if (target.averageValue === undefined) {
    const why = 'must specify a positive target averageValue';
    errors.push(fieldErrors.required(`${path}.target.averageValue`, why));
  }
}

function checkResource(errors: Errors, path: string, source: NonNullable<V2MetricSpec['resource']>): void {
  if (!source.name) errors.push(fieldErrors.required(`${path}.name`, 'must specify a resource name'));
  checkTarget(errors, `${path}.target`, source.target ?? NO_TARGET);
  checkOneTarget(errors, `${path}.target`, source.target ?? NO_TARGET);
}

function checkContainerResource(
  errors: Errors,
  path: string,
  source: NonNullable<V2MetricSpec['containerResource']>,
): void {
  if (!source.name) errors.push(fieldErrors.required(`${path}.name`, 'must specify a resource name'));
  else checkContainerResourceName(errors, `${path}.name`, source.name);
  if (!source.container) errors.push(fieldErrors.required(`${path}.container`, 'must specify a container'));
  else checkDnsLabel(errors, `${path}.container`, source.container);
  checkTarget(errors, `${path}.target`, source.target ?? NO_TARGET);
  checkOneTarget(errors, `${path}.target`, source.target ?? NO_TARGET);
}

/** The first source is looked at; others must not be there. */
function checkSource(errors: Errors, path: string, spec: V2MetricSpec): readonly string[] {
  const { object, external, pods, resource, containerResource } = spec;
  const present = (['object', 'external', 'pods', 'resource', 'containerResource'] as const).filter((n) => spec[n]);
  if (object) checkObject(errors, `${path}.object`, object);
  else if (external) checkExternal(errors, `${path}.external`, external);
  else if (pods) checkPods(errors, `${path}.pods`, pods);
  else if (resource) checkResource(errors, `${path}.resource`, resource);
  else if (containerResource) checkContainerResource(errors, `${path}.containerResource`, containerResource);
  return present;
}

function checkMetricSpec(errors: Errors, path: string, spec: V2MetricSpec): void {
  const { type = '' } = spec;
  if (type === '') errors.push(fieldErrors.required(`${path}.type`, 'must specify a metric source type'));
  const known = SOURCES.includes(type);
  const unknown = fieldErrors.notSupported(`${path}.type`, type, SOURCES);
  if (!known) errors.push(unknown);
  const present = checkSource(errors, path, spec);
  const expected = type.charAt(0).toLowerCase() + type.slice(1);
  if (!known) errors.push(unknown);
  else if (!present.includes(expected)) {
    const why = 'must populate information for the given metric source';
    errors.push(fieldErrors.required(`${path}.${expected}`, why));
  }
  if (present.length === 1) return;
  for (const other of present) {
    if (other === expected) continue;
    errors.push(fieldErrors.forbidden(`${path}.${other}`, 'must populate the given metric source only'));
  }
}

function checkRules(errors: Errors, path: string, rules: V2HPAScalingRules | undefined): void {
  if (!rules) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  if (window !== undefined && window < 0) {
    const why = 'must be greater than or equal to zero';
    errors.push(fieldErrors.invalid(`${path}.stabilizationWindowSeconds`, window, why));
  }
  if (window !== undefined && window > MAX_WINDOW) {
    const why = `must be less than or equal to ${MAX_WINDOW}`;
    errors.push(fieldErrors.invalid(`${path}.stabilizationWindowSeconds`, window, why));
  }
  if (selectPolicy !== undefined && !SELECT.includes(selectPolicy)) {
    errors.push(fieldErrors.notSupported(`${path}.selectPolicy`, selectPolicy, SELECT));
  }
  if (policies.length === 0) {
    errors.push(fieldErrors.required(`${path}.policies`, 'must specify at least one Policy'));
  }
  for (const [i, { type = '', value = 0, periodSeconds = 0 }] of policies.entries()) {
    const at = `${path}.policies[${i}]`;
    if (!POLICY_TYPES.includes(type)) errors.push(fieldErrors.notSupported(`${at}.type`, type, POLICY_TYPES));
    if (value <= 0) errors.push(fieldErrors.invalid(`${at}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0) {
      errors.push(fieldErrors.invalid(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    }
    if (periodSeconds > MAX_PERIOD) {
      const why = `must be less than or equal to ${MAX_PERIOD}`;
      errors.push(fieldErrors.invalid(`${at}.periodSeconds`, periodSeconds, why));
    }
  }
  if (tolerance !== undefined && signOf(tolerance) < 0) {
    errors.push(fieldErrors.invalid(`${path}.tolerance`, tolerance, 'must be greater than or equal to 0'));
  }
}

/** `current` is absent on create. */
export function validateAutoscaler({ spec }: V2HorizontalPodAutoscaler, current?: V2HorizontalPodAutoscaler): Errors {
  const errors: Errors = [];
  const { minReplicas, maxReplicas = 0, metrics = [], behavior } = spec;
  const least = current?.spec.minReplicas === 0 ? 0 : 1;
  if (minReplicas !== undefined && minReplicas < least) {
    errors.push(fieldErrors.invalid('spec.minReplicas', minReplicas, `must be greater than or equal to ${least}`));
  }
  if (maxReplicas < 1) errors.push(fieldErrors.required('spec.maxReplicas', 'must be set and greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    const why = 'must be greater than or equal to `minReplicas`';
    errors.push(fieldErrors.invalid('spec.maxReplicas', maxReplicas, why));
  }
  const before = current?.spec.scaleTargetRef;
  const anyVersion = before !== undefined && apiVersionFault(before, false) !== '';
  const target = spec.scaleTargetRef ?? { kind: '', name: '' };
  checkReference(errors, 'spec.scaleTargetRef', target, { anyGroup: false, anyVersion });
  for (const [i, metric] of metrics.entries()) checkMetricSpec(errors, `spec.metrics[${i}]`, metric);
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    const why = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(fieldErrors.forbidden('spec.metrics', why));
  }
  checkRules(errors, 'spec.behavior.scaleUp', behavior?.scaleUp);
  checkRules(errors, 'spec.behavior.scaleDown', behavior?.scaleDown);
  return errors;
}

export function validateAutoscalerStatus({ status }: V2HorizontalPodAutoscaler): Errors {
  const errors: Errors = [];
  checkNonNegative(errors, 'status.currentReplicas', status.currentReplicas);
  checkNonNegative(errors, 'status.desiredReplicas', status.desiredReplicas);
  return errors;
}
