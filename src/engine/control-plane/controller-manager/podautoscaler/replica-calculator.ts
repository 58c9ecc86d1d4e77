/** How many Pods the use of a resource asks for. @upstream pkg/controller/podautoscaler/replica_calculator.go */
import type { Pod } from '#engine/api';
import { quantityMilliValue } from '#engine/apimachinery';
import { type Millis, parseTime } from '#engine/sim';
import { podCondition } from '../pod-status.ts';
import type { PodMetric } from './metrics-client.ts';

const INITIALIZATION_MS = 300_000;
const INITIAL_READINESS_MS = 30_000;

/** Deviations that are not worth scaling for. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

export interface Target {
  /** Percent of what is requested, or thousandths per Pod. */
  readonly utilization?: number;
  readonly averageMilli?: number;
}

export interface Proposal {
  readonly replicas: number;
  readonly utilization?: number;
  readonly averageMilli: number;
}

const within = (ratio: number, { up, down }: Tolerances): boolean => 1 - down <= ratio && ratio <= 1 + up;

interface Groups {
  readonly ready: number;
  readonly unready: ReadonlySet<string>;
  readonly missing: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

function isUnready(pod: Pod, metric: PodMetric, resource: string, now: Millis): boolean {
  if (resource !== 'cpu') return false;
  const condition = podCondition(pod, 'Ready');
  const started = pod.status.startTime === undefined ? undefined : parseTime(pod.status.startTime);
  if (!condition || started === undefined) return true;
  const turned = parseTime(condition.lastTransitionTime ?? '') ?? started;
  if (started + INITIALIZATION_MS > now) {
    return condition.status === 'False' || metric.at < turned + metric.windowMs;
  }
  return condition.status === 'False' && started + INITIAL_READINESS_MS > turned;
}

function groupPods(
  pods: readonly Pod[],
  metrics: ReadonlyMap<string, PodMetric>,
  resource: string,
  now: Millis,
): Groups {
  const groups = { unready: new Set<string>(), missing: new Set<string>(), ignored: new Set<string>() };
  let ready = 0;
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const metric = metrics.get(name);
    if (deletionTimestamp !== undefined || pod.status.phase === 'Failed') groups.ignored.add(name);
    else if (pod.status.phase === 'Pending') groups.unready.add(name);
    else if (!metric) groups.missing.add(name);
    else if (isUnready(pod, metric, resource, now)) groups.unready.add(name);
    else ready++;
  }
  return { ...groups, ready };
}

/** What each Pod requests, in thousandths. Throws for one that does not say. */
function requestsOf(pods: readonly Pod[], resource: string, container?: string): ReadonlyMap<string, number> {
  const requests = new Map<string, number>();
  for (const { metadata, spec } of pods) {
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
    const counted = [...(spec.containers ?? []), ...sidecars];
    let sum = 0;
    for (const { name, resources } of counted) {
      if (container !== undefined && name !== container) continue;
      const request = resources?.requests?.[resource];
      if (request === undefined) {
        throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
      }
      sum += Number(quantityMilliValue(request));
    }
    requests.set(metadata.name, sum);
  }
  return requests;
}

interface Usage {
  readonly ratio: number;
  readonly utilization?: number;
  readonly averageMilli: number;
}

function usageOf(metrics: ReadonlyMap<string, number>, requests: ReadonlyMap<string, number>, target: Target): Usage {
  let used = 0;
  let requested = 0;
  let count = 0;
  for (const [name, milli] of metrics) {
    const request = requests.get(name);
    if (target.utilization !== undefined && request === undefined) continue;
    used += milli;
    requested += request ?? 0;
    count++;
  }
  const averageMilli = count === 0 ? 0 : Math.trunc(used / count);
  if (target.utilization === undefined) return { ratio: averageMilli / (target.averageMilli ?? 1), averageMilli };
  if (requested === 0) throw new Error('no metrics returned matched known pods');
  const utilization = Math.trunc((used * 100) / requested);
  return { ratio: utilization / target.utilization, utilization, averageMilli };
}

/** Throws with upstream's words when there is nothing to reckon with. */
export function proposeReplicas(
  current: number,
  pods: readonly Pod[],
  known: ReadonlyMap<string, PodMetric>,
  about: { readonly resource: string; readonly container?: string; readonly target: Target },
  tolerances: Tolerances,
  now: Millis,
): Proposal {
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const { ready, unready, missing, ignored } = groupPods(pods, known, about.resource, now);
  const metrics = new Map<string, number>();
  for (const [name, { milli }] of known) if (!ignored.has(name) && !unready.has(name)) metrics.set(name, milli);
  if (metrics.size === 0) {
    throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  }
  const { target } = about;
  const relative = target.utilization !== undefined;
  const requests = relative ? requestsOf(pods, about.resource, about.container) : new Map<string, number>();
  const usage = usageOf(metrics, requests, target);
  const found = (replicas: number): Proposal => ({
    replicas,
    averageMilli: usage.averageMilli,
    ...(usage.utilization !== undefined && { utilization: usage.utilization }),
  });
  const growsUnready = unready.size > 0 && usage.ratio > 1;
  if (!growsUnready && missing.size === 0) {
    return found(within(usage.ratio, tolerances) ? current : Math.ceil(usage.ratio * ready));
  }
  const full = Math.max(100, target.utilization ?? 100);
  for (const name of missing) {
    if (usage.ratio < 1) {
      metrics.set(name, relative ? ((requests.get(name) ?? 0) * full) / 100 : (target.averageMilli ?? 0));
    } else if (usage.ratio > 1) metrics.set(name, 0);
  }
  if (growsUnready) for (const name of unready) metrics.set(name, 0);
  const { ratio } = usageOf(metrics, requests, target);
  const turned = (usage.ratio < 1 && ratio > 1) || (usage.ratio > 1 && ratio < 1);
  if (within(ratio, tolerances) || turned) return found(current);
  const replicas = Math.ceil(ratio * metrics.size);
  const contradicts = (ratio < 1 && replicas > current) || (ratio > 1 && replicas < current);
  return found(contradicts ? current : replicas);
}
