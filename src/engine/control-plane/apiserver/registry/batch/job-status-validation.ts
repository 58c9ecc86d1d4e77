/**
 * What a Job's status may say. Most rules are asked only when what they are about changes: a status that was wrong before does
 * not stand in the way of other changes.
 * @upstream pkg/apis/batch/validation/validation.go, pkg/registry/batch/job/strategy.go
 */
import type { Job, JobStatus } from '#engine/api';
import { fieldErrors, semanticEqual } from '#engine/apimachinery';
import { parseTime } from '#engine/sim';
import { checkNonNegative, type Errors } from '../validation.ts';
import { countIndexes, overlappingIndex } from './indexes.ts';
import { faulty } from './job-policy-validation.ts';

type ConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet';

const has = (status: JobStatus, type: ConditionType): boolean =>
  (status.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
const finished = (status: JobStatus): boolean => has(status, 'Complete') || has(status, 'Failed');

function checkUncounted(errors: Errors, { uncountedTerminatedPods }: JobStatus): void {
  const seen = new Set<string>();
  for (const field of ['succeeded', 'failed'] as const) {
    for (const [i, uid] of (uncountedTerminatedPods?.[field] ?? []).entries()) {
      const at = `status.uncountedTerminatedPods.${field}[${i}]`;
      if (uid === '') errors.push(fieldErrors.invalid(at, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(fieldErrors.duplicate(at, uid));
      else seen.add(uid);
    }
  }
}

const at = (time: string | undefined): number | undefined => (time === undefined ? undefined : parseTime(time));

/** What differs between the two statuses. */
function changesOf(next: JobStatus, current: JobStatus) {
  const differs = (field: keyof JobStatus) => !semanticEqual(next[field], current[field]);
  const turned = (type: ConditionType) => has(next, type) !== has(current, type);
  return { differs, turned, finished: finished(next) !== finished(current) };
}
type Changes = ReturnType<typeof changesOf>;

const CONDITIONS = 'status.conditions';

function checkCompletion(errors: Errors, status: JobStatus, { differs, turned }: Changes): void {
  const complete = has(status, 'Complete');
  const { completionTime, startTime } = status;
  if ((turned('Complete') || turned('Failed')) && complete && has(status, 'Failed')) {
    faulty(errors, CONDITIONS, 'cannot set Complete=True and Failed=true conditions');
  }
  if ((turned('Complete') || turned('FailureTarget')) && complete && has(status, 'FailureTarget')) {
    faulty(errors, CONDITIONS, 'cannot set Complete=True and FailureTarget=true conditions');
  }
  if (turned('Complete') || differs('completionTime')) {
    if (completionTime !== undefined && !complete) {
      const why = 'cannot set completionTime when there is no Complete=True condition';
      errors.push(fieldErrors.invalid('status.completionTime', completionTime, why));
    }
    if (completionTime === undefined && complete) {
      errors.push(fieldErrors.required('status.completionTime', 'completionTime is required for Complete jobs'));
    }
  }
  const began = at(startTime);
  const ended = at(completionTime);
  if ((differs('startTime') || differs('completionTime')) && began !== undefined && ended !== undefined) {
    if (ended < began) {
      const why = 'completionTime cannot be set before startTime';
      errors.push(fieldErrors.invalid('status.completionTime', completionTime, why));
    }
  }
  if ((turned('Failed') || turned('FailureTarget')) && has(status, 'Failed') && !has(status, 'FailureTarget')) {
    faulty(errors, CONDITIONS, 'cannot set Failed=True condition without the FailureTarget=true condition');
  }
  if ((turned('Complete') || turned('SuccessCriteriaMet')) && complete && !has(status, 'SuccessCriteriaMet')) {
    faulty(errors, CONDITIONS, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
  }
}

function checkFinished(errors: Errors, { spec, status }: Job, { differs, finished: turned }: Changes): void {
  if (!finished(status)) return;
  const { active = 0, startTime, uncountedTerminatedPods: uncounted } = status;
  if ((turned || differs('active')) && active > 0) {
    errors.push(fieldErrors.invalid('status.active', active, 'active>0 is invalid for finished job'));
  }
  const neverStarted = spec.suspend === true && spec.completions === 0;
  if ((turned || differs('startTime')) && !neverStarted && startTime === undefined) {
    errors.push(fieldErrors.required('status.startTime', 'startTime is required for finished job'));
  }
  const left = (uncounted?.failed?.length ?? 0) + (uncounted?.succeeded?.length ?? 0);
  if ((turned || differs('uncountedTerminatedPods')) && left > 0) {
    const value = { Succeeded: uncounted?.succeeded ?? null, Failed: uncounted?.failed ?? null };
    const why = 'uncountedTerminatedPods needs to be empty for finished job';
    errors.push(fieldErrors.invalid('status.uncountedTerminatedPods', value, why));
  }
}

function checkIndexes(errors: Errors, { spec, status }: Job, { differs }: Changes): void {
  const { completions } = spec;
  const { completedIndexes = '', failedIndexes } = status;
  const completedPath = 'status.completedIndexes';
  const failedPath = 'status.failedIndexes';
  const fault = (text: string) => countIndexes(text, completions ?? 0).fault;
  if (differs('completedIndexes') && completions !== undefined) {
    const why = fault(completedIndexes);
    if (why) {
      errors.push(fieldErrors.invalid(completedPath, completedIndexes, `error parsing completedIndexes: ${why}`));
    }
  }
  if (differs('failedIndexes') && completions !== undefined && spec.backoffLimitPerIndex !== undefined) {
    const why = fault(failedIndexes ?? '');
    if (why) errors.push(fieldErrors.invalid(failedPath, failedIndexes, `error parsing failedIndexes: ${why}`));
  }
  if (differs('completedIndexes') && completedIndexes !== '' && spec.completionMode !== 'Indexed') {
    const why = 'cannot set non-empty completedIndexes when non-indexed completion mode';
    errors.push(fieldErrors.invalid(completedPath, completedIndexes, why));
  }
  if (failedIndexes === undefined) return;
  if (differs('failedIndexes') && spec.backoffLimitPerIndex === undefined) {
    const why = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null';
    errors.push(fieldErrors.invalid(failedPath, failedIndexes, why));
  }
  if ((differs('failedIndexes') || differs('completedIndexes')) && completions !== undefined) {
    const both = overlappingIndex(completedIndexes, failedIndexes, completions);
    if (both === undefined) return;
    const why = `failedIndexes and completedIndexes overlap at index: ${both}`;
    errors.push(fieldErrors.invalid(failedPath, failedIndexes, why));
  }
}

function checkCounts(errors: Errors, { status }: Job, changes: Changes): void {
  const { terminating, ready, active = 0 } = status;
  if ((changes.finished || changes.differs('terminating')) && (terminating ?? 0) > 0 && finished(status)) {
    errors.push(fieldErrors.invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
  }
  if ((changes.differs('ready') || changes.differs('active')) && ready !== undefined && ready > active) {
    errors.push(fieldErrors.invalid('status.ready', ready, 'cannot set more ready pods than active'));
  }
}

function checkSuccessCriteria(errors: Errors, { spec, status }: Job): void {
  const met = has(status, 'SuccessCriteriaMet');
  if (met && has(status, 'Failed')) {
    faulty(errors, CONDITIONS, 'cannot set SuccessCriteriaMet=True and Failed=true conditions');
  }
  if (met && has(status, 'FailureTarget')) {
    faulty(errors, CONDITIONS, 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  }
  if (spec.successPolicy && !met && has(status, 'Complete')) {
    const why = 'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True';
    faulty(errors, CONDITIONS, why);
  }
}

function checkTransitions(errors: Errors, next: Job, current: Job, { differs }: Changes): void {
  const { spec, status } = next;
  const before = current.status;
  for (const type of ['Failed', 'Complete', 'FailureTarget'] as const) {
    if (has(before, type) && !has(status, type)) {
      faulty(errors, CONDITIONS, `cannot disable the terminal ${type}=True condition`);
    }
  }
  if ((status.failed ?? 0) < (before.failed ?? 0)) {
    errors.push(fieldErrors.invalid('status.failed', status.failed ?? 0, 'cannot decrease the failed counter'));
  }
  const elastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (!elastic && (status.succeeded ?? 0) < (before.succeeded ?? 0)) {
    const why = 'cannot decrease the succeeded counter';
    errors.push(fieldErrors.invalid('status.succeeded', status.succeeded ?? 0, why));
  }
  const both = status.completionTime !== undefined && before.completionTime !== undefined;
  if (both && differs('completionTime')) {
    const why = 'completionTime cannot be mutated';
    errors.push(fieldErrors.invalid('status.completionTime', status.completionTime, why));
  }
  if (before.startTime !== undefined && differs('startTime') && !spec.suspend) {
    errors.push(fieldErrors.required('status.startTime', 'startTime cannot be removed for unsuspended job'));
  }
  const met = has(status, 'SuccessCriteriaMet');
  const metBefore = has(before, 'SuccessCriteriaMet');
  if (metBefore && !met) faulty(errors, CONDITIONS, 'cannot disable the SuccessCriteriaMet=True condition');
  if (has(before, 'Complete') && !metBefore && met) {
    faulty(errors, CONDITIONS, 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions');
  }
}

export function validateJobStatus(next: Job, current: Job): Errors {
  const errors: Errors = [];
  const { status } = next;
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) {
    checkNonNegative(errors, `status.${field}`, status[field]);
  }
  checkUncounted(errors, status);
  const changes = changesOf(status, current.status);
  checkCompletion(errors, status, changes);
  checkFinished(errors, next, changes);
  checkIndexes(errors, next, changes);
  checkCounts(errors, next, changes);
  checkSuccessCriteria(errors, next);
  checkTransitions(errors, next, current, changes);
  return errors;
}
