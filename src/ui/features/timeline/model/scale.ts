/** The axis: which stretch of time is on show, in spans that people count in, and where its ticks are. */

/** From one instant to another, virtual milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Spans of the axis, from the closest look to the widest. */
const SPANS: readonly number[] = [
  ...[10, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

/** How wide the axis is: one of SPANS, or `all` that there is. */
export type Zoom = number | 'all';

/** Everything: from the beginning on, in a span that grows by steps, so that marks stay where they are most of the time. */
export function wholeStretch(boot: number, now: number): Stretch {
  const span = SPANS.find((one) => one >= (now - boot) * 1.02) ?? (now - boot) * 1.25;
  return { from: boot, to: boot + span };
}

/** The stretch on show: `from` is where it begins unless all is shown. It turns the page when `keep` (the playhead) leaves it. */
export function stretchOf(zoom: Zoom, from: number, boot: number, now: number, keep: number): Stretch {
  if (zoom === 'all') return wholeStretch(boot, now);
  const latest = Math.max(boot, now - zoom * LEAST_SHARE);
  const start = keep < from || keep > from + zoom ? keep - zoom * PLAYHEAD_SHARE : from;
  const clamped = Math.max(boot, Math.min(start, latest));
  return { from: clamped, to: clamped + zoom };
}

/** After turning the page the playhead stands here; and at least this part of the axis lies before now. */
const PLAYHEAD_SHARE = 0.6;
const LEAST_SHARE = 0.4;

/** One step closer (`in`) or wider, as far as there are spans below all there is. */
export function zoomed(zoom: Zoom, direction: 'in' | 'out', all: Stretch): Zoom {
  const span = zoom === 'all' ? all.to - all.from : zoom;
  if (direction === 'in') return SPANS.findLast((one) => one < span) ?? zoom;
  if (zoom === 'all') return 'all';
  const next = SPANS.find((one) => one > span);
  return next === undefined || next >= all.to - all.from ? 'all' : next;
}

/** Where the stretch begins so that `anchor` stays at its share of the width. */
export const anchored = (span: number, anchor: number, share: number): number => anchor - span * share;

export const positionOf = ({ from, to }: Stretch, at: number, width: number): number =>
  ((at - from) / (to - from)) * width;

export const instantAt = ({ from, to }: Stretch, x: number, width: number): number =>
  from + (Math.min(Math.max(x, 0), width) / Math.max(1, width)) * (to - from);

const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30].map((n) => n * DAY),
];

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Ticks at round times, at least `apart` pixels from one another. */
export function ticksOf(stretch: Stretch, width: number, apart = 90): readonly Tick[] {
  const span = stretch.to - stretch.from;
  const step = STEPS.find((one) => (one / span) * width >= apart) ?? 90 * DAY;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(stretch.from / step) * step; at <= stretch.to; at += step) {
    ticks.push({ at, label: tickLabel(at, step) });
  }
  return ticks;
}

function tickLabel(at: number, step: number): string {
  const time = new Date(at).toISOString();
  if (step >= DAY || at % DAY === 0) return time.slice(5, 10);
  return step >= MINUTE ? time.slice(11, 16) : time.slice(11, 19);
}

/** `12:03:07`, as the clock bar shows it. */
export const timeText = (at: number): string => new Date(at).toISOString().slice(11, 19);
