/** How much is shown: cards where there is room for them, else chips painted under headings, else one painting of all. */
import type { Box, PlacedPod, Room } from './room.ts';
import { CARD } from './room.ts';

type Detail = 'cards' | 'chips' | 'painting';

export interface Outlook {
  readonly detail: Detail;
  /** The rooms in sight; not used for a painting, which shows all. */
  readonly rooms: readonly Room[];
  /** The Pods in sight, for cards only. */
  readonly pods: readonly PlacedPod[];
}

/** A frame of React Flow with this many moving elements still fits into 20 ms. */
const MOST_CARDS = 260;
/** Headings as elements; the painting writes them more cheaply, if less finely. */
const MOST_HEADINGS = 48;

const meets = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function podsIn(rooms: readonly Room[], sight: Box): readonly PlacedPod[] | undefined {
  const pods: PlacedPod[] = [];
  let elements = rooms.length;
  for (const room of rooms) {
    elements += room.heads.length;
    for (const placed of room.pods) {
      if (!meets({ x: placed.x, y: placed.y, ...CARD }, sight)) continue;
      pods.push(placed);
      if (pods.length + elements > MOST_CARDS) return undefined;
    }
  }
  return pods;
}

export function outlook(rooms: readonly Room[], sight: Box, zoom: number): Outlook {
  const inSight = rooms.filter(({ box }) => meets(box, sight));
  const pods = zoom >= 0.25 ? podsIn(inSight, sight) : undefined;
  if (pods && (zoom >= 0.45 || pods.length <= 120)) return { detail: 'cards', rooms: inSight, pods };
  if (zoom >= 0.1 && inSight.length <= MOST_HEADINGS) return { detail: 'chips', rooms: inSight, pods: [] };
  return { detail: 'painting', rooms: inSight, pods: [] };
}

/** The Pod or room under a point of the drawing. */
export function hit(rooms: readonly Room[], x: number, y: number): PlacedPod | Room | undefined {
  const point = { x, y, width: 0.1, height: 0.1 };
  const room = rooms.find(({ box }) => meets(box, point));
  return room?.pods.find((placed) => meets({ x: placed.x, y: placed.y, ...CARD }, point)) ?? room;
}
