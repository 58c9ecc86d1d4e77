/**
 * What a Job's spec may say, alone or inside a CronJob.
 * @upstream pkg/apis/batch/validation/validation.go
 */
import type { JobSpec } from '#engine/api';
import { fieldErrors, isDns1123Subdomain } from '#engine/apimachinery';
import { checkPodTemplateSpec } from '../core/pod-template-validation.ts';
import { checkNonNegative, type Errors } from '../validation.ts';
import { checkPodFailurePolicy, checkSuccessPolicy, printSuccessPolicy } from './job-policy-validation.ts';

const MAX_PARALLELISM = 100_000;
const MAX_FAILED_INDEXES = 100_000;
const MANY_COMPLETIONS = 100_000;
const MAX_WITH_MANY = 10_000;
const MAX_MANAGED_BY = 63;
const RESTART_POLICIES = ['OnFailure', 'Never'];
const PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

/** A name such as `example.com/controller`. @upstream staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go */
function checkDomainPrefixedPath(errors: Errors, path: string, value: string): void {
  if (value === '') {
    errors.push(fieldErrors.required(path));
    return;
  }
  const slash = value.indexOf('/');
  const domain = slash < 0 ? value : value.slice(0, slash);
  const rest = slash < 0 ? '' : value.slice(slash + 1);
  if (domain === '' || rest === '') {
    errors.push(fieldErrors.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    return;
  }
  for (const fault of isDns1123Subdomain(domain)) errors.push(fieldErrors.invalid(path, domain, fault));
  if (new RegExp(`^${PATH}$`).test(rest)) return;
  errors.push(fieldErrors.invalid(path, rest, `Invalid path (regex used for validation is '${PATH}')`));
}

function checkManyCompletions(errors: Errors, path: string, spec: JobSpec): void {
  const { completions = 0, parallelism, maxFailedIndexes, backoffLimitPerIndex } = spec;
  if (completions <= MANY_COMPLETIONS || backoffLimitPerIndex === undefined) return;
  if (maxFailedIndexes === undefined) {
    const why = `must be specified when completions is above ${MANY_COMPLETIONS}`;
    errors.push(fieldErrors.required(`${path}.maxFailedIndexes`, why));
  }
  const why = `must be less than or equal to ${MAX_WITH_MANY} when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  for (const [field, value] of Object.entries({ parallelism, maxFailedIndexes })) {
    if (value !== undefined && value > MAX_WITH_MANY) errors.push(fieldErrors.invalid(`${path}.${field}`, value, why));
  }
}

function checkIndexed(errors: Errors, path: string, spec: JobSpec): void {
  const { completions, parallelism, maxFailedIndexes } = spec;
  if (completions === undefined) {
    errors.push(fieldErrors.required(`${path}.completions`, 'when completion mode is Indexed'));
  }
  if (parallelism !== undefined && parallelism > MAX_PARALLELISM) {
    const why = `must be less than or equal to ${MAX_PARALLELISM} when completion mode is Indexed`;
    errors.push(fieldErrors.invalid(`${path}.parallelism`, parallelism, why));
  }
  const at = `${path}.maxFailedIndexes`;
  if (maxFailedIndexes !== undefined) {
    if (completions !== undefined && maxFailedIndexes > completions) {
      errors.push(fieldErrors.invalid(at, maxFailedIndexes, 'must be less than or equal to completions'));
    }
    if (maxFailedIndexes > MAX_FAILED_INDEXES) {
      errors.push(fieldErrors.invalid(at, maxFailedIndexes, `must be less than or equal to ${MAX_FAILED_INDEXES}`));
    }
  }
  checkManyCompletions(errors, path, spec);
}

function checkCompletionMode(errors: Errors, path: string, spec: JobSpec): void {
  const { completionMode } = spec;
  if (completionMode !== undefined) {
    if (completionMode !== 'NonIndexed' && completionMode !== 'Indexed') {
      errors.push(fieldErrors.notSupported(`${path}.completionMode`, completionMode, ['NonIndexed', 'Indexed']));
    }
    if (completionMode === 'Indexed') checkIndexed(errors, path, spec);
  }
  if (completionMode !== undefined && completionMode !== 'NonIndexed') return;
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
    const value = spec[field];
    if (value === undefined) continue;
    errors.push(fieldErrors.invalid(`${path}.${field}`, value, 'requires indexed completion mode'));
  }
}

function checkReplacementPolicy(errors: Errors, path: string, spec: JobSpec): void {
  const { podReplacementPolicy, podFailurePolicy } = spec;
  if (podReplacementPolicy === undefined) return;
  const supported = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  if (supported.includes(podReplacementPolicy)) return;
  errors.push(fieldErrors.notSupported(`${path}.podReplacementPolicy`, podReplacementPolicy, supported));
}

function checkRestartPolicy(errors: Errors, path: string, spec: JobSpec): void {
  const at = `${path}.template.spec.restartPolicy`;
  const policy = spec.template.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') {
    errors.push(fieldErrors.required(at, 'valid values: "OnFailure", "Never"'));
  } else if (!RESTART_POLICIES.includes(policy)) {
    errors.push(fieldErrors.notSupported(at, policy, RESTART_POLICIES));
  } else if (spec.podFailurePolicy && policy !== 'Never') {
    errors.push(fieldErrors.invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
}

/** Everything but the selector: a CronJob has none. */
export function checkJobTemplate(errors: Errors, path: string, spec: JobSpec): void {
  checkNonNegative(errors, `${path}.parallelism`, spec.parallelism);
  checkNonNegative(errors, `${path}.completions`, spec.completions);
  checkNonNegative(errors, `${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds);
  checkNonNegative(errors, `${path}.backoffLimit`, spec.backoffLimit);
  checkNonNegative(errors, `${path}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished);
  checkNonNegative(errors, `${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex);
  if (spec.maxFailedIndexes !== undefined) {
    checkNonNegative(errors, `${path}.maxFailedIndexes`, spec.maxFailedIndexes);
    if (spec.backoffLimitPerIndex === undefined) {
      errors.push(fieldErrors.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
    }
  }
  if (spec.managedBy !== undefined) {
    checkDomainPrefixedPath(errors, `${path}.managedBy`, spec.managedBy);
    if (spec.managedBy.length > MAX_MANAGED_BY) errors.push(fieldErrors.tooLong(`${path}.managedBy`, MAX_MANAGED_BY));
  }
  checkCompletionMode(errors, path, spec);
  if (spec.podFailurePolicy) checkPodFailurePolicy(errors, `${path}.podFailurePolicy`, spec, spec.podFailurePolicy);
  if (spec.successPolicy) {
    const at = `${path}.successPolicy`;
    if (spec.completionMode !== 'Indexed') {
      const value = printSuccessPolicy(spec.successPolicy);
      errors.push(fieldErrors.invalid(at, value, 'requires indexed completion mode'));
    } else checkSuccessPolicy(errors, at, spec.successPolicy, spec.completions ?? 0);
  }
  checkReplacementPolicy(errors, path, spec);
  checkPodTemplateSpec(errors, `${path}.template`, spec.template);
  checkRestartPolicy(errors, path, spec);
}
