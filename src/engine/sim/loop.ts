/**
 * The one queue of causes. Every entry due at the earliest instant runs in (time, seq) order, then every promise
 * reaction finishes in one host macrotask, and only when that instant has nothing more to say does the clock move.
 */
import { EventQueue, QueueEntry } from './event-queue.ts';
import { InvariantError, invariant } from './invariant.ts';
import type { Clock, Millis, Timer, TraceEvent, Tracer } from './world.ts';

/** What the engine needs of the place it runs in. */
export interface Host {
  /** Resolves in a later macrotask, when every promise reaction queued so far has run. */
  settle(): Promise<void>;
  trace(event: TraceEvent): void;
  /** Brings an asset: code that is not part of what a cluster needs to start. Rejects when it cannot be had. */
  load?(asset: string): Promise<unknown>;
}

/** An asset asked for, until the end of the drain. */
interface Load {
  readonly asset: string;
  readonly arrive: (value: unknown) => void;
}

export class Loop implements Clock, Tracer {
  private readonly queue = new EventQueue();
  private readonly inbox: { readonly name: string; readonly ring: () => void }[] = [];
  private readonly loads: Load[] = [];
  private readonly assets = new Map<string, Promise<unknown>>();
  private seq = 0;
  private traceSeq = 0;
  private running = false;
  private failure: unknown;
  private time: Millis;

  constructor(
    private readonly host: Host,
    start: Millis,
  ) {
    this.time = start;
  }

  now(): Millis {
    return this.time;
  }

  after(ms: Millis, name: string, ring: () => void): Timer {
    invariant(ms >= 0, `${name}: a timer cannot ring in the past (${ms} ms)`);
    const entry = new QueueEntry(this.time + ms, this.seq++, name, ring, this.queue);
    this.queue.push(entry);
    return entry;
  }

  sleep(ms: Millis, name: string, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = () => {
        timer.cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = this.after(ms, name, wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /**
   * Hands in something from outside. It rings when the present instant has nothing more to say, and everything it causes at that
   * instant is finished before the next one rings: so that replaying it at the same time gives the same run, whenever it came.
   */
  post(name: string, ring: () => void): void {
    this.inbox.push({ name, ring });
  }

  emit(type: string, detail: unknown): void {
    this.host.trace({ at: this.time, seq: this.traceSeq++, type, detail });
  }

  /**
   * An asset of the host. The clock stands still until it is there. It arrives when nothing else is left to run, in the order of
   * the asking, whether the host had it at hand or not: so that a run is the same wherever its code comes from.
   */
  load<T>(asset: string): Promise<T> {
    let arrival = this.assets.get(asset);
    if (!arrival) {
      arrival = new Promise((arrive) => this.loads.push({ asset, arrive }));
      this.assets.set(asset, arrival);
    }
    return arrival as Promise<T>;
  }

  /** When the next entry is due; undefined when nothing will ever happen again by itself. */
  get nextDue(): Millis | undefined {
    return this.queue.peek()?.due;
  }

  /** What waits, earliest first: names and times, for "step to the next event" and for diagnostics. */
  pending(): readonly { readonly due: Millis; readonly name: string }[] {
    return this.queue.pending();
  }

  /** A promise chain of ours broke: stops the world at the end of the instant. */
  fail(error: unknown): void {
    this.failure ??= error;
  }

  /** Lets everything that follows from outside input or start-up finish without moving the clock. */
  async settle(): Promise<void> {
    await this.exclusively(() => this.drainInstant());
  }

  /** Runs the next instant that has an entry. False when the queue is empty. */
  async step(): Promise<boolean> {
    return this.exclusively(async () => {
      await this.drainInstant();
      const due = this.nextDue;
      if (due === undefined) return false;
      this.time = due;
      await this.drainInstant();
      return true;
    });
  }

  /**
   * Runs until the clock shows `time`, or until `until` holds at the end of an instant.
   * @returns whether `until` held; without it, true.
   */
  async runUntil(time: Millis, until?: () => boolean): Promise<boolean> {
    return this.exclusively(async () => {
      for (;;) {
        await this.drainInstant();
        if (until?.()) return true;
        const due = this.nextDue;
        if (due === undefined || due > time) break;
        this.time = due;
      }
      if (time > this.time && time !== Number.POSITIVE_INFINITY) this.time = time;
      return until === undefined;
    });
  }

  private async drainInstant(): Promise<void> {
    await this.drainQueue();
    for (let input = this.inbox.shift(); input; input = this.inbox.shift()) {
      this.ring(input);
      await this.drainQueue();
    }
  }

  private async drainQueue(): Promise<void> {
    do {
      let next = this.queue.peek();
      while (next && next.due <= this.time) {
        this.queue.pop();
        this.ring(next);
        next = this.queue.peek();
      }
      await this.host.settle();
      for (let load = this.loads.shift(); load; load = this.loads.shift()) await this.bring(load);
      if (this.failure !== undefined) throw this.failure;
    } while ((this.nextDue ?? Number.POSITIVE_INFINITY) <= this.time);
  }

  private async bring({ asset, arrive }: Load): Promise<void> {
    invariant(this.host.load, `${asset}: this host brings no assets`);
    arrive(await this.host.load(asset));
    await this.host.settle();
  }

  private ring(entry: { readonly name: string; readonly ring: () => void }): void {
    try {
      entry.ring();
    } catch (error) {
      this.fail(error instanceof Error ? error : new InvariantError(`${entry.name}: ${String(error)}`));
    }
  }

  private async exclusively<T>(run: () => Promise<T>): Promise<T> {
    invariant(!this.running, 'the loop is already running');
    if (this.failure !== undefined) throw this.failure;
    this.running = true;
    try {
      return await run();
    } finally {
      this.running = false;
    }
  }
}
