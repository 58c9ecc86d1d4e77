/** Rooms in columns. Deterministic, and lazy: a room stays in its column, and moves only when one above it has grown. */
import type { Group, Grouping } from './group.ts';
import { type Box, placeRoom, planRoom, type Room, type RoomPlan, roomWidth } from './room.ts';

interface Shape {
  /** How many columns of rooms there are. */
  readonly columns: number;
  /** How many Pods stand beside each other in a room. */
  readonly slotColumns: number;
  /** What the shape was made for: a new one is made when these are far off. */
  readonly rooms: number;
  readonly fullest: number;
  /** Width over height of the pane: what the columns together should come near to. */
  readonly aspect: number;
}

/** A place in a column: a room, or the gap that one has left. */
interface Cell {
  readonly id?: string;
  readonly height: number;
}

export interface Layout {
  readonly rooms: readonly Room[];
  readonly bounds: Box;
  readonly shape: Shape;
  readonly columns: readonly (readonly Cell[])[];
}

const ROOM_GAP = 24;
const DRAWING_GAP = 96;

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

function fullestOf(groups: readonly Group[]): number {
  let fullest = 0;
  for (const { sections } of groups) for (const { pods } of sections) if (pods.length > fullest) fullest = pods.length;
  return fullest;
}

/** The room for waiting Pods beside the columns, at its narrowest. */
const ASIDE = 204;
/** Beyond so many columns all are tried no more: the area alone tells. */
const MOST_TRIED = 24;

/** How large the drawing comes out in a pane of this shape, in rooms that stand in so many columns. */
function scaleWith(columns: number, step: number, heights: readonly number[], aspect: number): number {
  const tops = new Array<number>(columns).fill(0);
  for (const height of heights) {
    const shortest = tops.indexOf(Math.min(...tops));
    tops[shortest] = (tops[shortest] ?? 0) + height + ROOM_GAP;
  }
  return Math.min(aspect / (columns * step + ASIDE), 1 / Math.max(...tops));
}

function bestColumns(groups: readonly Group[], slotColumns: number, aspect: number): number {
  const step = roomWidth(groups[0]?.kind ?? 'node', slotColumns) + ROOM_GAP;
  const heights = groups.map((group) => planRoom(undefined, group, slotColumns).height);
  const area = heights.reduce((sum, height) => sum + (height + ROOM_GAP) * step, 0);
  const estimate = clamp(Math.round(Math.sqrt(area * aspect) / step), 1, Math.max(1, groups.length));
  if (estimate > MOST_TRIED) return estimate;
  let best = { columns: 1, scale: 0 };
  for (let columns = 1; columns <= Math.min(groups.length, estimate * 2 + 2); columns++) {
    const scale = scaleWith(columns, step, heights, aspect);
    if (scale > best.scale) best = { columns, scale };
  }
  return best.columns;
}

function shapeFor(groups: readonly Group[], fullest: number, aspect: number): Shape {
  const slotColumns = clamp(Math.round(Math.sqrt(fullest * 0.45)), 2, 8);
  const drawn = groups.reduce((most, { column = -1 }) => Math.max(most, column), -1);
  const columns = drawn < 0 ? bestColumns(groups, slotColumns, aspect) : drawn + 1;
  return { columns, slotColumns, rooms: groups.length, fullest, aspect };
}

function keepShape(previous: Shape | undefined, groups: readonly Group[], aspect: number): Shape {
  const fullest = fullestOf(groups);
  if (previous && previous.aspect === aspect) {
    const { rooms, fullest: before } = previous;
    const roomsFit = groups.length <= Math.max(rooms * 1.5, previous.columns) && groups.length * 3 >= rooms;
    const podsFit = fullest <= Math.max(before * 2.5, 8) && (fullest * 4 >= before || before <= 8);
    if (roomsFit && podsFit && (rooms > 0 || groups.length === 0)) return previous;
  }
  return shapeFor(groups, fullest, aspect);
}

const heightOf = (column: readonly Cell[]): number => column.reduce((sum, { height }) => sum + height + ROOM_GAP, 0);

/** Each room keeps its cell; a room that is gone leaves a gap, which the next one that fits may have. */
function arrange(
  previous: readonly (readonly Cell[])[] | undefined,
  shape: Shape,
  plans: ReadonlyMap<string, RoomPlan>,
): readonly (readonly Cell[])[] {
  const columns: Cell[][] = Array.from({ length: shape.columns }, () => []);
  const housed = new Set<string>();
  for (const [index, column] of (previous ?? []).entries()) {
    for (const { id, height } of column) {
      const plan = id === undefined ? undefined : plans.get(id);
      columns[index]?.push(id !== undefined && plan ? { id, height: plan.height } : { height });
      if (id !== undefined) housed.add(id);
    }
    while (columns[index] && columns[index].length > 0 && columns[index].at(-1)?.id === undefined) columns[index].pop();
  }
  const heights = columns.map(heightOf);
  for (const [id, { height, group }] of plans) {
    if (housed.has(id)) continue;
    if (group.column === undefined && fillGap(columns, { id, height })) continue;
    const shortest = group.column ?? heights.indexOf(Math.min(...heights));
    columns[shortest]?.push({ id, height });
    heights[shortest] = (heights[shortest] ?? 0) + height + ROOM_GAP;
  }
  return columns;
}

function fillGap(columns: Cell[][], cell: Cell): boolean {
  for (const column of columns) {
    const index = column.findIndex(({ id, height }) => id === undefined && height >= cell.height);
    if (index < 0) continue;
    const left = (column[index]?.height ?? 0) - cell.height - ROOM_GAP;
    column.splice(index, 1, cell, ...(left > 0 ? [{ height: left }] : []));
    return true;
  }
  return false;
}

function boundsOf(rooms: readonly Room[]): Box {
  let [left, top, right, bottom] = [0, 0, 0, 0];
  for (const { box } of rooms) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function layout(previous: Layout | undefined, { groups }: Grouping, aspect: number): Layout {
  const inside = groups.filter(({ kind }) => kind !== 'waiting');
  const shape = keepShape(previous?.shape, inside, aspect);
  const kept = previous?.shape === shape ? previous : undefined;
  const before = new Map(previous?.rooms.map((room) => [room.id, room]));
  const plans = new Map<string, RoomPlan>();
  for (const group of inside) plans.set(group.id, planRoom(before.get(group.id)?.plan, group, shape.slotColumns));
  const columns = arrange(kept?.columns, shape, plans);
  const placed = new Map<string, Room>();
  const gap = inside.some(({ column }) => column !== undefined) ? DRAWING_GAP : ROOM_GAP;
  const step = roomWidth(inside[0]?.kind ?? 'node', shape.slotColumns) + gap;
  for (const [index, column] of columns.entries()) {
    let y = 0;
    for (const { id, height } of column) {
      const plan = id === undefined ? undefined : plans.get(id);
      if (plan) placed.set(plan.group.id, placeRoom(before.get(plan.group.id), plan, index * step, y));
      y += height + ROOM_GAP;
    }
  }
  for (const group of groups) {
    if (group.kind !== 'waiting') continue;
    const plan = planRoom(before.get(group.id)?.plan, group, shape.slotColumns);
    placed.set(group.id, placeRoom(before.get(group.id), plan, -ROOM_GAP - plan.width, 0));
  }
  // In the order of the groups, which is how a list of them reads.
  const rooms = groups.flatMap(({ id }) => placed.get(id) ?? []);
  if (kept && rooms.length === kept.rooms.length && rooms.every((room, index) => room === kept.rooms[index]))
    return kept;
  return { rooms, bounds: boundsOf(rooms), shape, columns };
}
