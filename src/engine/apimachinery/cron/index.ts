/** Schedules and time zones of CronJobs. In a room of their own, for those who need the table of zones. */
export { type CronSchedule, CronSyntaxError, nextCron, parseCron } from './schedule.ts';
export { isTimeZone, timeZoneOffset } from './time-zones.ts';
