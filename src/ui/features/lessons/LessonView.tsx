/** One lesson: a step at a time, its tasks, and the way on. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { splitSteps } from '#engine/lessons';
import { useEngine } from '../../cluster/index.ts';
import { Back, Forward } from '../../design/icons.tsx';
import { Button, IconButton, ScrollRegion } from '../../design/index.ts';
import { openLesson, useSession, useWords } from '../../session/index.ts';
import { LessonContext, type LessonContextValue, useLesson } from './lesson-context.ts';
import type { LoadedLesson } from './load.ts';
import { failed, resumeLesson, startLesson } from './own-cluster.ts';
import { Phrase } from './Phrase.tsx';
import { Prose } from './Prose.tsx';
import { change, NO_PROGRESS, useProgress } from './progress.ts';
import { Tools } from './Tools.tsx';
import { useGrade, useHere } from './use-grade.ts';
import { useLessonWords } from './words/use-words.ts';

export function LessonView({ loaded }: { readonly loaded: LoadedLesson }) {
  const say = useLessonWords();
  const locale = useSession((session) => session.locale);
  const { id } = loaded.entry;
  const lesson = loaded.lesson[locale];
  const progress = useProgress(({ lessons }) => lessons[id]) ?? NO_PROGRESS;
  const here = useHere();
  const active = here !== undefined && (progress.cluster?.id === here.id || progress.cluster?.name === here.name);
  const grade = useGrade(id, lesson, active);
  const context: LessonContextValue = { id, lesson, files: loaded.files, progress, grade, active, say };
  const steps = useMemo(() => splitSteps(lesson.body), [lesson]);
  const step = Math.min(progress.step, steps.length - 1);
  const first = useRef(step);
  return (
    <LessonContext value={context}>
      <header className="lesson-head">
        <IconButton label={say('back')} onClick={() => openLesson()}>
          <Back size={16} />
        </IconButton>
        <h3>{lesson.title}</h3>
        <Tools loaded={loaded} />
      </header>
      <Steps count={steps.length} step={step} titles={steps.map(({ title }) => title || lesson.title)} />
      <Page key={step} turned={first.current !== step} title={steps[step]?.title ?? ''} text={steps[step]?.text ?? ''}>
        {!active && here && <Begin loaded={loaded} />}
      </Page>
      <Announcer />
      <Footer loaded={loaded} step={step} steps={steps.length} />
    </LessonContext>
  );
}

/** Where one is, and the way to any other step. */
function Steps({
  count,
  step,
  titles,
}: {
  readonly count: number;
  readonly step: number;
  readonly titles: readonly string[];
}) {
  const { id, say } = useLesson();
  return (
    <nav className="lesson-steps" aria-label={say('steps')}>
      {Array.from({ length: count }, (_, at) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its number
          key={at}
          type="button"
          aria-current={at === step ? 'step' : undefined}
          aria-label={`${at + 1}. ${titles[at]}`}
          title={`${at + 1}. ${titles[at]}`}
          data-past={at < step || undefined}
          onClick={() => change(id, { step: at })}
        />
      ))}
    </nav>
  );
}

interface PageProps {
  /** Somebody has turned to it: reading goes on at its beginning. */
  readonly turned: boolean;
  readonly title: string;
  readonly text: string;
  readonly children: React.ReactNode;
}

function Page({ turned, title, text, children }: PageProps) {
  const { lesson } = useLesson();
  const scroller = useRef<HTMLElement>(null);
  const focuses = useRef(turned);
  useEffect(() => {
    if (focuses.current) scroller.current?.focus();
  }, []);
  return (
    <ScrollRegion label={title || lesson.title} scroller={scroller}>
      <article className="lesson-page">
        {title && <h4 className="lesson-step-title">{title}</h4>}
        {children}
        <Prose text={text} />
      </article>
    </ScrollRegion>
  );
}

/** The lesson's cluster is another one than that on show. */
function Begin({ loaded }: { readonly loaded: LoadedLesson }) {
  const { progress, say } = useLesson();
  const sayPage = useWords();
  const engine = useEngine();
  const [busy, setBusy] = useState(false);
  const begun = progress.cluster !== undefined;
  const act = (go: () => Promise<void>) => () => {
    setBusy(true);
    go().catch((error: unknown) => {
      setBusy(false);
      failed(sayPage)(error);
    });
  };
  return (
    <section className="lesson-box lesson-begin" data-tone="busy">
      <p>{say(begun ? 'resumeText' : 'startText')}</p>
      <div className="lesson-actions">
        {begun && (
          <Button look="main" disabled={busy} onClick={act(() => resumeLesson(engine, loaded))}>
            {say('resume')}
          </Button>
        )}
        <Button {...(!begun && { look: 'main' })} disabled={busy} onClick={act(() => startLesson(engine, loaded))}>
          {say(begun ? 'reset' : 'start')}
        </Button>
      </div>
    </section>
  );
}

/** Tells politely what has just been done. */
function Announcer() {
  const { lesson, grade, say } = useLesson();
  const [text, setText] = useState('');
  const before = useRef<ReadonlySet<string>>(undefined);
  useEffect(() => {
    if (!grade) return;
    const done = new Set(grade.checks.filter(({ state }) => state === 'done').map(({ id }) => id));
    const fresh = before.current && [...done].findLast((id) => !before.current?.has(id));
    before.current = done;
    if (fresh === undefined) return;
    const all = lesson.checks.filter(({ fail }) => fail === undefined).length;
    const task = lesson.checks.find(({ id }) => id === fresh)?.say ?? '';
    setText(grade.solved ? say('allDone', { all }) : say('nowDone', { task: `${task}.`, done: done.size, all }));
  }, [grade, lesson, say]);
  return (
    <p className="visually-hidden" role="status" data-testid="lesson-news">
      {text.replaceAll('`', '')}
    </p>
  );
}

function Footer({
  loaded,
  step,
  steps,
}: {
  readonly loaded: LoadedLesson;
  readonly step: number;
  readonly steps: number;
}) {
  const { id, lesson, grade, progress, say } = useLesson();
  const locale = useSession((session) => session.locale);
  const { next } = loaded;
  const counted = lesson.checks.filter(({ fail }) => fail === undefined);
  const all = counted.length;
  const done = counted.filter((check) =>
    grade ? grade.checks.some((one) => one.id === check.id && one.state === 'done') : progress.done.includes(check.id),
  ).length;
  const wrong = lesson.checks.filter((check) =>
    grade?.checks.some((one) => one.id === check.id && one.state === 'failed'),
  );
  const last = step === steps - 1;
  return (
    <footer className="lesson-foot">
      {wrong.map((check) => (
        <p key={check.id} className="lesson-box" data-tone="bad" role="alert">
          <Phrase text={check.say} />
        </p>
      ))}
      {last && <Result />}
      <div className="lesson-foot-row">
        <Button disabled={step === 0} onClick={() => change(id, { step: step - 1 })}>
          <Back size={14} aria-hidden="true" /> {say('previous')}
        </Button>
        <span className="quiet lesson-count" data-testid="lesson-progress">
          <progress max={all} value={done} aria-label={say('progress', { done, all })} /> {done}/{all}
        </span>
        {last && next ? (
          <Button look="main" title={next.title[locale]} onClick={() => openLesson(next.path)}>
            {say('nextLesson', { title: next.title[locale] })}
          </Button>
        ) : (
          <Button look="main" disabled={last} onClick={() => change(id, { step: step + 1 })}>
            {say('next')} <Forward size={14} aria-hidden="true" />
          </Button>
        )}
      </div>
    </footer>
  );
}

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, '0')}`;

/** How it went, against par. */
function Result() {
  const { lesson, progress, say } = useLesson();
  const { solved, undone } = progress;
  if (!solved) return null;
  const { commands, seconds } = solved;
  return (
    <p className="lesson-result">
      {say('result', { commands, time: clock(seconds) })}{' '}
      <span className="quiet">
        {say('par', { commands: lesson.par.commands, time: clock(lesson.par.seconds) })}
        {lesson.rewind === 'counts' && undone > 0 && ` ${say('undos', { count: undone })}`}
      </span>
    </p>
  );
}
