/**
 * Watches a cluster and says how far the learner is. Every expression is a cell that is computed again only when something it read has
 * changed; checks then move forward by rules that know nothing of Kubernetes.
 */
import type { Client } from '#engine/client-go';
import type { Millis, Timer, World } from '#engine/sim';
import { evaluate, fillTemplate, holds } from './expressions.ts';
import type { CheckGrade, CheckState, Grade, PredictionGrade } from './grade.ts';
import type { Check, Hint, Lesson, Prediction } from './lesson.ts';
import { type Dependencies, LiveView } from './live-view.ts';
import { NOTHING_OBSERVED, type Observations, type Observed } from './observations.ts';
import type { View } from './view.ts';

export interface GraderOptions {
  readonly world: World;
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly lesson: Pick<Lesson, 'checks' | 'predictions' | 'mistakes'>;
  /** Checks that were done before, in an earlier look at the same cluster. */
  readonly done?: readonly string[];
  readonly observations?: Observations;
  /** Runs `act` once the present instant has nothing more to say. Default: as soon as the clock rings. */
  readonly afterInstant?: (act: () => void) => void;
  /** Called with every change. */
  readonly report: (grade: Grade) => void;
}

export interface Grader {
  readonly grade: Grade;
  /** What `commands()`, `visits()` or `traffic()` answer has changed. */
  observed(what: Observed): void;
}

/** An expression with its value and what the value was read from. */
interface Cell<T> {
  readonly compute: () => T;
  value: T | undefined;
  dependencies: Dependencies;
  stale: boolean;
}

/** Something that has to be true for a while. */
interface Held {
  readonly cell: Cell<boolean>;
  readonly holdMs: Millis;
  since: Millis | undefined;
  timer: Timer | undefined;
}

interface Watched {
  readonly check: Check;
  readonly held: Held;
  readonly because: Cell<string | undefined>;
  readonly hints: readonly Cell<string | undefined>[];
  state: CheckState;
}

interface Foretold {
  readonly prediction: Prediction;
  readonly held: Held;
  readonly answer: Cell<unknown>;
  grade: PredictionGrade;
}

/** What is to be said: the first that applies. */
const firstOf = (hints: readonly Hint[], view: View): string | undefined => {
  const hint = hints.find(({ if: condition }) => condition === undefined || holds(condition, view));
  return hint && fillTemplate(hint.say, view);
};

/** Starts to watch. Ends with the signal. */
export function startGrader(options: GraderOptions): Grader {
  return new RunningGrader(options);
}

class RunningGrader implements Grader {
  grade: Grade;
  private readonly view: LiveView;
  private readonly cells: Cell<unknown>[] = [];
  private readonly checks: readonly Watched[];
  private readonly predictions: readonly Foretold[];
  private readonly mistakes: readonly { readonly id: string; readonly cell: Cell<boolean> }[];
  private scheduled = false;
  private shown = '';

  constructor(private readonly options: GraderOptions) {
    const { world, client, signal, lesson, observations = NOTHING_OBSERVED, done = [] } = options;
    this.view = new LiveView(world, client, signal, observations, (concerns) => this.invalidate(concerns));
    this.checks = lesson.checks.map((check) => ({
      check,
      held: this.hold(check.when ?? check.never ?? check.fail ?? 'false', check.when === undefined ? 0 : check.holdMs),
      because: this.cell(() => firstOf(check.because, this.view)),
      hints: check.hints.map((hint) => this.cell(() => firstOf([hint], this.view))),
      state: done.includes(check.id) ? 'done' : 'locked',
    }));
    this.predictions = lesson.predictions.map((prediction) => ({
      prediction,
      held: this.hold(prediction.when, prediction.holdMs),
      answer: this.cell(() => evaluate(prediction.answer, this.view)),
      grade: { id: prediction.id },
    }));
    this.mistakes = lesson.mistakes.map((mistake) => ({
      id: mistake.id,
      cell: this.cell(() => holds(mistake.if, this.view)),
    }));
    this.grade = this.summary();
    this.schedule();
  }

  observed(what: Observed): void {
    this.invalidate((dependencies) => dependencies.includes(what));
    this.schedule();
  }

  private cell<T>(compute: () => T): Cell<T> {
    const cell: Cell<T> = { compute, value: undefined, dependencies: [], stale: true };
    this.cells.push(cell as Cell<unknown>);
    return cell;
  }

  private hold(expression: string, holdMs: Millis): Held {
    return { cell: this.cell(() => holds(expression, this.view)), holdMs, since: undefined, timer: undefined };
  }

  private invalidate(concerns: (dependencies: Dependencies) => boolean): void {
    let any = false;
    for (const cell of this.cells) {
      if (cell.stale || !concerns(cell.dependencies)) continue;
      cell.stale = true;
      any = true;
    }
    if (any) this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const { afterInstant, world, signal } = this.options;
    const act = () => {
      this.scheduled = false;
      if (!signal.aborted) this.look();
    };
    if (afterInstant) afterInstant(act);
    else world.clock.after(0, 'lessons: look again', act);
  }

  private read<T>(cell: Cell<T>): T | undefined {
    if (cell.stale) {
      const { value, dependencies } = this.view.track(cell.compute);
      Object.assign(cell, { value, dependencies, stale: false });
    }
    return cell.value;
  }

  /** True once the expression has been true for as long as it must be. */
  private hasHeld(held: Held): boolean {
    const { clock } = this.options.world;
    if (this.read(held.cell) !== true) {
      held.since = undefined;
      held.timer?.cancel();
      held.timer = undefined;
      return false;
    }
    const now = clock.now();
    held.since ??= now;
    const left = held.since + held.holdMs - now;
    if (left <= 0) return true;
    held.timer ??= clock.after(left, 'lessons: still true', () => {
      held.timer = undefined;
      this.schedule();
    });
    return false;
  }

  private look(): void {
    for (const foretold of this.predictions) this.advancePrediction(foretold);
    for (const watched of this.checks) this.advance(watched);
    this.settleNever();
    const grade = this.summary();
    const shown = JSON.stringify({ ...grade, at: 0 });
    if (shown === this.shown) return;
    this.shown = shown;
    this.grade = grade;
    this.options.report(grade);
  }

  private isDone(id: string): boolean {
    return this.checks.find(({ check }) => check.id === id)?.state === 'done';
  }

  private advance(watched: Watched): void {
    const { check, held } = watched;
    if (watched.state === 'done') return;
    if (check.fail !== undefined) {
      watched.state = this.read(held.cell) === true ? 'failed' : 'open';
      return;
    }
    const begins = [...check.needs, ...(check.since === undefined ? [] : [check.since])];
    if (!begins.every((id) => this.isDone(id))) {
      watched.state = 'locked';
      return;
    }
    if (check.never !== undefined) {
      if (watched.state !== 'failed') watched.state = this.read(held.cell) === true ? 'failed' : 'open';
      return;
    }
    if (this.hasHeld(held)) watched.state = 'done';
    else watched.state = held.since === undefined ? 'open' : 'holding';
  }

  /** What must never happen has not happened once all the rest is done. */
  private settleNever(): void {
    if (!this.checks.every(({ check, state }) => check.when === undefined || state === 'done')) return;
    for (const watched of this.checks)
      if (watched.check.never !== undefined && watched.state === 'open') watched.state = 'done';
  }

  private advancePrediction(foretold: Foretold): void {
    if (foretold.grade.answer !== undefined || !this.hasHeld(foretold.held)) return;
    const answer = Number(this.read(foretold.answer));
    if (Number.isInteger(answer)) foretold.grade = { id: foretold.prediction.id, answer };
  }

  private summary(): Grade {
    const checks = this.checks.map((watched): CheckGrade => this.gradeOf(watched));
    return {
      at: this.options.world.clock.now(),
      checks,
      predictions: this.predictions.map(({ grade }) => grade),
      mistakes: this.mistakes.filter(({ cell }) => this.read(cell) === true).map(({ id }) => id),
      solved: this.checks.every(({ check, state }) =>
        check.fail === undefined ? state === 'done' : state !== 'failed',
      ),
      commands: (this.options.observations ?? NOTHING_OBSERVED).commands().length,
    };
  }

  private gradeOf({ check, state, because, hints }: Watched): CheckGrade {
    if (state === 'done' || state === 'locked') return { id: check.id, state, hints: [] };
    const why = this.read(because);
    return {
      id: check.id,
      state,
      ...(why !== undefined && { because: why }),
      hints: hints.map((cell) => this.read(cell)).filter((hint) => hint !== undefined),
    };
  }
}
