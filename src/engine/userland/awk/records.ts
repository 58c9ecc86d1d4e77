/** awk's input: the records of its files, and the output of commands. */
import { concat, Pipe } from '#engine/http';
import { createPipe, LineReader, OsError, openSource, type Process, readText } from '#engine/os';
import { AwkError, toNumber, toText, type Value } from './values.ts';

export class Records {
  files: string[] = [];
  private reader: LineReader | undefined;
  private readonly readers = new Map<string, LineReader>();

  constructor(
    private readonly process: Process,
    private readonly globals: Map<string, Value>,
    private readonly flushFirst: () => Promise<void>,
    private readonly assign: (text: string) => void,
  ) {}

  /** `nextfile` */
  skipFile(): void {
    this.reader = undefined;
  }

  async next(): Promise<string | undefined> {
    for (;;) {
      if (!this.reader) {
        let name = this.files.shift();
        while (name !== undefined && /^[A-Za-z_]\w*=/.test(name)) {
          this.assign(name);
          name = this.files.shift();
        }
        if (name === undefined && this.globals.has(' started')) return undefined;
        this.globals.set(' started', 1);
        this.globals.set('FILENAME', name ?? '');
        this.globals.set('FNR', 0);
        const separator = this.text('RS');
        this.reader = new LineReader(
          name === undefined || name === '-' ? this.process.stdin : this.open(name),
          separator.length === 1 ? separator.charCodeAt(0) : 10,
        );
      }
      await this.flushFirst();
      const record = this.text('RS') === '' ? await this.paragraph(this.reader) : await this.reader.read();
      if (record !== undefined) {
        this.globals.set('NR', toNumber(this.globals.get('NR') ?? 0) + 1);
        this.globals.set('FNR', toNumber(this.globals.get('FNR') ?? 0) + 1);
        return record;
      }
      this.reader = undefined;
    }
  }

  private async paragraph(reader: LineReader): Promise<string | undefined> {
    const lines: string[] = [];
    for (let line = await reader.read(); line !== undefined; line = await reader.read()) {
      if (line !== '') lines.push(line);
      else if (lines.length > 0) break;
    }
    return lines.length > 0 ? lines.join('\n') : undefined;
  }

  private open(name: string) {
    try {
      return openSource(this.process, name);
    } catch (error) {
      if (error instanceof OsError) throw new AwkError(`can't open file ${name}: ${error.message}`);
      throw error;
    }
  }

  /** The next line of a file or of a command's output, each read on from where it was. */
  async lineOf(name: string, command: boolean): Promise<string | undefined | 'missing'> {
    let reader = this.readers.get(name);
    if (!reader) {
      try {
        reader = new LineReader(command ? await this.commandOutput(name) : openSource(this.process, name));
      } catch (error) {
        if (error instanceof OsError) return 'missing';
        throw error;
      }
      this.readers.set(name, reader);
    }
    return reader.read();
  }

  close(name: string): void {
    this.readers.delete(name);
  }

  private async commandOutput(command: string) {
    await this.flushFirst();
    const { source, sink } = createPipe();
    source.retain();
    const child = this.process.spawn(['sh', '-c', command], { stdout: sink });
    const text = await readText(source);
    await this.process.until(child.exited);
    const pipe = new Pipe<Uint8Array>();
    pipe.push(concat([new TextEncoder().encode(text)]));
    pipe.close();
    return pipe;
  }

  private text(name: string): string {
    return toText(this.globals.get(name) ?? '');
  }
}
