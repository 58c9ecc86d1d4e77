/** expr, shuf, cmp and diff. */
import { openSource, type Process, print, readBytes, readText } from '#engine/os';
import { type Applet, eachLine, inputs, Printer, parseOptions, UsageError } from '../applet.ts';
import { posixRegex } from './posix-regex.ts';

export const expr: Applet = async (process) => {
  const args = process.argv.slice(1);
  let at = 0;
  const integer = (text: string): bigint => {
    if (!/^-?\d+$/.test(text)) throw new UsageError('non-integer argument');
    return BigInt(text);
  };
  const isFalse = (text: string) => text === '' || text === '0';
  const primary = (): string => {
    const word = args[at++];
    if (word === undefined) throw new UsageError('syntax error: missing argument');
    if (word === '(') {
      const value = level(0);
      if (args[at++] !== ')') throw new UsageError("syntax error: expecting ')'");
      return value;
    }
    if (word === 'length') return String([...primary()].length);
    if (word === 'substr') {
      const [text, from, count] = [primary(), Number(primary()), Number(primary())];
      return from < 1 ? '' : text.substr(from - 1, count);
    }
    return word;
  };
  const levels = [['|'], ['&'], ['=', '==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%'], [':']];
  const level = (n: number): string => {
    const operators = levels[n];
    if (!operators) return primary();
    let left = level(n + 1);
    while (operators.includes(args[at] ?? '')) {
      const operator = args[at++] as string;
      left = apply(operator, left, level(n + 1), integer, isFalse);
    }
    return left;
  };
  const value = level(0);
  if (at < args.length) throw new UsageError(`syntax error: unexpected argument '${args[at]}'`);
  await print(process.stdout, `${value}\n`);
  return isFalse(value) ? 1 : 0;
};

function apply(
  operator: string,
  left: string,
  right: string,
  integer: (text: string) => bigint,
  isFalse: (text: string) => boolean,
): string {
  if (operator === '|') return isFalse(left) ? right : left;
  if (operator === '&') return isFalse(left) || isFalse(right) ? '0' : left;
  if (operator === ':') {
    const match = posixRegex(`^${right.replace(/^\^/, '')}`, false).exec(left);
    return right.includes('\\(') ? (match?.[1] ?? '') : String(match?.[0].length ?? 0);
  }
  if ('+-*/%'.includes(operator)) {
    const [a, b] = [integer(left), integer(right)];
    if ((operator === '/' || operator === '%') && b === 0n) throw new UsageError('division by zero');
    const result =
      operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b;
    return String(BigInt.asIntN(64, result));
  }
  const numeric = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  const order = numeric ? Number(BigInt(left) - BigInt(right)) : left < right ? -1 : left > right ? 1 : 0;
  return {
    '=': order === 0,
    '==': order === 0,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  }[operator]
    ? '1'
    : '0';
}

export const shuf: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'er',
    values: 'ni',
    long: { 'head-count=': 'n', 'input-range=': 'i', echo: 'e' },
  });
  const lines: string[] = [];
  const range = /^(\d+)-(\d+)$/.exec(options.value('i') ?? '');
  if (range)
    for (let n = Number(range[1]); n <= Math.min(Number(range[2]), Number(range[1]) + 1e6); n++) lines.push(String(n));
  else if (options.has('e')) lines.push(...options.operands);
  else
    for await (const input of inputs(process, flavour, options.operands))
      if (input) await eachLine(process, input.source, (line) => lines.push(line) > 0);
  const rng = process.rng.fork('shuf');
  for (let i = lines.length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [lines[i], lines[j]] = [lines[j] as string, lines[i] as string];
  }
  const printer = new Printer(process.stdout);
  for (const line of lines.slice(0, Number(options.value('n') ?? lines.length))) await printer.print(`${line}\n`);
  await printer.flush();
  return 0;
};

export const cmp: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'sl' });
  const [first = '-', second = '-'] = options.operands;
  const [a, b] = [await bytesOf(process, first), await bytesOf(process, second)];
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at < 0 && a.length === b.length) return 0;
  const line = a.subarray(0, Math.max(0, at)).filter((byte) => byte === 10).length + 1;
  if (!options.has('s'))
    await print(
      process.stdout,
      at < 0 ? `cmp: EOF on ${first}\n` : `${first} ${second} differ: byte ${at + 1}, line ${line}\n`,
    );
  return 1;
};

const bytesOf = (process: Process, name: string): Promise<Uint8Array> =>
  readBytes(name === '-' ? process.stdin : openSource(process, name));

/** Bounds the table of the longest common subsequence. */
const MAX_LINES = 3000;

export const diff: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'uqNraib', long: { unified: 'u', brief: 'q' } });
  const [first = '-', second = '-'] = options.operands;
  const read = async (name: string) => {
    const text = await readText(name === '-' ? process.stdin : openSource(process, name));
    return text === '' ? [] : text.replace(/\n$/, '').split('\n');
  };
  const [a, b] = [await read(first), await read(second)];
  if (a.length === b.length && a.every((line, i) => line === b[i])) return 0;
  if (options.has('q') || a.length > MAX_LINES || b.length > MAX_LINES) {
    await print(process.stdout, `Files ${first} and ${second} differ\n`);
    return 1;
  }
  await process.compute((a.length * b.length) / 100_000);
  const edits = changes(a, b);
  await print(process.stdout, options.has('u') ? unified(first, second, edits) : normal(edits));
  return 1;
};

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
  /** Lines of each file before this one. */
  readonly a: number;
  readonly b: number;
}

function changes(a: readonly string[], b: readonly string[]): Edit[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = a[i] === b[j];
      lengths[i * width + j] = same
        ? (lengths[(i + 1) * width + j + 1] as number) + 1
        : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) edits.push({ kind: ' ', line: a[i] as string, a: i++, b: j++ });
    else if (
      i < a.length &&
      (j >= b.length || (lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number))
    )
      edits.push({ kind: '-', line: a[i] as string, a: i++, b: j });
    else edits.push({ kind: '+', line: b[j] as string, a: i, b: j++ });
  }
  return edits;
}

function normal(edits: readonly Edit[]): string {
  let out = '';
  for (let at = 0; at < edits.length; ) {
    if ((edits[at] as Edit).kind === ' ') {
      at++;
      continue;
    }
    let end = at;
    while (end < edits.length && (edits[end] as Edit).kind !== ' ') end++;
    const hunk = edits.slice(at, end);
    const removed = hunk.filter(({ kind }) => kind === '-');
    const added = hunk.filter(({ kind }) => kind === '+');
    const { a, b } = hunk[0] as Edit;
    const span = (start: number, count: number) =>
      count === 0 ? String(start) : count === 1 ? String(start + 1) : `${start + 1},${start + count}`;
    const letter = removed.length === 0 ? 'a' : added.length === 0 ? 'd' : 'c';
    out += `${span(a, removed.length)}${letter}${span(b, added.length)}\n${removed.map(({ line }) => `< ${line}\n`).join('')}${letter === 'c' ? '---\n' : ''}${added.map(({ line }) => `> ${line}\n`).join('')}`;
    at = end;
  }
  return out;
}

function unified(first: string, second: string, edits: readonly Edit[]): string {
  const context = 3;
  let out = `--- ${first}\n+++ ${second}\n`;
  for (let at = 0; at < edits.length; ) {
    const change = edits.findIndex((edit, i) => i >= at && edit.kind !== ' ');
    if (change < 0) break;
    const start = Math.max(at, change - context);
    let end = change;
    for (let i = change; i < edits.length && i <= end + context * 2; i++) if ((edits[i] as Edit).kind !== ' ') end = i;
    const hunk = edits.slice(start, Math.min(edits.length, end + context + 1));
    const count = (other: '-' | '+') => hunk.filter(({ kind }) => kind !== other).length;
    const { a, b } = hunk[0] as Edit;
    const [oldCount, newCount] = [count('+'), count('-')];
    out += `@@ -${oldCount === 0 ? a : a + 1}${oldCount === 1 ? '' : `,${oldCount}`} +${newCount === 0 ? b : b + 1}${newCount === 1 ? '' : `,${newCount}`} @@\n${hunk.map(({ kind, line }) => `${kind}${line}\n`).join('')}`;
    at = start + hunk.length;
  }
  return out;
}
