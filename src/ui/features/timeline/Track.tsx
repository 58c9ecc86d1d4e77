/** The axis with its marks: a slider over time. */
import { type KeyboardEvent, memo, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { ClockState } from '../../cluster/index.ts';
import { goTo, returnToLive } from '../../session/index.ts';
import { MarkShape } from './MarkShape.tsx';
import { type Bin, binsOf, firstAfter, LANES, type Mark, neighbour } from './model/marks.ts';
import { instantAt, positionOf, type Stretch, ticksOf, timeText } from './model/scale.ts';
import { Tip } from './Tip.tsx';
import { useSize } from './use-size.ts';
import { useTimelineWords } from './words/use-words.ts';

/** Marks nearer than this are drawn as one. */
const APART_PX = 12;
/** Whoever drags this near to now means now. */
const LIVE_PX = 4;
const AXIS_PX = 14;
const PAGE = 0.1;

interface TrackProps {
  readonly clock: ClockState;
  readonly marks: readonly Mark[];
  readonly stretch: Stretch;
  readonly onZoom: (direction: 'in' | 'out', anchor: number) => void;
  readonly onPan: (ms: number) => void;
}

export function Track({ clock, marks, stretch, onZoom, onPan }: TrackProps) {
  const say = useTimelineWords();
  const hint = useId();
  const [sized, { width, height }] = useSize();
  const [hover, setHover] = useState<number>();
  const element = useRef<HTMLDivElement>(null);
  const bins = useMemo(() => binsOf(marks, stretch, width, APART_PX), [marks, stretch, width]);
  const liveX = positionOf(stretch, clock.live, width);

  const show = (x: number) => {
    if (x >= liveX - LIVE_PX) returnToLive();
    else goTo(Math.max(clock.oldest, instantAt(stretch, x, width)));
  };
  const xOf = (event: { readonly clientX: number }) =>
    event.clientX - (element.current?.getBoundingClientRect().left ?? 0);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    show(xOf(event));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    setHover(xOf(event));
    if (event.currentTarget.hasPointerCapture(event.pointerId)) show(xOf(event));
  };
  useWheel(element, (event) => {
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      onPan((event.deltaX / Math.max(1, width)) * (stretch.to - stretch.from));
    } else onZoom(event.deltaY < 0 ? 'in' : 'out', instantAt(stretch, xOf(event), width));
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const act = keyAct(event, { clock, marks, stretch, onZoom });
    if (!act) return;
    event.preventDefault();
    act();
  };
  const here = useMemo(() => countHere(marks, clock.now), [marks, clock.now]);
  const marksHere =
    here === 0 ? say('noMarkHere') : here === 1 ? say('oneMarkHere') : say('marksHere', { count: here });
  return (
    <div className="timeline-body">
      <div
        ref={(node) => {
          element.current = node;
          return sized(node);
        }}
        className="timeline-track"
        role="slider"
        tabIndex={0}
        aria-label={say('axis')}
        aria-describedby={hint}
        aria-valuemin={clock.oldest}
        aria-valuemax={clock.live}
        aria-valuenow={Math.min(clock.now, clock.live)}
        aria-valuetext={clock.past ? say('valueText', { time: timeText(clock.now), marks: marksHere }) : say('live')}
        data-past={clock.past || undefined}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHover(undefined)}
      >
        {width > 0 && (
          <svg width={width} height={height} aria-hidden="true">
            <Ground stretch={stretch} width={width} height={height} oldest={clock.oldest} liveX={liveX} />
            <Marks bins={bins} height={height} />
            <line className="now-line" x1={liveX} x2={liveX} y1={0} y2={height} />
            {clock.past && <Playhead x={positionOf(stretch, clock.now, width)} height={height} />}
          </svg>
        )}
        {hover !== undefined && element.current && (
          <Tip
            x={hover}
            width={width}
            bins={bins}
            at={instantAt(stretch, hover, width)}
            axis={element.current.getBoundingClientRect()}
          />
        )}
      </div>
      <p id={hint} className="visually-hidden">
        {say('axisHint')}
      </p>
    </div>
  );
}

interface KeyContext {
  readonly clock: ClockState;
  readonly marks: readonly Mark[];
  readonly stretch: Stretch;
  readonly onZoom: (direction: 'in' | 'out', anchor: number) => void;
}

function keyAct(event: KeyboardEvent, { clock, marks, stretch, onZoom }: KeyContext): (() => void) | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  const page = (stretch.to - stretch.from) * PAGE;
  const to = (at: number | undefined) => () => {
    if (at === undefined || at >= clock.live) returnToLive();
    else goTo(Math.max(clock.oldest, at));
  };
  const acts: { readonly [key: string]: () => void } = {
    ArrowLeft: to(neighbour(marks, clock.now, 'before') ?? clock.oldest),
    ArrowDown: to(neighbour(marks, clock.now, 'before') ?? clock.oldest),
    ArrowRight: to(neighbour(marks, clock.now, 'after')),
    ArrowUp: to(neighbour(marks, clock.now, 'after')),
    PageDown: to(clock.now - page),
    PageUp: to(clock.now + page),
    Home: to(clock.oldest),
    End: to(undefined),
    '+': () => onZoom('in', clock.now),
    '=': () => onZoom('in', clock.now),
    '-': () => onZoom('out', clock.now),
  };
  return acts[event.key];
}

/** The marks of the very instant. */
const countHere = (marks: readonly Mark[], at: number): number => firstAfter(marks, at) - firstAfter(marks, at - 1);

/** Zooming must keep the page from scrolling: React's own listeners cannot. */
function useWheel(ref: { readonly current: HTMLElement | null }, act: (event: WheelEvent) => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const node = ref.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      latest.current(event);
    };
    node?.addEventListener('wheel', onWheel, { passive: false });
    return () => node?.removeEventListener('wheel', onWheel);
  }, [ref]);
}

interface GroundProps {
  readonly stretch: Stretch;
  readonly width: number;
  readonly height: number;
  readonly oldest: number;
  readonly liveX: number;
}

function Ground({ stretch, width, height, oldest, liveX }: GroundProps) {
  const ticks = useMemo(() => ticksOf(stretch, width), [stretch, width]);
  const oldestX = positionOf(stretch, oldest, width);
  return (
    <>
      {oldestX > 0 && <rect className="forgotten" width={oldestX} height={height} />}
      {liveX < width && (
        <rect className="future" x={Math.max(0, liveX)} width={width - Math.max(0, liveX)} height={height} />
      )}
      {ticks.map(({ at, label }) => {
        const x = positionOf(stretch, at, width);
        return (
          <g key={at} className="tick">
            <line x1={x} x2={x} y1={0} y2={height - AXIS_PX} />
            <text x={Math.min(Math.max(x, 18), width - 26)} y={height - 3} textAnchor="middle">
              {label}
            </text>
          </g>
        );
      })}
    </>
  );
}

const Marks = memo(function Marks({ bins, height }: { readonly bins: readonly Bin[]; readonly height: number }) {
  const lane = (height - AXIS_PX) / LANES;
  return bins.map(({ key, x, lane: row, kind, marks }) => (
    <g key={key} transform={`translate(${x} ${lane * (row + 0.5)}) scale(${sizeOf(marks.length)})`}>
      <MarkShape kind={kind} />
    </g>
  ));
});

/** Many are larger than one, within what the row holds. */
const sizeOf = (count: number): number => Math.min(1.7, 0.85 + Math.log10(count) * 0.4);

function Playhead({ x, height }: { readonly x: number; readonly height: number }) {
  return (
    <g className="playhead" transform={`translate(${x} 0)`}>
      <line y1={0} y2={height} />
      <path d="M-5 0h10v4L0 9l-5-5z" />
    </g>
  );
}
