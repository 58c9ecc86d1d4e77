/** Command lines run at the workstation from outside. What they print is read at once and goes into the trace, live and in a replay alike. */
import { Pipe, type Sink } from '#engine/http';
import { type Tracer, toBase64 } from '#engine/sim';
import { recordedBytes } from './frames.ts';
import type { Input } from './input.ts';
import type { Streams, Workstation } from './workstation.ts';

type CommandInput = Extract<Input, { type: 'command' }>;

interface Running {
  readonly interrupt: AbortController;
  readonly stdin: Pipe<Uint8Array> | undefined;
}

export class Commands {
  private readonly running = new Map<number, Running>();
  private lastId = 0;

  constructor(
    private readonly workstation: Workstation,
    private readonly trace: Tracer,
    private readonly submit: (input: Input) => Promise<unknown>,
    private readonly guard: (work: Promise<unknown>) => void,
  ) {}

  /** What the journal says of a command: an `id` only when more may follow. */
  record(line: string, { stdin }: Streams, signal: AbortSignal | undefined): CommandInput {
    if (!stdin && !signal) return { type: 'command', line };
    return { type: 'command', line, id: ++this.lastId, ...(stdin && { stdin: true }) };
  }

  /** Runs a recorded command to its end; `live` is whoever types and reads. */
  async run(input: CommandInput, live: Streams = {}, signal?: AbortSignal): Promise<number> {
    const { id, line, stdin } = input;
    const running: Running = { interrupt: new AbortController(), stdin: stdin ? new Pipe<Uint8Array>() : undefined };
    if (id !== undefined) {
      this.lastId = Math.max(this.lastId, id);
      this.running.set(id, running);
      this.follow(id, live, signal);
    }
    const [stdout, stderr] = [this.sink('stdout', live.stdout), this.sink('stderr', live.stderr)];
    const streams = { stdout: stdout.pipe, stderr: stderr.pipe, ...(running.stdin && { stdin: running.stdin }) };
    const code = await this.workstation.run(line, streams, running.interrupt.signal);
    stdout.pipe.close();
    stderr.pipe.close();
    await Promise.all([stdout.done, stderr.done]);
    if (id !== undefined) this.running.delete(id);
    return code;
  }

  /** Bytes for the command's standard input; resolves when there is room for more. */
  async type(id: number, data: string): Promise<void> {
    await this.running
      .get(id)
      ?.stdin?.write(recordedBytes(data))
      .catch(() => undefined);
  }

  end(id: number): void {
    this.running.get(id)?.stdin?.close();
  }

  interrupt(id: number): void {
    this.running.get(id)?.interrupt.abort();
  }

  private follow(id: number, { stdin }: Streams, signal: AbortSignal | undefined): void {
    const say = (input: Input) => {
      if (this.running.has(id)) this.guard(this.submit(input));
    };
    const interrupt = () => say({ type: 'command.interrupt', id });
    if (signal?.aborted) interrupt();
    else signal?.addEventListener('abort', interrupt, { once: true });
    if (!stdin) return;
    const forward = async () => {
      for (let bytes = await stdin.read(); bytes !== undefined; bytes = await stdin.read()) {
        if (!this.running.has(id)) return stdin.cancel();
        await this.submit({ type: 'command.input', id, data: toBase64(bytes) });
      }
      say({ type: 'command.end', id });
    };
    this.guard(forward());
  }

  private sink(name: 'stdout' | 'stderr', live: Sink<Uint8Array> | undefined) {
    const pipe = new Pipe<Uint8Array>();
    const decoder = new TextDecoder();
    const done = pipe.forEach((bytes) => {
      this.trace.emit(`workstation.${name}`, decoder.decode(bytes, { stream: true }));
      // A reader outside that has gone away changes nothing in here.
      live?.write(bytes).catch(() => undefined);
    });
    return { pipe, done };
  }
}
