/** Places in a room that stay where they are: who comes takes the first free one, who leaves frees his. */
import type { PodFacts } from './facts.ts';

export type Slots = ReadonlyMap<string, number>;

export function assignSlots(previous: Slots | undefined, pods: readonly PodFacts[]): Slots {
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  const fresh: PodFacts[] = [];
  for (const pod of pods) {
    const slot = previous?.get(pod.id);
    if (slot === undefined) fresh.push(pod);
    else {
      slots.set(pod.id, slot);
      taken.add(slot);
    }
  }
  // Those who come together stand in order of their names.
  fresh.sort((a, b) => (a.key < b.key ? -1 : 1));
  let free = 0;
  for (const { id } of fresh) {
    while (taken.has(free)) free++;
    slots.set(id, free);
    free++;
  }
  return slots;
}

/** How many places there must be for every slot in use. */
export function span(slots: Slots): number {
  let highest = -1;
  for (const slot of slots.values()) if (slot > highest) highest = slot;
  return highest + 1;
}
