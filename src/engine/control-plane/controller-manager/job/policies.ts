/**
 * What a Job's rules say about a failed Pod, and about the indexes that succeeded.
 * @upstream pkg/controller/job/pod_failure_policy.go, pkg/controller/job/success_policy.go
 */
import type { ContainerStatus, Job, Pod, PodFailurePolicy, PodFailurePolicyRule } from '#engine/api';
import { countOf, type Intervals, overlapOf, parseIntervals } from './intervals.ts';

interface FailureVerdict {
  /** Why the Job as a whole has failed. */
  readonly failJob?: string;
  /** Whether the failure counts towards the limit. */
  readonly counts: boolean;
  readonly failIndex: boolean;
}

type ExitCodes = NonNullable<PodFailurePolicyRule['onExitCodes']>;

function exited(
  statuses: readonly ContainerStatus[] | undefined,
  { containerName, operator, values }: ExitCodes,
): ContainerStatus | undefined {
  return statuses?.find(({ name, state }) => {
    const code = state?.terminated?.exitCode ?? 0;
    if (code === 0 || (containerName !== undefined && containerName !== name)) return false;
    return operator === 'In' ? values.includes(code) : operator === 'NotIn' && !values.includes(code);
  });
}

/** What the first matching rule says; the message for a Job that fails by it. */
function matchRule({ onExitCodes, onPodConditions, action }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const { namespace, name } = pod.metadata;
  const { containerStatuses, initContainerStatuses, conditions = [] } = pod.status;
  if (onExitCodes) {
    const status = exited(containerStatuses, onExitCodes) ?? exited(initContainerStatuses, onExitCodes);
    const code = status?.state?.terminated?.exitCode;
    return (
      status &&
      `Container ${status.name} for pod ${namespace}/${name} failed with exit code ${code} matching ${action} rule`
    );
  }
  const condition = conditions.find(({ type, status }) =>
    onPodConditions?.some((pattern) => pattern.type === type && pattern.status === status),
  );
  return condition && `Pod ${namespace}/${name} has condition ${condition.type} matching ${action} rule`;
}

export function judgeFailure(policy: PodFailurePolicy | undefined, pod: Pod): FailureVerdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const match = matchRule(rule, pod);
    if (match === undefined) continue;
    switch (rule.action) {
      case 'Ignore':
        return { counts: false, failIndex: false };
      case 'Count':
        return { counts: true, failIndex: false };
      case 'FailIndex':
        return { counts: true, failIndex: true };
      case 'FailJob':
        return { failJob: `${match} at index ${index}`, counts: true, failIndex: false };
    }
  }
  return { counts: true, failIndex: false };
}

/** A replacement waits until the Pod has really ended. */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;

/** A Pod on its way out counts as failed, unless the Job waits to see how it ends. */
export function isPodFailed({ metadata, status }: Pod, job: Job): boolean {
  if (status.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return metadata.deletionTimestamp !== undefined && status.phase !== 'Succeeded';
}

/** Which rule is met, in words; undefined when none is. */
export function metSuccessRule({ spec }: Job, succeeded: Intervals): string | undefined {
  if (succeeded.length === 0) return undefined;
  for (const [index, { succeededIndexes, succeededCount }] of (spec.successPolicy?.rules ?? []).entries()) {
    const message = `Matched rules at index ${index}`;
    if (succeededIndexes !== undefined) {
      const wanted = parseIntervals(succeededIndexes, spec.completions ?? 0);
      if (wanted.length === 0) continue;
      const reached = overlapOf(wanted, succeeded);
      if (reached === countOf(wanted) || (succeededCount !== undefined && reached >= succeededCount)) return message;
    } else if (succeededCount !== undefined && countOf(succeeded) >= succeededCount) return message;
  }
  return undefined;
}
