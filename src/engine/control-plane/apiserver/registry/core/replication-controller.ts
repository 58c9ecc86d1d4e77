/**
 * ReplicationControllers.
 * @upstream pkg/registry/core/replicationcontroller/strategy.go, pkg/apis/core/v1/defaults.go, pkg/apis/core/validation/validation.go
 */
import { type ReplicationController, type ReplicationControllerSpec, replicationControllers } from '#engine/api';
import { fieldErrors, labelsAsMatcher, matchesLabels, semanticEqual } from '#engine/apimachinery';
import { podNameWarnings } from '../apps/deployment.ts';
import { checkStatusCounts } from '../apps/status-counts.ts';
import { labelsValue, MISMATCH } from '../apps/workload-defaults.ts';
import { ageColumn, column, formatLabels, nameColumn, templateColumns } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember, withPointerDefaults } from '../sharing.ts';
import type { ScaleStrategy, Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkNonNegative, type Errors, nameIsDnsSubdomain } from '../validation.ts';
import { defaultPodTemplateSpec } from './pod-spec-defaults.ts';
import { checkAlwaysRestarts, checkPodTemplateSpec } from './pod-template-validation.ts';
import { podTemplateWarnings } from './pod-warnings.ts';

const isEmpty = (labels: object | undefined): boolean => labels === undefined || Object.keys(labels).length === 0;

/** The template's labels stand in for a selector and labels that were not given. */
function defaults(controller: ReplicationController): ReplicationController {
  const before: ReplicationControllerSpec = controller.spec ?? {};
  let spec = withPointerDefaults(before, { replicas: 1 });
  let { metadata } = controller;
  const labels = spec.template?.metadata?.labels;
  if (labels && isEmpty(spec.selector)) spec = withMember(spec, 'selector', labels);
  if (labels && isEmpty(metadata.labels)) metadata = withMember(metadata, 'labels', labels);
  if (spec.template) spec = withMember(spec, 'template', defaultPodTemplateSpec(spec.template));
  const next = withMember(withMember(controller, 'metadata', metadata), 'spec', spec);
  return withPointerDefaults(next, { status: { replicas: 0 } });
}

function validate({ spec }: ReplicationController): Errors {
  const errors: Errors = [];
  const { selector = {}, template } = spec;
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  if (isEmpty(selector)) errors.push(fieldErrors.required('spec.selector'));
  checkNonNegative(errors, 'spec.replicas', spec.replicas);
  if (!template) {
    errors.push(fieldErrors.required('spec.template'));
    return errors;
  }
  if (!matchesLabels(labelsAsMatcher(selector), template.metadata?.labels)) {
    errors.push(fieldErrors.invalid('spec.template.metadata.labels', labelsValue(template), MISMATCH));
  }
  checkPodTemplateSpec(errors, 'spec.template', template);
  checkAlwaysRestarts(errors, 'spec.template', template, 'ReplicationController');
  return errors;
}

function warnings(next: ReplicationController, current?: ReplicationController): readonly string[] {
  const own = current ? [] : podNameWarnings(next.metadata.name);
  if (!next.spec.template || (current && semanticEqual(next.spec, current.spec))) return own;
  return [...own, ...podTemplateWarnings('spec.template', next.spec.template)];
}

const COUNTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'];

const status: SubresourceStrategy<ReplicationController> = {
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

const selectorText = ({ selector }: ReplicationControllerSpec): string =>
  isEmpty(selector) ? '' : formatLabels(selector);

const scale: ScaleStrategy<ReplicationController> = {
  get: ({ spec, status: { replicas = 0 } }) => ({
    specReplicas: spec.replicas ?? 0,
    statusReplicas: replicas,
    selector: selectorText(spec),
  }),
  set: (controller, replicas) => ({ ...controller, spec: withMember(controller.spec, 'replicas', replicas) }),
};

const docs = (field: string) => fieldDescription('ReplicationControllerStatus', field);

/** @fidelity full */
export const replicationControllerStrategy: Strategy<ReplicationController> = {
  resource: replicationControllers,
  shortNames: ['rc'],
  categories: ['all'],
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate: (controller) => withMember(controller, 'status', { replicas: 0 }),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate: validate,
  warnings,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  scale,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
  fieldSelectors: { 'status.replicas': (o) => String(o.status.replicas ?? 0) },
  columns: [
    nameColumn,
    column(
      'Desired',
      'integer',
      fieldDescription('ReplicationControllerSpec', 'replicas'),
      (o) => o.spec.replicas ?? 0,
    ),
    column('Current', 'integer', docs('replicas'), (o) => o.status.replicas ?? 0),
    column('Ready', 'integer', docs('readyReplicas'), (o) => o.status.readyReplicas ?? 0),
    ageColumn,
    ...templateColumns<ReplicationController>(
      (o) => o.spec.template?.spec,
      (o) => formatLabels(o.spec.selector),
      fieldDescription('ReplicationControllerSpec', 'selector'),
    ),
  ],
};
