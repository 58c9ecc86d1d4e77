/** Lessons: the list of them, or the one on show. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import { LessonError } from '#engine/lessons';
import { Button, EmptyState, Skeleton } from '../../design/index.ts';
import { openLesson, useSession } from '../../session/index.ts';
import { CourseList } from './CourseList.tsx';
import { LessonView } from './LessonView.tsx';
import { type LessonIndex, type LoadedLesson, loadIndex, loadLesson } from './load.ts';
import { removeObsolete } from './own-cluster.ts';
import { useHere } from './use-grade.ts';
import { useLessonWords } from './words/use-words.ts';
import './lessons.css';

export default function LessonPane() {
  const path = useSession((session) => session.lesson);
  const here = useHere();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (here) removeObsolete(here.id).catch(() => undefined);
  }, [here]);
  useReturn(place);
  return (
    <div className="lessons" ref={place}>
      {path === undefined ? <Index /> : <OneLesson key={path} path={path} />}
    </div>
  );
}

/** Whoever comes back from the terminal comes back to where they were, not to the top. */
function useReturn(place: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = place.current;
    // The pane's own buttons stand before the lesson.
    const pane = element?.closest('[data-pane]') ?? element;
    let last: HTMLElement | undefined;
    const onFocus = (event: Event) => {
      if (!(event instanceof FocusEvent) || !(event.target instanceof HTMLElement)) return;
      const { target, relatedTarget: from } = event;
      const comesBack = from instanceof Element && from.closest('[data-pane="terminal"]') !== null;
      if (comesBack && last?.isConnected && last !== target) last.focus();
      else if (element?.contains(target)) last = target;
    };
    pane?.addEventListener('focusin', onFocus);
    return () => pane?.removeEventListener('focusin', onFocus);
  }, [place]);
}

type Loaded<T> = { readonly value: T } | { readonly error: unknown } | undefined;

/** What `load` comes to; `again` tries once more. */
function useLoaded<T>(load: () => Promise<T>): { readonly loaded: Loaded<T>; readonly again: () => void } {
  const [loaded, setLoaded] = useState<Loaded<T>>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is new with every render; `attempt` says when to load
  useEffect(() => {
    let wanted = true;
    load().then(
      (value) => wanted && setLoaded({ value }),
      (error: unknown) => wanted && setLoaded({ error }),
    );
    return () => {
      wanted = false;
    };
  }, [attempt]);
  const again = () => {
    setLoaded(undefined);
    setAttempt(attempt + 1);
  };
  return { loaded, again };
}

function Index() {
  const say = useLessonWords();
  const { loaded, again } = useLoaded<LessonIndex>(loadIndex);
  if (!loaded) return <Skeleton label={say('loading')} />;
  if ('error' in loaded) return <Failure error={loaded.error} onRetry={again} />;
  return <CourseList index={loaded.value} />;
}

function OneLesson({ path }: { readonly path: string }) {
  const say = useLessonWords();
  const { loaded, again } = useLoaded<LoadedLesson>(() => loadLesson(path));
  if (!loaded) return <Skeleton label={say('loading')} />;
  if ('error' in loaded) return <Failure error={loaded.error} onRetry={again} />;
  return <LessonView loaded={loaded.value} />;
}

function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const say = useLessonWords();
  return (
    <EmptyState text={say(error instanceof LessonError ? 'faulty' : 'failed')}>
      <pre className="command">{error instanceof Error ? error.message : String(error)}</pre>
      <div className="lesson-actions">
        <Button look="main" onClick={onRetry}>
          {say('retry')}
        </Button>
        <Button onClick={() => openLesson()}>{say('back')}</Button>
      </div>
    </EmptyState>
  );
}
