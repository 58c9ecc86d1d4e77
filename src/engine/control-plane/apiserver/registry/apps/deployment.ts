/**
 * Deployments.
 * @upstream pkg/registry/apps/deployment/strategy.go, pkg/apis/apps/v1/defaults.go, pkg/apis/apps/validation/validation.go
 */
import { type Deployment, type DeploymentSpec, type DeploymentStrategy, deployments } from '#engine/api';
import { type FieldError, fieldErrors, formatLabelSelector, isDns1123Label, semanticEqual } from '#engine/apimachinery';
import { ageColumn, column, nameColumn, templateColumns } from '../columns.ts';
import { defaultPodTemplateSpec } from '../core/pod-spec-defaults.ts';
import { checkAlwaysRestarts, checkPodTemplateSpec } from '../core/pod-template-validation.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import { withMember, withPointerDefaults } from '../sharing.ts';
import type { ScaleStrategy, Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkImmutable, checkNonNegative, type Errors, nameIsDnsSubdomain, printList } from '../validation.ts';
import { checkAtMostHundredPercent, checkIntOrPercent, intOrPercentValue, rolloutValue } from './int-or-percent.ts';
import { checkStatusCounts } from './status-counts.ts';
import { checkSelector, labelsValue, MISMATCH, matchTemplate, selectorValue } from './workload-defaults.ts';

function defaultStrategy(strategy: DeploymentStrategy | undefined): DeploymentStrategy {
  const next = strategy?.type ? strategy : { ...strategy, type: 'RollingUpdate' };
  if (next.type !== 'RollingUpdate') return next;
  const rollingUpdate = withPointerDefaults(next.rollingUpdate ?? {}, { maxUnavailable: '25%', maxSurge: '25%' });
  return withMember(next, 'rollingUpdate', rollingUpdate);
}

function defaults(deployment: Deployment): Deployment {
  const before: DeploymentSpec = deployment.spec ?? {};
  let spec = withPointerDefaults(before, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  spec = withMember(spec, 'strategy', defaultStrategy(spec.strategy));
  spec = withMember(spec, 'template', defaultPodTemplateSpec(spec.template));
  return withPointerDefaults(withMember(deployment, 'spec', spec), { status: {} });
}

function checkRollout(errors: Errors, strategy: DeploymentStrategy = {}): void {
  const { type = '', rollingUpdate } = strategy;
  const path = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') {
    if (rollingUpdate)
      errors.push(fieldErrors.forbidden(path, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type === 'RollingUpdate') {
    if (!rollingUpdate) {
      errors.push(fieldErrors.required(path, 'this should be defaulted and never be nil'));
      return;
    }
    const { maxUnavailable, maxSurge } = rollingUpdate;
    checkIntOrPercent(errors, `${path}.maxUnavailable`, maxUnavailable);
    checkIntOrPercent(errors, `${path}.maxSurge`, maxSurge);
    if (intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0) {
      errors.push(fieldErrors.invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
    }
    checkAtMostHundredPercent(errors, `${path}.maxUnavailable`, maxUnavailable);
  } else {
    const value = { Type: type, RollingUpdate: rolloutValue(rollingUpdate) };
    errors.push(fieldErrors.notSupported('spec.strategy', value, ['Recreate', 'RollingUpdate']));
  }
}

function validate({ spec }: Deployment): Errors {
  const errors: Errors = [];
  checkNonNegative(errors, 'spec.replicas', spec.replicas);
  checkSelector(errors, spec.selector, 'deployment');
  const match = matchTemplate(spec.selector, spec.template);
  if (match === 'invalid') {
    errors.push(fieldErrors.invalid('spec.selector', selectorValue(spec.selector), 'invalid label selector'));
  } else {
    if (match === 'differs') {
      errors.push(fieldErrors.invalid('spec.template.metadata.labels', labelsValue(spec.template), MISMATCH));
    }
    checkPodTemplateSpec(errors, 'spec.template', spec.template);
    checkAlwaysRestarts(errors, 'spec.template', spec.template, 'ReplicaSet');
  }
  checkRollout(errors, spec.strategy);
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  checkNonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
  const deadline = spec.progressDeadlineSeconds;
  checkNonNegative(errors, 'spec.progressDeadlineSeconds', deadline);
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    errors.push(fieldErrors.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

function validateUpdate(next: Deployment, current: Deployment): readonly FieldError[] {
  const errors = validate(next);
  checkImmutable(errors, 'spec.selector', next.spec.selector, current.spec.selector, selectorValue(next.spec.selector));
  return errors;
}

/** A Deployment's name becomes part of host names. */
export function podNameWarnings(name: string): readonly string[] {
  const faults = isDns1123Label(name);
  if (faults.length === 0) return [];
  const why =
    'this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';
  return [`metadata.name: ${why}: ${printList(faults)}`];
}

function warnings(next: Deployment, current?: Deployment): readonly string[] {
  const own = current ? [] : podNameWarnings(next.metadata.name);
  if (current && semanticEqual(next.spec, current.spec)) return own;
  return [...own, ...podTemplateWarnings('spec.template', next.spec.template)];
}

const status: SubresourceStrategy<Deployment> = {
  prepareForUpdate: (next, current) => ({
    ...withMember(next, 'spec', current.spec),
    metadata: withMember(next.metadata, 'labels', current.metadata.labels),
  }),
  validateUpdate: (next, current) => {
    const errors: Errors = [];
    const { status: after } = next;
    const counts = [
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
    ];
    checkStatusCounts(errors, after, [...counts, 'observedGeneration', 'collisionCount'], {
      atMostReplicas: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
      atMostReady: ['availableReplicas'],
    });
    const collisions = after.collisionCount ?? 0;
    if (collisions < (current.status.collisionCount ?? 0)) {
      errors.push(fieldErrors.invalid('status.collisionCount', collisions, 'cannot be decremented'));
    }
    return errors;
  },
};

const scale: ScaleStrategy<Deployment> = {
  get: ({ spec, status: { replicas = 0 } }) => ({
    specReplicas: spec.replicas ?? 0,
    statusReplicas: replicas,
    selector: formatLabelSelector(spec.selector),
  }),
  set: (deployment, replicas) => ({ ...deployment, spec: withMember(deployment.spec, 'replicas', replicas) }),
};

const docs = (field: string) => fieldDescription('DeploymentStatus', field);

/** @fidelity full */
export const deploymentStrategy: Strategy<Deployment> = {
  resource: deployments,
  shortNames: ['deploy'],
  categories: ['all'],
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate: (deployment) => withMember(deployment, 'status', {}),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate,
  warnings,
  generation: (next, current) =>
    !semanticEqual(next.spec, current.spec) || !semanticEqual(next.metadata.annotations, current.metadata.annotations),
  status,
  scale,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    column(
      'Ready',
      'string',
      'Number of the pod with ready state',
      (o) => `${o.status.readyReplicas ?? 0}/${o.spec.replicas ?? 0}`,
    ),
    column('Up-to-date', 'string', docs('updatedReplicas'), (o) => o.status.updatedReplicas ?? 0),
    column('Available', 'string', docs('availableReplicas'), (o) => o.status.availableReplicas ?? 0),
    ageColumn,
    ...templateColumns<Deployment>(
      (o) => o.spec.template.spec,
      (o) => formatLabelSelector(o.spec.selector),
      fieldDescription('DeploymentSpec', 'selector'),
    ),
  ],
};
