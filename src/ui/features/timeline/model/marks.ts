/** Marks on the axis: found by time, and drawn together where they crowd. */
import type { Mark, MarkKind } from '../../../../workers/protocol.ts';
import { positionOf, type Stretch } from './scale.ts';

export type { Mark, MarkKind } from '../../../../workers/protocol.ts';

/** Rows of the axis: what people did, what became of Pods, what the cluster complains about. */
const LANE: { readonly [kind in MarkKind]: 0 | 1 | 2 } = {
  typed: 0,
  changed: 0,
  fault: 0,
  power: 0,
  created: 1,
  ready: 1,
  failed: 1,
  deleted: 1,
  node: 2,
  warning: 2,
};

export const LANES = 3;

/** Which kind stands for many: the later, the rather. */
const WEIGHT: readonly MarkKind[] = [
  'created',
  'ready',
  'deleted',
  'changed',
  'typed',
  'node',
  'warning',
  'failed',
  'power',
  'fault',
];

/** All kinds, in the order in which they are counted up. */
export const MARK_KINDS: readonly MarkKind[] = [
  'fault',
  'power',
  'typed',
  'changed',
  'failed',
  'created',
  'ready',
  'deleted',
  'node',
  'warning',
];

/** Index of the first mark after `at`. */
export function firstAfter(marks: readonly Mark[], at: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle] as Mark).at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds a batch, in order of time. What is known stays the same array unless something came. */
export function merged(marks: readonly Mark[], batch: readonly Mark[]): readonly Mark[] {
  if (batch.length === 0) return marks;
  const all = [...marks, ...batch];
  const last = marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const inOrder = batch.every(({ at }, i) => at >= (i === 0 ? last : (batch[i - 1] as Mark).at));
  return inOrder ? all : all.sort((a, b) => a.at - b.at);
}

/** Instants closer than this are one step for the keyboard. */
const TOGETHER_MS = 500;

/** The instant of the mark before or after `at`. */
export function neighbour(marks: readonly Mark[], at: number, direction: 'before' | 'after'): number | undefined {
  if (direction === 'before') return marks[firstAfter(marks, at - 1) - 1]?.at;
  const next = marks[firstAfter(marks, at)];
  if (!next) return undefined;
  // The whole bunch is shown at its end.
  return marks[firstAfter(marks, next.at + TOGETHER_MS) - 1]?.at;
}

/** Marks of one row that are drawn as one. */
export interface Bin {
  readonly key: string;
  readonly lane: number;
  readonly x: number;
  readonly kind: MarkKind;
  readonly marks: readonly Mark[];
}

/** Groups what lies within `apart` pixels of each other; costs what is on show, not what there is. */
export function binsOf(marks: readonly Mark[], stretch: Stretch, width: number, apart: number): readonly Bin[] {
  const groups = new Map<number, Mark[]>();
  const from = firstAfter(marks, stretch.from - 1);
  const to = firstAfter(marks, stretch.to);
  for (let i = from; i < to; i++) {
    const mark = marks[i] as Mark;
    const cell = Math.floor(positionOf(stretch, mark.at, width) / apart) * LANES + LANE[mark.kind];
    const group = groups.get(cell);
    if (group) group.push(mark);
    else groups.set(cell, [mark]);
  }
  return [...groups].map(([cell, group]) => ({
    key: String(cell),
    lane: cell % LANES,
    x: Math.floor(cell / LANES) * apart + apart / 2,
    kind: weightiest(group),
    marks: group,
  }));
}

function weightiest(marks: readonly Mark[]): MarkKind {
  let best = -1;
  for (const { kind } of marks) best = Math.max(best, WEIGHT.indexOf(kind));
  return WEIGHT[best] as MarkKind;
}

/** How many of each kind. */
export function countKinds(marks: readonly Mark[]): readonly (readonly [MarkKind, number])[] {
  const counts = new Map<MarkKind, number>();
  for (const { kind } of marks) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return MARK_KINDS.flatMap((kind) => {
    const count = counts.get(kind);
    return count ? [[kind, count] as const] : [];
  });
}
