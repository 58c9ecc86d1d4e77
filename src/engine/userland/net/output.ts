/** Where a download goes: the standard output or a file, and whether somebody looks at a screen. */
import { Pipe, type Sink } from '#engine/http';
import { ByteInput, bareSink, bareSource, openSink, type Process } from '#engine/os';

export class Output {
  /** Bytes written so far. */
  size = 0;
  private readonly sink: Sink<Uint8Array>;

  /** @param path `-`: the standard output. Throws OsError. */
  constructor(process: Process, path: string) {
    this.sink = path === '-' ? process.stdout : openSink(process, path);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.size += bytes.length;
    await this.sink.write(bytes);
  }
}

/** isatty(1): a process with a terminal whose output was not sent elsewhere than its complaints. */
export const writesToTerminal = (process: Process): boolean =>
  process.terminal !== undefined && bareSink(process.stdout) === bareSink(process.stderr);

/** isatty(0): pipes between processes are not the terminal's own. */
export function readsFromTerminal(process: Process): boolean {
  if (!process.terminal) return false;
  const source = bareSource(process.stdin);
  return (source instanceof ByteInput ? source.source : source) instanceof Pipe;
}
