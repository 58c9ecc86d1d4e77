/** What each metric of an autoscaler asks for. @upstream pkg/controller/podautoscaler/horizontal.go computeReplicasForMetrics */
import type {
  Pod,
  V2HorizontalPodAutoscaler,
  V2HPAScalingRules,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
} from '#engine/api';
import { quantityMilliValue } from '#engine/apimachinery';
import { type Client, isPanic } from '#engine/client-go';
import type { Millis } from '#engine/sim';
import { messageOf } from '../pod-control.ts';
import { NO_CUSTOM_METRICS, noExternalMetrics, printSelector, resourceMetrics } from './metrics-client.ts';
import { type Proposal, proposeReplicas, type Tolerances } from './replica-calculator.ts';

/** `--horizontal-pod-autoscaler-tolerance` */
const TOLERANCE = 0.1;

export interface MetricsInput {
  readonly client: Client;
  readonly autoscaler: V2HorizontalPodAutoscaler;
  readonly current: number;
  readonly selector: string;
  readonly pods: readonly Pod[];
  readonly now: Millis;
}

/** A metric that could not be read: the reason of its Event and condition, and both messages. */
interface MetricFailure {
  readonly reason: string;
  readonly message: string;
  readonly summary: string;
}

interface MetricOutcome {
  readonly name: string;
  readonly proposal: Proposal;
  readonly status: V2MetricStatus;
}

export interface MetricsOutcome {
  /** The highest that any metric asks for. */
  readonly best: { readonly name: string; readonly replicas: number } | undefined;
  readonly statuses: readonly V2MetricStatus[];
  readonly failures: readonly MetricFailure[];
}

function tolerancesOf({ spec }: V2HorizontalPodAutoscaler): Tolerances {
  const of = (rules: V2HPAScalingRules | undefined) =>
    rules?.tolerance === undefined ? TOLERANCE : Number(quantityMilliValue(rules.tolerance)) / 1000;
  return { up: of(spec.behavior?.scaleUp), down: of(spec.behavior?.scaleDown) };
}

async function resourceOutcome(
  input: MetricsInput,
  resource: string,
  target: V2MetricTarget,
  container?: string,
): Promise<Proposal> {
  const { client, autoscaler, selector, current, pods, now } = input;
  const { averageUtilization: utilization, averageValue } = target;
  try {
    let known: Awaited<ReturnType<typeof resourceMetrics>>;
    try {
      known = await resourceMetrics(client, autoscaler.metadata.namespace ?? '', selector, resource, container);
    } catch (error) {
      if (isPanic(error)) throw error;
      throw new Error(`unable to get metrics for resource ${resource}: ${messageOf(error)}`, { cause: error });
    }
    const wanted =
      averageValue !== undefined
        ? { averageMilli: Number(quantityMilliValue(averageValue)) }
        : { ...(utilization !== undefined && { utilization }) };
    const about = { resource, target: wanted, ...(container !== undefined && { container }) };
    return proposeReplicas(current, pods, known, about, tolerancesOf(autoscaler), now);
  } catch (error) {
    if (isPanic(error)) throw error;
    const what = averageValue !== undefined ? 'usage' : 'utilization';
    throw new Error(`failed to get ${resource} ${what}: ${messageOf(error)}`, { cause: error });
  }
}

const currentValue = ({ utilization, averageMilli }: Proposal) => ({
  ...(utilization !== undefined && { averageUtilization: utilization }),
  averageValue: averageMilli % 1000 === 0 ? String(averageMilli / 1000) : `${averageMilli}m`,
});

async function outcomeOf(input: MetricsInput, spec: V2MetricSpec): Promise<MetricOutcome> {
  const { namespace } = input.autoscaler.metadata;
  const { type, resource, containerResource, pods, object, external } = spec;
  if (resource) {
    const proposal = await resourceOutcome(input, resource.name, resource.target);
    const what =
      resource.target.averageValue === undefined ? 'resource utilization (percentage of request)' : 'resource';
    return {
      name: `${resource.name} ${what}`,
      proposal,
      status: { type, resource: { name: resource.name, current: currentValue(proposal) } },
    };
  }
  if (containerResource) {
    const { name, container, target } = containerResource;
    const proposal = await resourceOutcome(input, name, target, container);
    const what =
      target.averageValue === undefined
        ? 'container resource utilization (percentage of request)'
        : 'container resource';
    return {
      name: `${name} ${what}`,
      proposal,
      status: { type, containerResource: { name, container, current: currentValue(proposal) } },
    };
  }
  if (pods) throw new Error(`unable to get metric ${pods.metric.name}: ${NO_CUSTOM_METRICS}`);
  if (object) {
    const { kind, name } = object.describedObject;
    throw new Error(`unable to get metric ${object.metric.name}: ${kind} on ${namespace} ${name}/${NO_CUSTOM_METRICS}`);
  }
  const { name = '', selector } = external?.metric ?? {};
  const what = `unable to get external metric ${namespace}/${name}/${printSelector(selector)}`;
  throw new Error(`${what}: ${noExternalMetrics(name)}`);
}

/** `failed to get cpu resource metric value` */
function summaryOf({ type, resource, containerResource, external }: V2MetricSpec): string {
  if (resource) return `failed to get ${resource.name} resource metric value`;
  if (containerResource) return `failed to get ${containerResource.name} container metric value`;
  if (external) return `failed to get ${external.metric.name} external metric value`;
  return `failed to get ${type.toLowerCase()} metric value`;
}

export async function computeReplicas(input: MetricsInput): Promise<MetricsOutcome> {
  const statuses: V2MetricStatus[] = [];
  const failures: MetricFailure[] = [];
  let best: MetricsOutcome['best'];
  for (const spec of input.autoscaler.spec.metrics ?? []) {
    try {
      const { name, proposal, status } = await outcomeOf(input, spec);
      statuses.push(status);
      if (best === undefined || proposal.replicas > best.replicas) best = { name, replicas: proposal.replicas };
    } catch (error) {
      if (isPanic(error)) throw error;
      const message = messageOf(error);
      statuses.push({ type: '' });
      failures.push({ reason: `FailedGet${spec.type}Metric`, message, summary: `${summaryOf(spec)}: ${message}` });
    }
  }
  return { best, statuses, failures };
}
