/**
 * A Job's rules about failures and about success.
 * @upstream pkg/apis/batch/validation/validation.go
 */
import type { JobSpec, PodFailurePolicy, PodFailurePolicyRule, SuccessPolicy, SuccessPolicyRule } from '#engine/api';
import { fieldErrors } from '#engine/apimachinery';
import { checkNonNegative, checkQualifiedName, type Errors } from '../validation.ts';
import { countIndexes } from './indexes.ts';

const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_CONDITIONS = 20;
const MAX_INDEXES_LENGTH = 64 * 1024;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

/** How Go prints a list of strings with %q. */
const quotedList = (values: readonly string[]) => `[${values.map((value) => `"${value}"`).join(' ')}]`;

type ExitCodes = NonNullable<PodFailurePolicyRule['onExitCodes']>;
type Conditions = NonNullable<PodFailurePolicyRule['onPodConditions']>;

/** A fault of a whole struct that does not print it. */
export const faulty = (errors: Errors, path: string, why: string) =>
  errors.push({ ...fieldErrors.invalid(path, '', why), body: `Invalid value: ${why}` });

function checkChoice(errors: Errors, path: string, value: string | undefined, choice: readonly string[]): void {
  if (!value) errors.push(fieldErrors.required(path, `valid values: ${quotedList(choice)}`));
  else if (!choice.includes(value)) errors.push(fieldErrors.notSupported(path, value, choice));
}

function checkExitCodes(errors: Errors, path: string, onExitCodes: ExitCodes, names: ReadonlySet<string>): void {
  const { operator, containerName, values } = onExitCodes;
  checkChoice(errors, `${path}.operator`, operator, OPERATORS);
  if (containerName !== undefined && !names.has(containerName)) {
    const why = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldErrors.invalid(`${path}.containerName`, containerName, why));
  }
  const at = `${path}.values`;
  if (!values || values.length === 0) {
    errors.push(fieldErrors.invalid(at, values ?? null, 'at least one value is required'));
  } else if (values.length > MAX_EXIT_CODES) errors.push(fieldErrors.tooMany(at, values.length, MAX_EXIT_CODES));
  const seen = new Set<number>();
  let ordered = true;
  for (const [i, value] of (values ?? []).entries()) {
    if (operator === 'In' && value === 0) {
      errors.push(fieldErrors.invalid(`${at}[${i}]`, value, 'must not be 0 for the In operator'));
    }
    if (seen.has(value)) errors.push(fieldErrors.duplicate(`${at}[${i}]`, value));
    seen.add(value);
    if (i > 0 && (values?.[i - 1] ?? 0) > value) ordered = false;
  }
  if (!ordered) errors.push(fieldErrors.invalid(at, values, 'must be ordered'));
}

function checkConditions(errors: Errors, path: string, patterns: Conditions): void {
  if (patterns.length > MAX_CONDITIONS) errors.push(fieldErrors.tooMany(path, patterns.length, MAX_CONDITIONS));
  for (const [i, { type = '', status }] of patterns.entries()) {
    checkQualifiedName(errors, `${path}[${i}].type`, type);
    checkChoice(errors, `${path}[${i}].status`, status, STATUSES);
  }
}

function checkRule(
  errors: Errors,
  path: string,
  spec: JobSpec,
  rule: PodFailurePolicyRule,
  names: ReadonlySet<string>,
): void {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) {
      errors.push(fieldErrors.invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
    }
  } else checkChoice(errors, `${path}.action`, action, ACTIONS);
  if (onExitCodes) checkExitCodes(errors, `${path}.onExitCodes`, onExitCodes, names);
  if (onPodConditions.length > 0) checkConditions(errors, `${path}.onPodConditions`, onPodConditions);
  if (onExitCodes && onPodConditions.length > 0) {
    faulty(errors, path, 'specifying both OnExitCodes and OnPodConditions is not supported');
  }
  if (!onExitCodes && onPodConditions.length === 0) {
    faulty(errors, path, 'specifying one of OnExitCodes and OnPodConditions is required');
  }
}

export function checkPodFailurePolicy(errors: Errors, path: string, spec: JobSpec, policy: PodFailurePolicy): void {
  const rules = policy.rules ?? [];
  if (rules.length > MAX_RULES) errors.push(fieldErrors.tooMany(`${path}.rules`, rules.length, MAX_RULES));
  const { containers = [], initContainers = [] } = spec.template.spec ?? {};
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  for (const [i, rule] of rules.entries()) checkRule(errors, `${path}.rules[${i}]`, spec, rule, names);
}

function checkSuccessRule(errors: Errors, path: string, rule: SuccessPolicyRule, completions: number): void {
  const { succeededCount, succeededIndexes } = rule;
  if (succeededCount === undefined && succeededIndexes === undefined) {
    const why = 'at least one of succeededCount or succeededIndexes must be specified';
    errors.push(fieldErrors.required(path, why));
  }
  let named = 0;
  if (succeededIndexes !== undefined) {
    const at = `${path}.succeededIndexes`;
    if (succeededIndexes.length > MAX_INDEXES_LENGTH) errors.push(fieldErrors.tooLong(at, MAX_INDEXES_LENGTH));
    const { total, fault } = countIndexes(succeededIndexes, completions);
    if (fault) errors.push(fieldErrors.invalid(at, succeededIndexes, `error parsing succeededIndexes: ${fault}`));
    named = total;
  }
  if (succeededCount === undefined) return;
  const at = `${path}.succeededCount`;
  checkNonNegative(errors, at, succeededCount);
  if (succeededCount > completions) {
    const why = `must be less than or equal to ${completions} (the number of specified completions)`;
    errors.push(fieldErrors.invalid(at, succeededCount, why));
  }
  if (succeededIndexes !== undefined && succeededCount > named) {
    const why = `must be less than or equal to ${named} (the number of indexes in the specified succeededIndexes field)`;
    errors.push(fieldErrors.invalid(at, succeededCount, why));
  }
}

export function checkSuccessPolicy(errors: Errors, path: string, policy: SuccessPolicy, completions: number): void {
  const rules = policy.rules ?? [];
  if (rules.length === 0) {
    const why = 'at least one rules must be specified when the successPolicy is specified';
    errors.push(fieldErrors.required(`${path}.rules`, why));
  }
  if (rules.length > MAX_RULES) errors.push(fieldErrors.tooMany(`${path}.rules`, rules.length, MAX_RULES));
  for (const [i, rule] of rules.entries()) checkSuccessRule(errors, `${path}.rules[${i}]`, rule, completions);
}

/** As Go prints the internal struct. */
export const printSuccessPolicy = (policy: SuccessPolicy | undefined): unknown =>
  policy
    ? {
        Rules: (policy.rules ?? []).map(({ succeededIndexes, succeededCount }) => ({
          SucceededIndexes: succeededIndexes ?? null,
          SucceededCount: succeededCount ?? null,
        })),
      }
    : null;

/** As Go prints the internal struct. */
export const printFailurePolicy = (policy: PodFailurePolicy | undefined): unknown =>
  policy
    ? {
        Rules: (policy.rules ?? []).map(({ action, onExitCodes, onPodConditions }) => ({
          Action: action ?? '',
          OnExitCodes: onExitCodes
            ? {
                ContainerName: onExitCodes.containerName ?? null,
                Operator: onExitCodes.operator ?? '',
                Values: onExitCodes.values ?? null,
              }
            : null,
          OnPodConditions: onPodConditions
            ? onPodConditions.map(({ type, status }) => ({ Type: type ?? '', Status: status ?? '' }))
            : null,
        })),
      }
    : null;
