/** Sets of completion indexes as a Job's status writes them. @upstream pkg/controller/job/indexed_job_utils.go */

interface Interval {
  readonly first: number;
  readonly last: number;
}

/** In order, without overlap. */
export type Intervals = readonly Interval[];

/** The text `0,2-5`; indexes from `completions` on are left out, and what is no number is passed over. */
export function parseIntervals(text: string | undefined, completions: number): Intervals {
  const result: Interval[] = [];
  for (const part of text ? text.split(',') : []) {
    const [low = '', high = low] = part.split('-');
    if (!/^\d+$/.test(low) || !/^\d+$/.test(high)) continue;
    const first = Number(low);
    if (first >= completions) break;
    const last = Math.min(Number(high), completions - 1);
    const before = result.at(-1);
    if (before && before.last === first - 1) result[result.length - 1] = { first: before.first, last };
    else result.push({ first, last });
  }
  return result;
}

/** With more indexes, given in any order. */
export function withIndexes(intervals: Intervals, indexes: Iterable<number>): Intervals {
  const all = [...intervals, ...[...indexes].map((index) => ({ first: index, last: index }))];
  all.sort((a, b) => a.first - b.first);
  const result: Interval[] = [];
  for (const interval of all) {
    const before = result.at(-1);
    if (!before || interval.first > before.last + 1) result.push(interval);
    else if (before.last < interval.last) result[result.length - 1] = { first: before.first, last: interval.last };
  }
  return result;
}

export const countOf = (intervals: Intervals): number =>
  intervals.reduce((sum, { first, last }) => sum + last - first + 1, 0);

export const hasIndex = (intervals: Intervals, index: number): boolean =>
  intervals.some(({ first, last }) => first <= index && index <= last);

/** `0,2-5`; two in a row are written apart: `0,1`. */
export const formatIntervals = (intervals: Intervals): string =>
  intervals
    .map(({ first, last }) => {
      if (first === last) return `${first}`;
      return last === first + 1 ? `${first},${last}` : `${first}-${last}`;
    })
    .join(',');

/** How many of the wanted indexes are in the other set. */
export function overlapOf(these: Intervals, those: Intervals): number {
  let total = 0;
  for (const a of these) {
    for (const b of those) total += Math.max(0, Math.min(a.last, b.last) - Math.max(a.first, b.first) + 1);
  }
  return total;
}

/** The first `count` indexes below `completions` that are in none of the intervals. */
export function firstFree(taken: Intervals, count: number, completions: number): readonly number[] {
  const free: number[] = [];
  let candidate = 0;
  for (const { first, last } of [...taken, { first: completions, last: completions }]) {
    for (; candidate < first && candidate < completions && free.length < count; candidate++) free.push(candidate);
    candidate = Math.max(candidate, last + 1);
  }
  return free;
}
