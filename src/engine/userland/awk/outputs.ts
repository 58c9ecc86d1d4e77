/** Where awk's print may go: files and commands. */
import type { Sink } from '#engine/http';
import { type ChildProcess, createPipe, openSink, type Process } from '#engine/os';
import { Printer } from '../applet.ts';

interface Output {
  readonly printer: Printer;
  readonly sink: Sink<Uint8Array>;
  readonly child?: ChildProcess;
}

/** Files and commands stay open until they are closed. */
export class Outputs {
  private readonly outputs = new Map<string, Output>();

  constructor(
    private readonly process: Process,
    private readonly flushFirst: () => Promise<void>,
  ) {}

  output(target: string, operator: string): Output {
    let output = this.outputs.get(target);
    if (!output) {
      if (operator === '|') {
        const { source, sink } = createPipe();
        sink.retain();
        const child = this.process.spawn(['sh', '-c', target], { stdin: source });
        output = { printer: new Printer(sink), sink, child };
      } else {
        const sink = openSink(this.process, target, operator === '>>');
        output = { printer: new Printer(sink), sink };
      }
      this.outputs.set(target, output);
    }
    return output;
  }

  async close(target: string): Promise<number> {
    const output = this.outputs.get(target);

    if (!output) return -1;
    this.outputs.delete(target);
    await this.flushFirst();
    await output.printer.flush();
    if (!output.child) return 0;
    output.sink.close();
    return (await this.process.until(output.child.exited)).code;
  }

  async closeAll(): Promise<void> {
    for (const name of [...this.outputs.keys()]) await this.close(name);
  }
}
