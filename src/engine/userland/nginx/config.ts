/** nginx's configuration language: directives, blocks, includes. */
import { type FileSystem, OsError } from '#engine/os';

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
  readonly file: string;
  readonly line: number;
}

/** `message` is what follows `nginx: [emerg] `. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Token {
  readonly text: string;
  readonly line: number;
  readonly quoted: boolean;
}

const decoder = new TextDecoder();
const CONTAINERS = new Set([
  'http',
  'server',
  'location',
  'upstream',
  'events',
  'types',
  'if',
  'map',
  'geo',
  'limit_except',
  'stream',
  'mail',
  'split_clients',
]);

/** Parses a file with its includes. Throws ConfigError in nginx's words. */
export function parseConfig(fs: FileSystem, path: string): readonly Directive[] {
  const tokens = tokenize(readText(fs, path), path);
  const { directives, next } = parseBlock(fs, tokens, 0, path, false);
  if (next < tokens.length) throw new ConfigError(`unexpected "}" in ${path}:${tokens[next]?.line}`);
  return directives;
}

function readText(fs: FileSystem, path: string): string {
  try {
    return decoder.decode(fs.readFile(path));
  } catch (error) {
    if (error instanceof OsError) throw new ConfigError(`open() "${path}" failed (2: ${error.message})`);
    throw error;
  }
}

function parseBlock(
  fs: FileSystem,
  tokens: readonly Token[],
  start: number,
  file: string,
  nested: boolean,
): { directives: Directive[]; next: number } {
  const directives: Directive[] = [];
  let words: Token[] = [];
  let i = start;
  for (; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.quoted || !'{};'.includes(token.text)) {
      words.push(token);
      continue;
    }
    if (token.text === '}') {
      if (words.length > 0) throw new ConfigError(`unexpected "}" in ${file}:${token.line}`);
      return { directives, next: nested ? i + 1 : i };
    }
    const [name, ...args] = words.map((word) => word.text);
    if (name === undefined) throw new ConfigError(`unexpected "${token.text}" in ${file}:${token.line}`);
    const head = { name, args, file, line: words[0]?.line ?? 0 };
    words = [];
    if (token.text === ';') {
      if (CONTAINERS.has(name) && !(name === 'server' && args.length > 0))
        throw new ConfigError(`directive "${name}" has no opening "{" in ${file}:${token.line}`);
      if (name === 'include') directives.push(...include(fs, args[0] ?? '', file, head.line));
      else directives.push(head);
    } else {
      const inner = parseBlock(fs, tokens, i + 1, file, true);
      directives.push({ ...head, block: inner.directives });
      i = inner.next - 1;
    }
  }
  const last = tokens[tokens.length - 1]?.line ?? 1;
  if (words.length > 0) throw new ConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${last}`);
  if (nested) throw new ConfigError(`unexpected end of file, expecting "}" in ${file}:${last}`);
  return { directives, next: i };
}

function include(fs: FileSystem, pattern: string, file: string, line: number): readonly Directive[] {
  const full = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`;
  const slash = full.lastIndexOf('/');
  const directory = full.slice(0, slash);
  const name = full.slice(slash + 1);
  if (!name.includes('*')) {
    if (!fs.exists(full))
      throw new ConfigError(`open() "${full}" failed (2: No such file or directory) in ${file}:${line}`);
    return parseConfig(fs, full);
  }
  if (!fs.exists(directory)) return [];
  const [before = '', after = ''] = name.split('*');
  return fs
    .readdir(directory)
    .filter(
      (entry) => entry.length >= before.length + after.length && entry.startsWith(before) && entry.endsWith(after),
    )
    .flatMap((entry) => parseConfig(fs, `${directory}/${entry}`));
}

function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let i = 0; i < text.length; ) {
    const char = text[i] as string;
    if (char === '\n') line++;
    if (/\s/.test(char)) i++;
    else if (char === '#') while (i < text.length && text[i] !== '\n') i++;
    else if ('{};'.includes(char)) {
      tokens.push({ text: char, line, quoted: false });
      i++;
    } else if (char === '"' || char === "'") {
      const start = line;
      let value = '';
      for (i++; text[i] !== char; i++) {
        if (i >= text.length) throw new ConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${line}`);
        if (text[i] === '\n') line++;
        if (text[i] === '\\' && (text[i + 1] === char || text[i + 1] === '\\')) i++;
        value += text[i];
      }
      i++;
      tokens.push({ text: value, line: start, quoted: true });
    } else {
      let value = '';
      for (; i < text.length && !/[\s;{}]/.test(text[i] as string); i++) {
        if (text[i] === '$' && text[i + 1] === '{') {
          const end = text.indexOf('}', i);
          value += text.slice(i, end + 1);
          i = end;
        } else value += text[i];
      }
      // A regular expression may hold braces when a digit follows: \d{3}.
      tokens.push({ text: value, line, quoted: false });
    }
  }
  return tokens;
}
