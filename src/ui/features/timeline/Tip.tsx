/** What lies under the pointer. */
import { MarkIcon } from './MarkShape.tsx';
import { type Bin, countKinds } from './model/marks.ts';
import { timeText } from './model/scale.ts';
import { useTimelineWords } from './words/use-words.ts';

const REACH_PX = 8;
const LABELS = 3;
const HALF_PX = 130;
const GAP_PX = 4;

interface TipProps {
  readonly x: number;
  readonly width: number;
  readonly bins: readonly Bin[];
  readonly at: number;
  /** Where the axis is on the page: the tip lies over the panes above it. */
  readonly axis: DOMRect;
}

export function Tip({ x, width, bins, at, axis }: TipProps) {
  const say = useTimelineWords();
  const marks = bins.filter((bin) => Math.abs(bin.x - x) <= REACH_PX).flatMap((bin) => bin.marks);
  const half = Math.min(HALF_PX, width / 2);
  return (
    <div
      className="timeline-tip"
      style={{ left: axis.left + Math.min(Math.max(x, half), width - half), bottom: innerHeight - axis.top + GAP_PX }}
      aria-hidden="true"
    >
      <span className="mono">{timeText(marks[0]?.at ?? at)}</span>
      {countKinds(marks).map(([kind, count]) => (
        <span key={kind} className="timeline-count">
          <MarkIcon kind={kind} />
          {say(kind)}
          {count > 1 && <b> ×{count}</b>}
        </span>
      ))}
      {marks.slice(0, LABELS).map(({ kind, label, at: instant }) => (
        <span key={`${kind}${label}${instant}`} className="timeline-label quiet">
          {label}
        </span>
      ))}
    </div>
  );
}
