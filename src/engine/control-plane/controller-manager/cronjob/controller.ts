/** Makes Jobs by the clock. @upstream pkg/controller/cronjob/cronjob_controllerv2.go */
import { type CronJob, cronJobs, type Job, jobs } from '#engine/api';
import { controllerOf, keyOf, objectKey } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import { type ControllerContext, recorderFor } from '../context.ts';
import { CONTROLLER_INDEX, controllerIndex } from '../ref-manager.ts';
import { untilNext } from './schedule.ts';
import { readSchedule, syncCronJob } from './sync.ts';

/** @fidelity partial: the rules of time zones are those of today, also for the past */
export function startCronJobController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('cronjob-controller');
  const recorder = recorderFor(context, client, 'cronjob-controller');
  const owned = informers.informer(jobs, { indexers: { [CONTROLLER_INDEX]: controllerIndex } }).lister;
  const { lister } = informers.informer(cronJobs);
  const ownerKey = (job: Job): string | undefined => {
    const owner = controllerOf(job);
    if (owner?.kind !== 'CronJob') return undefined;
    const key = keyOf(owner.name, job.metadata.namespace);
    return lister.get(key)?.metadata.uid === owner.uid ? key : undefined;
  };
  const reconcile = async (key: string) => {
    const cronJob = lister.get(key);
    if (!cronJob) return undefined;
    const children = owned.byIndex(CONTROLLER_INDEX, cronJob.metadata.uid ?? '');
    const next = await syncCronJob({ world, client, recorder }, cronJob, children);
    return next === undefined ? undefined : { requeueAfterMs: next };
  };
  const watches = [
    watchWith(cronJobs, (queue) => ({
      added: (cronJob) => queue.add(objectKey(cronJob)),
      updated: (previous: CronJob, cronJob: CronJob) => {
        const { schedule, timeZone } = cronJob.spec;
        if (schedule === previous.spec.schedule && timeZone === previous.spec.timeZone) {
          queue.add(objectKey(cronJob));
          return;
        }
        // A new schedule counts from now on.
        const parsed = readSchedule(recorder, cronJob);
        const next = parsed && untilNext(cronJob, world.clock.now(), parsed);
        if (next !== undefined) queue.addAfter(objectKey(cronJob), next);
      },
      deleted: (cronJob) => queue.add(objectKey(cronJob)),
    })),
    watchWith(jobs, (queue) => {
      const wake = (job: Job) => {
        const key = ownerKey(job);
        if (key !== undefined) queue.add(key);
      };
      return {
        added: wake,
        updated: (previous, job) => {
          if (controllerOf(previous)?.uid !== controllerOf(job)?.uid) wake(previous);
          wake(job);
        },
        deleted: wake,
      };
    }),
  ];
  startController(world, informers, { name: 'cronjob', watches, reconcile }, signal);
}
