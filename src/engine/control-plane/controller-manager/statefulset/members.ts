/** The places of a StatefulSet, and which Pods fill them. @upstream pkg/controller/statefulset/stateful_set_control.go */
import type { Pod, StatefulSet } from '#engine/api';
import type { Millis } from '#engine/sim';
import { isPodAvailable } from '../pod-status.ts';
import type { Revisions, Versioned } from './history.ts';
import { isInRange, ordinalOf, startOrdinal } from './identity.ts';
import { isTerminating } from './status.ts';

/** A place in the range of ordinals; without a Pod it is empty. */
export interface Replica {
  readonly ordinal: number;
  readonly pod: Pod | undefined;
}

export interface Members {
  /** By ordinal. */
  readonly replicas: readonly Replica[];
  /** Pods beyond the range, the highest ordinal first. */
  readonly condemned: readonly Pod[];
  /** Of the replicas, else of the condemned from the lowest ordinal: scaling down may not pass it. */
  readonly firstUnavailable: Pod | undefined;
}

export const isAvailable = (pod: Pod, { spec }: StatefulSet, now: Millis): boolean =>
  isPodAvailable(pod, spec.minReadySeconds ?? 0, now);

const isUnavailable = (pod: Pod | undefined, set: StatefulSet, now: Millis): boolean =>
  pod === undefined || isTerminating(pod) || !isAvailable(pod, set, now);

export function membersOf(set: StatefulSet, pods: readonly Pod[], now: Millis): Members {
  const inside = new Map<number, Pod>();
  const condemned: Pod[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(pod);
    if (isInRange(set, ordinal)) inside.set(ordinal, pod);
    else if (ordinal >= 0) condemned.push(pod);
  }
  const start = startOrdinal(set);
  const replicas = Array.from({ length: set.spec.replicas ?? 1 }, (_, i) => ({
    ordinal: start + i,
    pod: inside.get(start + i),
  }));
  condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a));
  const unhealthy = replicas.find(({ pod }) => isUnavailable(pod, set, now));
  const firstUnavailable = unhealthy
    ? unhealthy.pod
    : [...condemned].reverse().find((pod) => isUnavailable(pod, set, now));
  return { replicas, condemned, firstUnavailable };
}

/** Of which revision the Pod of an ordinal is made: below the partition of the current one. */
export function versionFor({ spec, status }: StatefulSet, { current, update }: Revisions, ordinal: number): Versioned {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  const start = spec.ordinals?.start ?? 0;
  const kept = rollingUpdate
    ? (rollingUpdate.partition ?? 0)
    : type === 'RollingUpdate'
      ? (status.currentReplicas ?? 0)
      : 0;
  return ordinal < start + kept ? current : update;
}

/** What a rolling update does next: one Pod at a time, from the highest ordinal down to the partition. */
export function nextToUpdate(
  set: StatefulSet,
  { update }: Revisions,
  replicas: readonly Replica[],
  revisionOf: (replica: Replica) => string,
  now: Millis,
): Replica | undefined {
  const { updateStrategy } = set.spec;
  if (updateStrategy?.type === 'OnDelete') return undefined;
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let i = replicas.length - 1; i >= partition; i--) {
    const replica = replicas[i] as Replica;
    const { pod } = replica;
    if (revisionOf(replica) !== update.name && !(pod && isTerminating(pod))) return replica;
    if (isUnavailable(pod, set, now)) return undefined;
  }
  return undefined;
}
