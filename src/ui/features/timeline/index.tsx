/** Time along the bottom: what happened when, and the way there. */
import { useMemo, useState } from 'react';
import { useClock } from '../../cluster/index.ts';
import { Skeleton } from '../../design/index.ts';
import { Controls } from './Controls.tsx';
import { useMarks } from './feed.ts';
import { MarkList } from './MarkList.tsx';
import { anchored, stretchOf, wholeStretch, type Zoom, zoomed } from './model/scale.ts';
import { Track } from './Track.tsx';
import { useSize } from './use-size.ts';
import { useTimelineWords } from './words/use-words.ts';
import './timeline.css';

/** With more room than this the marks are listed, too. */
const ROOM_PX = 190;
const LISTED = 200;

export default function Timeline() {
  const say = useTimelineWords();
  const clock = useClock();
  const marks = useMarks();
  const [sized, { height }] = useSize();
  const [zoom, setZoom] = useState<Zoom>('all');
  const [from, setFrom] = useState(0);
  const { from: start, to: end } = clock
    ? stretchOf(zoom, from, clock.boot, clock.live, clock.now)
    : { from: undefined, to: undefined };
  // The same object while it says the same: what is drawn by it is not drawn again.
  const stretch = useMemo(
    () => (start === undefined || end === undefined ? undefined : { from: start, to: end }),
    [start, end],
  );
  if (!clock || !stretch) return <Skeleton label={say('timeline')} />;
  if (zoom !== 'all' && stretch.from !== from) setFrom(stretch.from);
  const onZoom = (direction: 'in' | 'out', anchor: number) => {
    const next = zoomed(zoom, direction, wholeStretch(clock.boot, clock.live));
    const at = Math.min(anchor, clock.live);
    const share = (at - stretch.from) / (stretch.to - stretch.from);
    setZoom(next);
    if (next !== 'all') setFrom(anchored(next, at, share));
  };
  return (
    <div className="timeline" ref={sized}>
      <Controls clock={clock} marks={marks} onZoom={onZoom} />
      <Track
        clock={clock}
        marks={marks}
        stretch={stretch}
        onZoom={onZoom}
        onPan={(ms) => zoom !== 'all' && setFrom(stretch.from + ms)}
      />
      {height > ROOM_PX && (
        <div className="timeline-list">
          <MarkList marks={marks} most={LISTED} />
        </div>
      )}
    </div>
  );
}
