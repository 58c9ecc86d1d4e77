/** What all commands share: options, buffered output, opening files, complaints in the words of their flavour. */
import type { Sink, Source } from '#engine/http';
import { absolute, LineReader, OsError, openSource, type Process, ProcessExit, type Program } from '#engine/os';

/** Whose words and options a command has: GNU coreutils (debian) or busybox (busybox, alpine). */
export type Flavour = 'gnu' | 'busybox';
export type Applet = (process: Process, flavour: Flavour) => Promise<number>;

/** A wrong command line; `message` goes behind the command's name. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const encoder = new TextEncoder();

export const programName = (process: Process): string => (process.argv[0] ?? '').replace(/^.*\//, '');

/** `cat: x: No such file or directory` */
export function complain(process: Process, message: string): Promise<void> {
  return process.stderr.write(encoder.encode(`${programName(process)}: ${message}\n`));
}

/** Makes a Program of an applet: a wrong command line ends with `usageCode`, a failed file operation with 1. */
export function program(applet: Applet, flavour: Flavour, usageCode = 1): Program {
  return async (process) => {
    try {
      return await applet(process, flavour);
    } catch (error) {
      if (error instanceof UsageError) {
        const hint = flavour === 'gnu' ? `\nTry '${programName(process)} --help' for more information.` : '';
        await complain(process, error.message + hint);
        return usageCode;
      }
      if (!(error instanceof OsError)) throw error;
      await complain(process, `${error.path === undefined ? '' : `${error.path}: `}${error.message}`);
      return 1;
    }
  };
}

export interface OptionSpec {
  /** Letters without a value. */
  readonly flags?: string;
  /** Letters with a value. */
  readonly values?: string;
  /** Long names: to the letter they stand for, or to themselves. A name ending in `=` takes a value. */
  readonly long?: { readonly [name: string]: string };
  /** Options end at the first operand: env, xargs, timeout … */
  readonly stopAtOperand?: boolean;
  /** `-5` is the value of this letter (head, tail). */
  readonly number?: string;
}

export class Options {
  readonly operands: string[] = [];
  private readonly found = new Map<string, string[]>();

  has(letter: string): boolean {
    return this.found.has(letter);
  }

  /** The last value given. */
  value(letter: string): string | undefined {
    return this.found.get(letter)?.at(-1);
  }

  all(letter: string): readonly string[] {
    return this.found.get(letter) ?? [];
  }

  /** Which of these letters was given last. */
  last(letters: string): string | undefined {
    return [...this.found.keys()].filter((letter) => letters.includes(letter)).at(-1);
  }

  add(letter: string, value: string): void {
    const values = this.found.get(letter) ?? [];
    this.found.delete(letter);
    this.found.set(letter, [...values, value]);
  }
}

/** getopt_long(3). Throws UsageError. */
export function parseOptions(argv: readonly string[], spec: OptionSpec): Options {
  const options = new Options();
  const queue = argv.slice(1);
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    if (arg === '--') {
      options.operands.push(...queue);
      break;
    }
    if (arg.startsWith('--')) longOption(arg.slice(2), queue, spec, options);
    else if (spec.number && /^-\d+$/.test(arg)) options.add(spec.number, arg.slice(1));
    else if (arg.startsWith('-') && arg !== '-') shortOptions(arg.slice(1), queue, spec, options);
    else {
      options.operands.push(arg);
      if (spec.stopAtOperand) {
        options.operands.push(...queue);
        break;
      }
    }
  }
  return options;
}

function longOption(text: string, queue: string[], spec: OptionSpec, options: Options): void {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  const long = spec.long ?? {};
  const plain = long[name];
  const valued = long[`${name}=`];
  if (plain !== undefined && at < 0) options.add(plain, '');
  else if (valued !== undefined) {
    const value = at < 0 ? queue.shift() : text.slice(at + 1);
    if (value === undefined) throw new UsageError(`option '--${name}' requires an argument`);
    options.add(valued, value);
  } else if (plain !== undefined) throw new UsageError(`option '--${name}' doesn't allow an argument`);
  else throw new UsageError(`unrecognized option '--${name}'`);
}

function shortOptions(letters: string, queue: string[], spec: OptionSpec, options: Options): void {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] as string;
    if (spec.flags?.includes(letter)) options.add(letter, '');
    else if (spec.values?.includes(letter)) {
      const value = letters.slice(i + 1) || queue.shift();
      if (value === undefined) throw new UsageError(`option requires an argument -- '${letter}'`);
      options.add(letter, value);
      return;
    } else throw new UsageError(`invalid option -- '${letter}'`);
  }
}

/** Output gathered into larger writes. Flush before waiting for anything. */
export class Printer {
  private parts: string[] = [];
  private size = 0;

  constructor(private readonly sink: Sink<Uint8Array>) {}

  /** Adds text; when much has gathered, writes it and waits for the reader. */
  async print(text: string): Promise<void> {
    this.parts.push(text);
    this.size += text.length;
    if (this.size >= 8192) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.size === 0) return;
    const text = this.parts.join('');
    this.parts = [];
    this.size = 0;
    await this.sink.write(encoder.encode(text));
  }
}

export const pathOf = (process: Process, path: string): string => absolute(path, process.cwd);

/** Opens each operand in turn (`-` is the standard input, none means it too); complains about those that cannot be opened. */
export async function* inputs(
  process: Process,
  flavour: Flavour,
  operands: readonly string[],
): AsyncGenerator<{ readonly name: string; readonly source: Source<Uint8Array> } | undefined, void> {
  for (const name of operands.length > 0 ? operands : ['-']) {
    if (name === '-') yield { name, source: process.stdin };
    else {
      let source: Source<Uint8Array> | undefined;
      try {
        source = openSource(process, name);
      } catch (error) {
        if (!(error instanceof OsError)) throw error;
        const busy = flavour === 'busybox' && error.code !== 'EISDIR';
        await complain(process, busy ? `can't open '${name}': ${error.message}` : `${name}: ${error.message}`);
      }
      yield source && { name, source };
    }
  }
}

/** A look at the CPU every so many lines keeps long inputs from standing still in time. */
const LINES_PER_COMPUTE = 256;

/** Calls `take` for every line of a source; it returns false to stop. Output is flushed before waiting for more input. */
export async function eachLine(
  process: Process,
  source: Source<Uint8Array>,
  take: (line: string, terminated: boolean) => Promise<unknown> | boolean | undefined,
): Promise<void> {
  const reader = new LineReader(source);
  let count = 0;
  for (let line = await reader.read(); line !== undefined; line = await reader.read()) {
    const result = take(line, reader.terminated);
    if ((typeof result === 'object' ? await result : result) === false) return;
    if (++count % LINES_PER_COMPUTE === 0) await process.compute(0.05);
  }
}

/** A whole non-negative number, or UsageError in GNU's words. */
export function parseCount(text: string, what: string): number {
  const match = /^\+?(\d+)([bkKMG]?)$/.exec(text);
  if (!match) throw new UsageError(`invalid ${what}: '${text}'`);
  return Number(match[1]) * ({ '': 1, b: 512, k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[2] as string] ?? 1);
}

/** Ends the process with a complaint. */
export async function fail(process: Process, message: string, code = 1): Promise<never> {
  await complain(process, message);
  throw new ProcessExit(code);
}
