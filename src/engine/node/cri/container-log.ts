/** What a container printed, line by line with time and stream, as the CRI's log files keep it, bounded by rotation. */
import type { Sink } from '#engine/http';
import { BrokenPipe } from '#engine/http';
import { type Clock, formatTime, type Ledger, type Millis, type Saved } from '#engine/sim';
import { LogFile } from './log-file.ts';
import type { LogLine } from './log-line.ts';

/** Longer lines are cut into partial ones. @upstream containerd internal/cri/io/logger.go */
const MAX_LINE_BYTES = 16 * 1024;
/** Two files of which the older one is dropped. Upstream keeps 5 of 10 MiB; a browser tab has less room. */
const MAX_FILE_BYTES = 512 * 1024;
const NEWLINE = 10;
/** What containerd needs to write a line and a byte of it; who prints faster finds the pipe full once that much work is waiting. */
const LINE_MS = 0.01;
const BYTE_MS = 0.000_02;
const PIPE_MS = 2;

export class ContainerLog {
  private older: LogFile | undefined;
  private current: LogFile;
  private readonly followers = new Set<(line: LogLine | undefined) => void>();
  private ended = false;
  private busyUntil: Millis = 0;

  /** @param ledger the Node's disk @param saved what an earlier run of the machine has left there: such a log is closed */
  constructor(
    private readonly clock: Clock,
    private readonly ledger?: Ledger,
    saved?: Saved,
  ) {
    const files = [...(saved?.names() ?? [])].map(Number).sort((a, b) => a - b);
    const open = (number: number) =>
      new LogFile(number, ledger?.section(String(number)), saved?.section(String(number)));
    const [last = 0, before] = files.reverse();
    this.current = open(last);
    if (before !== undefined) this.older = open(before);
    this.ended = saved !== undefined;
  }

  get lines(): readonly LogLine[] {
    return this.older ? [...this.older.lines, ...this.current.lines] : this.current.lines;
  }

  /** The container is gone: its files go too. */
  discard(): void {
    this.close();
    this.older?.discard();
    this.current.discard();
  }

  get closed(): boolean {
    return this.ended;
  }

  /** Calls for every line from now on, and with undefined at the end. Returns a function that stops it. */
  follow(listener: (line: LogLine | undefined) => void): () => void {
    if (this.ended) {
      listener(undefined);
      return () => undefined;
    }
    this.followers.add(listener);
    return () => this.followers.delete(listener);
  }

  /** A writer for one of the standard streams. */
  sink(stream: LogLine['stream'], tee?: (data: Uint8Array) => void): Sink<Uint8Array> {
    return new LogSink(this, stream, tee);
  }

  append(stream: LogLine['stream'], data: Uint8Array): void {
    if (this.ended) return;
    const line: LogLine = { at: this.clock.now(), stream, data };
    this.current.append(line);
    if (this.current.bytes > MAX_FILE_BYTES) this.rotate();
    for (const follower of [...this.followers]) follower(line);
  }

  /** Resolves when there is room for more. */
  async drained(lines: number, bytes: number): Promise<void> {
    const now = this.clock.now();
    this.busyUntil = Math.max(now, this.busyUntil) + lines * LINE_MS + bytes * BYTE_MS;
    const behind = this.busyUntil - now;
    if (behind > PIPE_MS) await this.clock.sleep(behind, 'container log');
  }

  private rotate(): void {
    const number = this.current.number + 1;
    this.older?.discard();
    this.older = this.current;
    this.current = new LogFile(number, this.ledger?.section(String(number)));
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    for (const follower of [...this.followers]) follower(undefined);
    this.followers.clear();
  }
}

class LogSink implements Sink<Uint8Array> {
  private rest: Uint8Array[] = [];
  private restBytes = 0;
  private closed = false;

  constructor(
    private readonly log: ContainerLog,
    private readonly stream: LogLine['stream'],
    private readonly tee: ((data: Uint8Array) => void) | undefined,
  ) {}

  get broken(): boolean {
    return false;
  }

  async write(data: Uint8Array): Promise<void> {
    if (this.closed) throw new BrokenPipe();
    this.tee?.(data);
    let start = 0;
    let lines = 0;
    for (let i = 0; i < data.length; i++) {
      if (data[i] !== NEWLINE && this.restBytes + i - start + 1 < MAX_LINE_BYTES) continue;
      this.hold(data.slice(start, i + 1));
      this.flush();
      start = i + 1;
      lines++;
    }
    if (start < data.length) this.hold(data.slice(start));
    await this.log.drained(lines, data.length);
  }

  close(): void {
    if (this.closed) return;
    this.flush();
    this.closed = true;
  }

  onBroken(): void {
    // A log is always read.
  }

  private hold(part: Uint8Array): void {
    this.rest.push(part);
    this.restBytes += part.length;
  }

  private flush(): void {
    if (this.rest.length === 0) return;
    const whole = this.rest.length === 1 ? (this.rest[0] as Uint8Array) : join(this.rest, this.restBytes);
    this.rest = [];
    this.restBytes = 0;
    this.log.append(this.stream, whole);
  }
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export interface LogOptions {
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** Only lines at or after. */
  readonly since?: Millis;
  readonly timestamps?: boolean;
}

const encoder = new TextEncoder();

/** RFC 3339 with nanoseconds, as `--timestamps` prints it: trailing zeros are dropped. */
export function logTimestamp(at: Millis): string {
  const nanoseconds = Math.floor((at - Math.floor(at / 1000) * 1000) * 1e6);
  const fraction = String(nanoseconds).padStart(9, '0').replace(/0+$/, '');
  const seconds = formatTime(at).slice(0, -1);
  return fraction ? `${seconds}.${fraction}Z` : `${seconds}Z`;
}

/** The bytes of lines as a reader asked for them. @upstream pkg/kubelet/kuberuntime/logs/logs.go */
export function renderLines(lines: readonly LogLine[], options: LogOptions): readonly Uint8Array[] {
  let chosen = lines;
  if (options.tailLines !== undefined) chosen = options.tailLines === 0 ? [] : chosen.slice(-options.tailLines);
  const since = options.since;
  if (since !== undefined) chosen = chosen.filter((line) => line.at >= since);
  const out: Uint8Array[] = [];
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  for (const line of chosen) {
    if (left <= 0) break;
    const data = renderLine(line, options);
    out.push(data.length > left ? data.slice(0, left) : data);
    left -= data.length;
  }
  return out;
}

export function renderLine(line: LogLine, options: LogOptions): Uint8Array {
  if (!options.timestamps) return line.data;
  const stamp = encoder.encode(`${logTimestamp(line.at)} `);
  return join([stamp, line.data], stamp.length + line.data.length);
}
