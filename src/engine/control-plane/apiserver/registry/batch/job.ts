/**
 * Jobs: Pods that run to an end.
 * @upstream pkg/registry/batch/job/strategy.go, pkg/printers/internalversion/printers.go
 */
import { type Job, type JobSpec, jobs } from '#engine/api';
import { formatLabelSelector, semanticEqual } from '#engine/apimachinery';
import { parseTime } from '#engine/sim';
import { podNameWarnings } from '../apps/deployment.ts';
import { ageColumn, column, nameColumn, templateColumns } from '../columns.ts';
import { podTemplateWarnings } from '../core/pod-warnings.ts';
import { fieldDescription } from '../descriptions.ts';
import { humanDuration } from '../human-duration.ts';
import { withMember } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { nameIsDnsSubdomain } from '../validation.ts';
import { defaultJob, labelledLikeTemplate, withGeneratedSelector } from './job-defaults.ts';
import { validateJobStatus } from './job-status-validation.ts';
import { validateJob, validateJobUpdate } from './job-validation.ts';

const MANY_COMPLETIONS = 100_000;
const MANY_AT_ONCE = 10_000;

/** Warnings of a Job's spec, also inside a CronJob. */
export function jobSpecWarnings(path: string, spec: JobSpec): readonly string[] {
  const { completionMode, completions = 0, parallelism = 0, template } = spec;
  const out: string[] = [];
  if (completionMode === 'Indexed' && completions > MANY_COMPLETIONS && parallelism > MANY_AT_ONCE) {
    const why =
      'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
    out.push(`${path}: ${why}`);
  }
  return [...out, ...podTemplateWarnings(`${path}.template`, template)];
}

const status: SubresourceStrategy<Job> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: validateJobStatus,
};

const is = (job: Job, type: string): boolean =>
  (job.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');

function statusCell(job: Job): string {
  for (const type of ['Complete', 'Failed']) if (is(job, type)) return type;
  if (job.metadata.deletionTimestamp) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (is(job, type)) return type;
  return 'Running';
}

function completionsCell({ spec, status: { succeeded = 0 } }: Job): string {
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status: { startTime, completionTime } }: Job, now: number): string {
  const began = startTime ? parseTime(startTime) : undefined;
  if (began === undefined) return '';
  const ended = completionTime ? parseTime(completionTime) : undefined;
  return humanDuration((ended ?? now) - began);
}

/** @fidelity full */
export const jobStrategy: Strategy<Job> = {
  resource: jobs,
  categories: ['all'],
  validateName: nameIsDnsSubdomain,
  defaults: defaultJob,
  prepareForCreate: (job) => labelledLikeTemplate(withGeneratedSelector(withMember(job, 'status', {}))),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate: (job) => validateJob(job),
  validateUpdate: validateJobUpdate,
  warnings: (next, current) => [
    ...(current ? [] : podNameWarnings(next.metadata.name)),
    ...jobSpecWarnings('spec', next.spec),
  ],
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
  orphanWarning:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  fieldSelectors: { 'status.successful': (job) => String(job.status?.succeeded ?? 0) },
  unknownFieldSelector: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
  columns: [
    nameColumn,
    column('Status', 'string', 'Status of the job.', statusCell),
    column('Completions', 'string', fieldDescription('JobStatus', 'succeeded'), completionsCell),
    column('Duration', 'string', 'Time required to complete the job.', durationCell),
    ageColumn,
    ...templateColumns<Job>(
      (o) => o.spec.template.spec,
      (o) => formatLabelSelector(o.spec.selector),
      fieldDescription('JobSpec', 'selector'),
    ),
  ],
};
