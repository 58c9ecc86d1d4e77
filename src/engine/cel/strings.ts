/** Functions of strings, and regular expressions. @upstream cel-go ext/strings.go, common/stdlib; staging/src/k8s.io/apiserver/pkg/cel/library/regex.go */
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

const patterns = new Map<string, RegExp>();
const MAX_PATTERNS = 500;

const POSIX: { readonly [name: string]: string } = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** RE2's syntax in the host's words. */
function translate(pattern: string): { readonly source: string; readonly flags: string } {
  let flags = 'u';
  let source = pattern;
  const lead = /^\(\?([ims]+)\)/.exec(source);
  if (lead) {
    flags += lead[1];
    source = source.slice(lead[0].length);
  }
  source = source
    .replace(/\(\?P</g, '(?<')
    .replace(/\[:(\w+):\]/g, (whole_, name: string) => POSIX[name] ?? whole_)
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\\([-_#%&'",:;<=>@!~`\s])/g, (_, character: string) => (character === '-' ? '\\x2d' : character));
  return { source, flags };
}

/** Looking around and referring back: what the host can and RE2 cannot. */
const BEYOND_RE2 = /(?<!\\)\(\?<?[=!]|\\[1-9]|\\k</;

/** A compiled pattern. Throws CelError in Go's words. */
function regexOf(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  const { source, flags } = translate(pattern);
  let regex: RegExp;
  try {
    if (BEYOND_RE2.test(pattern.replaceAll('\\\\', ''))) throw new SyntaxError(pattern);
    regex = new RegExp(source, `${flags}g`);
  } catch {
    throw new CelError(`error parsing regexp: ${regexFault(pattern)}`);
  }
  if (patterns.size >= MAX_PATTERNS) patterns.clear();
  patterns.set(pattern, regex);
  return regex;
}

/** What Go's parser would say of a pattern that the host cannot read. */
function regexFault(pattern: string): string {
  const bare = pattern.replace(/\\./g, '').replace(/\[\^?\]?[^\]]*\]/g, '');
  if (bare.includes('[')) return `missing closing ]: \`${bare.slice(bare.indexOf('['))}\``;
  const opens = bare.split('(').length;
  const closes = bare.split(')').length;
  if (opens > closes) return `missing closing ): \`${pattern}\``;
  if (closes > opens) return `unexpected ): \`${pattern}\``;
  const repeat = /^[*+?]|[(|][*+?]/.exec(bare);
  if (repeat) return `missing argument to repetition operator: \`${repeat[0].at(-1)}\``;
  const perl = /\(\?<?[=!]/.exec(pattern);
  if (perl) return `invalid or unsupported Perl syntax: \`${perl[0]}\``;
  const wrong = /\\[\s\S]/.exec(pattern);
  return wrong ? `invalid escape sequence: \`${wrong[0]}\`` : `invalid regexp: \`${pattern}\``;
}

const matches: CelFunction = (value, pattern) =>
  text(value) && text(pattern) ? value.search(regexOf(pattern)) >= 0 : undefined;

const find: CelFunction = (value, pattern) =>
  text(value) && text(pattern) ? (value.match(regexOf(pattern))?.[0] ?? '') : undefined;

const findAll: CelFunction = (value, pattern, limit) => {
  if (!text(value) || !text(pattern)) return undefined;
  const found = value.match(regexOf(pattern)) ?? [];
  return listOf(whole(limit) && limit >= 0n ? found.slice(0, Number(limit)) : found);
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
  trim: (value) => (text(value) ? value.trim() : undefined),
  'strings.quote': quote,
  'jsonpatch.escapeKey': (value) => (text(value) ? value.replaceAll('~', '~0').replaceAll('/', '~1') : undefined),
};
