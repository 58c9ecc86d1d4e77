/** read and mapfile. */
import { ByteInput, bareSource, readUpTo } from '#engine/os';
import type { Shell } from '../shell.ts';
import { untilSignalOr } from '../traps.ts';
import { type Builtin, NAME } from './builtin.ts';

const decoder = new TextDecoder();

interface ReadOptions {
  raw: boolean;
  array?: string;
  prompt?: string;
  timeoutMs?: number;
  delimiter: number;
  count?: number;
  silent: boolean;
  fd: number;
  readonly names: string[];
}

export const read: Builtin = async (shell, argv) => {
  const options = parseRead(argv);
  for (const name of options.names) {
    if (!NAME.test(name)) {
      await shell.complain(`\`${name}': not a valid identifier`, 'read');
      return 1;
    }
  }
  if (options.prompt !== undefined && shell.process.terminal) await shell.printError(options.prompt);
  const line = await readLogicalLine(shell, options);
  if (typeof line === 'number') return line;
  const names = options.names.length > 0 ? options.names : ['REPLY'];
  if (options.array !== undefined) {
    const words = splitRead(shell, line.text, Number.POSITIVE_INFINITY);
    shell.variables.setArray(
      options.array,
      words.map((word, i) => [String(i), word]),
      'indexed',
    );
  } else if (options.names.length === 0) shell.variables.set('REPLY', plain(line.text));
  else {
    const words = splitRead(shell, line.text, names.length);
    for (const [i, name] of names.entries()) shell.variables.set(name, words[i] ?? '');
  }
  return line.complete ? 0 : 1;
};

function parseRead(argv: readonly string[]): ReadOptions {
  const options: ReadOptions = { raw: false, delimiter: 10, silent: false, fd: 0, names: [] };
  const queue = argv.slice(1);
  while (queue[0]?.startsWith('-') && queue[0] !== '-') {
    const arg = queue.shift() as string;
    if (arg === '--') break;
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i] as string;
      if (letter === 'r') options.raw = true;
      else if (letter === 's') options.silent = true;
      else if ('aptdnNu'.includes(letter)) {
        const value = arg.slice(i + 1) || (queue.shift() ?? '');
        if (letter === 'a') options.array = value;
        else if (letter === 'p') options.prompt = value;
        else if (letter === 't') options.timeoutMs = Number(value) * 1000;
        else if (letter === 'd') options.delimiter = value === '' ? 0 : value.charCodeAt(0);
        else if (letter === 'u') options.fd = Number(value);
        else options.count = Number(value);
        break;
      }
    }
  }
  options.names.push(...queue);
  return options;
}

/** A line with its backslash-newlines joined; escaped characters stay marked by their backslash. A number is an exit code. */
async function readLogicalLine(
  shell: Shell,
  options: ReadOptions,
): Promise<{ readonly text: string; readonly complete: boolean } | number> {
  let text = '';
  for (;;) {
    const part = await readPart(shell, options);
    if (typeof part === 'number') return part;
    if (part === undefined) return { text, complete: false };
    const complete = part.at(-1) === options.delimiter;
    const piece = decoder.decode(complete ? part.subarray(0, -1) : part).replaceAll('\0', '');
    if (options.raw)
      return { text: text + piece.replaceAll('\\', '\\\\'), complete: complete || options.count !== undefined };
    if (!/(^|[^\\])(\\\\)*\\$/.test(piece) || !complete)
      return { text: text + piece, complete: complete || options.count !== undefined };
    text += piece.slice(0, -1);
  }
}

async function readPart(shell: Shell, options: ReadOptions): Promise<Uint8Array | undefined | number> {
  const { source } = shell.fds.get(options.fd) ?? {};
  if (!source) return 1;
  const abandoned = new AbortController();
  const bytes =
    options.count === undefined
      ? readUpTo(source, options.delimiter, abandoned.signal)
      : readCount(shell, options.count, options.delimiter);
  const stop = new AbortController();
  const { timeoutMs } = options;
  const timeout =
    timeoutMs === undefined ? undefined : shell.process.clock.sleep(timeoutMs, 'read -t', stop.signal).then(() => 142);
  const result = await untilSignalOr<Uint8Array | undefined | number>(
    shell,
    timeoutMs === undefined ? bytes : Promise.race([bytes, timeout as Promise<number>]),
  );
  stop.abort();
  abandoned.abort();
  return typeof result === 'object' && 'interruptedBy' in result ? result.interruptedBy : result;
}

async function readCount(shell: Shell, count: number, delimiter: number): Promise<Uint8Array | undefined> {
  const out: number[] = [];
  const input = ByteInput.over(bareSource(shell.stdin));
  const reader = bareSource(shell.stdin) === shell.stdin ? input : shell.stdin;
  while (out.length < count) {
    const chunk = await reader.read();
    if (!chunk) break;
    let used = 0;
    while (used < chunk.length && out.length < count && chunk[used] !== delimiter) out.push(chunk[used++] as number);
    const ended = chunk[used] === delimiter && out.length < count;
    input.unread(chunk.subarray(used + (ended ? 1 : 0)));
    if (ended) break;
  }
  return out.length > 0 ? Uint8Array.from(out) : undefined;
}

const plain = (text: string): string => text.replace(/\\(.)/gs, '$1');

/** Splits at IFS; the last name takes the rest. A backslash keeps the next character from splitting. */
function splitRead(shell: Shell, text: string, limit: number): string[] {
  const ifs = shell.get('IFS') ?? ' \t\n';
  const isSpace = (char: string | undefined) => char !== undefined && ifs.includes(char) && ' \t\n'.includes(char);
  const isIfs = (char: string | undefined) => char !== undefined && ifs.includes(char);
  const words: string[] = [];
  let at = 0;
  while (isSpace(text[at])) at++;
  while (at < text.length) {
    if (words.length === limit - 1) {
      words.push(lastField(text.slice(at), isSpace, isIfs));
      return words;
    }
    let word = '';
    for (; at < text.length && !isIfs(text[at]); at++) {
      if (text[at] === '\\') at++;
      word += text[at] ?? '';
    }
    words.push(word);
    while (isSpace(text[at])) at++;
    if (isIfs(text[at])) {
      at++;
      while (isSpace(text[at])) at++;
    }
  }
  return words;
}

function lastField(
  rest: string,
  isSpace: (char: string | undefined) => boolean,
  isIfs: (char: string | undefined) => boolean,
): string {
  let end = rest.length;
  while (end > 0 && isSpace(rest[end - 1]) && rest[end - 2] !== '\\') end--;
  const text = rest.slice(0, end);
  // A single delimiter at the very end belongs to nobody.
  const delimiters = [...text].filter((char) => isIfs(char) && !isSpace(char)).length;
  return plain(delimiters === 1 && isIfs(text.at(-1)) && !isSpace(text.at(-1)) ? text.slice(0, -1) : text);
}

export const mapfile: Builtin = async (shell, argv) => {
  const args = argv.slice(1);
  const trim = args.includes('-t');
  const name = args.filter((arg) => !arg.startsWith('-')).at(-1) ?? 'MAPFILE';
  const lines: [string, string][] = [];
  for (let bytes = await readUpTo(shell.stdin); bytes; bytes = await readUpTo(shell.stdin)) {
    const text = decoder.decode(bytes);
    lines.push([String(lines.length), trim ? text.replace(/\n$/, '') : text]);
  }
  shell.variables.setArray(name, lines, 'indexed');
  return 0;
};
