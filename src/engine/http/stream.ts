/** Frames in order, one way, with back-pressure. Watches, logs, pipes and sockets are all this. */

/** The reading end. */
export interface Source<T> {
  /** The next frame, or undefined at the end. Rejects when the writer failed. One reader at a time. */
  read(): Promise<T | undefined>;
  /** A frame that is already here, without waiting. */
  tryRead(): T | undefined;
  /** Calls `take` for every frame until the end; frames that are already here are taken without waiting in between. */
  forEach(take: (frame: T) => void): Promise<void>;
  /** The reader goes away: the writer's next write fails with `BrokenPipe`. */
  cancel(): void;
}

/** The writing end. */
export interface Sink<T> {
  /** Resolves when there is room for more. Rejects with `BrokenPipe` when the reader has gone. */
  write(frame: T): Promise<void>;
  /** The end, or with an error the failure that the reader sees. */
  close(error?: Error): void;
  /** True once nobody reads any more. */
  readonly broken: boolean;
  /** Called once when the reader goes away (at once when it already has). */
  onBroken(listener: () => void): void;
}

/** Nobody reads the other end any more (EPIPE). */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
  constructor() {
    super('write: broken pipe');
  }
}

const DONE = Promise.resolve();

/** A bounded queue between one writer and one reader. */
export class Pipe<T> implements Source<T>, Sink<T> {
  private frames: T[] = [];
  private head = 0;
  private ended = false;
  private error: Error | undefined;
  private gone = false;
  private wakeReader: (() => void) | undefined;
  private wakeWriters: (() => void)[] = [];
  private brokenListeners: (() => void)[] = [];

  /** @param capacity frames that may wait before a writer has to */
  constructor(private readonly capacity = 64) {}

  get broken(): boolean {
    return this.gone;
  }

  /** Frames that wait to be read. */
  get length(): number {
    return this.frames.length - this.head;
  }

  async read(): Promise<T | undefined> {
    while (this.length === 0) {
      if (this.error) throw this.error;
      if (this.ended || this.gone) return undefined;
      await this.arrival();
    }
    return this.tryRead();
  }

  tryRead(): T | undefined {
    if (this.length === 0) return undefined;
    const frame = this.frames[this.head++] as T;
    if (this.head === this.frames.length) {
      this.frames = [];
      this.head = 0;
    }
    if (this.length < this.capacity && this.wakeWriters.length > 0) {
      for (const wake of this.wakeWriters.splice(0)) wake();
    }
    return frame;
  }

  async forEach(take: (frame: T) => void): Promise<void> {
    for (;;) {
      while (this.length > 0) take(this.tryRead() as T);
      if (this.error) throw this.error;
      if (this.ended || this.gone) return;
      await this.arrival();
    }
  }

  cancel(): void {
    if (this.gone) return;
    this.gone = true;
    this.frames = [];
    this.head = 0;
    for (const wake of this.wakeWriters.splice(0)) wake();
    this.wake();
    for (const listener of this.brokenListeners.splice(0)) listener();
  }

  write(frame: T): Promise<void> {
    if (!this.push(frame)) return Promise.reject(new BrokenPipe());
    return this.length < this.capacity ? DONE : this.room();
  }

  /** Writes without waiting for room: for a writer that bounds itself. False when nobody reads any more. */
  push(frame: T): boolean {
    if (this.gone || this.ended) return false;
    this.frames.push(frame);
    this.wake();
    return true;
  }

  close(error?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.error = error;
    this.wake();
  }

  onBroken(listener: () => void): void {
    if (this.gone) listener();
    else this.brokenListeners.push(listener);
  }

  private async room(): Promise<void> {
    await new Promise<void>((resolve) => this.wakeWriters.push(resolve));
    if (this.gone) throw new BrokenPipe();
  }

  private arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.wakeReader = resolve;
    });
  }

  private wake(): void {
    const wake = this.wakeReader;
    this.wakeReader = undefined;
    wake?.();
  }
}
