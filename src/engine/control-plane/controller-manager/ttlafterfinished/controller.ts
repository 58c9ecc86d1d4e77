/** Deletes Jobs some time after they are over. @upstream pkg/controller/ttlafterfinished/ttlafterfinished_controller.go */
import { type Job, jobs } from '#engine/api';
import { isNotFound, objectKey } from '#engine/apimachinery';
import { startController, watchWith } from '#engine/client-go';
import { type Millis, parseTime } from '#engine/sim';
import type { ControllerContext } from '../context.ts';
import { finishedConditionOf } from '../job/conditions.ts';

/** When the Job should go; undefined while it runs, or when nobody said so. */
function expiresAt(job: Job): Millis | undefined {
  const { ttlSecondsAfterFinished } = job.spec;
  if (ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
  const ended = finishedConditionOf(job)?.lastTransitionTime;
  const at = ended === undefined ? undefined : parseTime(ended);
  return at === undefined ? undefined : at + ttlSecondsAfterFinished * 1000;
}

/** @fidelity full */
export function startTtlAfterFinishedController(context: ControllerContext): void {
  const { world, informers, signal } = context;
  const client = context.clientFor('ttl-after-finished-controller');
  const { lister } = informers.informer(jobs);
  const left = (job: Job): Millis | undefined => {
    const at = expiresAt(job);
    return at === undefined ? undefined : Math.max(0, at - world.clock.now());
  };
  const reconcile = async (key: string) => {
    const known = lister.get(key);
    if (!known) return undefined;
    const wait = left(known);
    if (wait === undefined) return undefined;
    if (wait > 0) return { requeueAfterMs: wait };
    try {
      // The cache may be behind: the time may have been changed meanwhile.
      const fresh = await client.get(jobs, known.metadata);
      const still = left(fresh);
      if (still === undefined) return undefined;
      if (still > 0) return { requeueAfterMs: still };
      const { uid = '' } = fresh.metadata;
      await client.delete(jobs, fresh.metadata, { propagationPolicy: 'Foreground', preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return undefined;
  };
  const watches = [
    watchWith(jobs, (queue) => {
      const add = (job: Job) => {
        if (expiresAt(job) !== undefined) queue.add(objectKey(job));
      };
      return { added: add, updated: (_, job) => add(job) };
    }),
  ];
  startController(world, informers, { name: 'ttl-after-finished', watches, reconcile }, signal);
}
