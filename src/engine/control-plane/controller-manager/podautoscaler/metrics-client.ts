/**
 * What Pods use, asked of the resource metrics API. Custom and external metrics have no API here: what is said of them is what
 * upstream says in a cluster without adapters.
 * @upstream pkg/controller/podautoscaler/metrics/client.go
 */
import { type LabelSelector, quantityMilliValue, StatusError } from '#engine/apimachinery';
import { type Client, requestJson } from '#engine/client-go';
import { type Millis, parseTime } from '#engine/sim';

/** One Pod's use of a resource, in thousandths. */
export interface PodMetric {
  readonly milli: number;
  readonly at: Millis;
  readonly windowMs: Millis;
}

interface PodMetricsList {
  readonly items?: readonly {
    readonly metadata: { readonly name: string };
    readonly timestamp?: string;
    readonly window?: string;
    readonly containers?: readonly { readonly name: string; readonly usage?: { readonly [name: string]: string } }[];
  }[];
}

const NOT_SERVED = 'the server could not find the requested resource (get pods.metrics.k8s.io)';
const NOT_ABLE = 'the server is currently unable to handle the request (get pods.metrics.k8s.io)';

function whyNot(error: unknown): string {
  if (error instanceof StatusError && error.status.code === 404) return NOT_SERVED;
  if (error instanceof StatusError && error.status.code === 503) return NOT_ABLE;
  return error instanceof Error ? error.message : String(error);
}

/** Rejects with upstream's words. `container`: only its use. */
export async function resourceMetrics(
  client: Client,
  namespace: string,
  selector: string,
  resource: string,
  container?: string,
): Promise<ReadonlyMap<string, PodMetric>> {
  let list: PodMetricsList;
  try {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
    list = (await requestJson(client, 'GET', path)) as PodMetricsList;
  } catch (error) {
    throw new Error(`unable to fetch metrics from resource metrics API: ${whyNot(error)}`, { cause: error });
  }
  const items = list.items ?? [];
  if (items.length === 0) throw new Error('no metrics returned from resource metrics API');
  const metrics = new Map<string, PodMetric>();
  for (const { metadata, timestamp, window, containers = [] } of items) {
    const used = containers.filter(({ name }) => container === undefined || name === container);
    if (used.length === 0 || used.some(({ usage }) => usage?.[resource] === undefined)) continue;
    const milli = used.reduce((sum, { usage }) => sum + Number(quantityMilliValue(usage?.[resource] ?? '0')), 0);
    const at = timestamp === undefined ? 0 : (parseTime(timestamp) ?? 0);
    metrics.set(metadata.name, { milli, at, windowMs: Number.parseFloat(window ?? '60') * 1000 });
  }
  return metrics;
}

export const NO_CUSTOM_METRICS =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';

export const noExternalMetrics = (metric: string): string =>
  `unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${metric}.external.metrics.k8s.io)`;

/** A selector as Go prints the struct. */
export function printSelector(selector: LabelSelector | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const requirements = (selector.matchExpressions ?? []).map(
    ({ key, operator, values }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${(values ?? []).join(' ')}],},`,
  );
  const map = labels.map(([key, value]) => `${key}: ${value},`).join('');
  return `&LabelSelector{MatchLabels:map[string]string{${map}},MatchExpressions:[]LabelSelectorRequirement{${requirements.join('')}},}`;
}
