/** Byte streams between processes: a pipe that knows how many hold its ends, an input that can take bytes back. */
import { Pipe, type Sink, type Source } from '#engine/http';

/** Frames that may wait in a pipe before its writer has to. */
const PIPE_FRAMES = 16;

/** An end of a pipe that several processes may hold: it closes when the last of them lets go. */
export interface Held {
  retain(): void;
  release(): void;
}

export const isHeld = (end: object): end is Held => 'retain' in end && 'release' in end;

class SourceEnd implements Source<Uint8Array>, Held {
  private holders = 0;
  constructor(private readonly pipe: Pipe<Uint8Array>) {}
  read(): Promise<Uint8Array | undefined> {
    return this.pipe.read();
  }
  tryRead(): Uint8Array | undefined {
    return this.pipe.tryRead();
  }
  forEach(take: (frame: Uint8Array) => void): Promise<void> {
    return this.pipe.forEach(take);
  }
  cancel(): void {
    this.pipe.cancel();
  }
  retain(): void {
    this.holders++;
  }
  release(): void {
    if (--this.holders === 0) this.pipe.cancel();
  }
}

class SinkEnd implements Sink<Uint8Array>, Held {
  private holders = 0;
  constructor(private readonly pipe: Pipe<Uint8Array>) {}
  get broken(): boolean {
    return this.pipe.broken;
  }
  write(frame: Uint8Array): Promise<void> {
    return this.pipe.write(frame);
  }
  close(error?: Error): void {
    this.pipe.close(error);
  }
  onBroken(listener: () => void): void {
    this.pipe.onBroken(listener);
  }
  retain(): void {
    this.holders++;
  }
  release(): void {
    if (--this.holders === 0) this.pipe.close();
  }
}

/** pipe(2): the write end closes when the last process that holds it ends, the read end likewise. */
export function createPipe(): { readonly source: Source<Uint8Array> & Held; readonly sink: Sink<Uint8Array> & Held } {
  const pipe = new Pipe<Uint8Array>(PIPE_FRAMES);
  return { source: new SourceEnd(pipe), sink: new SinkEnd(pipe) };
}

/** An input shared by a process and its children. What one reader took too much of, it gives back. */
export class ByteInput implements Source<Uint8Array>, Held {
  private buffer: Uint8Array[] = [];
  private pending: Promise<void> | undefined;
  private ended = false;
  private failure: unknown;

  private constructor(readonly source: Source<Uint8Array>) {}

  /** The input over a source: the same one every time, so that all holders see what was given back. */
  static over(source: Source<Uint8Array>): ByteInput {
    if (source instanceof ByteInput) return source;
    let input = ByteInput.inputs.get(source);
    if (!input) {
      input = new ByteInput(source);
      ByteInput.inputs.set(source, input);
    }
    return input;
  }
  private static readonly inputs = new WeakMap<Source<Uint8Array>, ByteInput>();

  /** True when nothing will ever come any more. */
  get atEnd(): boolean {
    return this.ended && this.buffer.length === 0;
  }

  /** Why the writer failed, once everything before has been read. */
  get failed(): unknown {
    return this.buffer.length === 0 ? this.failure : undefined;
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const frame = this.tryRead();
      if (frame) return frame;
      if (this.failure) throw this.failure;
      if (this.ended) return undefined;
      await this.arrival();
    }
  }

  /** Resolves when something can be read or the end has come: for a reader that may die while it waits. */
  arrival(): Promise<void> {
    if (this.buffer.length > 0 || this.ended || this.failure) return Promise.resolve();
    this.pending ??= this.source.read().then(
      (frame) => {
        this.pending = undefined;
        if (frame) this.buffer.push(frame);
        else this.ended = true;
      },
      (error: unknown) => {
        this.pending = undefined;
        this.failure = error;
      },
    );
    return this.pending;
  }

  tryRead(): Uint8Array | undefined {
    return this.buffer.shift() ?? (this.pending || this.ended ? undefined : this.source.tryRead());
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.buffer.unshift(bytes);
  }

  async forEach(take: (frame: Uint8Array) => void): Promise<void> {
    for (let frame = await this.read(); frame; frame = this.tryRead() ?? (await this.read())) take(frame);
  }

  cancel(): void {
    this.buffer = [];
    this.ended = true;
    this.source.cancel();
  }

  retain(): void {
    if (isHeld(this.source)) this.source.retain();
  }

  release(): void {
    if (isHeld(this.source)) this.source.release();
  }
}

/** Bytes that are all there: a here-document, a file. */
export class BytesSource implements Source<Uint8Array> {
  private offset = 0;
  constructor(
    private readonly bytes: Uint8Array,
    private readonly chunkBytes = 65_536,
  ) {}
  read(): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.tryRead());
  }
  tryRead(): Uint8Array | undefined {
    if (this.offset >= this.bytes.length) return undefined;
    const chunk = this.bytes.subarray(this.offset, this.offset + this.chunkBytes);
    this.offset += chunk.length;
    return chunk;
  }
  async forEach(take: (frame: Uint8Array) => void): Promise<void> {
    for (let chunk = this.tryRead(); chunk; chunk = this.tryRead()) take(chunk);
  }
  cancel(): void {
    this.offset = this.bytes.length;
  }
}

/** Takes everything and keeps nothing. */
export const nullSink: Sink<Uint8Array> = {
  broken: false,
  write: () => Promise.resolve(),
  close: () => undefined,
  onBroken: () => undefined,
};

export const emptySource = (): Source<Uint8Array> => new BytesSource(new Uint8Array());
