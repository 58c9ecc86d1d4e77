/** How far the learner is, kept in this browser alone. */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

/** A lesson's own cluster. */
export interface LessonCluster {
  readonly id: string;
  readonly name: string;
}

export interface LessonProgress {
  readonly step: number;
  /** Checks that are done. */
  readonly done: readonly string[];
  /** Index of the option chosen, by prediction. */
  readonly predictions: { readonly [id: string]: number };
  readonly answers: { readonly [id: string]: number };
  readonly cluster?: LessonCluster;
  /** Virtual instant of the start. */
  readonly startedAt?: number;
  readonly undone: number;
  readonly solved?: { readonly commands: number; readonly seconds: number };
}

interface Progress {
  readonly lessons: { readonly [id: string]: LessonProgress };
  /** The learner's own cluster, to go back to. */
  readonly home?: string;
  /** Clusters of lessons that were started over: to be removed. */
  readonly obsolete: readonly string[];
}

export const NO_PROGRESS: LessonProgress = { step: 0, done: [], predictions: {}, answers: {}, undone: 0 };

export const useProgress = create<Progress>()(
  persist((): Progress => ({ lessons: {}, obsolete: [] }), {
    name: 'podarium.lessons',
    version: 1,
    storage: createJSONStorage(() => localStorage),
  }),
);

export const progressOf = (id: string): LessonProgress => useProgress.getState().lessons[id] ?? NO_PROGRESS;

export function change(id: string, part: Partial<LessonProgress>): void {
  const { lessons } = useProgress.getState();
  useProgress.setState({ lessons: { ...lessons, [id]: { ...(lessons[id] ?? NO_PROGRESS), ...part } } });
}

/** As a file: what was learned, not which clusters it happened in. */
export function exportProgress(): string {
  const { lessons } = useProgress.getState();
  const kept = Object.entries(lessons).map(([id, { cluster: _, startedAt: __, ...rest }]) => [id, rest]);
  return JSON.stringify({ podarium: 'lessons', version: 1, lessons: Object.fromEntries(kept) }, undefined, 2);
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numbers = (value: unknown): { readonly [id: string]: number } =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    ),
  );

function readProgress(value: { readonly [key: string]: unknown }): Omit<LessonProgress, 'cluster' | 'startedAt'> {
  const { step, done, predictions, answers, undone, solved } = value;
  const best = isRecord(solved) ? { commands: Number(solved.commands), seconds: Number(solved.seconds) } : undefined;
  return {
    step: typeof step === 'number' ? step : 0,
    done: Array.isArray(done) ? done.filter((id) => typeof id === 'string') : [],
    predictions: numbers(predictions),
    answers: numbers(answers),
    undone: typeof undone === 'number' ? undone : 0,
    ...(best && Number.isFinite(best.commands) && Number.isFinite(best.seconds) && { solved: best }),
  };
}

/** Takes in what was exported; a lesson solved on either side stays solved. False when it is something else. */
export function importProgress(text: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (!isRecord(value) || value.podarium !== 'lessons' || !isRecord(value.lessons)) return false;
  for (const [id, one] of Object.entries(value.lessons)) {
    if (!isRecord(one) || !/^[a-z0-9/-]{1,100}$/.test(id)) continue;
    const known = progressOf(id);
    // A lesson that is under way here has a cluster that the file knows nothing of.
    if (known.cluster === undefined)
      change(id, { ...readProgress(one), ...(known.solved && { solved: known.solved }) });
  }
  return true;
}
