/** A pseudo-terminal: keystrokes on one side, a process's standard streams on the other, the line discipline between. */
import { Pipe, type Sink, type Source } from '#engine/http';
import type { Signal, Terminal } from './process.ts';

export interface Tty {
  readonly terminal: Terminal;
  /** The client's keystrokes go in here. */
  readonly input: Sink<Uint8Array>;
  /** What the screen shows comes out here. */
  readonly output: Source<Uint8Array>;
  /** The standard streams of the processes. */
  readonly slave: { readonly source: Source<Uint8Array>; readonly sink: Sink<Uint8Array> };
  resize(columns: number, rows: number): void;
  /** The client has gone: SIGHUP. */
  hangup(): void;
  /** The last process has ended: the screen ends. */
  close(): void;
  /** Who gets Ctrl-C, Ctrl-\, Ctrl-Z and the hangup. */
  onSignal(handler: (signal: Signal) => void): void;
}

const NEWLINE = 10;
const RETURN = 13;
const INTERRUPTS: { readonly [byte: number]: Signal } = { 3: 'SIGINT', 26: 'SIGTSTP', 28: 'SIGQUIT' };
const encoder = new TextEncoder();

/** @fidelity partial: cooked and raw mode with echo, erase, kill-line, end of file and signals; no flow control, no job control */
export function createTty(size: { readonly columns: number; readonly rows: number }): Tty {
  const output = new Pipe<Uint8Array>(256);
  const lines = new Pipe<Uint8Array>(256);
  const listeners = new Set<() => void>();
  let handler: (signal: Signal) => void = () => undefined;
  let { columns, rows } = size;
  let raw = false;
  const terminal: Terminal = {
    get columns() {
      return columns;
    },
    get rows() {
      return rows;
    },
    get raw() {
      return raw;
    },
    set raw(next) {
      raw = next;
      // What was typed ahead is there to be read at once.
      if (raw) discipline.flush();
    },
    onResize(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const discipline = new LineDiscipline(
    terminal,
    lines,
    (bytes) => output.push(bytes),
    (signal) => handler(signal),
  );
  const hangup = () => {
    lines.close();
    handler('SIGHUP');
    output.cancel();
  };
  return {
    terminal,
    input: {
      broken: false,
      write: async (bytes) => discipline.take(bytes),
      close: hangup,
      onBroken: () => undefined,
    },
    output,
    slave: {
      source: lines,
      sink: {
        get broken() {
          return output.broken;
        },
        write: (bytes) => output.write(toScreen(bytes)),
        close: () => undefined,
        onBroken: (listener) => output.onBroken(listener),
      },
    },
    resize(nextColumns, nextRows) {
      columns = nextColumns;
      rows = nextRows;
      for (const listener of [...listeners]) listener();
      handler('SIGWINCH');
    },
    hangup,
    close: () => output.close(),
    onSignal(next) {
      handler = next;
    },
  };
}

/** ONLCR: every newline also returns the carriage. */
function toScreen(bytes: Uint8Array): Uint8Array {
  let newlines = 0;
  for (const byte of bytes) if (byte === NEWLINE) newlines++;
  if (newlines === 0) return bytes;
  const out = new Uint8Array(bytes.length + newlines);
  let at = 0;
  for (const byte of bytes) {
    if (byte === NEWLINE) out[at++] = RETURN;
    out[at++] = byte;
  }
  return out;
}

class LineDiscipline {
  private line: number[] = [];

  constructor(
    private readonly terminal: Terminal,
    private readonly lines: Pipe<Uint8Array>,
    private readonly show: (bytes: Uint8Array) => void,
    private readonly signal: (signal: Signal) => void,
  ) {}

  take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.terminal.raw) {
      this.flush();
      this.lines.push(bytes);
    } else for (const byte of bytes) this.key(byte);
  }

  private key(byte: number): void {
    const signal = INTERRUPTS[byte];
    if (signal) {
      this.line = [];
      this.echo(`^${String.fromCharCode(byte + 64)}`);
      this.signal(signal);
    } else if (byte === RETURN || byte === NEWLINE) {
      this.line.push(NEWLINE);
      this.echo('\r\n');
      this.flush();
    } else if (byte === 4) {
      // Ctrl-D hands over what there is; on an empty line that is the end of file, once.
      if (this.line.length === 0) this.lines.push(new Uint8Array());
      else this.flush();
    } else if (byte === 127 || byte === 8) this.erase();
    else if (byte === 21) while (this.line.length > 0) this.erase();
    else {
      this.line.push(byte);
      if (byte < 32 && byte !== 9) this.echo(`^${String.fromCharCode(byte + 64)}`);
      else this.show(Uint8Array.of(byte));
    }
  }

  private erase(): void {
    let byte = this.line.pop();
    if (byte === undefined) return;
    while (byte !== undefined && byte >= 0x80 && byte < 0xc0) byte = this.line.pop();
    this.echo('\b \b');
  }

  private echo(text: string): void {
    this.show(encoder.encode(text));
  }

  flush(): void {
    if (this.line.length === 0) return;
    this.lines.push(Uint8Array.from(this.line));
    this.line = [];
  }
}
