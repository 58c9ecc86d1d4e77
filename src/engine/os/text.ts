/** Text over byte streams: what every program needs to read lines and print. */
import { concat, type Sink, type Source } from '#engine/http';
import { ByteInput } from './byte-stream.ts';
import type { Process, Signal } from './process.ts';
import { bareSource } from './task-view.ts';

const encoder = new TextEncoder();
const NEWLINE = 10;

/** Writes a text; waits while the reader is slow. */
export const print = (sink: Sink<Uint8Array>, text: string): Promise<void> => sink.write(encoder.encode(text));

/** Everything until the end. Hold no more than you must: this keeps it all in memory. */
export async function readBytes(source: Source<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let frame = await source.read(); frame; frame = await source.read()) parts.push(frame);
  return concat(parts);
}

export async function readText(source: Source<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await readBytes(source));
}

/** Lines without their newline, one at a time; a last line may lack it (`terminated` tells). */
export class LineReader {
  /** Whether the last line that was read ended with a newline. */
  terminated = true;
  private readonly decoder = new TextDecoder();
  private parts: Uint8Array[] = [];
  private chunk: Uint8Array | undefined;
  private offset = 0;

  constructor(
    private readonly source: Source<Uint8Array>,
    private readonly delimiter = NEWLINE,
  ) {}

  /** The next line, or undefined at the end. */
  async read(): Promise<string | undefined> {
    const bytes = await this.readBytes();
    return bytes && this.decoder.decode(bytes);
  }

  async readBytes(): Promise<Uint8Array | undefined> {
    for (;;) {
      const line = this.take();
      if (line) return line;
      this.chunk = this.source.tryRead() ?? (await this.source.read());
      this.offset = 0;
      if (!this.chunk) {
        this.terminated = false;
        return this.parts.length > 0 ? this.join() : undefined;
      }
    }
  }

  /** A line that is already here. */
  private take(): Uint8Array | undefined {
    const { chunk } = this;
    if (!chunk || this.offset >= chunk.length) return undefined;
    const end = chunk.indexOf(this.delimiter, this.offset);
    const part = chunk.subarray(this.offset, end < 0 ? chunk.length : end);
    this.offset = end < 0 ? chunk.length : end + 1;
    if (end < 0) {
      this.parts.push(part);
      return undefined;
    }
    this.terminated = true;
    if (this.parts.length === 0) return part;
    this.parts.push(part);
    return this.join();
  }

  private join(): Uint8Array {
    const whole = concat(this.parts);
    this.parts = [];
    return whole;
  }
}

/**
 * Reads up to and with a delimiter and gives back what came behind it, so that the next program that shares the input finds it.
 * Resolves with undefined at the end, or when the signal aborts: then nothing has been taken.
 */
export async function readUpTo(
  source: Source<Uint8Array>,
  delimiter = NEWLINE,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const input = ByteInput.over(bareSource(source));
  const reader = bareSource(source) === source ? input : source;
  const parts: Uint8Array[] = [];
  for (;;) {
    if (signal?.aborted) {
      input.unread(concat(parts));
      return undefined;
    }
    const chunk = reader.tryRead();
    if (!chunk && !input.atEnd) {
      await input.arrival();
      if (input.failed) throw input.failed;
      continue;
    }
    // An empty frame is a terminal's Ctrl-D.
    if (!chunk || chunk.length === 0) return parts.length > 0 ? concat(parts) : undefined;
    const end = chunk.indexOf(delimiter);
    parts.push(end < 0 ? chunk : chunk.subarray(0, end + 1));
    if (end < 0) continue;
    input.unread(chunk.subarray(end + 1));
    return concat(parts);
  }
}

/** Every line of a source without its newline. */
export async function* readLines(source: Source<Uint8Array>): AsyncGenerator<string, void> {
  const reader = new LineReader(source);
  for (let line = await reader.read(); line !== undefined; line = await reader.read()) yield line;
}

/** Waits for one of the signals instead of dying of it: how servers end gracefully. */
export function untilSignal(process: Process, signals: readonly Signal[]): Promise<Signal> {
  return process.until(
    new Promise((resolve) => {
      for (const signal of signals) process.onSignal(signal, () => resolve(signal));
    }),
  );
}
