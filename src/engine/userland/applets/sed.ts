/** sed: the stream editor. */
import { LineReader, openSource, type Process, readText } from '#engine/os';
import { type Applet, complain, Printer, parseOptions, pathOf, UsageError } from '../applet.ts';
import { type Address, type Command, Parser } from './sed-script.ts';

const MAX_STEPS_PER_LINE = 100_000;

export const sed: Applet = async (process, flavour) => {
  const options = parseOptions(
    process.argv.map((arg, i) => (i > 0 && /^-i.+/.test(arg) ? '-i' : arg)),
    {
      flags: 'nErizsu',
      values: 'ef',
      long: {
        quiet: 'n',
        silent: 'n',
        'regexp-extended': 'E',
        'in-place': 'i',
        'in-place=': 'I',
        'expression=': 'e',
        'file=': 'f',
      },
    },
  );
  const operands = [...options.operands];
  const scripts = [...options.all('e')];
  for (const path of options.all('f')) scripts.push(await readText(openSource(process, path)));
  if (scripts.length === 0) {
    const first = operands.shift();
    if (first === undefined) throw new UsageError('no script specified');
    scripts.push(first);
  }
  const commands = new Parser(scripts.join('\n'), options.has('E') || options.has('r')).parse();
  const inPlace = options.has('i') || options.has('I');
  const quiet = options.has('n') || scripts[0]?.startsWith('#n\n') === true;
  if (!inPlace) return new Editor(process, commands, quiet).run(operands.length > 0 ? operands : ['-']);
  let code = 0;
  for (const name of operands) {
    const parts: string[] = [];
    const editor = new Editor(
      process,
      new Parser(scripts.join('\n'), options.has('E') || options.has('r')).parse(),
      quiet,
      parts,
    );
    const result = await editor.run([name]);
    if (result === 0) process.fs.writeFile(pathOf(process, name), new TextEncoder().encode(parts.join('')));
    else code = flavour === 'gnu' ? 4 : 1;
  }
  return code;
};

type Flow = 'next' | 'delete' | 'restart' | 'quit' | { readonly label: string };

class Editor {
  private pattern = '';
  private hold = '';
  private number = 0;
  private readonly queue: { readonly line: string; readonly terminated: boolean }[] = [];
  private reader: LineReader | undefined;
  private names: string[] = [];
  private appended: string[] = [];
  private substituted = false;
  private exitCode = 0;
  private terminated = true;
  private steps = 0;
  private readonly printer: Printer;

  constructor(
    private readonly process: Process,
    private readonly commands: readonly Command[],
    private readonly quiet: boolean,
    private readonly captured?: string[],
  ) {
    this.printer = new Printer(process.stdout);
  }

  async run(names: readonly string[]): Promise<number> {
    this.names = [...names];
    while (await this.next()) {
      const flow = await this.cycle();
      if (flow === 'quit') break;
    }
    await this.printer.flush();
    return this.exitCode;
  }

  private async cycle(): Promise<'quit' | 'go'> {
    for (;;) {
      this.steps = 0;
      this.substituted = false;
      if (this.number % 128 === 0) await this.process.compute(0.1);
      const flow = await this.execute(this.commands);
      if (flow !== 'delete' && flow !== 'restart' && !this.quiet && !(flow === 'quit' && this.exitCode < 0))
        await this.emit(this.pattern, this.terminated);
      for (const text of this.appended.splice(0)) await this.emit(text);
      if (flow === 'quit') {
        if (this.exitCode < 0) this.exitCode = -this.exitCode - 1;
        return 'quit';
      }
      if (flow !== 'restart') return 'go';
    }
  }

  private async emit(text: string, terminated = true): Promise<void> {
    const line = text + (terminated ? '\n' : '');
    if (this.captured) this.captured.push(line);
    else await this.printer.print(line);
  }

  private async next(): Promise<boolean> {
    if (!(await this.fill(1))) return false;
    const { line, terminated } = this.queue.shift() as { line: string; terminated: boolean };
    this.pattern = line;
    this.terminated = terminated;
    this.number++;
    return true;
  }

  /** Makes sure that so many lines are read ahead; false when the input ends before. */
  private async fill(count: number): Promise<boolean> {
    while (this.queue.length < count) {
      if (!this.reader) {
        const name = this.names.shift();
        if (name === undefined) return false;
        const path = pathOf(this.process, name);
        if (name !== '-' && !(this.process.fs.exists(path) && this.process.fs.stat(path).type !== 'directory')) {
          await complain(
            this.process,
            this.process.fs.exists(path)
              ? `couldn't edit ${name}: not a regular file`
              : `can't read ${name}: No such file or directory`,
          );
          this.exitCode = 2;
          continue;
        }
        this.reader = new LineReader(name === '-' ? this.process.stdin : openSource(this.process, name));
      }
      if (this.queue.length === 0) await this.printer.flush();
      const line = await this.reader.read();
      if (line === undefined) this.reader = undefined;
      else this.queue.push({ line, terminated: this.reader.terminated });
    }
    return true;
  }

  private async execute(commands: readonly Command[]): Promise<Flow> {
    for (let i = 0; i < commands.length; i++) {
      const command = commands[i] as Command;
      if (++this.steps > MAX_STEPS_PER_LINE) throw new Error('endless loop in script');
      if (this.steps % 256 === 0) await this.process.compute(0.2);
      if ((await this.selects(command)) === command.negated) continue;
      const flow = command.block ? await this.execute(command.block) : await this.act(command);
      if (flow === 'next') continue;
      if (typeof flow === 'string') return flow;
      if (flow.label === '') return 'next';
      const target = commands.findIndex(({ name, text }) => name === ':' && text === flow.label);
      if (target < 0) return flow;
      i = target;
    }
    return 'next';
  }

  private async selects(command: Command): Promise<boolean> {
    const { from, to, state } = command;
    if (!from) return true;
    if (!to) return this.hits(from);
    if (!state.active) {
      if (!(await this.hits(from))) return false;
      state.active = true;
      state.until = to.kind === 'plus' ? this.number + (to.line ?? 0) : to.kind === 'line' ? (to.line ?? 0) : 0;
      if ((to.kind === 'line' || to.kind === 'plus') && state.until <= this.number) state.active = false;
      return true;
    }
    if (to.kind === 'line' || to.kind === 'plus') {
      if (this.number >= state.until) state.active = false;
      return this.number <= state.until;
    }
    if (await this.hits(to)) state.active = false;
    return true;
  }

  private async hits(address: Address): Promise<boolean> {
    switch (address.kind) {
      case 'line':
        return this.number === address.line;
      case 'step':
        return address.step === 0
          ? this.number === address.line
          : this.number >= (address.line ?? 0) && (this.number - (address.line ?? 0)) % (address.step ?? 1) === 0;
      case 'last':
        return !(await this.fill(1));
      case 'regex':
        return address.regex?.test(this.pattern) ?? false;
      default:
        return false;
    }
  }

  private async act(command: Command): Promise<Flow> {
    switch (command.name) {
      case 's':
        return this.substitute(command);
      case 'y':
        this.pattern = [...this.pattern].map((char) => command.map?.get(char) ?? char).join('');
        return 'next';
      case 'p':
        await this.emit(this.pattern);
        return 'next';
      case 'P':
        await this.emit(this.pattern.split('\n', 1)[0] as string);
        return 'next';
      case 'd':
        return 'delete';
      case 'D':
        if (!this.pattern.includes('\n')) return 'delete';
        this.pattern = this.pattern.slice(this.pattern.indexOf('\n') + 1);
        return 'restart';
      case 'n':
        if (!this.quiet) await this.emit(this.pattern);
        return (await this.next()) ? 'next' : this.quitWith(-1);
      case 'N': {
        const before = this.pattern;
        if (!(await this.fill(1))) return 'quit';
        await this.next();
        this.pattern = `${before}\n${this.pattern}`;
        return 'next';
      }
      case 'a':
        this.appended.push(command.text ?? '');
        return 'next';
      case 'i':
        await this.emit(command.text ?? '');
        return 'next';
      case 'c':
        if (!command.to || !command.state.active) await this.emit(command.text ?? '');
        return 'delete';
      case '=':
        await this.emit(String(this.number));
        return 'next';
      case 'q':
        this.exitCode = Number(command.text);
        return 'quit';
      case 'Q':
        return this.quitWith(-1 - Number(command.text));
      case 'b':
        return { label: command.text ?? '' };
      case 't':
        if (!this.substituted) return 'next';
        this.substituted = false;
        return { label: command.text ?? '' };
      case 'T':
        return this.substituted ? 'next' : { label: command.text ?? '' };
      default:
        this.move(command);
        return 'next';
    }
  }

  /** Ends without printing the pattern space; the code is kept negative until then. */
  private quitWith(code: number): Flow {
    this.exitCode = code;
    return 'quit';
  }

  private move({ name, text }: Command): void {
    if (name === 'h') this.hold = this.pattern;
    else if (name === 'H') this.hold += `\n${this.pattern}`;
    else if (name === 'g') this.pattern = this.hold;
    else if (name === 'G') this.pattern += `\n${this.hold}`;
    else if (name === 'x') [this.pattern, this.hold] = [this.hold, this.pattern];
    else if (name === 'z') this.pattern = '';
    else if (name === 'r' && text !== undefined) {
      const path = pathOf(this.process, text);
      if (this.process.fs.exists(path))
        this.appended.push(new TextDecoder().decode(this.process.fs.readFile(path)).replace(/\n$/, ''));
    } else if (name === 'w' && text !== undefined)
      this.process.fs.writeFile(pathOf(this.process, text), new TextEncoder().encode(`${this.pattern}\n`), {
        append: true,
      });
  }

  private async substitute({ regex, replacement = '', flags = '' }: Command): Promise<Flow> {
    const wanted = Number(/\d+/.exec(flags)?.[0] ?? 1);
    const all = flags.includes('g');
    let count = 0;
    let changed = false;
    if (!regex) return 'next';
    const next = this.pattern.replace(regex, (...match: unknown[]) => {
      count++;
      if (all ? count < wanted : count !== wanted) return match[0] as string;
      changed = true;
      return filled(replacement, match as string[]);
    });
    if (!changed) return 'next';
    this.pattern = next;
    this.substituted = true;
    if (flags.includes('p')) await this.emit(this.pattern);
    return 'next';
  }
}

/** The replacement with `&`, `\1` and the case changes of GNU. */
function filled(replacement: string, match: readonly string[]): string {
  let out = '';
  let mode = '';
  let once = '';
  const add = (text: string) => {
    let piece = mode === 'U' ? text.toUpperCase() : mode === 'L' ? text.toLowerCase() : text;
    if (once && piece !== '') {
      piece = (once === 'u' ? (piece[0] as string).toUpperCase() : (piece[0] as string).toLowerCase()) + piece.slice(1);
      once = '';
    }
    out += piece;
  };
  for (let i = 0; i < replacement.length; i++) {
    const char = replacement[i] as string;
    if (char === '&') add(match[0] ?? '');
    else if (char !== '\\') add(char);
    else {
      const next = replacement[++i] ?? '\\';
      if (/\d/.test(next))
        add(
          typeof match[Number(next)] === 'string' && Number(next) < match.length - 2
            ? (match[Number(next)] as string)
            : '',
        );
      else if (next === 'n') add('\n');
      else if (next === 't') add('\t');
      else if ('UL'.includes(next)) mode = next;
      else if (next === 'E') mode = '';
      else if ('ul'.includes(next)) once = next;
      else add(next);
    }
  }
  return out;
}
