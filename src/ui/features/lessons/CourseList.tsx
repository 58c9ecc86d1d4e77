/** All lessons, and how far the learner is in each. */
import { type ChangeEvent, useRef } from 'react';
import { Button, ScrollRegion, Status } from '../../design/index.ts';
import { notify, openLesson, useSession } from '../../session/index.ts';
import type { LessonEntry, LessonIndex } from './load.ts';
import { exportProgress, importProgress, useProgress } from './progress.ts';
import { useLessonWords } from './words/use-words.ts';

export function CourseList({ index }: { readonly index: LessonIndex }) {
  const say = useLessonWords();
  const locale = useSession((session) => session.locale);
  return (
    <ScrollRegion label={say('allLessons')}>
      <div className="lesson-list">
        <p className="quiet">{say('intro')}</p>
        {index.courses.map(({ name, title, lessons }) => (
          <section key={name} aria-label={title[locale]}>
            <h3>{title[locale]}</h3>
            <ol>
              {lessons.map((lesson, at) => (
                <li key={lesson.path}>
                  <Entry lesson={lesson} number={at + 1} />
                </li>
              ))}
            </ol>
          </section>
        ))}
        <Keeping />
      </div>
    </ScrollRegion>
  );
}

function Entry({ lesson, number }: { readonly lesson: LessonEntry; readonly number: number }) {
  const say = useLessonWords();
  const locale = useSession((session) => session.locale);
  const progress = useProgress(({ lessons }) => lessons[lesson.id]);
  const begun = progress?.cluster !== undefined || (progress?.done.length ?? 0) > 0;
  return (
    <button type="button" className="lesson-entry" onClick={() => openLesson(lesson.path)}>
      <span className="lesson-number" aria-hidden="true">
        {number}
      </span>
      <span>
        <span className="lesson-entry-title">{lesson.title[locale]}</span>
        <span className="quiet">
          {say(lesson.level)} · {say('minutes', { count: lesson.minutes })}
        </span>
        <span className="quiet lesson-concepts">{lesson.concepts.join(' · ')}</span>
      </span>
      {progress?.solved ? (
        <Status tone="good" text={say('solved')} />
      ) : (
        begun && <Status tone="busy" text={say('started', { step: (progress?.step ?? 0) + 1, steps: lesson.steps })} />
      )}
    </button>
  );
}

/** Progress as a file. */
function Keeping() {
  const say = useLessonWords();
  const input = useRef<HTMLInputElement>(null);
  const save = () => {
    const url = URL.createObjectURL(new Blob([exportProgress()], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = 'podarium-lessons.json';
    link.click();
    URL.revokeObjectURL(url);
  };
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (!file || file.size > 1_000_000) return;
    file.text().then(
      (text) => {
        const good = importProgress(text);
        notify({ tone: good ? 'good' : 'bad', title: say('lessons'), text: say(good ? 'imported' : 'importFailed') });
      },
      () => undefined,
    );
  };
  return (
    <div className="lesson-actions">
      <Button look="plain" onClick={save}>
        {say('export')}
      </Button>
      <Button look="plain" onClick={() => input.current?.click()}>
        {say('import')}
      </Button>
      <input ref={input} type="file" accept="application/json,.json" hidden onChange={take} />
    </div>
  );
}
