/**
 * ResourceQuotas: how much all objects of a namespace together may ask for.
 * @upstream pkg/registry/core/resourcequota/strategy.go, pkg/apis/core/validation/validation.go, pkg/apis/core/helper/helpers.go
 */
import { type ResourceQuota, type ResourceQuotaSpec, resourceQuotas } from '#engine/api';
import { canonicalQuantity, fieldErrors } from '#engine/apimachinery';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkImmutable, type Errors } from '../validation.ts';
import { isHugePages } from './pod-resources.ts';
import { checkResourceAmount, checkResourceName } from './resource-names.ts';

type Quantities = { readonly [resource: string]: string };

const NO_STATUS = Object.freeze({});
const COMPUTE = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const COUNTED = [
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
  'services.loadbalancers',
  'services.nodeports',
];
const STORAGE = ['ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage', 'requests.storage'];
const STANDARD = new Set([...COMPUTE, ...COUNTED, ...STORAGE]);

const isStandard = (name: string) => STANDARD.has(name) || isHugePages(name.replace(/^requests\./, ''));

/** Resources that a quota of a scope may count. */
const OF_PODS = new Set(['pods', ...COMPUTE]);
const SCOPES: { readonly [scope: string]: ReadonlySet<string> } = {
  Terminating: OF_PODS,
  NotTerminating: OF_PODS,
  NotBestEffort: OF_PODS,
  PriorityClass: OF_PODS,
  CrossNamespacePodAffinity: OF_PODS,
  BestEffort: new Set(['pods']),
  VolumeAttributesClass: new Set(['persistentvolumeclaims', 'requests.storage']),
};
/** Scopes that are or are not, without values. */
const PLAIN = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

function checkQuantities(errors: Errors, path: string, quantities: Quantities | undefined): void {
  for (const [name, amount] of Object.entries(quantities ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const at = `${path}[${name}]`;
    checkResourceName(errors, at, name);
    if (!name.includes('/') && !isStandard(name)) {
      errors.push(fieldErrors.invalid(at, name, 'must be a standard resource for quota'));
    }
    checkResourceAmount(errors, at, name, amount);
  }
}

const conflicting = (scopes: readonly string[]) =>
  CONFLICTS.some(([one, other]) => scopes.includes(one) && scopes.includes(other));

/** The standard resources of the quota that the scope does not count; every one is a fault. */
const misfits = (scope: string, hard: Quantities | undefined) =>
  Object.keys(hard ?? {}).filter((name) => isStandard(name) && SCOPES[scope]?.has(name) === false);

function checkScopes(errors: Errors, { scopes = [], hard }: ResourceQuotaSpec): void {
  const refuse = (why: string) => errors.push(fieldErrors.invalid('spec.scopes', scopes, why));
  for (const scope of scopes) {
    if (!SCOPES[scope]) refuse('unsupported scope');
    for (const _ of misfits(scope, hard)) refuse('unsupported scope applied to resource');
  }
  if (conflicting(scopes)) refuse('conflicting scopes');
}

const NO_VALUES = `must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity`;

/** As Go prints the internal struct. */
const selectorValue = (requirements: NonNullable<ResourceQuotaSpec['scopeSelector']>['matchExpressions'] = []) => ({
  MatchExpressions: requirements.map(({ scopeName, operator, values }) => ({
    ScopeName: scopeName,
    Operator: operator,
    Values: values ?? null,
  })),
});

function checkScopeSelector(errors: Errors, spec: ResourceQuotaSpec): void {
  const path = 'spec.scopeSelector.matchExpressions';
  const requirements = spec.scopeSelector?.matchExpressions ?? [];
  for (const { scopeName, operator, values = [] } of requirements) {
    if (!SCOPES[scopeName]) errors.push(fieldErrors.invalid(`${path}.scopeName`, scopeName, 'unsupported scope'));
    for (const _ of misfits(scopeName, spec.hard)) {
      errors.push(fieldErrors.invalid(path, selectorValue(requirements), 'unsupported scope applied to resource'));
    }
    if (PLAIN.includes(scopeName) && operator !== 'Exists') {
      errors.push(fieldErrors.invalid(`${path}.operator`, operator, NO_VALUES));
    }
    if (operator === 'In' || operator === 'NotIn') {
      const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
      if (values.length === 0) errors.push(fieldErrors.required(`${path}.values`, why));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
      if (values.length > 0) errors.push(fieldErrors.invalid(`${path}.values`, values, why));
    } else errors.push(fieldErrors.invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  if (conflicting(requirements.map(({ scopeName }) => scopeName))) {
    errors.push(fieldErrors.invalid(path, spec.scopes ?? null, 'conflicting scopes'));
  }
}

function validate({ spec = {} }: ResourceQuota): Errors {
  const errors: Errors = [];
  checkQuantities(errors, 'spec.hard', spec.hard);
  checkScopes(errors, spec);
  checkScopeSelector(errors, spec);
  return errors;
}

function validateUpdate(next: ResourceQuota, current: ResourceQuota): Errors {
  const errors = validate(next);
  const sorted = (quota: ResourceQuota) => [...(quota.spec?.scopes ?? [])].sort();
  checkImmutable(errors, 'spec.scopes', sorted(next), sorted(current), next.spec?.scopes ?? null);
  return errors;
}

const status: SubresourceStrategy<ResourceQuota> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: (next) => {
    const errors: Errors = [];
    checkQuantities(errors, 'status.hard', next.status?.hard);
    checkQuantities(errors, 'status.used', next.status?.used);
    return errors;
  },
};

/** `cpu: 1/2, pods: 3/10` of the limits, or of everything else. */
function usage({ status: { hard = {}, used = {} } = {} }: ResourceQuota, limits: boolean): string {
  return Object.keys(hard)
    .filter((name) => name.startsWith('limits') === limits)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => `${name}: ${canonicalQuantity(used[name] ?? '0')}/${canonicalQuantity(hard[name] as string)}`)
    .join(', ');
}

/** @fidelity full */
export const resourceQuotaStrategy: Strategy<ResourceQuota> = {
  resource: resourceQuotas,
  shortNames: ['quota'],
  prepareForCreate: (quota) => withMember(quota, 'status', NO_STATUS),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate,
  status,
  allowUnconditionalUpdate: true,
  columns: [
    nameColumn,
    column(
      'Request',
      'string',
      'Request represents a minimum amount of cpu/memory that a container may consume.',
      (o) => usage(o, false),
    ),
    column(
      'Limit',
      'string',
      'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
      (o) => usage(o, true),
    ),
    ageColumn,
  ],
};
