/**
 * Pods sorted into buckets by a key. A Pod's key is worked out once per version of it: most Pods are the same as last
 * time, and are not even looked at (ten thousand cache misses are the whole budget of a frame).
 */
import type { Pod } from '#engine/api';
import { type PodFacts, podFacts } from './facts.ts';

/** Absent: the Pod is not part of the view. */
export type PlaceOf = (pod: PodFacts) => string | undefined;

export type Buckets = ReadonlyMap<string, readonly PodFacts[]>;

export interface Sorted {
  readonly pods: readonly Pod[];
  readonly facts: readonly PodFacts[];
  readonly keys: readonly (string | undefined)[];
  readonly placeOf: PlaceOf;
  readonly buckets: Buckets;
}

export function sortPods(previous: Sorted | undefined, pods: readonly Pod[], placeOf: PlaceOf): Sorted {
  const before = previous?.placeOf === placeOf ? previous : undefined;
  if (before?.pods === pods) return before;
  const facts = new Array<PodFacts>(pods.length);
  const keys = new Array<string | undefined>(pods.length);
  const buckets = new Map<string, PodFacts[]>();
  // Runs behind by one for each Pod that has gone since.
  let old = 0;
  for (let index = 0; index < pods.length; index++) {
    const pod = pods[index] as Pod;
    if (before && before.pods[old] !== pod && before.pods[old + 1] === pod) old++;
    const same = before?.pods[old] === pod ? before.facts[old] : undefined;
    const fact = same ?? podFacts(pod);
    const key = same ? before?.keys[old] : placeOf(fact);
    old++;
    facts[index] = fact;
    keys[index] = key;
    if (key === undefined) continue;
    const bucket = buckets.get(key);
    if (bucket) bucket.push(fact);
    else buckets.set(key, [fact]);
  }
  return { pods, facts, keys, placeOf, buckets };
}
