/** The Job a CronJob makes for a time of its schedule. @upstream pkg/controller/cronjob/utils.go */
import type { CronJob, Job, ObjectReference } from '#engine/api';
import { controllerRef, type Draft } from '#engine/apimachinery';
import { timeZoneOffset } from '#engine/apimachinery/cron';
import { formatTime, type Millis } from '#engine/sim';

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const MINUTE = 60_000;

/** Minutes since the epoch: the same time never makes two Jobs. */
export const jobName = ({ metadata }: CronJob, scheduledAt: Millis): string =>
  `${metadata.name}-${Math.floor(scheduledAt / MINUTE)}`;

/** RFC 3339 by the clocks of the zone: `2026-01-01T09:00:00+01:00`. */
function localTime(at: Millis, zone: string | undefined): string {
  const offset = zone === undefined ? 0 : timeZoneOffset(zone, at);
  if (offset === 0) return formatTime(at);
  const minutes = Math.abs(offset) / MINUTE;
  const two = (value: number) => String(value).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  return `${formatTime(at + offset).slice(0, -1)}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

export function jobFrom(cronJob: CronJob, scheduledAt: Millis): Draft<Job> {
  const { metadata, spec } = cronJob;
  const { metadata: template = {}, spec: jobSpec } = spec.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, scheduledAt),
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      ...(template.labels && { labels: template.labels }),
      annotations: { ...template.annotations, [SCHEDULED]: localTime(scheduledAt, spec.timeZone) },
      ownerReferences: [controllerRef(cronJob)],
    },
    ...(jobSpec && { spec: jobSpec }),
  };
}

export function referenceOf({ metadata }: Job): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    kind: 'Job',
    ...(namespace !== undefined && { namespace }),
    name,
    ...(uid !== undefined && { uid }),
    apiVersion: 'batch/v1',
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
