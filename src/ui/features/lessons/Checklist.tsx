/** What is to be done, and whether it is: live from the cluster. */
import { useState } from 'react';
import type { Check, CheckState } from '#engine/lessons';
import { Button, type Tone, ToneShape } from '../../design/index.ts';
import { useLesson } from './lesson-context.ts';
import { Phrase } from './Phrase.tsx';
import type { LessonWord } from './words/words.ts';

const TONE: { readonly [state in CheckState]: Tone } = {
  done: 'good',
  holding: 'busy',
  open: 'idle',
  locked: 'idle',
  failed: 'bad',
};
const WORD: { readonly [state in CheckState]: LessonWord } = {
  done: 'done',
  holding: 'holding',
  open: 'todo',
  locked: 'locked',
  failed: 'wrong',
};

/** @param props.ids of the checks to show, in order */
export function Checklist({ ids }: { readonly ids: readonly string[] }) {
  const { lesson, say } = useLesson();
  const checks = ids.flatMap((id) => lesson.checks.filter((check) => check.id === id));
  return (
    <ul className="lesson-checks" aria-label={say('tasks')}>
      {checks.map((check) => (
        <Item key={check.id} check={check} />
      ))}
    </ul>
  );
}

function Item({ check }: { readonly check: Check }) {
  const { grade, progress, say } = useLesson();
  const [shown, setShown] = useState(0);
  const graded = grade?.checks.find(({ id }) => id === check.id);
  const state = graded?.state ?? (progress.done.includes(check.id) ? 'done' : 'open');
  const hints = graded?.hints ?? [];
  const visible = hints.slice(0, shown);
  return (
    <li className="lesson-check" data-state={state} data-tone={TONE[state]} data-check={check.id}>
      {state === 'done' ? <Tick /> : <ToneShape tone={TONE[state]} size={14} />}
      <div>
        <p className="lesson-task">
          <Phrase text={check.say} />
          <span className="visually-hidden">: {say(WORD[state])}</span>
        </p>
        {state === 'holding' && <p className="quiet">{say('holding')}</p>}
        {graded?.because && state !== 'done' && state !== 'holding' && (
          <p className="lesson-because">
            <Phrase text={graded.because} />
          </p>
        )}
        {shown > 0 && state !== 'done' && (
          <div className="lesson-hints" role="status">
            {visible.length === 0 && <p>{say('noHint')}</p>}
            {visible.map((hint) => (
              <p key={hint}>
                <Phrase text={hint} />
              </p>
            ))}
          </div>
        )}
      </div>
      {graded && (state === 'open' || state === 'failed') && (shown === 0 || hints.length > shown) && (
        <Button look="plain" onClick={() => setShown(shown + 1)}>
          {say(shown === 0 ? 'hint' : 'anotherHint')}
        </Button>
      )}
    </li>
  );
}

function Tick() {
  return (
    <svg width="14" height="14" viewBox="0 0 10 10" aria-hidden="true" style={{ color: 'var(--tone)' }}>
      <circle cx="5" cy="5" r="5" fill="currentColor" />
      <path d="M2.6 5.2 4.4 7l3-3.6" fill="none" stroke="var(--surface)" strokeWidth="1.3" strokeLinecap="round" />
    </svg>
  );
}
