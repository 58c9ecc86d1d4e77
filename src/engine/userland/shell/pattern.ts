/** Shell patterns: matching a string, and files. Quoted characters come escaped with a backslash. */
import type { FileSystem } from '#engine/os';
import { CHARACTER_CLASSES } from '../character-classes.ts';

export const escapePattern = (text: string): string => text.replace(/[\\*?[\]()|!+@]/g, '\\$&');
export const hasMagic = (pattern: string): boolean => /(^|[^\\])(\\\\)*([*?[]|[?*+@!]\()/.test(pattern);
const escapeRegex = (char: string) => char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
/** The pattern with its escapes taken away, for use as plain text. */
const unescapePattern = (pattern: string): string => pattern.replace(/\\(.)/gs, '$1');

/** The source of a regular expression for a pattern. With `path`, wildcards do not match slashes. */
export function patternSource(pattern: string, path = false, greedy = true): string {
  const any = path ? '[^/]' : '[\\s\\S]';
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '\\') out += escapeRegex(pattern[++i] ?? '\\');
    else if ('?*+@!'.includes(char) && pattern[i + 1] === '(') {
      const end = closing(pattern, i + 1);
      if (end > 0) {
        out += group(char, pattern.slice(i + 2, end), path);
        i = end;
      } else out += char === '*' ? `${any}*` : escapeRegex(char);
    } else if (char === '*') out += greedy ? `${any}*` : `${any}*?`;
    else if (char === '?') out += any;
    else if (char === '[') {
      const set = bracket(pattern, i);
      out += set ? set.source : '\\[';
      if (set) i = set.end;
    } else out += escapeRegex(char);
  }
  return out;
}

export const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^(?:${patternSource(pattern)})$`).test(text);

function closing(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === '(') depth++;
    else if (pattern[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

function group(operator: string, inner: string, path: boolean): string {
  const alternatives: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= inner.length; i++) {
    if (inner[i] === '\\') i++;
    else if (inner[i] === '(') depth++;
    else if (inner[i] === ')') depth--;
    else if ((inner[i] === '|' && depth === 0) || i === inner.length) {
      alternatives.push(patternSource(inner.slice(start, i), path));
      start = i + 1;
    }
  }
  const body = `(?:${alternatives.join('|')})`;
  if (operator === '@') return body;
  return operator === '!' ? `(?!${body}$)${path ? '[^/]' : '[\\s\\S]'}*` : body + operator;
}

function bracket(pattern: string, start: number): { readonly source: string; readonly end: number } | undefined {
  let i = start + 1;
  const negated = pattern[i] === '!' || pattern[i] === '^';
  if (negated) i++;
  let body = '';
  for (let first = true; i < pattern.length; first = false) {
    const char = pattern[i] as string;
    if (char === ']' && !first) return { source: `[${negated ? '^' : ''}${body}]`, end: i };
    const named = char === '[' && pattern[i + 1] === ':' ? /^\[:(\w+):\]/.exec(pattern.slice(i)) : undefined;
    if (named) {
      body += CHARACTER_CLASSES[named[1] as string] ?? '';
      i += named[0].length;
    } else if (char === '\\') {
      body += escapeRegex(pattern[i + 1] ?? '\\');
      i += 2;
    } else {
      body += char === '-' ? '-' : escapeRegex(char);
      i++;
    }
  }
  return undefined;
}

/** The paths that match, sorted; empty when none does. */
export function glob(fs: FileSystem, cwd: string, pattern: string, showHidden = false): string[] {
  const isAbsolute = pattern.startsWith('/');
  const parts = pattern.split('/');
  let found: string[] = [isAbsolute ? '/' : ''];
  for (const [index, part] of parts.entries()) {
    if (part === '') continue;
    const isLast = index === parts.length - 1;
    found = found.flatMap((prefix) => step(fs, cwd, prefix, part, isLast, showHidden));
  }
  const wantsDirectory = pattern.endsWith('/');
  return found.map((path) => (wantsDirectory ? `${path}/` : path)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function step(
  fs: FileSystem,
  cwd: string,
  prefix: string,
  part: string,
  isLast: boolean,
  showHidden: boolean,
): string[] {
  const join = (name: string) => (prefix === '' ? name : prefix.endsWith('/') ? prefix + name : `${prefix}/${name}`);
  const full = (path: string) => (path.startsWith('/') ? path : `${cwd}/${path}`);
  if (!hasMagic(part)) {
    const path = join(unescapePattern(part));
    return fs.exists(full(path)) ? [path] : [];
  }
  const directory = full(prefix === '' ? '.' : prefix);
  if (!fs.exists(directory) || fs.stat(directory).type !== 'directory') return [];
  const regex = new RegExp(`^(?:${patternSource(part, true)})$`);
  return fs
    .readdir(directory)
    .filter((name) => regex.test(name) && (showHidden || part.startsWith('.') || !name.startsWith('.')))
    .map(join)
    .filter((path) => isLast || (fs.exists(full(path)) && fs.stat(full(path)).type === 'directory'));
}
