/**
 * What a Job gets when it does not say it, and the labels by which its Pods are known.
 * @upstream pkg/apis/batch/v1/defaults.go, pkg/registry/batch/job/strategy.go
 */
import type { Job, JobSpec, PodFailurePolicy, PodTemplateSpec } from '#engine/api';
import { defaultPodTemplateSpec } from '../core/pod-spec-defaults.ts';
import { changeItems, changeMember, withDefaults, withMember, withPointerDefaults } from '../sharing.ts';

/** The labels a Pod of a Job carries; the ones without a prefix are older. */
export const JOB_LABELS = {
  controllerUid: 'batch.kubernetes.io/controller-uid',
  jobName: 'batch.kubernetes.io/job-name',
  legacyControllerUid: 'controller-uid',
  legacyJobName: 'job-name',
} as const;

const NO_LIMIT = 2_147_483_647;

const defaultFailurePolicy = (policy: PodFailurePolicy): PodFailurePolicy =>
  changeItems(policy, 'rules', (rule: PodFailurePolicy['rules'][number]) =>
    changeItems(rule, 'onPodConditions', (pattern: NonNullable<typeof rule.onPodConditions>[number]) =>
      withDefaults(pattern, { status: 'True' }),
    ),
  );

/** The part that also holds for the template of a CronJob. */
export function defaultJobTemplateSpec(spec: JobSpec | undefined): JobSpec {
  const before = spec ?? ({} as JobSpec);
  const next = withMember(before, 'template', defaultPodTemplateSpec(before.template));
  return changeMember(next, 'podFailurePolicy', defaultFailurePolicy);
}

function defaultJobSpec(spec: JobSpec | undefined): JobSpec {
  let next = defaultJobTemplateSpec(spec);
  const free = next.completions === undefined && next.parallelism === undefined;
  next = withPointerDefaults(next, {
    ...(free && { completions: 1 }),
    parallelism: 1,
    backoffLimit: next.backoffLimitPerIndex === undefined ? 6 : NO_LIMIT,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: next.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed',
    manualSelector: false,
  });
  return next;
}

/** A Job without labels takes those of its template. */
export function labelledLikeTemplate(job: Job): Job {
  const labels = job.spec.template.metadata?.labels;
  if (!labels || Object.keys(labels).length === 0) return job;
  if (Object.keys(job.metadata.labels ?? {}).length > 0) return job;
  return { ...job, metadata: { ...job.metadata, labels } };
}

export function defaultJob(job: Job): Job {
  const next = withMember(job, 'spec', defaultJobSpec(job.spec));
  return labelledLikeTemplate(withPointerDefaults(next, { status: {} }));
}

/** The selector and the labels of the template, unless the user chose to pick them. */
export function withGeneratedSelector(job: Job): Job {
  const { spec } = job;
  if (spec.manualSelector) return job;
  const { uid = '', name } = job.metadata;
  const labels = {
    [JOB_LABELS.legacyJobName]: name,
    [JOB_LABELS.jobName]: name,
    [JOB_LABELS.legacyControllerUid]: uid,
    [JOB_LABELS.controllerUid]: uid,
    ...spec.template.metadata?.labels,
  };
  const template: PodTemplateSpec = { ...spec.template, metadata: { ...spec.template.metadata, labels } };
  const matchLabels = { [JOB_LABELS.controllerUid]: uid, ...spec.selector?.matchLabels };
  return { ...job, spec: { ...spec, template, selector: { ...spec.selector, matchLabels } } };
}
