/** Wall clock to virtual time: the one place that reads the host's clock. Input is never starved: a run covers one slice, then the host breathes. */
import type { Loop, Millis } from '#engine/sim';

/** Virtual milliseconds per wall millisecond; `max` runs as fast as it can. */
export type Speed = number | 'max';

/** Wall milliseconds between looks at the clock when nothing is due sooner. */
const TICK_MS = 20;

/** How much wall time one turn may take before the host breathes. */
const TURN_MS = 12;

/** At `max`: how far one turn goes at most. */
const SLICE_MS = 1000;

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

  /** @param turn resolves in a later macrotask, after at least that many wall milliseconds */
  constructor(
    private readonly loop: Loop,
    private rate: Speed,
    private readonly turn: (ms: number) => Promise<void>,
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
  }

  resume(): void {
    this.halted = false;
    this.rebase();
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
    while (!signal.aborted) {
      if (this.halted) {
        if (this.steps > 0) {
          this.steps--;
          await this.loop.step();
        } else await this.loop.settle();
        await this.rest(TICK_MS);
      } else if (this.rate === 'max') {
        await this.loop.runUntil(this.loop.now() + SLICE_MS);
        await this.turn(0);
      } else await this.follow(this.rate);
    }
  }

  private async follow(rate: number): Promise<void> {
    const due = this.virtualStart + (performance.now() - this.wallStart) * rate;
    const turnEnds = performance.now() + TURN_MS;
    const interrupted = await this.loop.runUntil(due, () => performance.now() > turnEnds);
    if (interrupted) {
      await this.turn(0);
      return;
    }
    const next = ((this.loop.nextDue ?? Number.POSITIVE_INFINITY) - due) / rate;
    await this.rest(Math.min(TICK_MS, Math.max(1, next)));
  }

  private rebase(): void {
    this.wallStart = performance.now();
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
