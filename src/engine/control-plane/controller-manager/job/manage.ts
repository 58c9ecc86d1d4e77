/** Makes and removes the Pods of a Job. @upstream pkg/controller/job/job_controller.go manageJob */
import type { Job, Pod, PodTemplateSpec } from '#engine/api';
import { pods } from '#engine/api';
import { isNotFound } from '#engine/apimachinery';
import { type Client, type Expectations, isPanic } from '#engine/client-go';
import type { Millis, World } from '#engine/sim';
import { isNamespaceTerminating, type PodControl, slowStart } from '../pod-control.ts';
import { isPodReady, isPodTerminating } from '../pod-status.ts';
import { rankForDeletion } from '../replicaset/compute-replicas.ts';
import { decided } from '../traces.ts';
import { remainingDelay } from './backoff.ts';
import { completionIndexOf, indexedTemplate, indexesOf, isIndexed, withIndexVariable } from './completion-index.ts';
import { isTracked, TRACKING, UNTRACK } from './finalizer.ts';
import { firstFree, withIndexes } from './intervals.ts';
import { byIndex, failureAnnotations, limitsEachIndex, recordOf } from './per-index.ts';
import { replacesOnlyFailed } from './policies.ts';
import { isSuspended, type Round, uidOf, wantedPods } from './round.ts';

/** Pods made or removed in one sync at most. */
const BURST = 500;

export interface ManageTools {
  readonly world: World;
  readonly client: Client;
  readonly podControl: PodControl;
  readonly expectations: Expectations;
  /** Look at the Job again in so many milliseconds. */
  readonly again: (key: string, ms: Millis) => void;
}

interface Managed {
  /** How many Pods are active now. */
  readonly active: number;
  readonly error?: unknown;
}

/** The Pods that are too many: first those whose index is taken or none. */
function surplus(job: Job, active: readonly Pod[], atLeast: number, now: Millis): readonly Pod[] {
  const remove: Pod[] = [];
  let rest = active;
  if (isIndexed(job)) {
    const left: Pod[] = [];
    const groups = new Map<number, Pod[]>();
    for (const pod of [...active].sort(byIndex)) {
      const index = completionIndexOf(pod);
      if (index === undefined || index >= (job.spec.completions ?? 0)) remove.push(pod);
      else groups.set(index, [...(groups.get(index) ?? []), pod]);
    }
    for (const group of groups.values()) {
      const ranked = rankForDeletion(group, [], now);
      remove.push(...ranked.slice(0, -1));
      left.push(...ranked.slice(-1));
    }
    rest = left;
  }
  if (remove.length < atLeast) {
    remove.push(...rankForDeletion(rest, [], now).slice(0, atLeast - remove.length));
  }
  return remove;
}

/** Removes Pods that need not be counted: their finalizer goes first. */
async function removePods(tools: ManageTools, round: Round, doomed: readonly Pod[]): Promise<Managed> {
  const { expectations, client, podControl } = tools;
  expectations.expectDeletions(round.key, doomed.map(uidOf));
  let removed = doomed.length;
  let failure: unknown;
  const failed = (pod: Pod, error: unknown) => {
    if (isPanic(error)) throw error;
    expectations.deletionObserved(round.key, uidOf(pod));
    if (isNotFound(error)) return;
    removed--;
    failure ??= error;
  };
  await Promise.all(
    doomed.map(async (pod) => {
      try {
        const { namespace, name } = pod.metadata;
        if (isTracked(pod)) await client.patch(pods, { namespace, name }, 'strategic', UNTRACK);
        await podControl.delete(round.job, pod);
      } catch (error) {
        failed(pod, error);
      }
      if (isPodReady(pod)) round.ready--;
    }),
  );
  round.terminating += removed;
  return { active: round.active.length - removed, ...(failure !== undefined && { error: failure }) };
}

/** The indexes that lack a Pod; or how long the first of them has to wait. */
function missingIndexes(round: Round, count: number, now: Millis): { indexes: readonly number[]; waitMs: Millis } {
  const { job, active, pods: all, succeededIndexes, failedIndexes = [], waiting } = round;
  let taken = withIndexes(succeededIndexes, indexesOf(active));
  if (replacesOnlyFailed(job)) taken = withIndexes(taken, indexesOf(all.filter(isPodTerminating)));
  for (const { first, last } of failedIndexes) {
    taken = withIndexes(
      taken,
      Array.from({ length: last - first + 1 }, (_, i) => first + i),
    );
  }
  const free = firstFree(taken, count, job.spec.completions ?? 0);
  if (!limitsEachIndex(job)) return { indexes: free, waitMs: 0 };
  const delays = free.map((index) => {
    const failed = waiting.get(index);
    return failed ? remainingDelay(recordOf(failed), now) : 0;
  });
  const due = free.filter((_, i) => delays[i] === 0);
  return { indexes: due, waitMs: due.length > 0 ? 0 : Math.min(...delays) };
}

function podTemplate(job: Job): PodTemplateSpec {
  const template = isIndexed(job) ? withIndexVariable(job.spec.template) : job.spec.template;
  const finalizers = template.metadata?.finalizers ?? [];
  return { ...template, metadata: { ...template.metadata, finalizers: [...finalizers, TRACKING] } };
}

async function createPods(tools: ManageTools, round: Round, count: number, indexes: readonly number[]) {
  const { expectations, podControl } = tools;
  const { job, key } = round;
  const template = podTemplate(job);
  expectations.expectCreations(key, count);
  const { successes, error } = await slowStart(count, async (i) => {
    const index = indexes[i];
    try {
      if (index === undefined) await podControl.create(job, template);
      else {
        const annotations = limitsEachIndex(job) ? failureAnnotations(job, round.waiting.get(index)) : {};
        const own = indexedTemplate(template, job, index, annotations);
        await podControl.create(job, own.template, own.generateName);
      }
    } catch (failure) {
      // Nobody misses a Pod in a namespace that goes away.
      if (!isNamespaceTerminating(failure)) throw failure;
    }
  });
  if (count > successes) expectations.creationObserved(key, count - successes);
  return { active: round.active.length + successes, ...(error !== undefined && { error }) };
}

const tell = ({ world }: ManageTools, round: Round, did: 'create' | 'delete', count: number) => {
  const { namespace, name } = round.job.metadata;
  const { succeeded, failed, active } = round;
  const wanted = isSuspended(round.job) ? 0 : wantedPods(round);
  const about = { namespace, name };
  decided(world, { controller: 'job', about, did, count, wanted, active: active.length, succeeded, failed });
};

/** As many Pods as the Job wants to run now. */
export async function managePods(tools: ManageTools, round: Round): Promise<Managed> {
  const now = tools.world.clock.now();
  const { job, active, key } = round;
  if (isSuspended(job)) {
    const doomed = surplus(job, active, active.length, now);
    if (doomed.length === 0) return { active: active.length };
    tell(tools, round, 'delete', doomed.length);
    return removePods(tools, round, doomed);
  }
  const wanted = wantedPods(round);
  const doomed = surplus(job, active, Math.max(0, active.length - wanted), now).slice(0, BURST);
  if (doomed.length > 0) {
    tell(tools, round, 'delete', doomed.length);
    return removePods(tools, round, doomed);
  }
  let missing = wanted - active.length - (replacesOnlyFailed(job) ? round.terminating : 0);
  if (missing <= 0) return { active: active.length };
  const delay = limitsEachIndex(job) ? 0 : remainingDelay(round.backoff, now);
  if (delay > 0) {
    tools.again(key, delay);
    return { active: 0 };
  }
  missing = Math.min(missing, BURST);
  let indexes: readonly number[] = [];
  if (isIndexed(job)) {
    const found = missingIndexes(round, missing, now);
    if (found.waitMs > 0) {
      tools.again(key, found.waitMs);
      return { active: 0 };
    }
    indexes = found.indexes;
    missing = indexes.length;
    if (missing === 0) return { active: active.length };
  }
  tell(tools, round, 'create', missing);
  return createPods(tools, round, missing, indexes);
}
