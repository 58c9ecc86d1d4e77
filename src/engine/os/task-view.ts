/** What a process sees of streams, time and network: all of it ends with the process. */
import type { Handler, Listener, Net, Sink, Source } from '#engine/http';
import { BrokenPipe } from '#engine/http';
import type { Clock, Millis, Timer } from '#engine/sim';
import type { ByteInput } from './byte-stream.ts';
import type { Signal } from './process.ts';

/** What these views need of their process. */
export interface Mortal {
  readonly killed: AbortSignal;
  readonly dead: boolean;
  /** Throws when the process is dead. */
  check(): void;
  until<T>(promise: Promise<T>): Promise<T>;
  signal(signal: Signal): void;
  /** Calls back once when the process ends. Returns a function that forgets it. */
  onDeath(listener: () => void): () => void;
}

/** Thrown into a program whose process is dead: it unwinds, nobody looks at the result. */
export class ProcessKilled extends Error {
  override readonly name = 'ProcessKilled';
}

/** Ends the process from anywhere inside the program. */
export class ProcessExit extends Error {
  override readonly name = 'ProcessExit';
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Reading that ends with the process. */
export class TaskSource implements Source<Uint8Array> {
  constructor(
    private readonly task: Mortal,
    readonly input: ByteInput,
  ) {}

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      this.task.check();
      const frame = this.input.tryRead();
      // An empty frame is a terminal's Ctrl-D: the end, this once.
      if (frame) return frame.length > 0 ? frame : undefined;
      if (this.input.atEnd) return undefined;
      await this.task.until(this.input.arrival());
      if (this.input.failed) throw this.input.failed;
    }
  }

  tryRead(): Uint8Array | undefined {
    this.task.check();
    return this.input.tryRead();
  }

  async forEach(take: (frame: Uint8Array) => void): Promise<void> {
    for (let frame = await this.read(); frame; frame = this.tryRead() ?? (await this.read())) take(frame);
  }

  cancel(): void {
    this.input.cancel();
  }
}

/** Writing that ends with the process, and ends the process (SIGPIPE) when nobody reads any more. */
export class TaskSink implements Sink<Uint8Array> {
  constructor(
    private readonly task: Mortal,
    readonly sink: Sink<Uint8Array>,
  ) {}

  get broken(): boolean {
    return this.sink.broken;
  }

  async write(frame: Uint8Array): Promise<void> {
    this.task.check();
    if (frame.length === 0) return;
    try {
      await this.task.until(this.sink.write(frame));
    } catch (error) {
      if (error instanceof BrokenPipe) this.task.signal('SIGPIPE');
      this.task.check();
      throw error;
    }
  }

  close(): void {
    // The end of the process closes its streams; other processes may still hold them.
  }

  onBroken(listener: () => void): void {
    this.sink.onBroken(listener);
  }
}

/** What is behind a process's own stream, so that a child gets the thing itself and not its parent's guard. */
export const bareSource = (source: Source<Uint8Array>): Source<Uint8Array> =>
  source instanceof TaskSource ? source.input : source;
export const bareSink = (sink: Sink<Uint8Array>): Sink<Uint8Array> => (sink instanceof TaskSink ? sink.sink : sink);

/** Timers that die with the process. */
export class TaskClock implements Clock {
  constructor(
    private readonly task: Mortal,
    private readonly clock: Clock,
  ) {}

  now(): Millis {
    return this.clock.now();
  }

  /** On a dead process's clock nothing rings any more. */
  after(ms: Millis, name: string, ring: () => void): Timer {
    if (this.task.dead) return { due: this.clock.now() + ms, cancel: () => undefined };
    let forget: () => void = () => undefined;
    const timer = this.clock.after(ms, name, () => {
      forget();
      ring();
    });
    forget = this.task.onDeath(() => timer.cancel());
    return {
      due: timer.due,
      cancel: () => {
        forget();
        timer.cancel();
      },
    };
  }

  sleep(ms: Millis, name: string, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.task.check();
      const done = (settle: () => void) => () => {
        timer.cancel();
        forget();
        signal?.removeEventListener('abort', wake);
        settle();
      };
      const wake = done(resolve);
      const timer = this.clock.after(ms, name, wake);
      const forget = this.task.onDeath(done(() => reject(new ProcessKilled())));
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}

/** Ports and requests that die with the process. */
export class TaskNet implements Net {
  constructor(
    private readonly task: Mortal,
    private readonly net: Net,
  ) {}

  get addresses(): readonly string[] {
    return this.net.addresses;
  }

  listen(port: number, handler: Handler, options?: Parameters<Net['listen']>[2]): Listener {
    this.task.check();
    const listener = this.net.listen(port, handler, options);
    const forget = this.task.onDeath(() => (listener.abort ? listener.abort() : listener.close()));
    return {
      close: () => {
        forget();
        listener.close();
      },
    };
  }

  readonly fetch: Handler = (request) => {
    this.task.check();
    return this.task.until(this.net.fetch(request.signal ? request : { ...request, signal: this.task.killed }));
  };

  lookup(name: string): Promise<readonly string[]> {
    return this.task.until(this.net.lookup(name));
  }
}
