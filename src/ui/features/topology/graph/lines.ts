/** The lines between what is in sight. */
import type { Relation } from './group.ts';
import { CARD, type PlacedPod, type Room } from './room.ts';

export interface Line {
  readonly id: string;
  readonly path: string;
  readonly broken: boolean;
  readonly between: 'heads' | 'rooms';
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** From the right side of one to the left side of the other. */
function curve(from: Point, to: Point): string {
  const bend = Math.max(24, Math.abs(to.x - from.x) / 2);
  return `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
}

const rightOf = ({ x, y }: Point): Point => ({ x: x + CARD.width, y: y + CARD.height / 2 });
const leftOf = ({ x, y }: Point): Point => ({ x, y: y + CARD.height / 2 });

function inside({ group, heads, pods }: Room, shown: ReadonlySet<string>): readonly Line[] {
  const lines: Line[] = [];
  const [first, ...rest] = heads;
  if (!first) return lines;
  const add = (from: Point, to: Point, id: string, broken: boolean) =>
    lines.push({ id, path: curve(rightOf(from), leftOf(to)), broken, between: 'heads' });
  for (const head of rest) add(first, head, head.id, false);
  const heading = new Map(
    group.sections.flatMap(({ head, pods: owned }) => {
      const from = heads.find(({ id }) => id === head?.id) ?? first;
      return owned.map(({ id }) => [id, from] as const);
    }),
  );
  // A second column of Pods is reached through the first: one line per row says it.
  const nearest = Math.min(...pods.map(({ x }) => x));
  for (const placed of pods) {
    if (placed.x > nearest + CARD.width || !shown.has(placed.id)) continue;
    add(heading.get(placed.id) ?? first, placed, placed.id, group.shut?.has(placed.pod.path) ?? false);
  }
  return lines;
}

function betweenRooms(from: Room, to: Room, { id, broken }: Relation): Line {
  const [a, b] = [from.box, to.box];
  const ahead = a.x < b.x;
  const start = { x: ahead ? a.x + a.width : a.x, y: a.y + Math.min(a.height / 2, 56) };
  const end = { x: ahead ? b.x : b.x + b.width, y: b.y + Math.min(b.height / 2, 56) };
  const bend = (end.x - start.x) / 2;
  const path = `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
  return { id, path, broken, between: 'rooms' };
}

export function linesOf(
  rooms: readonly Room[],
  pods: readonly PlacedPod[],
  relations: readonly Relation[],
): readonly Line[] {
  const shown = new Set(pods.map(({ id }) => id));
  const lines = rooms.flatMap((room) => inside(room, shown));
  if (relations.length === 0) return lines;
  const roomsById = new Map(rooms.map((room) => [room.id, room]));
  const heads = new Map(rooms.flatMap((room) => room.heads.map((head) => [head.id, head] as const)));
  const paths = new Map(pods.map((placed) => [placed.pod.path, placed]));
  for (const relation of relations) {
    const [from, to] = [roomsById.get(relation.from), roomsById.get(relation.to)];
    const [head, pod] = [heads.get(relation.from), paths.get(relation.to)];
    if (from && to) lines.push(betweenRooms(from, to, relation));
    else if (head && pod) {
      const path = curve(rightOf(head), leftOf(pod));
      lines.push({ id: relation.id, path, broken: relation.broken, between: 'heads' });
    }
  }
  return lines;
}
