/** Reading a command line into flags and arguments. */
import { FlagError, type FlagSet, type FlagSpec } from './flags.ts';

export interface ParsedLine {
  readonly args: readonly string[];
  /** How many of the arguments stood before `--`; -1 without one. */
  readonly argsBeforeDash: number;
}

const noValueOf = (spec: FlagSpec): string | undefined => spec.noValue ?? (spec.kind === 'bool' ? 'true' : undefined);

/** Flags may stand between arguments; `--` ends them. Throws FlagError. */
export function parseLine(flags: FlagSet, line: readonly string[]): ParsedLine {
  const args: string[] = [];
  for (let i = 0; i < line.length; i++) {
    const word = line[i] as string;
    if (word === '--') return { args: [...args, ...line.slice(i + 1)], argsBeforeDash: args.length };
    if (word.length < 2 || !word.startsWith('-')) args.push(word);
    else if (word.startsWith('--')) i += parseLong(flags, word, line[i + 1]);
    else i += parseShorts(flags, word, line[i + 1]);
  }
  return { args, argsBeforeDash: -1 };
}

/** Returns how many following words it took. */
function parseLong(flags: FlagSet, word: string, next: string | undefined): number {
  const body = word.slice(2);
  if (body.startsWith('-') || body.startsWith('=')) throw new FlagError(`bad flag syntax: ${word}`);
  const equals = body.indexOf('=');
  const name = equals < 0 ? body : body.slice(0, equals);
  const spec = flags.lookup(name.replaceAll('_', '-'));
  if (!spec) throw new FlagError(`unknown flag: --${name}`);
  if (equals >= 0) {
    flags.set(spec, body.slice(equals + 1));
    return 0;
  }
  const noValue = noValueOf(spec);
  if (noValue !== undefined) {
    flags.set(spec, noValue);
    return 0;
  }
  if (next === undefined) throw new FlagError(`flag needs an argument: ${word}`);
  flags.set(spec, next);
  return 1;
}

function parseShorts(flags: FlagSet, word: string, next: string | undefined): number {
  let rest = word.slice(1);
  while (rest !== '') {
    const char = rest[0] as string;
    const spec = flags.lookupShort(char);
    if (!spec) throw new FlagError(`unknown shorthand flag: '${char}' in -${rest}`);
    const noValue = noValueOf(spec);
    if (rest.length > 2 && rest[1] === '=') {
      flags.set(spec, rest.slice(2));
      return 0;
    }
    if (noValue !== undefined) {
      flags.set(spec, noValue);
      rest = rest.slice(1);
      continue;
    }
    if (rest.length > 1) {
      flags.set(spec, rest.slice(1));
      return 0;
    }
    if (next === undefined) throw new FlagError(`flag needs an argument: '${char}' in -${rest}`);
    flags.set(spec, next);
    return 1;
  }
  return 0;
}

/** The words that are no flags and no flag's value: what a subcommand's name is looked for in. Each with its place. */
export function wordsWithoutFlags(
  flags: FlagSet,
  line: readonly string[],
): readonly { readonly word: string; readonly index: number }[] {
  const words: { word: string; index: number }[] = [];
  for (let i = 0; i < line.length; i++) {
    const word = line[i] as string;
    if (word === '--') break;
    if (word.startsWith('--') && !word.includes('=')) {
      const spec = flags.lookup(word.slice(2));
      if (!spec || noValueOf(spec) === undefined) i++;
    } else if (word.length === 2 && word.startsWith('-')) {
      const spec = flags.lookupShort(word[1] as string);
      if (!spec || noValueOf(spec) === undefined) i++;
    } else if (word !== '' && !word.startsWith('-')) words.push({ word, index: i });
  }
  return words;
}
