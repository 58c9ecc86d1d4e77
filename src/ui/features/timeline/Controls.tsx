/** The row above the axis: the way through time by buttons. */
import { ChevronsLeft, ChevronsRight, GitBranch, GitCompare, List, ZoomIn, ZoomOut } from 'lucide-react';
import type { ClockState } from '../../cluster/index.ts';
import { Pause, Play } from '../../design/icons.tsx';
import { Button, IconButton } from '../../design/index.ts';
import { goTo, openOverlay, returnToLive } from '../../session/index.ts';
import { type Mark, neighbour } from './model/marks.ts';
import { timeText } from './model/scale.ts';
import { usePlay } from './use-play.ts';
import { useTimelineWords } from './words/use-words.ts';

interface ControlsProps {
  readonly clock: ClockState;
  readonly marks: readonly Mark[];
  readonly onZoom: (direction: 'in' | 'out', anchor: number) => void;
}

export function Controls({ clock, marks, onZoom }: ControlsProps) {
  const say = useTimelineWords();
  const [playing, setPlaying] = usePlay();
  const before = neighbour(marks, clock.now, 'before');
  const after = clock.past ? neighbour(marks, clock.now, 'after') : undefined;
  return (
    <div className="timeline-controls">
      <IconButton
        label={say('previous')}
        disabled={before === undefined || before < clock.oldest}
        onClick={() => before !== undefined && goTo(before)}
      >
        <ChevronsLeft size={16} />
      </IconButton>
      <IconButton
        label={say('next')}
        disabled={!clock.past}
        onClick={() => (after === undefined || after >= clock.live ? returnToLive() : goTo(after))}
      >
        <ChevronsRight size={16} />
      </IconButton>
      <IconButton
        label={say(playing ? 'pause' : 'play')}
        disabled={!clock.past}
        aria-pressed={playing}
        onClick={() => setPlaying(!playing)}
      >
        {playing ? <Pause size={16} /> : <Play size={16} />}
      </IconButton>
      {clock.past ? (
        <Button className="timeline-live" look="main" onClick={returnToLive}>
          {say('returnToLive')}
        </Button>
      ) : (
        <span className="timeline-live" data-live="">
          {say('live')}
        </span>
      )}
      <span className="mono timeline-time">{timeText(clock.now)}</span>
      <Button title={say('branchHint')} onClick={() => openOverlay('branch')}>
        <GitBranch size={14} aria-hidden="true" />
        {say('branchHere')}
      </Button>
      <Button className="wide-only" title={say('compareHint')} onClick={() => openOverlay('compare')}>
        <GitCompare size={14} aria-hidden="true" />
        {say('compare')}
      </Button>
      <IconButton label={say('list')} onClick={() => openOverlay('timeline')}>
        <List size={16} />
      </IconButton>
      <IconButton className="wide-only" label={say('zoomOut')} onClick={() => onZoom('out', clock.now)}>
        <ZoomOut size={16} />
      </IconButton>
      <IconButton className="wide-only" label={say('zoomIn')} onClick={() => onZoom('in', clock.now)}>
        <ZoomIn size={16} />
      </IconButton>
    </div>
  );
}
