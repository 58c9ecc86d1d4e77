/**
 * Sets of completion indexes as text: `0,2-5,7`.
 * @upstream pkg/apis/batch/validation/validation.go
 */

/** Why a text is no set of indexes. */
class IndexesError extends Error {}

type Interval = readonly [first: number, last: number];

function parseIndex(text: string, completions: number): number {
  if (!/^[+-]?\d+$/.test(text)) throw new IndexesError(`cannot convert string to integer for index: "${text}"`);
  const index = Number(text);
  if (index >= completions) throw new IndexesError(`too large index: "${text}"`);
  return index;
}

function parseInterval(text: string, completions: number): Interval {
  const limits = text.split('-');
  if (limits.length > 2) {
    const why = "violates the requirement that an index interval can have at most two parts separated by '-'";
    throw new IndexesError(`the fragment "${text}" ${why}`);
  }
  const first = parseIndex(limits[0] as string, completions);
  if (limits.length === 1) return [first, first];
  const last = parseIndex(limits[1] as string, completions);
  if (first >= last) throw new IndexesError(`non-increasing order, previous: ${first}, current: ${last}`);
  return [first, last];
}

/** How many indexes a text names, or what is wrong with it. */
export function countIndexes(text: string, completions: number): { readonly total: number; readonly fault?: string } {
  if (text === '') return { total: 0 };
  let total = 0;
  let before: number | undefined;
  try {
    for (const part of text.split(',')) {
      const [first, last] = parseInterval(part, completions);
      if (before !== undefined && before >= first) {
        throw new IndexesError(`non-increasing order, previous: ${before}, current: ${first}`);
      }
      total += last - first + 1;
      before = last;
    }
  } catch (error) {
    if (error instanceof IndexesError) return { total: 0, fault: error.message };
    throw error;
  }
  return { total };
}

/** Parts that are no intervals are passed over here: they are faults of their own. */
function intervalsOf(text: string, completions: number): readonly Interval[] {
  const intervals: Interval[] = [];
  for (const part of text === '' ? [] : text.split(',')) {
    try {
      intervals.push(parseInterval(part, completions));
    } catch (error) {
      if (!(error instanceof IndexesError)) throw error;
    }
  }
  return intervals;
}

/** The first index that is both in the one and in the other set. */
export function overlappingIndex(completed: string, failed: string, completions: number): number | undefined {
  const these = intervalsOf(completed, completions);
  const those = intervalsOf(failed, completions);
  let i = 0;
  let j = 0;
  while (i < these.length && j < those.length) {
    const [a, b] = these[i] as Interval;
    const [c, d] = those[j] as Interval;
    if (a <= d && c <= b) return Math.max(a, c);
    if (a <= c) i++;
    else j++;
  }
  return undefined;
}
