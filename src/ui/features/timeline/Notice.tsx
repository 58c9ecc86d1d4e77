/** Says over everything else that this is not the present, or that the API server is away. Loaded when there is something to say. */
import { useClock } from '../../cluster/index.ts';
import { Button } from '../../design/index.ts';
import { openOverlay, returnToLive } from '../../session/index.ts';
import { timeText } from './model/scale.ts';
import { useTimelineWords } from './words/use-words.ts';
import './timeline.css';

export default function Notice() {
  const say = useTimelineWords();
  const clock = useClock();
  if (!clock) return null;
  if (clock.past) {
    return (
      <section className="page-notice" data-tone="past" aria-label={say('timeline')}>
        <p>
          <strong>{say('pastAt', { time: timeText(clock.now) })}</strong>
          <span className="notice-more">{say('pastText')}</span>
        </p>
        <Button className="notice-branch" onClick={() => openOverlay('branch')}>
          {say('branchHere')}
        </Button>
        <Button look="main" onClick={returnToLive}>
          {say('returnToLive')}
        </Button>
      </section>
    );
  }
  if (clock.answers) return null;
  return (
    <section className="page-notice" data-tone="warn" aria-label={say('noAnswer')}>
      <p role="status">
        <strong>{say('noAnswer')}</strong>
        <span className="notice-more">{say('noAnswerText')}</span>
      </p>
    </section>
  );
}
