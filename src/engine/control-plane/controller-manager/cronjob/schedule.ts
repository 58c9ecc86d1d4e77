/** When a CronJob's next Job is due. @upstream pkg/controller/cronjob/utils.go */
import type { CronJob } from '#engine/api';
import { type CronSchedule, nextCron } from '#engine/apimachinery/cron';
import { type Millis, parseTime } from '#engine/sim';

/** Added to the wait for the next time, so that it has come for sure. */
const MARGIN_MS = 100;
const MANY = 100;

const TOO_CLOSE = 'time difference between two schedules is less than 1 second';

interface MostRecent {
  /** From when on times are looked for. */
  readonly from: Millis;
  /** The last time that has come; undefined: none. */
  readonly at?: Millis;
  readonly missed: number;
  readonly fault?: string;
}

const timeOf = (time: string | undefined): Millis | undefined => (time === undefined ? undefined : parseTime(time));

function mostRecentTime(cronJob: CronJob, now: Millis, schedule: CronSchedule, withDeadline: boolean): MostRecent {
  const { spec, status, metadata } = cronJob;
  let from = timeOf(status.lastScheduleTime) ?? timeOf(metadata.creationTimestamp) ?? now;
  if (withDeadline && spec.startingDeadlineSeconds !== undefined) {
    from = Math.max(from, now - spec.startingDeadlineSeconds * 1000);
  }
  const next = (after: Millis) => nextCron(schedule, after, spec.timeZone);
  const first = next(from);
  const second = first === undefined ? undefined : next(first);
  if (first === undefined || second === undefined) return { from, missed: 0, fault: TOO_CLOSE };
  if (now < first) return { from, missed: 0 };
  if (now < second) return { from, at: first, missed: 0 };
  const apart = Math.round((second - first) / 1000);
  if (apart < 1) return { from, missed: 0, fault: TOO_CLOSE };
  const missed = Math.floor(Math.floor((now - first) / 1000) / apart) + 1;
  let at: Millis | undefined;
  for (let time = next(first + (missed - 2) * apart * 1000); time !== undefined && time <= now; time = next(time)) {
    at = time;
  }
  return { from, missed, ...(at !== undefined && { at }) };
}

export interface DueTime {
  /** The time for which a Job should be made now. */
  readonly at?: Millis;
  readonly tooManyMissed: boolean;
  readonly fault?: string;
}

export function dueTime(cronJob: CronJob, now: Millis, schedule: CronSchedule): DueTime {
  const { at, missed, fault } = mostRecentTime(cronJob, now, schedule, true);
  if (at === undefined || at > now) return { tooManyMissed: false, ...(fault !== undefined && { fault }) };
  return { at, tooManyMissed: missed > MANY };
}

/** Milliseconds until the CronJob should be looked at again; undefined: the schedule never comes round. */
export function untilNext(cronJob: CronJob, now: Millis, schedule: CronSchedule): Millis | undefined {
  const { from, at, missed, fault } = mostRecentTime(cronJob, now, schedule, false);
  const after = fault !== undefined ? now : (at ?? (missed === 0 ? from : now));
  const next = nextCron(schedule, after, cronJob.spec.timeZone);
  return next === undefined ? undefined : next + MARGIN_MS - now;
}
