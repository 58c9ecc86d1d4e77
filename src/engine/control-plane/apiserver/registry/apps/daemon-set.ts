/**
 * DaemonSets.
 * @upstream pkg/registry/apps/daemonset/strategy.go, pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go
 */
import {
  type DaemonSet,
  type DaemonSetSpec,
  type DaemonSetStatus,
  type DaemonSetUpdateStrategy,
  daemonSets,
} from '#engine/api';
import { type FieldError, fieldErrors, formatLabelSelector, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, formatLabels, nameColumn, templateColumns } from '../columns.ts';
import { defaultPodTemplateSpec } from '../core/pod-spec-defaults.ts';
import { checkAlwaysRestarts, checkPodTemplateSpec } from '../core/pod-template-validation.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember, withPointerDefaults } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import {
  checkImmutable,
  checkLabelSelector,
  checkNonNegative,
  type Errors,
  nameIsDnsSubdomain,
} from '../validation.ts';
import { checkAtMostHundredPercent, checkIntOrPercent, intOrPercentValue, rolloutValue } from './int-or-percent.ts';
import { isEmptySelector, labelsValue, MISMATCH, matchTemplate, selectorValue } from './workload-defaults.ts';

function defaultUpdateStrategy(strategy: DaemonSetUpdateStrategy | undefined): DaemonSetUpdateStrategy {
  const next = strategy?.type ? strategy : { ...strategy, type: 'RollingUpdate' };
  if (next.type !== 'RollingUpdate') return next;
  return withMember(
    next,
    'rollingUpdate',
    withPointerDefaults(next.rollingUpdate ?? {}, { maxUnavailable: 1, maxSurge: 0 }),
  );
}

const NO_STATUS: DaemonSetStatus = Object.freeze({
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
});

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** How often the template changed: an annotation that controllers of long ago read. */
const withTemplateGeneration = (daemonSet: DaemonSet, generation: string): DaemonSet => ({
  ...daemonSet,
  metadata: {
    ...daemonSet.metadata,
    annotations: { ...daemonSet.metadata.annotations, [TEMPLATE_GENERATION]: generation },
  },
});

function defaults(daemonSet: DaemonSet): DaemonSet {
  const before: DaemonSetSpec = daemonSet.spec ?? ({} as DaemonSetSpec);
  let spec = withPointerDefaults(before, { revisionHistoryLimit: 10 });
  spec = withMember(spec, 'updateStrategy', defaultUpdateStrategy(spec.updateStrategy));
  spec = withMember(spec, 'template', defaultPodTemplateSpec(spec.template));
  const next = withPointerDefaults(withMember(daemonSet, 'spec', spec), { status: NO_STATUS });
  // Written with every DaemonSet, so whoever creates one owns the annotation.
  return next.metadata.annotations?.[TEMPLATE_GENERATION] === undefined ? withTemplateGeneration(next, '0') : next;
}

function checkUpdateStrategy(errors: Errors, { type = '', rollingUpdate }: DaemonSetUpdateStrategy): void {
  if (type === 'OnDelete') return;
  const path = 'spec.updateStrategy.rollingUpdate';
  if (type !== 'RollingUpdate') {
    const value = { Type: type, RollingUpdate: rolloutValue(rollingUpdate) };
    errors.push(fieldErrors.notSupported('spec.updateStrategy', value, ['RollingUpdate', 'OnDelete']));
  } else if (!rollingUpdate) errors.push(fieldErrors.required(path));
  else {
    const { maxUnavailable, maxSurge } = rollingUpdate;
    checkIntOrPercent(errors, `${path}.maxUnavailable`, maxUnavailable);
    checkIntOrPercent(errors, `${path}.maxSurge`, maxSurge);
    checkAtMostHundredPercent(errors, `${path}.maxUnavailable`, maxUnavailable);
    checkAtMostHundredPercent(errors, `${path}.maxSurge`, maxSurge);
    const unavailable = intOrPercentValue(maxUnavailable) !== 0;
    const surge = intOrPercentValue(maxSurge) !== 0;
    if (unavailable && surge) {
      errors.push(fieldErrors.invalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
    } else if (!unavailable && !surge) {
      errors.push(fieldErrors.required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
    }
  }
}

function validate({ spec }: DaemonSet): Errors {
  const errors: Errors = [];
  checkLabelSelector(errors, 'spec.selector', spec.selector);
  if (matchTemplate(spec.selector, spec.template) === 'differs') {
    errors.push(fieldErrors.invalid('spec.template.metadata.labels', labelsValue(spec.template), MISMATCH));
  }
  if (spec.selector && isEmptySelector(spec.selector)) {
    errors.push(
      fieldErrors.invalid('spec.selector', selectorValue(spec.selector), 'empty selector is invalid for daemonset'),
    );
  }
  checkPodTemplateSpec(errors, 'spec.template', spec.template);
  checkAlwaysRestarts(errors, 'spec.template', spec.template, 'DaemonSet');
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  checkUpdateStrategy(errors, spec.updateStrategy ?? {});
  checkNonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  return errors;
}

function validateUpdate(next: DaemonSet, current: DaemonSet): readonly FieldError[] {
  const errors = validate(next);
  checkImmutable(errors, 'spec.selector', next.spec.selector, current.spec.selector, selectorValue(next.spec.selector));
  return errors;
}

const warnings = (next: DaemonSet, current?: DaemonSet): readonly string[] =>
  current && semanticEqual(next.spec, current.spec) ? [] : podTemplateWarnings('spec.template', next.spec.template);

const prepareForCreate = (daemonSet: DaemonSet): DaemonSet =>
  withTemplateGeneration(withMember(daemonSet, 'status', NO_STATUS), '1');

function prepareForUpdate(next: DaemonSet, current: DaemonSet): DaemonSet {
  const before = Number(current.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
  const changed = !semanticEqual(next.spec.template, current.spec.template);
  return withTemplateGeneration(withMember(next, 'status', current.status), String(changed ? before + 1 : before));
}

const COUNTS: readonly (keyof DaemonSetStatus)[] = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

const status: SubresourceStrategy<DaemonSet> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: (next, current) => {
    const errors: Errors = [];
    for (const field of COUNTS) checkNonNegative(errors, `status.${field}`, next.status[field] as number | undefined);
    const collisions = next.status.collisionCount ?? 0;
    if (collisions < (current.status.collisionCount ?? 0)) {
      errors.push(fieldErrors.invalid('status.collisionCount', collisions, 'cannot be decremented'));
    }
    return errors;
  },
};

const count = (name: string, field: keyof DaemonSetStatus) =>
  column<DaemonSet>(name, 'integer', fieldDescription('DaemonSetStatus', field), (o) => o.status[field] ?? 0);

/** A field there, an annotation only in the form clients see. */
function withoutTemplateGeneration(daemonSet: DaemonSet): DaemonSet {
  const { [TEMPLATE_GENERATION]: _, ...annotations } = daemonSet.metadata.annotations ?? {};
  const { annotations: __, ...metadata } = daemonSet.metadata;
  const some = Object.keys(annotations).length > 0;
  return { ...daemonSet, metadata: some ? { ...metadata, annotations } : metadata };
}

/** @fidelity full */
export const daemonSetStrategy: Strategy<DaemonSet> = {
  resource: daemonSets,
  shortNames: ['ds'],
  categories: ['all'],
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate,
  prepareForUpdate,
  validate,
  validateUpdate,
  warnings,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  inner: withoutTemplateGeneration,
  columns: [
    nameColumn,
    count('Desired', 'desiredNumberScheduled'),
    count('Current', 'currentNumberScheduled'),
    count('Ready', 'numberReady'),
    count('Up-to-date', 'updatedNumberScheduled'),
    count('Available', 'numberAvailable'),
    column('Node Selector', 'string', fieldDescription('PodSpec', 'nodeSelector'), (o) =>
      formatLabels(o.spec.template.spec?.nodeSelector),
    ),
    ageColumn,
    ...templateColumns<DaemonSet>(
      (o) => o.spec.template.spec,
      (o) => formatLabelSelector(o.spec.selector),
      fieldDescription('DaemonSetSpec', 'selector'),
    ),
  ],
};
