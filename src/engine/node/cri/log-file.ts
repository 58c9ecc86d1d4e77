/** One file of a container's log, on the Node's disk in chunks, so that an appended line rewrites little. */
import { bytesToPlain, type PlainBytes, plainToBytes } from '#engine/os';
import type { Ledger, Millis, Saved } from '#engine/sim';
import type { LogLine } from './log-line.ts';

/** A chunk is full when it has as much. */
const CHUNK_BYTES = 4096;

type StoredLine = readonly [at: Millis, stream: LogLine['stream'], data: PlainBytes];

interface Chunk {
  readonly number: number;
  /** Lines of the file before it. */
  readonly first: number;
  count: number;
  bytes: number;
}

const chunkAt = (number: number, first: number): Chunk => ({ number, first, count: 0, bytes: 0 });

export class LogFile {
  readonly lines: LogLine[] = [];
  bytes = 0;
  private chunk = chunkAt(0, 0);

  constructor(
    readonly number: number,
    private readonly ledger?: Ledger,
    saved?: Saved,
  ) {
    const chunks = Array.from(saved?.keys() ?? [], Number).sort((a, b) => a - b);
    for (const chunk of chunks) {
      this.chunk = chunkAt(chunk, this.lines.length);
      const lines = (saved?.get(String(chunk)) ?? []) as readonly StoredLine[];
      for (const [at, stream, data] of lines) this.add({ at, stream, data: plainToBytes(data) });
    }
  }

  append(line: LogLine): void {
    if (this.chunk.bytes >= CHUNK_BYTES) this.chunk = chunkAt(this.chunk.number + 1, this.lines.length);
    this.add(line);
    const { chunk } = this;
    this.ledger?.put(String(chunk.number), () => this.stored(chunk));
  }

  discard(): void {
    for (let i = 0; i <= this.chunk.number; i++) this.ledger?.remove(String(i));
  }

  private add(line: LogLine): void {
    this.lines.push(line);
    this.bytes += line.data.length;
    this.chunk.bytes += line.data.length;
    this.chunk.count++;
  }

  private stored({ first, count }: Chunk): readonly StoredLine[] {
    return this.lines
      .slice(first, first + count)
      .map(({ at, stream, data }): StoredLine => [at, stream, bytesToPlain(data)]);
  }
}
