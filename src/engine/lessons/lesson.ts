/** What a lesson is, after it has been read: plain data. Texts are in one language; logic is the same in all. */
import type { Millis } from '#engine/sim';

type Level = 'beginner' | 'intermediate' | 'advanced';
/** What rewinding costs: nothing, a mention in the result, or it is not offered (an exam). */
type Rewind = 'free' | 'counts' | 'off';

/** A fault at an instant after the lesson's start; `do` and its fields are those of the engine's faults. */
export interface LessonFault {
  readonly atMs: Millis;
  readonly fault: { readonly do: string; readonly [field: string]: string | number | readonly string[] };
}

/** What a server of an image made of data answers on a path. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly text: string;
  /** Before this much time since the container's start the path answers 503. */
  readonly afterMs: Millis;
  readonly latencyMs: Millis;
}

/** A point of a curve; between two points the value changes evenly, after the last it stays. */
export interface CurvePoint {
  readonly atMs: Millis;
  readonly value: number;
}

/** An image defined as data. */
export interface LessonImage {
  /** Until its ports are open. */
  readonly startMs: Millis;
  /** Answers by port and path; the longest path that is a prefix answers. */
  readonly serves: { readonly [port: string]: { readonly [path: string]: ScriptedAnswer } };
  /** bytes */
  readonly memory: readonly CurvePoint[];
  /** milliseconds of CPU per second */
  readonly cpu: readonly CurvePoint[];
  readonly exit?: { readonly afterMs: Millis; readonly code: number };
  /** Written to standard output at the start. */
  readonly log: readonly string[];
}

/** A client that asks a Service again and again. */
export interface LessonTraffic {
  /** The client's name. */
  readonly from: string;
  /** `svc/name`, with `:port` and `/path` where they are not the first port and `/`. */
  readonly to: string;
  readonly namespace: string;
  /** Requests per second. */
  readonly rps: number;
}

export interface LessonWorld {
  readonly nodes: number;
  /** Files of the lesson that are applied before it starts, in order. */
  readonly apply: readonly string[];
  readonly images: { readonly [reference: string]: LessonImage };
  readonly traffic: readonly LessonTraffic[];
  readonly faults: readonly LessonFault[];
  /** Time passes until nothing changes any more. */
  readonly settled: boolean;
}

/** Something to say, when it applies. */
export interface Hint {
  /** CEL; without it the hint always applies. */
  readonly if?: string;
  /** A text with `${CEL}` in it. */
  readonly say: string;
  /** Typed at the start it makes the hint apply: how the proof of a lesson reaches what its solution does not meet. */
  readonly by?: string;
}

export interface Check {
  readonly id: string;
  /** The task, and what is checked. */
  readonly say: string;
  /** Becomes true once this CEL expression has been true for `holdMs`. */
  readonly when?: string;
  /** Must not become true from `since` on; counts when everything else is done. */
  readonly never?: string;
  /** While this is true the lesson cannot be solved. */
  readonly fail?: string;
  readonly since?: string;
  readonly needs: readonly string[];
  /** Virtual time. */
  readonly holdMs: Millis;
  /** Why it is not yet true: the first that applies is said. The last always applies. */
  readonly because: readonly Hint[];
  readonly hints: readonly Hint[];
}

/** A question to be answered before the learner runs something; the answer is computed from what then happens. */
export interface Prediction {
  readonly id: string;
  readonly ask: string;
  readonly options: readonly string[];
  /** CEL: the moment the answer is there. */
  readonly when: string;
  readonly holdMs: Millis;
  /** CEL: the index of the option that came true, counted from 0. */
  readonly answer: string;
}

/** A common mistake: what the `:::mistake{id=…}` of the body is about. */
export interface Mistake {
  readonly id: string;
  readonly if: string;
  /** Typed at the start it makes the mistake. */
  readonly by: string;
}

interface SolutionStep {
  readonly run: string;
}

/** A runnable or openable piece of the body. */
export interface BodyCommand {
  readonly does: 'run' | 'copy' | 'open';
  readonly text: string;
  /** Of the file, from 1. */
  readonly line: number;
}

export interface BodyDirective {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  readonly line: number;
}

export interface Lesson {
  /** `course/01-name` without the number: `course/name`. */
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly minutes: number;
  readonly concepts: readonly string[];
  readonly seed: number;
  readonly world: LessonWorld;
  readonly checks: readonly Check[];
  readonly predictions: readonly Prediction[];
  readonly mistakes: readonly Mistake[];
  readonly solution: readonly SolutionStep[];
  readonly par: { readonly commands: number; readonly seconds: number };
  readonly rewind: Rewind;
  /** Markdown. */
  readonly body: string;
  readonly commands: readonly BodyCommand[];
  readonly directives: readonly BodyDirective[];
  /** Headings of the steps, in order. */
  readonly steps: readonly string[];
}

export interface Course {
  readonly title: { readonly [locale: string]: string };
  /** What lessons inherit. */
  readonly nodes: number;
  readonly seed: number;
  readonly kubernetes: string;
  /** Folders of the course, in order. */
  readonly lessons: readonly string[];
}

/** What is wrong with a lesson, and where. */
export interface LessonProblem {
  readonly file: string;
  /** from 1 */
  readonly line: number;
  readonly message: string;
}

/** Everything that is wrong, at once; the message lists it. */
export class LessonError extends Error {
  override readonly name = 'LessonError';
  constructor(readonly problems: readonly LessonProblem[]) {
    super(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
  }
}
