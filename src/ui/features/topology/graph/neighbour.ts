/** From one object of the drawing to the next one in a direction: how arrow keys walk over it. */
import type { Scene } from './pipeline.ts';
import { CARD } from './room.ts';
import { type Ref, refKey } from './sources.ts';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

export interface Place {
  readonly key: string;
  readonly ref: Ref;
  /** The middle of it. */
  readonly x: number;
  readonly y: number;
}

const AWAY: { readonly [direction in Direction]: readonly [number, number] } = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** How much worse a step aside is than one ahead. */
const ASIDE = 2.5;
/** Where a room can be pointed at: its title, above the first column of Pods. */
const TITLE = { x: 12 + CARD.width / 2, y: 20 } as const;

/** Everything that can be chosen, rooms by their titles. */
export function placesOf({ rooms }: Scene): readonly Place[] {
  const places: Place[] = [];
  for (const { box, group, heads, pods } of rooms) {
    if (group.ref && !group.head)
      places.push({ key: refKey(group.ref), ref: group.ref, x: box.x + TITLE.x, y: box.y + TITLE.y });
    for (const { head, x, y } of heads)
      places.push({ key: refKey(head.ref), ref: head.ref, x: x + CARD.width / 2, y: y + CARD.height / 2 });
    for (const { pod, x, y } of pods)
      places.push({ key: pod.key, ref: pod.ref, x: x + CARD.width / 2, y: y + CARD.height / 2 });
  }
  return places;
}

/** The nearest one that way; the first of all when none is chosen; undefined at the edge. */
export function neighbour(places: readonly Place[], chosen: string, direction: Direction): Place | undefined {
  const from = places.find(({ key }) => key === chosen);
  if (!from) return places[0];
  const [dx, dy] = AWAY[direction];
  let best: Place | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const ahead = (place.x - from.x) * dx + (place.y - from.y) * dy;
    if (ahead < 1) continue;
    const aside = Math.abs((place.x - from.x) * dy + (place.y - from.y) * dx);
    const distance = ahead + aside * ASIDE;
    if (distance < least) {
      least = distance;
      best = place;
    }
  }
  return best;
}
