/**
 * Checks of affinities and of how Pods spread over a topology.
 * @upstream pkg/apis/core/validation/validation.go
 */
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from '#engine/api';
import { fieldErrors, isQualifiedName, isValidLabelValue, type LabelSelector } from '#engine/apimachinery';
import {
  checkFormat,
  checkLabelSelector,
  checkSupported,
  type Errors,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
} from '../validation.ts';

function checkExpression(errors: Errors, at: string, requirement: NodeSelectorRequirement, anyValue: boolean): void {
  const { key = '', operator = '', values = [] } = requirement;
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(fieldErrors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(
        fieldErrors.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      );
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      errors.push(
        fieldErrors.required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
      );
    }
  } else errors.push(fieldErrors.invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  checkFormat(errors, `${at}.key`, key, isQualifiedName);
  if (anyValue) return;
  for (const [i, value] of values.entries()) checkFormat(errors, `${at}.values[${i}]`, value, isValidLabelValue);
}

function checkField(
  errors: Errors,
  at: string,
  { key = '', operator = '', values = [] }: NodeSelectorRequirement,
): void {
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(fieldErrors.invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(fieldErrors.required(`${at}.values`, why));
  }
  if (key !== 'metadata.name') errors.push(fieldErrors.invalid(`${at}.key`, key, 'not a valid field selector key'));
  else for (const [i, value] of values.entries()) checkFormat(errors, `${at}.values[${i}]`, value, nameIsDnsSubdomain);
}

function checkTerm(
  errors: Errors,
  at: string,
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  anyValue: boolean,
): void {
  for (const [i, one] of matchExpressions.entries())
    checkExpression(errors, `${at}.matchExpressions[${i}]`, one, anyValue);
  for (const [i, one] of matchFields.entries()) checkField(errors, `${at}.matchFields[${i}]`, one);
}

/** A selector of Nodes by their labels and names. */
export function checkNodeSelector(errors: Errors, at: string, { nodeSelectorTerms = [] }: NodeSelector): void {
  const path = `${at}.nodeSelectorTerms`;
  if (nodeSelectorTerms.length === 0)
    errors.push(fieldErrors.required(path, 'must have at least one node selector term'));
  for (const [i, term] of nodeSelectorTerms.entries()) checkTerm(errors, `${path}[${i}]`, term, false);
}

function checkLabelKeys(
  errors: Errors,
  at: string,
  keys: readonly string[],
  selector: LabelSelector | undefined,
): void {
  if (keys.length === 0) return;
  if (!selector) errors.push(fieldErrors.forbidden(at, 'must not be specified when labelSelector is not set'));
  else for (const [i, key] of keys.entries()) checkFormat(errors, `${at}[${i}]`, key, isQualifiedName);
}

/** A label key must not be asked for twice. By now the server has added match label keys to the selector as expressions. */
type KeyTerm = Pick<PodAffinityTerm, 'matchLabelKeys' | 'mismatchLabelKeys' | 'labelSelector'>;

function checkMatchLabelKeys(errors: Errors, at: string, term: KeyTerm): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  checkLabelKeys(errors, `${at}.matchLabelKeys`, matchLabelKeys, labelSelector);
  checkLabelKeys(errors, `${at}.mismatchLabelKeys`, mismatchLabelKeys, labelSelector);
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const index = matchLabelKeys.lastIndexOf(key);
    if (index >= 0 && seen.has(key)) {
      errors.push(fieldErrors.invalid(`${at}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    }
    seen.add(key);
  }
  for (const [i, key] of matchLabelKeys.entries()) {
    if (mismatchLabelKeys.includes(key)) {
      errors.push(
        fieldErrors.invalid(`${at}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'),
      );
    }
  }
}

function checkPodTerm(errors: Errors, at: string, term: PodAffinityTerm): void {
  const { topologyKey = '' } = term;
  checkLabelSelector(errors, `${at}.labelSelector`, term.labelSelector);
  checkLabelSelector(errors, `${at}.namespaceSelector`, term.namespaceSelector);
  for (const name of term.namespaces ?? []) checkFormat(errors, `${at}.namespace`, name, nameIsDnsLabel);
  checkMatchLabelKeys(errors, at, term);
  if (topologyKey === '') errors.push(fieldErrors.required(`${at}.topologyKey`, 'can not be empty'));
  checkFormat(errors, `${at}.topologyKey`, topologyKey, isQualifiedName);
}

function checkWeight(errors: Errors, at: string, weight = 0): void {
  if (weight <= 0 || weight > 100)
    errors.push(fieldErrors.invalid(`${at}.weight`, weight, 'must be in the range 1-100'));
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function checkPodAffinity(errors: Errors, at: string, affinity: PodAffinity): void {
  for (const [i, term] of (affinity[REQUIRED] ?? []).entries()) checkPodTerm(errors, `${at}.${REQUIRED}[${i}]`, term);
  for (const [i, { weight, podAffinityTerm }] of (affinity[PREFERRED] ?? []).entries()) {
    checkWeight(errors, `${at}.${PREFERRED}[${i}]`, weight);
    checkPodTerm(errors, `${at}.${PREFERRED}[${i}].podAffinityTerm`, podAffinityTerm);
  }
}

/** Affinities that were found valid: templates share them with their Pods. */
const valid = new WeakSet<Affinity>();

export function checkAffinity(errors: Errors, at: string, affinity: Affinity): void {
  if (valid.has(affinity)) return;
  const before = errors.length;
  const { nodeAffinity: node, podAffinity, podAntiAffinity } = affinity;
  if (node?.[REQUIRED]) checkNodeSelector(errors, `${at}.nodeAffinity.${REQUIRED}`, node[REQUIRED]);
  for (const [i, { weight, preference }] of (node?.[PREFERRED] ?? []).entries()) {
    checkWeight(errors, `${at}.nodeAffinity.${PREFERRED}[${i}]`, weight);
    checkTerm(errors, `${at}.nodeAffinity.${PREFERRED}[${i}].preference`, preference ?? {}, true);
  }
  if (podAffinity) checkPodAffinity(errors, `${at}.podAffinity`, podAffinity);
  if (podAntiAffinity) checkPodAffinity(errors, `${at}.podAntiAffinity`, podAntiAffinity);
  if (errors.length === before) valid.add(affinity);
}

const POLICIES = ['Honor', 'Ignore'];

function checkConstraint(
  errors: Errors,
  at: string,
  constraint: TopologySpreadConstraint,
  rest: readonly TopologySpreadConstraint[],
): void {
  const {
    maxSkew = 0,
    topologyKey = '',
    whenUnsatisfiable = '',
    minDomains,
    labelSelector,
    matchLabelKeys = [],
  } = constraint;
  if (maxSkew <= 0) errors.push(fieldErrors.invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'));
  if (topologyKey === '') errors.push(fieldErrors.required(`${at}.topologyKey`, 'can not be empty'));
  checkSupported(errors, `${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']);
  if (rest.some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable)) {
    errors.push(
      fieldErrors.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`),
    );
  }
  if (minDomains !== undefined) {
    if (minDomains <= 0) errors.push(fieldErrors.invalid(`${at}.minDomains`, minDomains, 'must be greater than zero'));
    if (whenUnsatisfiable !== 'DoNotSchedule') {
      const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      errors.push(fieldErrors.invalid(`${at}.minDomains`, minDomains, why));
    }
  }
  for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    if (constraint[field] !== undefined) checkSupported(errors, `${at}.${field}`, constraint[field], POLICIES);
  }
  if (matchLabelKeys.length > 0) checkMatchLabelKeys(errors, at, constraint);
  checkLabelSelector(errors, `${at}.labelSelector`, labelSelector);
}

export function checkTopologySpread(
  errors: Errors,
  path: string,
  constraints: readonly TopologySpreadConstraint[],
): void {
  for (const [i, constraint] of constraints.entries()) {
    checkConstraint(errors, `${path}[${i}]`, constraint, constraints.slice(i + 1));
  }
}
