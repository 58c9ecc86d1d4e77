/** Conditions of a Job. @upstream pkg/controller/job/job_controller.go, pkg/controller/job/util/utils.go */
import type { Job, JobCondition } from '#engine/api';
import { formatTime, type Millis } from '#engine/sim';

export type JobConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended';

export function newCondition(
  type: JobConditionType,
  status: 'True' | 'False',
  reason: string,
  message: string,
  now: Millis,
): JobCondition {
  const time = formatTime(now);
  return {
    type,
    status,
    lastProbeTime: time,
    lastTransitionTime: time,
    ...(reason && { reason }),
    ...(message && { message }),
  };
}

export const findCondition = (
  conditions: readonly JobCondition[] | undefined,
  type: JobConditionType,
): JobCondition | undefined => conditions?.find((condition) => condition.type === type && condition.status === 'True');

/** Complete or failed: nothing more will be done for it. */
export const finishedConditionOf = ({ status }: Job): JobCondition | undefined =>
  findCondition(status.conditions, 'Complete') ?? findCondition(status.conditions, 'Failed');

/** The list with that condition, or the same list when it says so already. Nothing turns false that never was true. */
export function ensureCondition(
  conditions: readonly JobCondition[] | undefined,
  wanted: JobCondition,
): readonly JobCondition[] | undefined {
  const current = conditions?.find(({ type }) => type === wanted.type);
  if (!current) return wanted.status === 'False' ? conditions : [...(conditions ?? []), wanted];
  const same =
    current.status === wanted.status &&
    (current.reason ?? '') === (wanted.reason ?? '') &&
    (current.message ?? '') === (wanted.message ?? '');
  return same ? conditions : conditions?.map((condition) => (condition === current ? wanted : condition));
}
