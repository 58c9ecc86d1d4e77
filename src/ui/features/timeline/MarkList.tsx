/** The marks as a list: the same content for those who read it, and for narrow windows. */
import { useMemo } from 'react';
import { goTo, useSession } from '../../session/index.ts';
import { MarkIcon } from './MarkShape.tsx';
import type { Mark } from './model/marks.ts';
import { timeText } from './model/scale.ts';
import { useTimelineWords } from './words/use-words.ts';

interface MarkListProps {
  readonly marks: readonly Mark[];
  /** At most so many of the newest. */
  readonly most: number;
  readonly onChosen?: () => void;
}

export function MarkList({ marks, most, onChosen }: MarkListProps) {
  const say = useTimelineWords();
  const instant = useSession((session) => session.instant);
  const shown = useMemo(() => marks.slice(-most).reverse(), [marks, most]);
  if (shown.length === 0) return <p className="quiet timeline-empty">{say('nothing')}</p>;
  const choose = (at: number) => {
    goTo(at);
    onChosen?.();
  };
  return (
    <>
      <ul className="mark-list" aria-label={say('listTitle')}>
        {shown.map((mark) => (
          <li key={`${mark.at} ${mark.kind} ${mark.label}`}>
            <button
              type="button"
              className="mark-row"
              aria-current={mark.at === instant || undefined}
              onClick={() => choose(mark.at)}
            >
              <span className="mono quiet">{timeText(mark.at)}</span>
              <MarkIcon kind={mark.kind} />
              <span className="mark-kind">{say(mark.kind)}</span>
              <span className="mark-label">{mark.label}</span>
            </button>
          </li>
        ))}
      </ul>
      {marks.length > most && <p className="quiet timeline-empty">{say('more', { count: marks.length - most })}</p>}
    </>
  );
}
