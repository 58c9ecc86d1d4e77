/** The conditions of a Pod that its kubelet owns. @upstream pkg/kubelet/status/generate.go */
import type { ContainerStatus, Pod, PodCondition } from '#engine/api';
import type { Time } from '#engine/apimachinery';
import { anyRegularStarted } from './pod-phase.ts';
import { isRestartableInit } from './types.ts';

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

export interface ConditionInput {
  readonly pod: Pod;
  readonly init: readonly ContainerStatus[];
  readonly regular: readonly ContainerStatus[];
  readonly phase: string;
  readonly sandboxReady: boolean;
  /** What was last reported: equal conditions keep their times. */
  readonly previous: readonly PodCondition[];
  /** What the API has: other writers' conditions are kept. */
  readonly inApi: readonly PodCondition[];
  readonly now: Time;
}

/** The types that a kubelet writes. */
export const OWNED_CONDITIONS = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
];

/** In upstream's order, other writers' conditions after them. */
export function podConditions(input: ConditionInput): readonly PodCondition[] {
  const containersReady = containersReadyVerdict(input);
  const verdicts: readonly (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', { status: input.sandboxReady ? 'True' : 'False' }],
    ['Initialized', initializedVerdict(input)],
    ['Ready', readyVerdict(input.pod, input.inApi, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', { status: 'True' }],
  ];
  const own = verdicts.map(([type, verdict]) => condition(type, verdict, input));
  return [...own, ...input.inApi.filter((other) => !OWNED_CONDITIONS.includes(other.type))];
}

/** A condition with its times: `lastTransitionTime` moves only with the status. */
export function condition(
  type: string,
  verdict: Verdict,
  { previous, pod, now }: Pick<ConditionInput, 'previous' | 'pod' | 'now'>,
): PodCondition {
  const before = previous.find((candidate) => candidate.type === type);
  const generation = pod.metadata.generation;
  return {
    type,
    ...(generation !== undefined && { observedGeneration: generation }),
    status: verdict.status,
    lastTransitionTime: before?.status === verdict.status ? (before.lastTransitionTime ?? now) : now,
    ...(verdict.reason !== undefined && { reason: verdict.reason }),
    ...(verdict.message !== undefined && { message: verdict.message }),
  };
}

function initializedVerdict({ pod, init, regular, phase }: ConditionInput): Verdict {
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of pod.spec.initContainers ?? []) {
    const status = init.find((candidate) => candidate.name === container.name);
    if (!status) unknown.push(container.name);
    else if (isRestartableInit(container) ? !status.started : !status.ready) incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' };
  if (anyRegularStarted(pod, regular)) return { status: 'True' };
  const message = joined([
    ['containers with unknown status', unknown],
    ['containers with incomplete status', incomplete],
  ]);
  return message ? { status: 'False', reason: 'ContainersNotInitialized', message } : { status: 'True' };
}

function containersReadyVerdict({ pod, init, regular, phase }: ConditionInput): Verdict {
  const unknown: string[] = [];
  const unready: string[] = [];
  const check = (name: string, statuses: readonly ContainerStatus[]) => {
    const status = statuses.find((candidate) => candidate.name === name);
    if (!status) unknown.push(name);
    else if (!status.ready) unready.push(name);
  };
  for (const container of pod.spec.initContainers ?? []) if (isRestartableInit(container)) check(container.name, init);
  for (const container of pod.spec.containers) check(container.name, regular);
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const message = joined([
    ['containers with unknown status', unknown],
    ['containers with unready status', unready],
  ]);
  return message ? { status: 'False', reason: 'ContainersNotReady', message } : { status: 'True' };
}

function readyVerdict(pod: Pod, conditions: readonly PodCondition[], containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const faults: string[] = [];
  for (const gate of pod.spec.readinessGates ?? []) {
    const state = conditions.find((candidate) => candidate.type === gate.conditionType);
    if (!state) faults.push(`corresponding condition of pod readiness gate "${gate.conditionType}" does not exist.`);
    else if (state.status !== 'True') {
      faults.push(`the status of pod readiness gate "${gate.conditionType}" is not "True", but ${state.status}`);
    }
  }
  return faults.length > 0
    ? { status: 'False', reason: 'ReadinessGatesNotReady', message: faults.join(', ') }
    : { status: 'True' };
}

const joined = (groups: readonly (readonly [string, readonly string[]])[]): string =>
  groups
    .filter(([, names]) => names.length > 0)
    .map(([text, names]) => `${text}: [${names.join(' ')}]`)
    .join(', ');
