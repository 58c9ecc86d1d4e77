/**
 * ReplicaSets.
 * @upstream pkg/registry/apps/replicaset/strategy.go, pkg/apis/apps/validation/validation.go
 */
import { type ReplicaSet, type ReplicaSetSpec, replicaSets } from '#engine/api';
import { type FieldError, fieldErrors, formatLabelSelector, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn, templateColumns } from '../columns.ts';
import { defaultPodTemplateSpec } from '../core/pod-spec-defaults.ts';
import { checkAlwaysRestarts, checkPodTemplateSpec } from '../core/pod-template-validation.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember, withPointerDefaults } from '../sharing.ts';
import type { ScaleStrategy, Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkImmutable, checkNonNegative, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { podNameWarnings } from './deployment.ts';
import { checkStatusCounts } from './status-counts.ts';
import { checkSelector, labelsValue, MISMATCH, matchTemplate, selectorValue } from './workload-defaults.ts';

function defaults(replicaSet: ReplicaSet): ReplicaSet {
  const before: ReplicaSetSpec = replicaSet.spec ?? ({} as ReplicaSetSpec);
  const spec = withMember(
    withPointerDefaults(before, { replicas: 1 }),
    'template',
    defaultPodTemplateSpec(before.template),
  );
  return withPointerDefaults(withMember(replicaSet, 'spec', spec), { status: { replicas: 0 } });
}

function validate({ spec }: ReplicaSet): Errors {
  const errors: Errors = [];
  const template = spec.template ?? {};
  checkNonNegative(errors, 'spec.replicas', spec.replicas);
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  checkSelector(errors, spec.selector, 'deployment');
  const match = matchTemplate(spec.selector, template);
  if (match === 'invalid') {
    errors.push(fieldErrors.invalid('spec.selector', selectorValue(spec.selector), 'invalid label selector'));
    return errors;
  }
  if (match === 'differs') {
    errors.push(fieldErrors.invalid('spec.template.metadata.labels', labelsValue(template), MISMATCH));
  }
  checkPodTemplateSpec(errors, 'spec.template', template);
  checkAlwaysRestarts(errors, 'spec.template', template, 'ReplicaSet');
  return errors;
}

function validateUpdate(next: ReplicaSet, current: ReplicaSet): readonly FieldError[] {
  const errors = validate(next);
  checkImmutable(errors, 'spec.selector', next.spec.selector, current.spec.selector, selectorValue(next.spec.selector));
  return errors;
}

function warnings(next: ReplicaSet, current?: ReplicaSet): readonly string[] {
  const own = current ? [] : podNameWarnings(next.metadata.name);
  if (current && semanticEqual(next.spec, current.spec)) return own;
  return [...own, ...podTemplateWarnings('spec.template', next.spec.template ?? {})];
}

const COUNTS = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'terminatingReplicas',
  'observedGeneration',
];

const status: SubresourceStrategy<ReplicaSet> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: (next) => {
    const errors: Errors = [];
    checkStatusCounts(errors, next.status, COUNTS, {
      atMostReplicas: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
      atMostReady: ['availableReplicas'],
    });
    return errors;
  },
};

const scale: ScaleStrategy<ReplicaSet> = {
  get: ({ spec, status: { replicas = 0 } }) => ({
    specReplicas: spec.replicas ?? 0,
    statusReplicas: replicas,
    selector: formatLabelSelector(spec.selector),
  }),
  set: (replicaSet, replicas) => ({ ...replicaSet, spec: withMember(replicaSet.spec, 'replicas', replicas) }),
};

/** @fidelity full */
export const replicaSetStrategy: Strategy<ReplicaSet> = {
  resource: replicaSets,
  shortNames: ['rs'],
  categories: ['all'],
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate: (replicaSet) => withMember(replicaSet, 'status', { replicas: 0 }),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate,
  warnings,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  scale,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    column('Desired', 'integer', fieldDescription('ReplicaSetSpec', 'replicas'), (o) => o.spec.replicas ?? 0),
    column('Current', 'integer', fieldDescription('ReplicaSetStatus', 'replicas'), (o) => o.status.replicas ?? 0),
    column(
      'Ready',
      'integer',
      fieldDescription('ReplicaSetStatus', 'readyReplicas'),
      (o) => o.status.readyReplicas ?? 0,
    ),
    ageColumn,
    ...templateColumns<ReplicaSet>(
      (o) => o.spec.template?.spec,
      (o) => formatLabelSelector(o.spec.selector),
      fieldDescription('ReplicaSetSpec', 'selector'),
    ),
  ],
};
