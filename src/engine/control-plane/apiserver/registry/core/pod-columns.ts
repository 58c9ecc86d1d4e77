/**
 * What `kubectl get pods` shows: the one word for a Pod's state, above all.
 * @upstream pkg/printers/internalversion/printers.go (printPod)
 */
import type { ContainerStatus, Pod } from '#engine/api';
import { parseTime } from '#engine/sim';
import { ageColumn, column, NONE, nameColumn, wideColumn } from '../columns.ts';
import { fieldDescription } from '../descriptions.ts';
import { humanDuration } from '../human-duration.ts';
import type { Column, RowCondition } from '../strategy.ts';
import { isRestartableInit } from './pod-resources.ts';

interface Summary {
  readonly ready: string;
  readonly reason: string;
  readonly restarts: number;
  readonly lastRestart: number | undefined;
}

/** Restarts being counted, with the time of the last one. */
interface Restarts {
  count: number;
  last: number | undefined;
}

function countRestarts(restarts: Restarts, { restartCount = 0, lastState }: ContainerStatus): void {
  restarts.count += restartCount;
  const ended = lastState?.terminated?.finishedAt;
  const at = ended ? parseTime(ended) : undefined;
  if (at !== undefined && (restarts.last === undefined || restarts.last < at)) restarts.last = at;
}

const endedReason = ({ signal = 0, exitCode = 0 }: { readonly signal?: number; readonly exitCode?: number }) =>
  signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`;

interface Initialization {
  readonly reason: string | undefined;
  readonly readySidecars: number;
  readonly all: Restarts;
  readonly sidecars: Restarts;
}

/** How far the init containers are; without a reason they are done. */
function initialization({ spec, status }: Pod): Initialization {
  const sidecarNames = new Set((spec.initContainers ?? []).filter(isRestartableInit).map(({ name }) => name));
  const all: Restarts = { count: 0, last: undefined };
  const sidecars: Restarts = { count: 0, last: undefined };
  let readySidecars = 0;
  for (const [i, container] of (status.initContainerStatuses ?? []).entries()) {
    const sidecar = sidecarNames.has(container.name);
    countRestarts(all, container);
    if (sidecar) countRestarts(sidecars, container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && container.started) {
      if (container.ready) readySidecars += 1;
      continue;
    }
    let reason = `${i}/${(spec.initContainers ?? []).length}`;
    if (terminated) reason = terminated.reason || endedReason(terminated);
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = waiting.reason;
    return { reason: `Init:${reason}`, readySidecars, all, sidecars };
  }
  return { reason: undefined, readySidecars, all, sidecars };
}

const isTrue = ({ status }: Pod, type: string) =>
  status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

function initialReason({ status }: Pod): string {
  const gated = status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : status.reason || status.phase || '';
}

/** What the containers say, the last one first. */
function runningReason(
  pod: Pod,
  before: string,
  restarts: Restarts,
): { readonly reason: string; readonly ready: number } {
  let reason = before;
  let ready = 0;
  let running = false;
  const statuses = pod.status.containerStatuses ?? [];
  for (let i = statuses.length - 1; i >= 0; i--) {
    const container = statuses[i] as ContainerStatus;
    const { waiting, terminated, running: runs } = container.state ?? {};
    countRestarts(restarts, container);
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) reason = terminated.reason || endedReason(terminated);
    else if (container.ready && runs) {
      running = true;
      ready += 1;
    }
  }
  if (reason === 'Completed' && running) reason = isTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  return { reason, ready };
}

function summarize(pod: Pod): Summary {
  const { metadata, spec, status } = pod;
  const total = (spec.containers ?? []).length + (spec.initContainers ?? []).filter(isRestartableInit).length;
  const init = initialization(pod);
  let reason = init.reason ?? initialReason(pod);
  let ready = init.readySidecars;
  let restarts = init.all;
  if (init.reason === undefined || isTrue(pod, 'Initialized')) {
    restarts = init.sidecars;
    const main = runningReason(pod, reason, restarts);
    reason = main.reason;
    ready += main.ready;
  }
  if (metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') reason = 'Terminating';
  }
  return { ready: `${ready}/${total}`, reason, restarts: restarts.count, lastRestart: restarts.last };
}

const summaries = new WeakMap<Pod, Summary>();

/** Three columns ask; Pods are frozen, so one answer does. */
function summaryOf(pod: Pod): Summary {
  let summary = summaries.get(pod);
  if (!summary) {
    summary = summarize(pod);
    summaries.set(pod, summary);
  }
  return summary;
}

function restartText(pod: Pod, now: number): string {
  const { restarts, lastRestart } = summaryOf(pod);
  if (restarts === 0 || lastRestart === undefined) return String(restarts);
  return `${restarts} (${humanDuration(now - lastRestart)} ago)`;
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const passed = gates.filter(
    ({ conditionType }) => status.conditions?.find(({ type }) => type === conditionType)?.status === 'True',
  );
  return `${passed.length}/${gates.length}`;
}

/** Conditions of a Pod that is done. */
export function podRowConditions({ status }: Pod): readonly RowCondition[] {
  if (status.phase === 'Succeeded') {
    return [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }];
  }
  if (status.phase === 'Failed') {
    return [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }];
  }
  return [];
}

const RESTARTS =
  'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.';

/** @fidelity full */
export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  column(
    'Ready',
    'string',
    'The aggregate readiness state of this pod for accepting traffic.',
    (o) => summaryOf(o).ready,
  ),
  column('Status', 'string', 'The aggregate status of the containers in this pod.', (o) => summaryOf(o).reason),
  column('Restarts', 'string', RESTARTS, restartText),
  ageColumn,
  wideColumn('IP', 'string', fieldDescription('PodStatus', 'podIP'), (o) => o.status.podIPs?.[0]?.ip || NONE),
  wideColumn('Node', 'string', fieldDescription('PodSpec', 'nodeName'), (o) => o.spec.nodeName || NONE),
  wideColumn(
    'Nominated Node',
    'string',
    fieldDescription('PodStatus', 'nominatedNodeName'),
    (o) => o.status.nominatedNodeName || NONE,
  ),
  wideColumn('Readiness Gates', 'string', fieldDescription('PodSpec', 'readinessGates'), readinessGates),
];
