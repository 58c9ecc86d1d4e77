/**
 * What a Job may say, and what may change about it.
 * @upstream pkg/apis/batch/validation/validation.go, pkg/registry/batch/job/strategy.go
 */
import type { Affinity, Container, Job, JobSpec, PodSpec, PodTemplateSpec } from '#engine/api';
import {
  fieldErrors,
  isDns1123Label,
  LabelSelectorError,
  labelSelectorAsMatcher,
  matchesLabels,
  semanticEqual,
} from '#engine/apimachinery';
import { labelsValue, MISMATCH, matchTemplate, selectorValue } from '../apps/workload-defaults.ts';
import { internalPodSpec } from '../core/internal-form.ts';
import { withMember } from '../sharing.ts';
import { checkImmutable, checkLabelSelector, type Errors, sortedMap } from '../validation.ts';
import { JOB_LABELS } from './job-defaults.ts';
import { printFailurePolicy, printSuccessPolicy } from './job-policy-validation.ts';
import { checkJobTemplate } from './job-spec-validation.ts';

/** The generated labels must be there: the user may have set others before. */
function checkGeneratedSelector(errors: Errors, { metadata, spec }: Job, prefixed: boolean): void {
  if (spec.manualSelector || !spec.selector) return;
  const { uid = '', name } = metadata;
  const expected: { [label: string]: string } = {
    [JOB_LABELS.legacyControllerUid]: uid,
    [JOB_LABELS.legacyJobName]: name,
    ...(prefixed && { [JOB_LABELS.controllerUid]: uid, [JOB_LABELS.jobName]: name }),
  };
  const labels = spec.template.metadata?.labels ?? {};
  for (const [label, value] of Object.entries(expected)) {
    const at = `spec.template.metadata.labels[${label}]`;
    if (labels[label] === undefined) errors.push(fieldErrors.required(at, `must be '${value}'`));
    else if (labels[label] !== value) errors.push(fieldErrors.invalid(at, sortedMap(labels), `must be '${value}'`));
  }
  try {
    if (matchesLabels(labelSelectorAsMatcher(spec.selector), expected)) return;
  } catch (error) {
    if (error instanceof LabelSelectorError) return;
    throw error;
  }
  errors.push(fieldErrors.invalid('spec.selector', selectorValue(spec.selector), '`selector` not auto-generated'));
}

function checkSpec(errors: Errors, spec: JobSpec): void {
  checkJobTemplate(errors, 'spec', spec);
  if (spec.selector) checkLabelSelector(errors, 'spec.selector', spec.selector);
  else errors.push(fieldErrors.required('spec.selector'));
  if (matchTemplate(spec.selector, spec.template) === 'differs') {
    errors.push(fieldErrors.invalid('spec.template.metadata.labels', labelsValue(spec.template), MISMATCH));
  }
}

/** `prefixed`: the labels with the project's prefix are asked for too. */
export function validateJob(job: Job, prefixed = true): Errors {
  const errors: Errors = [];
  const { metadata, spec } = job;
  checkGeneratedSelector(errors, job, prefixed);
  checkSpec(errors, spec);
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const longest = `${metadata.name}-${(spec.completions ?? 0) - 1}`;
    if (isDns1123Label(longest).length > 0) {
      const why = `will not able to create pod with invalid DNS label: ${longest}`;
      errors.push(fieldErrors.invalid('metadata.name', metadata.name, why));
    }
  }
  return errors;
}

function checkCompletions(errors: Errors, next: JobSpec, current: JobSpec): void {
  if (next.completionMode !== 'Indexed') {
    checkImmutable(errors, 'spec.completions', next.completions, current.completions);
    return;
  }
  if (next.completions === undefined || next.completions === current.completions) return;
  if (next.completions === next.parallelism) return;
  const why = 'can only be modified in tandem with spec.parallelism';
  errors.push(fieldErrors.invalid('spec.completions', next.completions, why));
}

function withNodeAffinityOf(current: Affinity | undefined, next: Affinity | undefined): Affinity | undefined {
  if (!next && !current) return undefined;
  if (next) return withMember(current ?? {}, 'nodeAffinity', next.nodeAffinity);
  const rest = withMember(current ?? {}, 'nodeAffinity', undefined);
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function withResourcesOf<C extends Container>(current: readonly C[], next: readonly C[]): readonly C[] {
  return current.map((container, i) => withMember(container, 'resources', next[i]?.resources));
}

/** The template as it was, but with what may change while a Job does not run. */
function withFreeFieldsOf(current: PodTemplateSpec, next: PodTemplateSpec, resources: boolean): PodTemplateSpec {
  const before = current.spec ?? ({} as PodSpec);
  const after = next.spec ?? ({} as PodSpec);
  let spec = withMember(before, 'affinity', withNodeAffinityOf(before.affinity, after.affinity));
  spec = withMember(spec, 'nodeSelector', after.nodeSelector);
  spec = withMember(spec, 'tolerations', after.tolerations);
  spec = withMember(spec, 'schedulingGates', after.schedulingGates);
  if (resources) {
    for (const field of ['containers', 'initContainers'] as const) {
      const list = spec[field];
      if (list) spec = withMember(spec, field, withResourcesOf(list, after[field] ?? []));
    }
  }
  let metadata = withMember(current.metadata ?? {}, 'labels', next.metadata?.labels);
  metadata = withMember(metadata, 'annotations', next.metadata?.annotations);
  return { ...current, metadata, spec };
}

/** A template as Go prints the struct that upstream compares. */
const printTemplate = ({ metadata, spec }: PodTemplateSpec): unknown => ({
  ...(metadata?.labels && { labels: sortedMap(metadata.labels) }),
  ...(metadata?.annotations && { annotations: sortedMap(metadata.annotations) }),
  Spec: internalPodSpec(spec ?? {}),
});

/** Where its Pods go may change while a Job is suspended and has none; so may what they ask for. */
function checkTemplateUpdate(errors: Errors, next: Job, current: Job): void {
  const { startTime, active = 0 } = current.status ?? {};
  const free = current.spec.suspend === true && (startTime === undefined || active === 0);
  const { template } = next.spec;
  const before = free ? withFreeFieldsOf(current.spec.template, template, true) : current.spec.template;
  if (semanticEqual(template, before)) return;
  checkImmutable(errors, 'spec.template', template, before, printTemplate(template));
}

export function validateJobUpdate(next: Job, current: Job): Errors {
  const labels = current.spec.template.metadata?.labels ?? {};
  const prefixed = labels[JOB_LABELS.jobName] !== undefined && labels[JOB_LABELS.controllerUid] !== undefined;
  const errors = validateJob(next, prefixed);
  const { spec } = next;
  const before = current.spec;
  // Upstream checks the spec once as a Job's and once as a change.
  checkSpec(errors, spec);
  checkCompletions(errors, spec, before);
  checkImmutable(errors, 'spec.selector', spec.selector, before.selector, selectorValue(spec.selector));
  checkTemplateUpdate(errors, next, current);
  checkImmutable(errors, 'spec.completionMode', spec.completionMode, before.completionMode);
  checkImmutable(
    errors,
    'spec.podFailurePolicy',
    spec.podFailurePolicy,
    before.podFailurePolicy,
    printFailurePolicy(spec.podFailurePolicy),
  );
  checkImmutable(errors, 'spec.backoffLimitPerIndex', spec.backoffLimitPerIndex, before.backoffLimitPerIndex);
  checkImmutable(errors, 'spec.managedBy', spec.managedBy, before.managedBy);
  checkImmutable(
    errors,
    'spec.successPolicy',
    spec.successPolicy,
    before.successPolicy,
    printSuccessPolicy(spec.successPolicy),
  );
  return errors;
}
