/** The grade of a lesson, live from the engine's worker. */
import { transfer } from 'comlink';
import { useEffect, useState } from 'react';
import type { Grade, Lesson } from '#engine/lessons';
import { useEngine } from '../../cluster/index.ts';
import type { LessonCluster } from './progress.ts';
import { change, progressOf } from './progress.ts';

/** The cluster on show: undefined until it is there. */
export function useHere(): LessonCluster | undefined {
  const { ready } = useEngine();
  const [here, setHere] = useState<LessonCluster>();
  useEffect(() => {
    ready.then(
      ({ id, name }) => setHere({ id, name }),
      () => undefined,
    );
  }, [ready]);
  return here;
}

/** Notes in the progress what the grade says is new. */
function note(id: string, grade: Grade): void {
  const { done, answers, startedAt, solved } = progressOf(id);
  const now = grade.checks.filter(({ state }) => state === 'done').map((check) => check.id);
  const said = Object.fromEntries(
    grade.predictions.flatMap(({ id: of, answer }) => (answer === undefined ? [] : [[of, answer] as const])),
  );
  const start = startedAt ?? grade.at;
  const seconds = Math.round((grade.at - start) / 1000);
  const better = solved === undefined || grade.commands < solved.commands;
  change(id, {
    done: [...new Set([...done, ...now])],
    answers: { ...answers, ...said },
    startedAt: start,
    ...(grade.solved && better && { solved: { commands: grade.commands, seconds } }),
  });
}

/** Undefined until the first grade has come. Watches only while `active`. */
export function useGrade(id: string, lesson: Lesson, active: boolean): Grade | undefined {
  const { api } = useEngine();
  const [grade, setGrade] = useState<Grade>();
  useEffect(() => {
    if (!active) return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Grade>) => {
      setGrade(data);
      note(id, data);
    };
    const { checks, predictions, mistakes } = lesson;
    api
      .watchLesson({ lesson: { checks, predictions, mistakes }, done: progressOf(id).done }, transfer(port2, [port2]))
      .catch(() => undefined);
    return () => {
      port1.postMessage('end');
      port1.close();
    };
  }, [api, id, lesson, active]);
  return active ? grade : undefined;
}
