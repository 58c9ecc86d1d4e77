/**
 * CronJobs: Jobs by the clock.
 * @upstream pkg/registry/batch/cronjob/strategy.go, pkg/apis/batch/validation/validation.go, pkg/apis/batch/v1/defaults.go
 */
import { type CronJob, type CronJobSpec, cronJobs, type JobTemplateSpec } from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { CronSyntaxError, isTimeZone, parseCron } from '#engine/apimachinery/cron';
import { podNameWarnings } from '../apps/deployment.ts';
import { ageColumn, column, NONE, nameColumn, templateColumns } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { sinceTime } from '../human-duration.ts';
import { withDefaults, withMember, withPointerDefaults } from '../sharing.ts';
import type { Strategy, SubresourceStrategy } from '../strategy.ts';
import { checkNonNegative, checkOneOf, type Errors, nameIsDnsSubdomain, printableSelector } from '../validation.ts';
import { jobSpecWarnings } from './job.ts';
import { defaultJobTemplateSpec } from './job-defaults.ts';
import { checkJobTemplate } from './job-spec-validation.ts';

const MAX_NAME = 52;
const ZONE_PART = /^[A-Za-z.\-_0-9+]{1,14}$/;
const POLICIES = ['Allow', 'Forbid', 'Replace'];

function defaultTemplate(template: JobTemplateSpec | undefined): JobTemplateSpec {
  const before = template ?? {};
  const spec = defaultJobTemplateSpec(before.spec);
  if (before.spec === spec && before.metadata) return before;
  return { ...before, metadata: before.metadata ?? {}, spec };
}

function defaults(cronJob: CronJob): CronJob {
  const before = cronJob.spec ?? ({} as CronJobSpec);
  let spec = withDefaults(before, { concurrencyPolicy: 'Allow' });
  spec = withPointerDefaults(spec, { suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
  spec = withMember(spec, 'jobTemplate', defaultTemplate(spec.jobTemplate));
  return withPointerDefaults(withMember(cronJob, 'spec', spec), { status: {} });
}

function checkSchedule(errors: Errors, spec: CronJobSpec, current: CronJobSpec | undefined): void {
  const { schedule, timeZone } = spec;
  const path = 'spec.schedule';
  try {
    parseCron(schedule);
  } catch (error) {
    if (!(error instanceof CronSyntaxError)) throw error;
    errors.push(fieldErrors.invalid(path, schedule, error.message));
  }
  if (!schedule.includes('TZ')) return;
  if (!current?.schedule.includes('TZ')) {
    const why = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(fieldErrors.invalid(path, schedule, why));
  } else if (timeZone !== undefined) {
    const why = 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
    errors.push(fieldErrors.invalid(path, schedule, why));
  }
}

function checkTimeZone(errors: Errors, timeZone: string | undefined): void {
  const path = 'spec.timeZone';
  if (timeZone === undefined) return;
  const refuse = (why: string) => errors.push(fieldErrors.invalid(path, timeZone, why));
  if (timeZone === '') {
    refuse('timeZone must be nil or non-empty string');
    return;
  }
  for (const part of timeZone.split('/')) {
    if (part === '.' || part === '..' || part.startsWith('-') || !ZONE_PART.test(part)) {
      refuse(`unknown time zone ${timeZone}`);
      return;
    }
  }
  const local = timeZone.toLowerCase() === 'local';
  if (local) refuse('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  if (timeZone !== 'Local' && !isTimeZone(timeZone)) refuse(`unknown time zone ${timeZone}`);
}

function checkTemplate(errors: Errors, { spec }: JobTemplateSpec): void {
  if (!spec) return;
  const path = 'spec.jobTemplate.spec';
  checkJobTemplate(errors, path, spec);
  if (spec.selector) {
    const why = '`selector` will be auto-generated';
    errors.push(fieldErrors.invalid(`${path}.selector`, printableSelector(spec.selector), why));
  }
  if (spec.manualSelector) errors.push(fieldErrors.notSupported(`${path}.manualSelector`, true, ['nil', 'false']));
}

function checkSpec(spec: CronJobSpec, current: CronJobSpec | undefined): Errors {
  const errors: Errors = [];
  if (!spec.schedule) errors.push(fieldErrors.required('spec.schedule'));
  else checkSchedule(errors, spec, current);
  checkNonNegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  if (!current || current.timeZone !== spec.timeZone) checkTimeZone(errors, spec.timeZone);
  checkOneOf(errors, 'spec.concurrencyPolicy', spec.concurrencyPolicy, POLICIES);
  checkTemplate(errors, spec.jobTemplate);
  checkNonNegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit);
  checkNonNegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit);
  return errors;
}

/** The controller appends eleven characters to make the name of a Job. */
function validate({ metadata: { name }, spec }: CronJob): Errors {
  const errors = checkSpec(spec, undefined);
  if (name.length > MAX_NAME) {
    errors.push(fieldErrors.invalid('metadata.name', name, `must be no more than ${MAX_NAME} characters`));
  }
  return errors;
}

function warnings({ metadata, spec }: CronJob, current?: CronJob): readonly string[] {
  const out = [
    ...(current ? [] : podNameWarnings(metadata.name)),
    ...(spec.jobTemplate.spec ? jobSpecWarnings('spec.jobTemplate.spec', spec.jobTemplate.spec) : []),
  ];
  if (spec.schedule.includes('TZ')) {
    const where = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
    out.push(`CRON_TZ or TZ used in spec.schedule is not officially supported, see ${where} for more details`);
  }
  return out;
}

const status: SubresourceStrategy<CronJob> = {
  prepareForUpdate: (next, current) => withMember(next, 'spec', current.spec),
  validateUpdate: () => [],
};

/** @fidelity partial: the rules of time zones are those of today, also for the past */
export const cronJobStrategy: Strategy<CronJob> = {
  resource: cronJobs,
  shortNames: ['cj'],
  categories: ['all'],
  validateName: nameIsDnsSubdomain,
  defaults,
  prepareForCreate: (cronJob) => withMember(cronJob, 'status', {}),
  prepareForUpdate: (next, current) => withMember(next, 'status', current.status),
  validate,
  validateUpdate: (next, current) => checkSpec(next.spec, current.spec),
  warnings,
  generation: (next, current) => !semanticEqual(next.spec, current.spec),
  status,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    column('Schedule', 'string', fieldDescription('CronJobSpec', 'schedule'), (o) => o.spec.schedule),
    column('Timezone', 'string', fieldDescription('CronJobSpec', 'timeZone'), (o) => o.spec.timeZone ?? NONE),
    column('Suspend', 'boolean', fieldDescription('CronJobSpec', 'suspend'), (o) =>
      o.spec.suspend ? 'True' : 'False',
    ),
    column('Active', 'integer', fieldDescription('CronJobStatus', 'active'), (o) => o.status.active?.length ?? 0),
    column('Last Schedule', 'string', fieldDescription('CronJobStatus', 'lastScheduleTime'), (o, now) =>
      o.status.lastScheduleTime ? sinceTime(o.status.lastScheduleTime, now) : NONE,
    ),
    ageColumn,
    ...templateColumns<CronJob>(
      (o) => o.spec.jobTemplate.spec?.template.spec,
      (o) => (o.spec.jobTemplate.spec?.selector ? '' : NONE),
      fieldDescription('JobSpec', 'selector'),
    ),
  ],
};
