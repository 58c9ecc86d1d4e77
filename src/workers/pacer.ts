/**
 * Wall clock to virtual time: the one place that reads the host's clock. Input is never starved: a run covers one slice, then the host breathes.
 * Time that this worker did not get (a sleeping computer, a frozen tab, a debugger) is not made up for: the clock goes on where it stopped.
 */
import type { Loop, Millis } from '#engine/sim';

/** Virtual milliseconds per wall millisecond; `max` runs as fast as it can. */
export type Speed = number | 'max';

/** Wall milliseconds between looks at the clock when nothing is due sooner. */
const TICK_MS = 20;

/** How much wall time one turn may take before the host breathes. */
const TURN_MS = 12;

/** At `max`: how far one turn goes at most. */
const SLICE_MS = 1000;

/** A gap between two looks at the wall clock beyond which the worker was not running, ms: throttled timers of a hidden tab come once a second. */
const FROZEN_MS = 5_000;

/** Where a run at full speed ends. */
interface Goal {
  readonly time: Millis;
  readonly holds: () => boolean;
  readonly end: (reached: boolean) => void;
}

export interface PacerState {
  readonly now: Millis;
  readonly speed: Speed;
  readonly paused: boolean;
}

export class Pacer {
  private wallStart = 0;
  private virtualStart = 0;
  private steps = 0;
  private halted = false;
  private wake: (() => void) | undefined;
  private goal: Goal | undefined;
  private looked = 0;

  /** @param turn resolves in a later macrotask, after at least that many wall milliseconds */
  constructor(
    private readonly loop: Loop,
    private rate: Speed,
    private readonly turn: (ms: number) => Promise<void>,
    /** Called when the loop rests, after every turn. */
    private readonly rested: () => void = () => {},
  ) {
    this.rebase();
  }

  get state(): PacerState {
    return { now: this.loop.now(), speed: this.rate, paused: this.halted };
  }

  set speed(speed: Speed) {
    this.rate = speed;
    this.rebase();
  }

  pause(): void {
    this.halted = true;
    this.finish(false);
  }

  resume(): void {
    this.halted = false;
    this.rebase();
  }

  /**
   * Runs at full speed until `holds` at the end of an instant, at `time` at the latest; then goes on as before. A pause ends it, and so does a
   * further run. Resolves with whether it held.
   */
  runUntil(time: Millis, holds: () => boolean): Promise<boolean> {
    this.finish(false);
    return new Promise((end) => {
      this.goal = { time, holds, end };
      this.wake?.();
    });
  }

  /** Runs the next instant that has an entry, and stays paused. */
  step(): void {
    this.pause();
    this.steps++;
    this.wake?.();
  }

  /** Something came in: look at once. */
  nudge(): void {
    this.wake?.();
  }

  /** Keeps the loop in step until the signal aborts. Rejects when the world stops because of a bug. */
  async run(signal: AbortSignal): Promise<void> {
    this.rebase();
    while (!signal.aborted) {
      if (this.goal) await this.hurry(this.goal);
      else if (this.halted) {
        if (this.steps > 0) {
          this.steps--;
          await this.loop.step();
        } else await this.loop.settle();
        this.rested();
        await this.rest(TICK_MS);
      } else if (this.rate === 'max') {
        const turnEnds = performance.now() + TURN_MS;
        await this.loop.runUntil(this.loop.now() + SLICE_MS, () => performance.now() > turnEnds);
        this.rested();
        await this.turn(0);
      } else await this.follow(this.rate);
    }
    this.finish(false);
  }

  private async hurry(goal: Goal): Promise<void> {
    const turnEnds = performance.now() + TURN_MS;
    let reached = false;
    await this.loop.runUntil(goal.time, () => {
      reached = goal.holds();
      return reached || performance.now() > turnEnds;
    });
    this.rested();
    if (this.goal === goal && (reached || this.loop.now() >= goal.time)) this.finish(reached);
    await this.turn(0);
  }

  private finish(reached: boolean): void {
    const { goal } = this;
    this.goal = undefined;
    this.rebase();
    goal?.end(reached);
  }

  private async follow(rate: number): Promise<void> {
    const now = performance.now();
    if (now - this.looked > FROZEN_MS) this.rebase();
    this.looked = now;
    const due = this.virtualStart + (now - this.wallStart) * rate;
    const turnEnds = now + TURN_MS;
    const interrupted = await this.loop.runUntil(due, () => performance.now() > turnEnds);
    this.rested();
    if (interrupted) {
      await this.turn(0);
      return;
    }
    const next = ((this.loop.nextDue ?? Number.POSITIVE_INFINITY) - due) / rate;
    await this.rest(Math.min(TICK_MS, Math.max(1, next)));
  }

  private rebase(): void {
    this.wallStart = performance.now();
    this.looked = this.wallStart;
    this.virtualStart = this.loop.now();
  }

  /** Waits, unless something comes in first. */
  private async rest(ms: number): Promise<void> {
    await Promise.race([
      this.turn(ms),
      new Promise<void>((resolve) => {
        this.wake = resolve;
      }),
    ]);
    this.wake = undefined;
  }
}
