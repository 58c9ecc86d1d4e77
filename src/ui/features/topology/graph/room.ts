/** One room: where its heading, its heads and its Pods stand. Units are pixels at zoom 1. */
import type { PodFacts } from './facts.ts';
import type { Group, Head } from './group.ts';
import { type Health, worse } from './pod-state.ts';
import { assignSlots, type Slots, span } from './slots.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedPod {
  readonly id: string;
  readonly pod: PodFacts;
  readonly x: number;
  readonly y: number;
}

export interface PlacedHead {
  readonly id: string;
  readonly head: Head;
  readonly x: number;
  readonly y: number;
}

export type Counts = { readonly [health in Health]: number };

export interface Room {
  readonly id: string;
  readonly group: Group;
  readonly box: Box;
  readonly heads: readonly PlacedHead[];
  readonly pods: readonly PlacedPod[];
  /** The worst of the group and its Pods. */
  readonly health: Health;
  readonly counts: Counts;
  /** By section: kept, so that nobody moves without a reason. */
  readonly plan: RoomPlan;
}

export interface RoomPlan {
  readonly group: Group;
  readonly slotColumns: number;
  readonly sections: readonly { readonly slots: Slots; readonly rows: number }[];
  readonly width: number;
  readonly height: number;
}

export const CARD = { width: 156, height: 54 } as const;
const GAP = 8;
const PAD = 12;
const TITLE = 40;
/** Between a head and what it leads to: room for the lines. */
const REACH = 48;

const STEP = { x: CARD.width + GAP, y: CARD.height + GAP } as const;
const NODE_ROWS = 2;

/** Waiting Pods stand in columns that grow to the left, where there is always space. */
const waitingRows = (places: number): number => (places <= 12 ? 6 : places <= 144 ? 12 : places <= 1600 ? 40 : 120);

const hasHeadColumn = ({ kind }: Group): boolean => kind === 'owner' || kind === 'service';

export function roomWidth(kind: Group['kind'], slotColumns: number): number {
  const heads = kind === 'owner' ? 2 : kind === 'service' ? 1 : 0;
  return 2 * PAD + heads * (CARD.width + REACH) + slotColumns * STEP.x - GAP;
}

/** Keeps more rows than are needed until less than half of them are. */
function keepRows(before: number | undefined, needed: number): number {
  return before !== undefined && needed <= before && needed > before / 2 - 1 ? before : needed;
}

export function planRoom(previous: RoomPlan | undefined, group: Group, slotColumns: number): RoomPlan {
  if (previous && previous.group === group && previous.slotColumns === slotColumns) return previous;
  const old = new Map(previous?.group.sections.map(({ id }, index) => [id, previous.sections[index]]));
  if (group.kind === 'waiting') return planWaiting(previous, group, slotColumns);
  const least = group.kind === 'node' ? NODE_ROWS : 1;
  const sections = group.sections.map(({ id, pods }) => {
    const before = old.get(id);
    const slots = assignSlots(before?.slots, pods);
    const needed = Math.max(least, Math.ceil(span(slots) / slotColumns));
    return { slots, rows: keepRows(previous?.slotColumns === slotColumns ? before?.rows : undefined, needed) };
  });
  const rows = sections.reduce((sum, section) => sum + section.rows, 0);
  return {
    group,
    slotColumns,
    sections,
    width: roomWidth(group.kind, slotColumns),
    height: TITLE + rows * STEP.y - GAP + PAD,
  };
}

function planWaiting(previous: RoomPlan | undefined, group: Group, slotColumns: number): RoomPlan {
  const pods = group.sections[0]?.pods ?? [];
  const slots = assignSlots(previous?.sections[0]?.slots, pods);
  const places = span(slots);
  const rows = waitingRows(places);
  const columns = Math.max(1, Math.ceil(places / rows));
  return {
    group,
    slotColumns,
    sections: [{ slots, rows }],
    width: 2 * PAD + columns * STEP.x - GAP,
    height: TITLE + Math.min(rows, Math.max(4, places)) * STEP.y - GAP + PAD,
  };
}

/** Puts a planned room at its place. The previous room is handed back when it is the same, and so is each Pod in it. */
export function placeRoom(previous: Room | undefined, plan: RoomPlan, x: number, y: number): Room {
  if (previous && previous.plan === plan && previous.box.x === x && previous.box.y === y) return previous;
  const before = new Map(previous?.pods.map((placed) => [placed.id, placed]));
  const { group } = plan;
  const pods: PlacedPod[] = [];
  const heads: PlacedHead[] = [];
  let top = y + TITLE;
  if (group.head) heads.push({ id: group.head.id, head: group.head, x: x + PAD, y: top });
  for (const [index, section] of group.sections.entries()) {
    const { slots, rows } = plan.sections[index] ?? { slots: new Map<string, number>(), rows: 0 };
    let left = x + PAD + (hasHeadColumn(group) ? CARD.width + REACH : 0);
    if (section.head) {
      heads.push({ id: section.head.id, head: section.head, x: left, y: top });
      left += CARD.width + REACH;
    }
    for (const pod of section.pods) {
      const slot = slots.get(pod.id) ?? 0;
      const at =
        group.kind === 'waiting'
          ? waitingPlace(slot, rows, x + plan.width, top)
          : { x: left + (slot % plan.slotColumns) * STEP.x, y: top + Math.floor(slot / plan.slotColumns) * STEP.y };
      pods.push(keepPod(before.get(pod.id), pod, at));
    }
    top += rows * STEP.y;
  }
  const box = { x, y, width: plan.width, height: plan.height };
  return { id: group.id, group, box, heads, pods, plan, ...tally(group, pods) };
}

function tally(group: Group, pods: readonly PlacedPod[]): Pick<Room, 'health' | 'counts'> {
  const counts = { good: 0, busy: 0, warn: 0, bad: 0, idle: 0 };
  let { health } = group;
  for (const { pod } of pods) {
    counts[pod.health]++;
    health = worse(health, pod.health);
  }
  return { health, counts };
}

const waitingPlace = (slot: number, rows: number, right: number, top: number) => ({
  x: right - PAD + GAP - (Math.floor(slot / rows) + 1) * STEP.x,
  y: top + (slot % rows) * STEP.y,
});

function keepPod(previous: PlacedPod | undefined, pod: PodFacts, { x, y }: { x: number; y: number }): PlacedPod {
  if (previous && previous.pod === pod && previous.x === x && previous.y === y) return previous;
  return { id: pod.id, pod, x, y };
}
