/** The lesson on show, for the pieces of its text. */
import { createContext, useContext } from 'react';
import type { Grade, Lesson, LessonFiles } from '#engine/lessons';
import type { LessonProgress } from './progress.ts';
import type { LessonSay } from './words/words.ts';

export interface LessonContextValue {
  readonly id: string;
  readonly lesson: Lesson;
  readonly files: LessonFiles;
  readonly progress: LessonProgress;
  /** Undefined while another cluster is on show. */
  readonly grade: Grade | undefined;
  /** Whether the cluster on show is the lesson's. */
  readonly active: boolean;
  readonly say: LessonSay;
}

export const LessonContext = createContext<LessonContextValue | undefined>(undefined);

export function useLesson(): LessonContextValue {
  const context = useContext(LessonContext);
  if (!context) throw new Error('no lesson is on show');
  return context;
}
