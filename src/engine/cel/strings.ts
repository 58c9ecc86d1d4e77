/** Functions of strings, and regular expressions. @upstream cel-go ext/strings.go, common/stdlib; staging/src/k8s.io/apiserver/pkg/cel/library/regex.go */
import { compileRegexp, type GoRegexp, RegexpError } from '#engine/apimachinery/regexp';
import type { CelFunction } from './arithmetic.ts';
import { CelError, ListValue, listOf, type Value } from './values.ts';

const text = (value: Value | undefined): value is string => typeof value === 'string';
const whole = (value: Value | undefined): value is bigint => typeof value === 'bigint';

const charAt: CelFunction = (value, index) => {
  if (!text(value) || !whole(index)) return undefined;
  const characters = [...value];
  if (index < 0n || index > BigInt(characters.length)) throw new CelError(`index out of range: ${index}`);
  return characters[Number(index)] ?? '';
};

function positions(
  value: string,
  part: string,
): { readonly characters: readonly string[]; readonly wanted: readonly string[] } {
  return { characters: [...value], wanted: [...part] };
}

const isAt = (characters: readonly string[], wanted: readonly string[], at: number): boolean =>
  wanted.every((character, offset) => characters[at + offset] === character);

const indexOf: CelFunction = (value, part, from) => {
  if (!text(value) || !text(part)) return undefined;
  const { characters, wanted } = positions(value, part);
  const start = whole(from) ? from : 0n;
  if (part === '') return start;
  if (start < 0n || start > BigInt(characters.length)) throw new CelError(`index out of range: ${start}`);
  for (let at = Number(start); at <= characters.length - wanted.length; at++)
    if (isAt(characters, wanted, at)) return BigInt(at);
  return -1n;
};

const lastIndexOf: CelFunction = (value, part, from) => {
  if (!text(value) || !text(part)) return undefined;
  const { characters, wanted } = positions(value, part);
  const start = whole(from) ? from : BigInt(characters.length);
  if (part === '') return start;
  if (from !== undefined && (start < 0n || start >= BigInt(characters.length)))
    throw new CelError(`index out of range: ${start}`);
  for (let at = Math.min(Number(start), characters.length - wanted.length); at >= 0; at--)
    if (isAt(characters, wanted, at)) return BigInt(at);
  return -1n;
};

const replace: CelFunction = (value, from, to, limit) => {
  if (!text(value) || !text(from) || !text(to)) return undefined;
  if (limit !== undefined && !whole(limit)) return undefined;
  if (limit === undefined || limit < 0n) return value.replaceAll(from, () => to);
  let result = '';
  let rest = value;
  for (let count = 0n; count < limit; count++) {
    const at = from === '' && count > 0n ? ([...rest][0]?.length ?? -1) : rest.indexOf(from);
    if (at < 0) break;
    result += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
  }
  return result + rest;
};

const split: CelFunction = (value, separator, limit) => {
  if (!text(value) || !text(separator)) return undefined;
  const count = whole(limit) ? Number(limit) : -1;
  if (count === 0) return listOf([]);
  const parts = separator === '' ? [...value] : value.split(separator);
  if (count < 0 || parts.length <= count) return listOf(parts);
  return listOf([...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)]);
};

const substring: CelFunction = (value, from, to) => {
  if (!text(value) || !whole(from)) return undefined;
  const characters = [...value];
  const size = BigInt(characters.length);
  const end = whole(to) ? to : size;
  if (to === undefined && (from < 0n || from > size)) throw new CelError(`index out of range: ${from}`);
  if (from > end) throw new CelError(`invalid substring range. start: ${from}, end: ${end}`);
  if (from < 0n || from > size) throw new CelError(`index out of range: ${from}`);
  if (end < 0n || end > size) throw new CelError(`index out of range: ${end}`);
  return characters.slice(Number(from), Number(end)).join('');
};

const ascii =
  (pattern: RegExp, change: (part: string) => string): CelFunction =>
  (value) =>
    text(value) ? value.replace(pattern, change) : undefined;

const QUOTES: { readonly [character: string]: string } = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** strings.quote */
const quote: CelFunction = (value) =>
  text(value) ? `"${[...value].map((character) => QUOTES[character] ?? character).join('')}"` : undefined;

const join: CelFunction = (list, separator) => {
  if (!(list instanceof ListValue) || (separator !== undefined && !text(separator))) return undefined;
  const parts: string[] = [];
  for (const part of list) {
    if (!text(part)) return undefined;
    parts.push(part);
  }
  return parts.join(separator ?? '');
};

/** A compiled pattern. Throws CelError, with Go's words behind the lead. */
function regexOf(pattern: string, lead = ''): GoRegexp {
  try {
    return compileRegexp(pattern);
  } catch (error) {
    if (error instanceof RegexpError) throw new CelError(lead + error.message);
    throw error;
  }
}

const ILLEGAL = 'Illegal regex: ';

const matches: CelFunction = (value, pattern) =>
  text(value) && text(pattern) ? regexOf(pattern).test(value) : undefined;

const find: CelFunction = (value, pattern) =>
  text(value) && text(pattern) ? (regexOf(pattern, ILLEGAL).find(value) ?? '') : undefined;

const findAll: CelFunction = (value, pattern, limit) => {
  if (!text(value) || !text(pattern)) return undefined;
  return listOf(regexOf(pattern, ILLEGAL).findAll(value, whole(limit) ? Number(limit) : -1));
};

const pair =
  (test: (value: string, part: string) => boolean): CelFunction =>
  (value, part) =>
    text(value) && text(part) ? test(value, part) : undefined;

export const STRINGS: { readonly [name: string]: CelFunction } = {
  contains: pair((value, part) => value.includes(part)),
  startsWith: pair((value, part) => value.startsWith(part)),
  endsWith: pair((value, part) => value.endsWith(part)),
  matches,
  find,
  findAll,
  charAt,
  indexOf,
  lastIndexOf,
  replace,
  split,
  substring,
  join,
  lowerAscii: ascii(/[A-Z]+/g, (part) => part.toLowerCase()),
  upperAscii: ascii(/[a-z]+/g, (part) => part.toUpperCase()),
  trim: (value) => (text(value) ? value.replace(/^[\s\u0085]+|[\s\u0085]+$/gu, '') : undefined),
  'strings.quote': quote,
  'jsonpatch.escapeKey': (value) => (text(value) ? value.replaceAll('~', '~0').replaceAll('/', '~1') : undefined),
};
