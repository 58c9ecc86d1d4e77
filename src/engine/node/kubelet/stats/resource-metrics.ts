/**
 * `GET /metrics/resource`: CPU and memory in Prometheus' text form, what metrics-server reads.
 * @upstream pkg/kubelet/metrics/collectors/resource_metrics.go
 */
import { cpuOf, memoryOf, type NodeUse } from './summary.ts';

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
}

const family = (name: string, type: Family['type'], help: string): Family => ({ name, type, help });

const CONTAINER_CPU = family(
  'container_cpu_usage_seconds_total',
  'counter',
  '[STABLE] Cumulative cpu time consumed by the container in core-seconds',
);
const CONTAINER_MEMORY = family(
  'container_memory_working_set_bytes',
  'gauge',
  '[STABLE] Current working set of the container in bytes',
);
const CONTAINER_START = family(
  'container_start_time_seconds',
  'gauge',
  '[STABLE] Start time of the container since unix epoch in seconds',
);
const NODE_CPU = family(
  'node_cpu_usage_seconds_total',
  'counter',
  '[STABLE] Cumulative cpu time consumed by the node in core-seconds',
);
const NODE_MEMORY = family(
  'node_memory_working_set_bytes',
  'gauge',
  '[STABLE] Current working set of the node in bytes',
);
const POD_CPU = family(
  'pod_cpu_usage_seconds_total',
  'counter',
  '[STABLE] Cumulative cpu time consumed by the pod in core-seconds',
);
const POD_MEMORY = family('pod_memory_working_set_bytes', 'gauge', '[STABLE] Current working set of the pod in bytes');
const FAILED = '1 if there was an error while getting container metrics, 0 otherwise';
const ERROR = family('resource_scrape_error', 'gauge', `[STABLE] ${FAILED}`);
const OLD_ERROR = family('scrape_error', 'gauge', `(Deprecated since 1.29.0) [ALPHA] ${FAILED}`);

/** As Go prints a float in its shortest form: with an exponent from a million on. */
function goFloat(value: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  if (value === 0 || (Number(exponent) >= -4 && Number(exponent) < 6)) return String(value);
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${exponent.slice(1).padStart(2, '0')}`;
}

const rounded = (seconds: number): number => Math.round(seconds * 1e9) / 1e9;

/** @fidelity partial: no swap, which no Node has here */
export function resourceMetrics({ at, cpuMs, memoryBytes, pods }: NodeUse): string {
  const labels = (all: { readonly [name: string]: string | undefined }) =>
    `{${Object.entries(all)
      .map(([name, value]) => `${name}="${value}"`)
      .join(',')}}`;
  const containers = pods
    .flatMap(({ pod: { metadata }, containers: own }) =>
      own.map((one) => ({
        one,
        where: labels({ container: one.name, namespace: metadata.namespace, pod: metadata.name }),
      })),
    )
    .sort((a, b) => (a.where < b.where ? -1 : 1));
  const each = pods
    .map((use) => ({ use, where: labels({ namespace: use.pod.metadata.namespace, pod: use.pod.metadata.name }) }))
    .sort((a, b) => (a.where < b.where ? -1 : 1));
  const lines: string[] = [];
  const put = (
    { name, type, help }: Family,
    samples: readonly (readonly [where: string, value: number])[],
    time = ` ${Math.floor(at)}`,
  ) => {
    if (samples.length === 0) return;
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [where, value] of samples) lines.push(`${name}${where} ${goFloat(value)}${time}`);
  };
  put(
    CONTAINER_CPU,
    containers.map(({ one, where }) => [where, rounded(one.cpuMs / 1000)]),
  );
  put(
    CONTAINER_MEMORY,
    containers.map(({ one, where }) => [where, one.memoryBytes]),
  );
  put(
    CONTAINER_START,
    containers.map(({ one, where }) => [where, one.startedAt / 1000]),
    '',
  );
  put(NODE_CPU, [['', rounded(cpuMs / 1000)]]);
  put(NODE_MEMORY, [['', memoryBytes]]);
  put(
    POD_CPU,
    each.map(({ use, where }) => [where, rounded(cpuOf(use) / 1000)]),
  );
  put(
    POD_MEMORY,
    each.map(({ use, where }) => [where, memoryOf(use)]),
  );
  put(ERROR, [['', 0]], '');
  put(OLD_ERROR, [['', 0]], '');
  return `${lines.join('\n')}\n`;
}
