/** One look at a CronJob: its Jobs are read, what is due is made, what is old is cleared away. @upstream pkg/controller/cronjob/cronjob_controllerv2.go */
import { type CronJob, type CronJobStatus, cronJobs, type Job, jobs } from '#engine/api';
import { controllerOf, isAlreadyExists, isNotFound } from '#engine/apimachinery';
import { type CronSchedule, CronSyntaxError, isTimeZone, parseCron } from '#engine/apimachinery/cron';
import { type Client, type EventRecorder, isPanic } from '#engine/client-go';
import { civilTime, formatTime, type Millis, parseTime, type World } from '#engine/sim';
import { finishedConditionOf } from '../job/conditions.ts';
import { isNamespaceTerminating, messageOf } from '../pod-control.ts';
import { decided } from '../traces.ts';
import { jobFrom, jobName, referenceOf } from './job-of.ts';
import { dueTime, untilNext } from './schedule.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface CronTools {
  readonly world: World;
  readonly client: Client;
  readonly recorder: EventRecorder;
}

interface Sync extends CronTools {
  readonly cronJob: CronJob;
  readonly children: readonly Job[];
  readonly status: Writable<CronJobStatus>;
  changed: boolean;
}

const isActive = ({ status }: Sync, uid: string | undefined): boolean =>
  (status.active ?? []).some((reference) => reference.uid === uid);

function forget(sync: Sync, uid: string | undefined): void {
  sync.status.active = (sync.status.active ?? []).filter((reference) => reference.uid !== uid);
  sync.changed = true;
}

/** What became of the Jobs it made. */
async function readChildren(sync: Sync): Promise<void> {
  const { client, recorder, cronJob, status } = sync;
  for (const job of sync.children) {
    const { uid, name } = job.metadata;
    const finished = finishedConditionOf(job);
    const found = isActive(sync, uid);
    if (!found && !finished) {
      const fresh = await client.get(cronJobs, cronJob.metadata);
      if (fresh.status.active?.some((reference) => reference.uid === uid)) {
        Object.assign(status, fresh.status);
        continue;
      }
      const why = `Saw a job that the controller did not create or forgot: ${name}`;
      recorder.event(cronJob, 'Warning', 'UnexpectedJob', why);
    } else if (found && finished) {
      forget(sync, uid);
      const what = `Saw completed job: ${name}, condition: ${finished.type}`;
      recorder.event(cronJob, 'Normal', 'SawCompletedJob', what);
    } else if (finished?.type === 'Complete') rememberSuccess(sync, job);
  }
  const known = new Set(sync.children.map(({ metadata }) => metadata.uid));
  for (const { uid, namespace, name = '' } of status.active ?? []) {
    if (known.has(uid)) continue;
    try {
      await client.get(jobs, { namespace, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      recorder.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
      forget(sync, uid);
    }
  }
}

const at = (time: string | undefined): Millis => (time === undefined ? 0 : (parseTime(time) ?? 0));

function rememberSuccess(sync: Sync, { status: { completionTime } }: Job): void {
  if (completionTime === undefined || at(completionTime) <= at(sync.status.lastSuccessfulTime)) return;
  sync.status.lastSuccessfulTime = completionTime;
  sync.changed = true;
}

async function deleteJob(sync: Sync, job: Job): Promise<boolean> {
  const { client, recorder, cronJob } = sync;
  try {
    await client.delete(jobs, job.metadata, { propagationPolicy: 'Background' });
  } catch (error) {
    if (isPanic(error)) throw error;
    recorder.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${messageOf(error)}`);
    return false;
  }
  forget(sync, job.metadata.uid);
  recorder.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
  return true;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `Thu, 01 Jan 2026 00:00:00 +0000` */
function rfc1123(time: Millis): string {
  const { year, month, day, weekday } = civilTime(time);
  const clock = formatTime(time).slice(11, 19);
  return `${DAYS[weekday]}, ${String(day).padStart(2, '0')} ${MONTHS[month - 1]} ${year} ${clock} +0000`;
}

/** The schedule, or undefined when it cannot be read; then an Event says so. */
export function readSchedule(recorder: EventRecorder, cronJob: CronJob): CronSchedule | undefined {
  const { schedule, timeZone } = cronJob.spec;
  if (schedule.includes('TZ')) {
    const where = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
    const why = `CRON_TZ or TZ used in schedule ${JSON.stringify(schedule)} is not officially supported, see ${where} for more details`;
    recorder.event(cronJob, 'Warning', 'UnsupportedSchedule', why);
  }
  try {
    return parseCron(schedule);
  } catch (error) {
    if (!(error instanceof CronSyntaxError)) throw error;
    const text = timeZone !== undefined && !schedule.includes('TZ') ? `TZ=${timeZone} ${schedule}` : schedule;
    const why = `unparseable schedule: ${JSON.stringify(text)} : ${error.message}`;
    recorder.event(cronJob, 'Warning', 'UnparseableCronJobSchedule', why);
    return undefined;
  }
}

/** Why there is no Job for a time that has come; undefined: there should be one. */
function obstacle(sync: Sync, due: Millis, now: Millis): 'late' | 'active' | 'done' | undefined {
  const { cronJob, recorder, status } = sync;
  const { startingDeadlineSeconds: deadline, concurrencyPolicy } = cronJob.spec;
  if (deadline !== undefined && due + deadline * 1000 < now) {
    const why = `Missed scheduled time to start a job: ${rfc1123(due)}`;
    recorder.event(cronJob, 'Warning', 'MissSchedule', why);
    return 'late';
  }
  const name = jobName(cronJob, due);
  const known = (status.active ?? []).some((reference) => reference.name === name);
  if (known || (status.lastScheduleTime !== undefined && at(status.lastScheduleTime) === due)) return 'done';
  if (concurrencyPolicy !== 'Forbid' || (status.active?.length ?? 0) === 0) return undefined;
  const why = 'Not starting job because prior execution is running and concurrency policy is Forbid';
  recorder.event(cronJob, 'Normal', 'JobAlreadyActive', why);
  return 'active';
}

async function replaceActive(sync: Sync): Promise<void> {
  const { client, recorder, cronJob } = sync;
  for (const { namespace, name = '' } of sync.status.active ?? []) {
    let job: Job;
    try {
      job = await client.get(jobs, { namespace, name });
    } catch (error) {
      recorder.event(cronJob, 'Warning', 'FailedGet', `Get job: ${messageOf(error)}`);
      throw error;
    }
    if (!(await deleteJob(sync, job))) throw new Error(`could not replace job ${namespace}/${name}`);
  }
}

/** The Job for that time; undefined when somebody else has made it. */
async function createJob(sync: Sync, due: Millis): Promise<Job | undefined> {
  const { client, recorder, cronJob } = sync;
  const draft = jobFrom(cronJob, due);
  try {
    const job = await client.create(jobs, draft);
    recorder.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
    return job;
  } catch (error) {
    if (isAlreadyExists(error)) {
      const job = await client.get(jobs, { namespace: cronJob.metadata.namespace, name: jobName(cronJob, due) });
      const mine = controllerOf(job)?.uid === cronJob.metadata.uid;
      return mine && !isActive(sync, job.metadata.uid) ? job : undefined;
    }
    if (!isPanic(error) && !isNamespaceTerminating(error)) {
      recorder.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`);
    }
    throw error;
  }
}

/** Milliseconds until the next look. */
async function startDue(sync: Sync): Promise<Millis | undefined> {
  const { cronJob, recorder, world } = sync;
  const { spec, metadata } = cronJob;
  if (metadata.deletionTimestamp !== undefined) return undefined;
  if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
    const why = `invalid timeZone: ${JSON.stringify(spec.timeZone)}: unknown time zone ${spec.timeZone}`;
    recorder.event(cronJob, 'Warning', 'UnknownTimeZone', why);
    return undefined;
  }
  if (spec.suspend) return undefined;
  const schedule = readSchedule(recorder, cronJob);
  if (!schedule) return undefined;
  const now = world.clock.now();
  const { at: due, fault, tooManyMissed } = dueTime(cronJob, now, schedule);
  if (fault !== undefined) {
    const why = `invalid schedule schedule: ${spec.schedule} : ${fault}`;
    recorder.event(cronJob, 'Warning', 'InvalidSchedule', why);
    return undefined;
  }
  if (tooManyMissed) {
    const why = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    recorder.event(cronJob, 'Warning', 'TooManyMissedTimes', why);
  }
  if (due === undefined) return untilNext(cronJob, now, schedule);
  const why = obstacle(sync, due, now);
  const about = { namespace: metadata.namespace, name: metadata.name };
  if (why === 'late' || why === 'active') {
    decided(world, { controller: 'cronjob', about, did: 'skip', scheduledAt: due, because: why });
  }
  if (why !== undefined) return untilNext(cronJob, now, schedule);
  if (spec.concurrencyPolicy === 'Replace') await replaceActive(sync);
  const job = await createJob(sync, due);
  if (!job) return undefined;
  const { name } = job.metadata;
  decided(world, { controller: 'cronjob', about, did: 'create', job: name, scheduledAt: due, because: 'due' });
  sync.status.active = [...(sync.status.active ?? []), referenceOf(job)];
  sync.status.lastScheduleTime = formatTime(due);
  sync.changed = true;
  return untilNext({ ...cronJob, status: sync.status }, now, schedule);
}

/** The oldest Jobs go, as many as there are too many. */
async function clearHistory(sync: Sync): Promise<void> {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = sync.cronJob.spec;
  const limits = { Complete: successfulJobsHistoryLimit, Failed: failedJobsHistoryLimit };
  for (const [type, limit] of Object.entries(limits)) {
    if (limit === undefined) continue;
    const ended = sync.children.filter((job) => finishedConditionOf(job)?.type === type);
    const started = ({ status }: Job) =>
      status.startTime === undefined ? Number.POSITIVE_INFINITY : at(status.startTime);
    const byName = (a: Job, b: Job) => (a.metadata.name < b.metadata.name ? -1 : 1);
    const oldestFirst = [...ended].sort((a, b) => (started(a) === started(b) ? byName(a, b) : started(a) - started(b)));
    for (const job of oldestFirst.slice(0, Math.max(0, ended.length - limit))) await deleteJob(sync, job);
  }
}

/** Resolves with the milliseconds until the next look. */
export async function syncCronJob(
  tools: CronTools,
  cronJob: CronJob,
  children: readonly Job[],
): Promise<Millis | undefined> {
  const sync: Sync = { ...tools, cronJob, children, status: { ...cronJob.status }, changed: false };
  let failure: unknown;
  let next: Millis | undefined;
  try {
    await readChildren(sync);
    next = await startDue(sync);
  } catch (error) {
    if (isPanic(error)) throw error;
    failure = error;
  }
  await clearHistory(sync);
  if (sync.changed) {
    const { active = [], ...rest } = sync.status;
    const status = { ...rest, ...(active.length > 0 && { active }) };
    await tools.client.updateStatus(cronJobs, { ...cronJob, status });
  }
  if (failure !== undefined && !isNamespaceTerminating(failure)) throw failure;
  return next;
}
