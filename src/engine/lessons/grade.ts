/** The state of a lesson as the learner sees it: plain data, sent to the page whenever it changes. */
import type { Millis } from '#engine/sim';

/** `locked` waits for other checks, `holding` is true but not yet for long enough, `failed` cannot become true any more. */
export type CheckState = 'locked' | 'open' | 'holding' | 'done' | 'failed';

export interface CheckGrade {
  readonly id: string;
  readonly state: CheckState;
  /** Why it is not yet true, in words, from what was observed. */
  readonly because?: string;
  /** Those that apply now, the most helpful first. */
  readonly hints: readonly string[];
}

export interface PredictionGrade {
  readonly id: string;
  /** Index of the option that came true; undefined until the moment is there. */
  readonly answer?: number;
}

export interface Grade {
  readonly at: Millis;
  readonly checks: readonly CheckGrade[];
  readonly predictions: readonly PredictionGrade[];
  /** Ids of mistakes that are being made. */
  readonly mistakes: readonly string[];
  readonly solved: boolean;
  /** Lines typed since the start. */
  readonly commands: number;
}
