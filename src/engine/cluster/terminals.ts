/** Interactive shells at the workstation: what is typed into them is input like any other, journaled and replayable. */
import { Pipe, type Source } from '#engine/http';
import { createTty, type Tty } from '#engine/os';
import type { Tracer } from '#engine/sim';
import type { Workstation } from './workstation.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalWindow extends TerminalSize {
  /** There is an editor beside it: $EDITOR opens there. */
  readonly editor?: boolean;
}

/** One open terminal as its window sees it. */
export interface TerminalScreen {
  /** What the shell writes to the screen. */
  readonly output: Source<Uint8Array>;
  /** The shell's exit code. */
  readonly exited: Promise<number>;
}

const encoder = new TextEncoder();

export class Terminals {
  private readonly open = new Map<string, Tty>();

  constructor(
    private readonly workstation: Workstation,
    private readonly trace: Tracer,
    private readonly guard: (work: Promise<unknown>) => void,
  ) {}

  /**
   * Starts a login shell. Throws when the name is taken. What it writes is read at once and goes into the trace, live and in a replay
   * alike; without a `live` window nothing is kept for one.
   */
  start(terminal: string, { columns, rows, editor = false }: TerminalWindow, live: boolean): TerminalScreen {
    if (this.open.has(terminal)) throw new Error(`terminal ${terminal} is already open`);
    const tty = createTty({ columns, rows });
    this.open.set(terminal, tty);
    const exited = this.workstation.shell(tty, terminal, editor).then((code) => {
      this.open.delete(terminal);
      return code;
    });
    const decoder = new TextDecoder();
    const output = new Pipe<Uint8Array>();
    const shown = tty.output.forEach((bytes) => {
      this.trace.emit('workstation.screen', { terminal, text: decoder.decode(bytes, { stream: true }) });
      if (live) output.push(bytes);
    });
    this.guard(shown.then(() => output.close()));
    return { output, exited };
  }

  /** Keystrokes. Typing into a terminal whose shell has ended is forgotten. */
  async type(terminal: string, text: string): Promise<void> {
    await this.open.get(terminal)?.input.write(encoder.encode(text));
  }

  resize(terminal: string, { columns, rows }: TerminalSize): void {
    this.open.get(terminal)?.resize(columns, rows);
  }

  /** The window is gone: the shell gets SIGHUP. */
  hangUp(terminal: string): void {
    this.open.get(terminal)?.hangup();
  }
}
