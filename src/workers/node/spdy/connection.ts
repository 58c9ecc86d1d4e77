/**
 * A connection in SPDY/3.1 framing, the server's side: streams that the client opens, with headers and bytes both ways.
 * What kubectl's library leaves out is left out here too: priorities, push, flow control.
 */
import { HeaderReader, HeaderWriter } from './headers.ts';

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const CONTROL = 0x80;
const VERSION = 3;
const FIN = 1;
const MAX_FRAME_BYTES = 1 << 20;
const PROTOCOL_ERROR = 1;

/** Where the frames go: a socket, or a WebSocket around them. */
export interface Wire {
  write(bytes: Buffer): void;
  /** Resolves when there is room for more. */
  room(): Promise<void>;
  /** No more frames. */
  end(): void;
}

/** One stream of a connection. */
export interface SpdyStream {
  readonly id: number;
  readonly headers: ReadonlyMap<string, string>;
  onData: (bytes: Uint8Array) => void;
  /** The client will send no more on it. */
  onEnd: () => void;
  write(bytes: Uint8Array): void;
  /** We send no more on it. */
  end(): void;
}

/** What its owner is told. */
export interface SpdyListener {
  /** The client has opened a stream. */
  opened(stream: SpdyStream): void;
  /** The connection has ended, from whichever side. */
  gone(): void;
}

/** The connection: frames in, streams out. */
export class SpdyConnection {
  private readonly streams = new Map<number, SpdyStream>();
  private readonly reader = new HeaderReader();
  private readonly writer = new HeaderWriter();
  private waiting: Buffer = Buffer.alloc(0);
  private work: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly wire: Wire,
    private readonly listener: SpdyListener,
  ) {}

  /** Resolves when the wire takes more. */
  room(): Promise<void> {
    return this.closed ? Promise.resolve() : this.wire.room();
  }

  /** Bytes from the client. Frames are taken in order; a client that breaks the rules is left. */
  receive(bytes: Uint8Array): void {
    this.work = this.work
      .then(() => this.take(Buffer.from(bytes)))
      .catch(() => {
        this.close();
      });
  }

  /** Ends the connection with what has been written to it. */
  close(): void {
    if (this.closed) return;
    const last = Math.max(0, ...this.streams.keys());
    this.control(GOAWAY, 0, Buffer.concat([word(last), word(0)]));
    this.gone();
    this.wire.end();
  }

  /** The socket has closed. */
  gone(): void {
    if (this.closed) return;
    this.closed = true;
    this.reader.close();
    const streams = [...this.streams.values()];
    this.streams.clear();
    for (const stream of streams) stream.onEnd();
    this.listener.gone();
  }

  private async take(bytes: Buffer): Promise<void> {
    this.waiting = this.waiting.length === 0 ? bytes : Buffer.concat([this.waiting, bytes]);
    while (!this.closed && this.waiting.length >= 8) {
      const length = this.waiting.readUIntBE(5, 3);
      if (length > MAX_FRAME_BYTES) throw new Error('frame too large');
      if (this.waiting.length < 8 + length) return;
      const head = this.waiting.subarray(0, 8);
      const body = this.waiting.subarray(8, 8 + length);
      this.waiting = this.waiting.subarray(8 + length);
      if ((head[0] ?? 0) & CONTROL) await this.controlFrame(head.readUInt16BE(2), head[4] ?? 0, body);
      else this.dataFrame(head.readUInt32BE(0), head[4] ?? 0, body);
    }
  }

  private dataFrame(id: number, flags: number, body: Buffer): void {
    const stream = this.streams.get(id);
    if (!stream) return;
    if (body.length > 0) stream.onData(new Uint8Array(body));
    if (flags & FIN) stream.onEnd();
  }

  private async controlFrame(type: number, flags: number, body: Buffer): Promise<void> {
    if (type === PING) this.control(PING, 0, body);
    else if (type === RST_STREAM) this.forget(id(body));
    else if (type === SYN_STREAM) await this.open(flags, body);
  }

  private async open(flags: number, body: Buffer): Promise<void> {
    const number = id(body);
    const headers = await this.reader.read(body.subarray(10));
    if (this.streams.has(number)) {
      this.control(RST_STREAM, 0, Buffer.concat([word(number), word(PROTOCOL_ERROR)]));
      return;
    }
    const stream: SpdyStream = {
      id: number,
      headers,
      onData: () => undefined,
      onEnd: () => undefined,
      write: (bytes) => this.data(number, 0, bytes),
      end: () => this.data(number, FIN, new Uint8Array()),
    };
    this.streams.set(number, stream);
    this.control(SYN_REPLY, 0, Buffer.concat([word(number), this.writer.write(new Map())]));
    this.listener.opened(stream);
    if (flags & FIN) stream.onEnd();
  }

  private forget(number: number): void {
    const stream = this.streams.get(number);
    this.streams.delete(number);
    stream?.onEnd();
  }

  private data(number: number, flags: number, bytes: Uint8Array): void {
    if (this.closed || !this.streams.has(number)) return;
    this.wire.write(Buffer.concat([word(number), word(((flags << 24) | bytes.length) >>> 0), bytes]));
  }

  private control(type: number, flags: number, body: Buffer): void {
    if (this.closed) return;
    const head = Buffer.of(CONTROL, VERSION, 0, type);
    this.wire.write(Buffer.concat([head, word(((flags << 24) | body.length) >>> 0), body]));
  }
}

const id = (body: Buffer): number => body.readUInt32BE(0) & 0x7fffffff;

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
