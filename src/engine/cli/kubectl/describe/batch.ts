/** describe job, cronjob, horizontalpodautoscaler. @upstream staging/src/k8s.io/kubectl/pkg/describe/describe.go */
import type {
  CoreV1Event,
  CronJob,
  Job,
  PodFailurePolicyRule,
  V2HorizontalPodAutoscaler,
  V2HPAScalingRules,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from '#engine/api';
import { formatLabelSelector } from '#engine/apimachinery';
import { parseTime } from '#engine/sim';
import { humanDuration } from '../text/duration.ts';
import { annotations, controlledBy, events, labels } from './common.ts';
import { podTemplate } from './pod.ts';
import { type DescriptionWriter, rfc1123 } from './writer.ts';

type Events = readonly CoreV1Event[] | undefined;
const UNSET = '<unset>';
const UNKNOWN = '<unknown>';

function failureRule(w: DescriptionWriter, { action, onExitCodes, onPodConditions }: PodFailurePolicyRule): void {
  if (onExitCodes) {
    w.write(
      2,
      `On Exit Codes: ${action} when exit codes ${onExitCodes.operator === 'In' ? 'in' : 'not in'} [${onExitCodes.values.join(' ')}]`,
    );
    return;
  }
  for (const { type, status } of onPodConditions ?? [])
    w.write(2, `On Pod Conditions: ${action} when ${type}=${status}\n`);
}

function jobCounts(w: DescriptionWriter, { spec, status = {} }: Job): void {
  if (status.startTime) w.write(0, `Start Time:\t${rfc1123(status.startTime)}\n`);
  if (status.completionTime) w.write(0, `Completed At:\t${rfc1123(status.completionTime)}\n`);
  if (status.startTime && status.completionTime) {
    const took = (parseTime(status.completionTime) ?? 0) - (parseTime(status.startTime) ?? 0);
    w.write(0, `Duration:\t${humanDuration(took)}\n`);
  }
  if (spec.activeDeadlineSeconds !== undefined) {
    w.write(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s\n`);
  }
  const ready = status.ready === undefined ? '' : ` (${status.ready} Ready)`;
  w.write(
    0,
    `Pods Statuses:\t${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed\n`,
  );
  if (spec.completionMode === 'Indexed') w.write(0, `Completed Indexes:\t${status.completedIndexes || '<none>'}\n`);
}

export function describeJob(w: DescriptionWriter, one: Job, list: Events): void {
  const { metadata, spec } = one;
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  if (spec.selector) w.write(0, `Selector:\t${formatLabelSelector(spec.selector)}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  const owner = controlledBy(metadata);
  if (owner) w.write(0, `Controlled By:\t${owner}\n`);
  if (spec.parallelism !== undefined) w.write(0, `Parallelism:\t${spec.parallelism}\n`);
  w.write(0, `Completions:\t${spec.completions ?? UNSET}\n`);
  if (spec.completionMode) w.write(0, `Completion Mode:\t${spec.completionMode}\n`);
  if (spec.suspend !== undefined) w.write(0, `Suspend:\t${spec.suspend}\n`);
  if (spec.backoffLimit !== undefined) w.write(0, `Backoff Limit:\t${spec.backoffLimit}\n`);
  if (spec.ttlSecondsAfterFinished !== undefined) {
    w.write(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}\n`);
  }
  jobCounts(w, one);
  podTemplate(w, spec.template);
  if (spec.podFailurePolicy) {
    w.write(0, 'Pod Failure Policy:\n');
    for (const rule of spec.podFailurePolicy.rules ?? []) failureRule(w, rule);
  }
  events(w, list);
}

export function describeCronJob(w: DescriptionWriter, one: CronJob, list: Events): void {
  const { metadata, spec, status = {} } = one;
  const job = spec.jobTemplate.spec;
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, `Schedule:\t${spec.schedule}\n`);
  w.write(0, `Concurrency Policy:\t${spec.concurrencyPolicy ?? ''}\n`);
  w.write(0, `Suspend:\t${spec.suspend ? 'True' : 'False'}\n`);
  w.write(0, `Time Zone:\t${spec.timeZone ?? UNSET}\n`);
  w.write(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? UNSET}\n`);
  w.write(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? UNSET}\n`);
  const deadline = spec.startingDeadlineSeconds;
  w.write(0, `Starting Deadline Seconds:\t${deadline === undefined ? UNSET : `${deadline}s`}\n`);
  w.write(0, `Selector:\t${job?.selector ? formatLabelSelector(job.selector) : UNSET}\n`);
  w.write(0, `Parallelism:\t${job?.parallelism ?? UNSET}\n`);
  w.write(0, `Completions:\t${job?.completions ?? UNSET}\n`);
  if (job?.activeDeadlineSeconds !== undefined) {
    w.write(0, `Active Deadline Seconds:\t${job.activeDeadlineSeconds}s\n`);
  }
  if (job) podTemplate(w, job.template);
  w.write(0, `Last Schedule Time:\t${status.lastScheduleTime ? rfc1123(status.lastScheduleTime) : UNSET}\n`);
  const active = (status.active ?? []).map(({ name }) => name ?? '');
  w.write(0, `Active Jobs:\t${active.length > 0 ? active.join(', ') : '<none>'}\n`);
  events(w, list);
}

function usage(target: V2MetricTarget, current: V2MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN} / ${target.averageValue}`;
  const used = current?.averageUtilization;
  const now = used === undefined ? UNKNOWN : `${used}% (${current?.averageValue ?? ''})`;
  return `${now} / ${target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

const percentage = ({ averageValue }: V2MetricTarget): string =>
  averageValue === undefined ? '  (as a percentage of request)' : '';

function amount(target: V2MetricTarget, current: V2MetricValueStatus | undefined): string {
  return target.averageValue === undefined
    ? `${current?.value ?? UNKNOWN} / ${target.value ?? ''}`
    : `${current?.averageValue ?? UNKNOWN} / ${target.averageValue}`;
}

function metricLine(
  { resource, containerResource, pods, object, external }: V2MetricSpec,
  status: V2MetricStatus | undefined,
): string {
  if (resource) {
    const { name, target } = resource;
    return `resource ${name} on pods${percentage(target)}:\t${usage(target, status?.resource?.current)}`;
  }
  if (containerResource) {
    const { name, container, target } = containerResource;
    const current = usage(target, status?.containerResource?.current);
    return `resource ${name} of container "${container}" on pods${percentage(target)}:\t${current}`;
  }
  if (pods) {
    const current = status?.pods?.current.averageValue ?? UNKNOWN;
    return `"${pods.metric.name}" on pods:\t${current} / ${pods.target.averageValue ?? ''}`;
  }
  if (object) {
    const { kind, name } = object.describedObject;
    const how = object.target.averageValue === undefined ? 'target value' : 'target average value';
    return `"${object.metric.name}" on ${kind}/${name} (${how}):\t${amount(object.target, status?.object?.current)}`;
  }
  if (external) {
    const how = external.target.averageValue === undefined ? 'target value' : 'target average value';
    return `"${external.metric.name}" (${how}):\t${amount(external.target, status?.external?.current)}`;
  }
  return '<unknown metric type>';
}

function rules(w: DescriptionWriter, name: string, which: V2HPAScalingRules | undefined): void {
  if (!which) return;
  w.write(1, `${name}:\n`);
  if (which.stabilizationWindowSeconds !== undefined) {
    w.write(2, `Stabilization Window: ${which.stabilizationWindowSeconds} seconds\n`);
  }
  if (!which.policies || which.policies.length === 0) return;
  w.write(2, `Select Policy: ${which.selectPolicy ?? 'Max'}\n`);
  w.write(2, 'Policies:\n');
  for (const { type, value, periodSeconds } of which.policies) {
    w.write(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds\n`);
  }
}

export function describeAutoscaler(w: DescriptionWriter, one: V2HorizontalPodAutoscaler, list: Events): void {
  const { metadata, spec, status } = one;
  w.write(0, `Name:\t${metadata.name}\n`);
  w.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  labels(w, 'Labels', metadata.labels);
  annotations(w, 'Annotations', metadata.annotations);
  w.write(0, `CreationTimestamp:\t${rfc1123(metadata.creationTimestamp)}\n`);
  const { kind, name } = spec.scaleTargetRef;
  w.write(0, `Reference:\t${kind}/${name}\n`);
  w.write(0, 'Metrics:\t( current / target )\n');
  for (const [i, metric] of (spec.metrics ?? []).entries()) {
    w.write(1, `${metricLine(metric, status.currentMetrics?.[i])}\n`);
  }
  w.write(0, `Min replicas:\t${spec.minReplicas ?? UNSET}\n`);
  w.write(0, `Max replicas:\t${spec.maxReplicas}\n`);
  if (spec.behavior) {
    w.write(0, 'Behavior:\n');
    rules(w, 'Scale Up', spec.behavior.scaleUp);
    rules(w, 'Scale Down', spec.behavior.scaleDown);
  }
  w.write(0, `${kind} pods:\t${status.currentReplicas ?? 0} current / ${status.desiredReplicas} desired\n`);
  if ((status.conditions?.length ?? 0) > 0) {
    w.write(0, 'Conditions:\n');
    w.write(1, 'Type\tStatus\tReason\tMessage\n');
    w.write(1, '----\t------\t------\t-------\n');
    for (const { type, status: state, reason, message } of status.conditions ?? []) {
      w.write(1, `${type}\t${state}\t${reason ?? ''}\t${message ?? ''}\n`);
    }
  }
  events(w, list);
}
