/** Where a Pod is in its life, read from its status alone. */
import type { ContainerStatus, Pod } from '#engine/api';

/** In the order in which a Pod lives them. */
type Stage =
  | 'waiting'
  | 'bound'
  | 'pulling'
  | 'starting'
  | 'ready'
  | 'failing'
  | 'failed'
  | 'succeeded'
  | 'terminating'
  | 'unknown';

/** What a colour stands for, together with a shape and a word. */
export type Health = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

export interface PodState {
  readonly stage: Stage;
  readonly health: Health;
  /** The word `kubectl get pods` prints under STATUS. */
  readonly status: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
}

const HEALTH: { readonly [stage in Stage]: Health } = {
  waiting: 'busy',
  bound: 'busy',
  pulling: 'busy',
  starting: 'busy',
  ready: 'good',
  failing: 'bad',
  failed: 'bad',
  succeeded: 'idle',
  terminating: 'idle',
  unknown: 'warn',
};

const CREATING = new Set(['ContainerCreating', 'PodInitializing', '']);

const conditionOf = (pod: Pod, type: string) => pod.status?.conditions?.find((condition) => condition.type === type);

/** A restartable init container is a sidecar: it counts as a container. */
function sidecars(pod: Pod): ReadonlySet<string> {
  const names = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return new Set(names.map(({ name }) => name));
}

function initProgress(pod: Pod, statuses: readonly ContainerStatus[]): string | undefined {
  const asides = sidecars(pod);
  const total = pod.spec?.initContainers?.length ?? 0;
  for (const [index, { name, state, started }] of statuses.entries()) {
    if (state?.terminated && state.terminated.exitCode === 0) continue;
    if (asides.has(name) && started) continue;
    const reason = state?.terminated ? state.terminated.reason || 'Error' : state?.waiting?.reason;
    if (reason && !CREATING.has(reason)) return `Init:${reason}`;
    return `Init:${index}/${total}`;
  }
  return undefined;
}

/** The first reason of a container that is neither running nor about to. */
function trouble(statuses: readonly ContainerStatus[]): string | undefined {
  for (const { state } of statuses) {
    const waiting = state?.waiting?.reason ?? '';
    if (state?.waiting && !CREATING.has(waiting)) return waiting;
    if (state?.terminated) return state.terminated.reason || `ExitCode:${state.terminated.exitCode}`;
  }
  return undefined;
}

function stageOf(pod: Pod): readonly [Stage, string] {
  const { phase = 'Pending', reason, containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  if (pod.metadata.deletionTimestamp) return ['terminating', 'Terminating'];
  if (phase === 'Failed') return ['failed', reason || trouble(containerStatuses) || 'Failed'];
  if (phase === 'Succeeded') return ['succeeded', 'Completed'];
  if (phase === 'Unknown') return ['unknown', reason || 'Unknown'];
  if (!pod.spec?.nodeName) return ['waiting', conditionOf(pod, 'PodScheduled')?.reason || 'Pending'];
  const init = initProgress(pod, initContainerStatuses);
  const wrong = trouble(containerStatuses);
  if (init && phase === 'Pending') return [/:\D/.test(init) ? 'failing' : 'starting', init];
  if (wrong) return [wrong === 'Completed' ? 'starting' : 'failing', wrong];
  if (conditionOf(pod, 'Ready')?.status === 'True') return ['ready', 'Running'];
  if (phase === 'Running') return ['starting', 'Running'];
  if (containerStatuses.length === 0) return ['bound', 'Pending'];
  const sandbox = conditionOf(pod, 'PodReadyToStartContainers')?.status === 'True';
  return [sandbox ? 'pulling' : 'bound', 'ContainerCreating'];
}

/** @fidelity partial: pulling and creating a container look the same in a Pod's status, both are shown as pulling */
export function podState(pod: Pod): PodState {
  const [stage, status] = stageOf(pod);
  const statuses = pod.status?.containerStatuses ?? [];
  let ready = 0;
  let restarts = 0;
  for (const container of statuses) {
    if (container.ready) ready++;
    restarts += container.restartCount;
  }
  const stuck = stage === 'waiting' && status === 'Unschedulable';
  return {
    stage,
    health: stuck ? 'warn' : HEALTH[stage],
    status,
    ready,
    total: pod.spec?.containers?.length ?? statuses.length,
    restarts,
  };
}

const WORST: readonly Health[] = ['idle', 'good', 'busy', 'warn', 'bad'];

/** The one of the two that needs more attention. */
export const worse = (a: Health, b: Health): Health => (WORST.indexOf(a) >= WORST.indexOf(b) ? a : b);
