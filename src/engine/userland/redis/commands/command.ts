/** What a command is, and how its arguments are read. */
import type { Clock, Rng } from '#engine/sim';
import type { Database } from '../database.ts';
import { RedisError, type Reply } from '../resp.ts';

/** What a data command sees. */
export interface Call {
  readonly db: Database;
  readonly databases: readonly Database[];
  readonly clock: Clock;
  readonly rng: Rng;
  /** The command's name in lower case first. */
  readonly args: readonly string[];
  /** Tells those who wait for the key that it holds something. */
  ready(key: string): void;
  /** What goes to the append-only file instead of the command itself; nothing means nothing. */
  log(...commands: (readonly string[])[]): void;
}

export interface Command {
  /** With the name; negative: at least so many. */
  readonly arity: number;
  readonly write: boolean;
  readonly run: (call: Call) => Reply;
}

export type CommandTable = { readonly [name: string]: Command };

export const reads = (arity: number, run: Command['run']): Command => ({ arity, write: false, run });
export const writes = (arity: number, run: Command['run']): Command => ({ arity, write: true, run });

/** The argument at an index; the arity was checked before. */
export const arg = ({ args }: Call, index: number): string => args[index] ?? '';
export const key = (call: Call): string => arg(call, 1);

export const syntaxError = (): RedisError => new RedisError('ERR syntax error');

/** A whole number, or `ERR value is not an integer or out of range`. */
export function integer(text: string, message = 'ERR value is not an integer or out of range'): number {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) throw new RedisError(message);
  return Number(text);
}

export function float(text: string, message = 'ERR value is not a valid float'): number {
  const lower = text.toLowerCase();
  if (/^[+-]?inf(inity)?$/.test(lower)) return lower.startsWith('-') ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(lower)) throw new RedisError(message);
  return Number(lower);
}

export const formatFloat = (value: number): string =>
  value === Infinity ? 'inf' : value === -Infinity ? '-inf' : String(Number(value.toPrecision(17)));

/** Start and end of a range where negative numbers count from the end. */
export function slice<T>(items: readonly T[], start: number, end: number): readonly T[] {
  const from = start < 0 ? Math.max(0, items.length + start) : start;
  const to = end < 0 ? items.length + end : end;
  return from > to ? [] : items.slice(from, to + 1);
}

/** Redis' glob: `*`, `?`, `[…]`, `\x`. */
export function glob(pattern: string): (text: string) => boolean {
  const source = pattern.replace(
    /\\(.)|\[(\^?)((?:\\.|[^\]])*)\]|\*|\?|[.+^${}()|/\\\]]/gs,
    (all, escaped, not, set) => {
      if (escaped !== undefined) return escaped.replace(/[^\w]/, '\\$&');
      if (set !== undefined) return `[${not}${set.replace(/[[\]]/g, '\\$&')}]`;
      return { '*': '.*', '?': '.' }[all as string] ?? `\\${all}`;
    },
  );
  const regex = new RegExp(`^${source}$`, 's');
  return (text) => regex.test(text);
}

/** SCAN and its kin: everything in one go from cursor 0 in slices of COUNT. */
export function scan(
  call: Call,
  from: number,
  items: readonly string[],
  keep: (item: string) => boolean = () => true,
): { readonly cursor: string; readonly items: readonly string[] } {
  const start = integer(arg(call, from), 'ERR invalid cursor');
  let count = 10;
  let matches: (text: string) => boolean = () => true;
  for (let i = from + 1; i < call.args.length; i += 2) {
    const name = arg(call, i).toLowerCase();
    if (call.args[i + 1] === undefined) throw syntaxError();
    if (name === 'count') count = integer(arg(call, i + 1));
    else if (name === 'match') matches = glob(arg(call, i + 1));
    else if (name !== 'type') throw syntaxError();
  }
  if (count < 1) throw syntaxError();
  const next = start + count;
  const page = items.slice(start, next).filter((item) => matches(item) && keep(item));
  return { cursor: next >= items.length ? '0' : String(next), items: page };
}
