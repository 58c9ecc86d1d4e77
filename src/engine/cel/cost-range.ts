/** Bounds of costs and sizes, and how they add up: saturating at the largest unsigned integer. @upstream cel-go checker/cost.go */

/** At least and at most. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Bounds in cel-go's units. */
export type Cost = Range;

/** The largest unsigned integer of 64 bits, as near as a number comes: what is unbounded. */
export const UNBOUNDED = 2 ** 64;
export const UNKNOWN: Range = { min: 0, max: UNBOUNDED };
export const NOTHING: Range = { min: 0, max: 0 };
export const ONE: Range = { min: 1, max: 1 };

/** What reading a character costs. */
export const TRAVERSAL = 0.1;
/** What a character of a regular expression costs for each character it is matched with. */
export const REGEX = 0.25;

export const exactly = (value: number): Range => ({ min: value, max: value });
const capped = (value: number): number => Math.min(value, UNBOUNDED);

export const plus = (...ranges: readonly Range[]): Range => ({
  min: capped(ranges.reduce((sum, { min }) => sum + min, 0)),
  max: capped(ranges.reduce((sum, { max }) => sum + max, 0)),
});
export const product = (a: Range, b: Range): Range => ({ min: capped(a.min * b.min), max: capped(a.max * b.max) });
/** Times a factor, rounded up. */
export const scaled = ({ min, max }: Range, factor: number): Range => ({
  min: capped(Math.ceil(min * factor)),
  max: capped(Math.ceil(max * factor)),
});
export const union = (a: Range, b: Range): Range => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });
