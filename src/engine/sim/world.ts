/** All a component is handed: time, chance, and somewhere to say what it did. */

/** Milliseconds. An instant is a count since the Unix epoch of *virtual* time. */
export type Millis = number;

export interface Timer {
  readonly due: Millis;
  cancel(): void;
}

export interface Clock {
  now(): Millis;
  /** Rings once, `ms` from now, in (time, sequence) order. `name` says in traces and diagnostics who waits for what. */
  after(ms: Millis, name: string, ring: () => void): Timer;
  /** Resolves `ms` from now. When the signal aborts first it resolves at once: look at the signal, not at the time. */
  sleep(ms: Millis, name: string, signal?: AbortSignal): Promise<void>;
}

/** A named stream of chance. Equal seed and equal name give equal numbers, whatever else draws in between. */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
  fork(name: string): Rng;
}

export interface TraceEvent {
  readonly at: Millis;
  readonly seq: number;
  readonly type: string;
  readonly detail: unknown;
}

/** One-way: returns nothing, ever. `detail` is frozen plain data. */
export interface Tracer {
  emit(type: string, detail: unknown): void;
}

export interface World {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly trace: Tracer;
}
