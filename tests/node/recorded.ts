/** The recordings of a real kubelet, reduced to what can be compared: states without ids, times and addresses. */
import { existsSync, readFileSync } from 'node:fs';
import type { ContainerStatus, Pod } from '#engine/api';

const ROOT = new URL('../../../shared/oracle/lifecycle/', import.meta.url);
export const recordingsExist = existsSync(ROOT);

export function recordedPods(scenario: string): ReadonlyMap<string, readonly Pod[]> {
  const lines = readFileSync(new URL(`${scenario}/watch.json`, ROOT), 'utf8')
    .trim()
    .split('\n');
  return byName(lines.map((line) => (JSON.parse(line) as { object: Pod }).object));
}

export interface RecordedEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly involvedObject: { readonly name: string; readonly kind: string; readonly fieldPath?: string };
  readonly source?: { readonly component?: string };
}

export function recordedEvents(scenario: string): readonly RecordedEvent[] {
  return (JSON.parse(readFileSync(new URL(`${scenario}/events.json`, ROOT), 'utf8')) as { items: RecordedEvent[] })
    .items;
}

export function byName(versions: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const map = new Map<string, Pod[]>();
  for (const pod of versions) map.set(pod.metadata.name, [...(map.get(pod.metadata.name) ?? []), pod]);
  return map;
}

const withoutIds = (text: string | undefined): string => (text ?? '').replace(/_[a-z]+\([0-9a-f-]{36}\)/g, '_ns(uid)');

function container(status: ContainerStatus): string {
  const { waiting, running, terminated } = status.state ?? {};
  const state = waiting
    ? `waiting ${waiting.reason} ${withoutIds(waiting.message)}`
    : running
      ? 'running'
      : `terminated ${terminated?.reason} ${terminated?.exitCode}`;
  const last = status.lastState?.terminated;
  const flags = `${status.ready ? 'ready' : 'unready'} ${status.started ? 'started' : 'unstarted'} x${status.restartCount}`;
  return `${status.name}: ${state.trim()} | ${flags}${last ? ` | last ${last.reason} ${last.exitCode}` : ''}`;
}

/** One line that says everything about a version of a Pod which two runs must have in common. */
function reduced(pod: Pod): string {
  const { status } = pod;
  const conditions = (status.conditions ?? []).map(
    (condition) =>
      `${condition.type}=${condition.status}${condition.reason ? `(${condition.reason}: ${condition.message ?? ''})` : ''}`,
  );
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(container);
  return [
    `${status.phase}${status.podIP ? ' with address' : ''}${status.reason ? ` ${status.reason}` : ''}`,
    ...conditions,
    ...containers,
  ].join('\n  ');
}

/** The states the kubelet reported, each once in a row. */
export function reportedStates(versions: readonly Pod[]): readonly string[] {
  const states = versions.filter((pod) => pod.status?.observedGeneration !== undefined).map(reduced);
  return states.filter((state, i) => state !== states[i - 1]);
}
