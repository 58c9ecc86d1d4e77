/** Text commands: cat, head, tail, wc, sort, uniq, cut, tr, tee, nl, tac, rev, paste, seq, yes, fold. */
import type { Source } from '#engine/http';
import { LineReader, openSink, openSource } from '#engine/os';
import {
  type Applet,
  complain,
  eachLine,
  inputs,
  Printer,
  parseCount,
  parseOptions,
  pathOf,
  UsageError,
} from '../applet.ts';

const NEWLINE = 10;

export const cat: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'nbETAvsu',
    long: { number: 'n', 'show-ends': 'E', 'show-all': 'A' },
  });
  const numbered = options.has('n') || options.has('b') || options.has('E') || options.has('T') || options.has('A');
  const printer = new Printer(process.stdout);
  let code = 0;
  let line = 0;
  for await (const input of inputs(process, flavour, options.operands)) {
    if (!input) code = 1;
    else if (!numbered) {
      for (let bytes = await input.source.read(); bytes; bytes = await input.source.read()) {
        await process.compute(0.02);
        await process.stdout.write(bytes);
      }
    } else {
      await eachLine(process, input.source, (text, terminated) => {
        const shown = options.has('T') || options.has('A') ? text.replaceAll('\t', '^I') : text;
        const number =
          options.has('b') && text === ''
            ? ''
            : options.has('n') || options.has('b')
              ? `${String(++line).padStart(6)}\t`
              : '';
        return printer.print(
          `${number}${shown}${options.has('E') || options.has('A') ? '$' : ''}${terminated ? '\n' : ''}`,
        );
      });
      await printer.flush();
    }
  }
  return code;
};

export const head: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'qv',
    values: 'nc',
    number: 'n',
    long: { 'lines=': 'n', 'bytes=': 'c', quiet: 'q' },
  });
  const bytes = options.value('c');
  const lines = options.value('n') ?? '10';
  const many = options.operands.length > 1 && !options.has('q');
  let code = 0;
  let first = true;
  for await (const input of inputs(process, flavour, options.operands)) {
    if (!input) {
      code = 1;
      continue;
    }
    const printer = new Printer(process.stdout);
    if (many)
      await printer.print(`${first ? '' : '\n'}==> ${input.name === '-' ? 'standard input' : input.name} <==\n`);
    first = false;
    if (bytes !== undefined) {
      await printer.flush();
      await copyBytes(process, input.source, parseCount(bytes, 'number of bytes'));
    } else if (lines.startsWith('-'))
      await allButLast(process, input.source, printer, parseCount(lines.slice(1), 'number of lines'));
    else {
      const limit = parseCount(lines, 'number of lines');
      let count = 0;
      const reader = new LineReader(input.source);
      while (count++ < limit) {
        const line = await reader.read();
        if (line === undefined) break;
        await printer.print(line + (reader.terminated ? '\n' : ''));
        if (count % 64 === 0) await process.compute(0.02);
        if (count === 1) await printer.flush();
      }
    }
    await printer.flush();
  }
  return code;
};

async function copyBytes(process: Parameters<Applet>[0], source: Source<Uint8Array>, limit: number): Promise<void> {
  for (let left = limit; left > 0; ) {
    const chunk = await source.read();
    if (!chunk) return;
    await process.stdout.write(chunk.subarray(0, left));
    left -= chunk.length;
  }
}

async function allButLast(
  process: Parameters<Applet>[0],
  source: Source<Uint8Array>,
  printer: Printer,
  count: number,
): Promise<void> {
  const held: string[] = [];
  await eachLine(process, source, async (line) => {
    held.push(line);
    if (held.length > count) await printer.print(`${held.shift()}\n`);
  });
}

/** How often tail -f looks at a file. */
const FOLLOW_MS = 1000;

export const tail: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'fFqv',
    values: 'ncs',
    number: 'n',
    long: { 'lines=': 'n', 'bytes=': 'c', follow: 'f' },
  });
  const spec = options.value('c') ?? options.value('n') ?? '10';
  const fromStart = spec.startsWith('+');
  const count = parseCount(spec.replace(/^[-+]/, ''), options.has('c') ? 'number of bytes' : 'number of lines');
  let code = 0;
  const followed: string[] = [];
  for await (const input of inputs(process, flavour, options.operands)) {
    if (!input) {
      code = 1;
      continue;
    }
    if (options.operands.length > 1 && !options.has('q'))
      await process.stdout.write(new TextEncoder().encode(`${followed.length > 0 ? '\n' : ''}==> ${input.name} <==\n`));
    if (options.has('c')) await tailBytes(process, input.source, count, fromStart);
    else await tailLines(process, input.source, count, fromStart);
    if (input.name !== '-') followed.push(pathOf(process, input.name));
  }
  if ((options.has('f') || options.has('F')) && followed.length > 0) await follow(process, followed);
  return code;
};

async function tailLines(
  process: Parameters<Applet>[0],
  source: Source<Uint8Array>,
  count: number,
  fromStart: boolean,
): Promise<void> {
  const printer = new Printer(process.stdout);
  const held: string[] = [];
  let number = 0;
  await eachLine(process, source, async (line, terminated) => {
    number++;
    const text = line + (terminated ? '\n' : '');
    if (fromStart) {
      if (number >= count) await printer.print(text);
    } else {
      held.push(text);
      if (held.length > count) held.shift();
    }
  });
  for (const text of held) await printer.print(text);
  await printer.flush();
}

async function tailBytes(
  process: Parameters<Applet>[0],
  source: Source<Uint8Array>,
  count: number,
  fromStart: boolean,
): Promise<void> {
  let held = new Uint8Array();
  let skipped = 0;
  for (let chunk = await source.read(); chunk; chunk = await source.read()) {
    if (fromStart) {
      const skip = Math.min(chunk.length, Math.max(0, count - 1 - skipped));
      skipped += skip;
      await process.stdout.write(chunk.subarray(skip));
    } else {
      const joined = new Uint8Array(held.length + chunk.length);
      joined.set(held);
      joined.set(chunk, held.length);
      held = joined.slice(-count || joined.length);
    }
  }
  if (!fromStart && count > 0) await process.stdout.write(held);
}

async function follow(process: Parameters<Applet>[0], paths: readonly string[]): Promise<void> {
  const sizes = new Map(paths.map((path) => [path, process.fs.exists(path) ? process.fs.stat(path).size : 0]));
  for (;;) {
    await process.clock.sleep(FOLLOW_MS, 'tail -f');
    for (const [path, size] of sizes) {
      if (!process.fs.exists(path)) continue;
      const now = process.fs.stat(path).size;
      if (now === size) continue;
      if (now < size) await complain(process, `${path}: file truncated`);
      await process.stdout.write(process.fs.readFile(path).subarray(now < size ? 0 : size));
      sizes.set(path, now);
    }
  }
}

export const wc: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'lwcmL',
    long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm' },
  });
  const wanted = ['l', 'w', 'm', 'c', 'L'].filter((letter) => options.has(letter));
  const columns = wanted.length > 0 ? wanted : ['l', 'w', 'c'];
  const rows: { readonly counts: readonly number[]; readonly name: string }[] = [];
  let code = 0;
  for await (const input of inputs(process, flavour, options.operands)) {
    if (!input) code = 1;
    else
      rows.push({
        counts: await countAll(process, input.source, columns),
        name: options.operands.length === 0 ? '' : input.name,
      });
  }
  if (rows.length > 1)
    rows.push({
      counts: columns.map((_, i) => rows.reduce((sum, row) => sum + (row.counts[i] as number), 0)),
      name: 'total',
    });
  const single = columns.length === 1 && rows.length <= 1;
  const widest = Math.max(1, ...rows.flatMap((row) => row.counts.map((count) => String(count).length)));
  const width = single
    ? 0
    : flavour === 'busybox'
      ? 9
      : options.operands.length === 0 || options.operands.includes('-')
        ? 7
        : widest;
  const printer = new Printer(process.stdout);
  for (const { counts, name } of rows) {
    const text = counts.map((count) => String(count).padStart(width)).join(' ');
    await printer.print(`${text}${name ? ` ${name}` : ''}\n`);
  }
  await printer.flush();
  return code;
};

async function countAll(
  process: Parameters<Applet>[0],
  source: Source<Uint8Array>,
  columns: readonly string[],
): Promise<number[]> {
  const counts = { l: 0, w: 0, c: 0, m: 0, L: 0 };
  let inWord = false;
  let column = 0;
  for (let chunk = await source.read(); chunk; chunk = await source.read()) {
    await process.compute(0.02);
    counts.c += chunk.length;
    for (const byte of chunk) {
      if ((byte & 0xc0) !== 0x80) counts.m++;
      if (byte === NEWLINE) {
        counts.l++;
        counts.L = Math.max(counts.L, column);
        column = 0;
      } else column++;
      const space = byte === 32 || (byte >= 9 && byte <= 13);
      if (!space && !inWord) counts.w++;
      inWord = !space;
    }
  }
  return columns.map((name) => counts[name as keyof typeof counts]);
}

export const tee: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'ai', long: { append: 'a' } });
  const sinks = options.operands.map((path) => openSink(process, path, options.has('a')));
  for (let chunk = await process.stdin.read(); chunk; chunk = await process.stdin.read()) {
    for (const sink of sinks) await sink.write(chunk);
    await process.stdout.write(chunk);
  }
  return 0;
};

export const seq: Applet = async (process) => {
  const options = parseOptions(
    process.argv.map((arg, i) => (i > 0 && /^-[\d.]/.test(arg) ? ` ${arg}` : arg)),
    { flags: 'w', values: 'sf' },
  );
  const numbers = options.operands.map((text) => text.trim());
  for (const text of numbers)
    if (Number.isNaN(Number(text)) || text === '') throw new UsageError(`invalid floating point argument: '${text}'`);
  if (numbers.length === 0) throw new UsageError('missing operand');
  const [first, step, last] =
    numbers.length === 1 ? ['1', '1', numbers[0]] : numbers.length === 2 ? [numbers[0], '1', numbers[1]] : numbers;
  const decimals = Math.max(...[first, step].map((text) => /\.(\d*)/.exec(text as string)?.[1]?.length ?? 0));
  const [from, by, to] = [Number(first), Number(step), Number(last)];
  if (by === 0) throw new UsageError(`invalid Zero increment value: '${step}'`);
  const width = options.has('w') ? Math.max(from.toFixed(decimals).length, to.toFixed(decimals).length) : 0;
  const separator = options.value('s') ?? '\n';
  const printer = new Printer(process.stdout);
  const count = Math.floor((to - from) / by + 1e-10);
  for (let i = 0; i <= count; i++) {
    await printer.print((i > 0 ? separator : '') + (from + i * by).toFixed(decimals).padStart(width, '0'));
    if (i % 256 === 255) await process.compute(0.05);
  }
  if (count >= 0) await printer.print('\n');
  await printer.flush();
  return 0;
};

export const yes: Applet = async (process) => {
  const text = `${process.argv.slice(1).join(' ') || 'y'}\n`;
  const bytes = new TextEncoder().encode(text.repeat(Math.max(1, Math.floor(4096 / text.length))));
  for (;;) {
    await process.compute(0.05);
    await process.stdout.write(bytes);
  }
};

export const tac: Applet = async (process, flavour) => {
  const lines: string[] = [];
  for await (const input of inputs(process, flavour, parseOptions(process.argv, {}).operands))
    if (input) await eachLine(process, input.source, (line) => lines.push(line) > 0);
  await printAll(process, lines.reverse());
  return 0;
};

async function printAll(process: Parameters<Applet>[0], lines: readonly string[]): Promise<void> {
  const printer = new Printer(process.stdout);
  for (const line of lines) await printer.print(`${line}\n`);
  await printer.flush();
}

export const rev: Applet = (process, flavour) => mapLines(process, flavour, (line) => [...line].reverse().join(''));

export const nl: Applet = (process, flavour) => {
  let number = 0;
  return mapLines(process, flavour, (line) => (line === '' ? '       ' : `${String(++number).padStart(6)}\t${line}`));
};

export const fold: Applet = (process, flavour) => {
  const width = Number(parseOptions(process.argv, { flags: 'sb', values: 'w' }).value('w') ?? 80);
  return mapLines(
    process,
    flavour,
    (line) => line.match(new RegExp(`.{1,${Math.max(1, width)}}`, 'gu'))?.join('\n') ?? '',
  );
};

async function mapLines(
  process: Parameters<Applet>[0],
  flavour: Parameters<Applet>[1],
  change: (line: string) => string,
): Promise<number> {
  const { operands } = parseOptions(process.argv, { flags: 'absE', values: 'bwsvi' });
  const printer = new Printer(process.stdout);
  let code = 0;
  for await (const input of inputs(process, flavour, operands)) {
    if (!input) code = 1;
    else await eachLine(process, input.source, (line) => printer.print(`${change(line)}\n`));
  }
  await printer.flush();
  return code;
}

export const paste: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 's', values: 'd' });
  const delimiters = (options.value('d') ?? '\t').replace(/\\t/g, '\t').replace(/\\n/g, '\n');
  const readers = (options.operands.length > 0 ? options.operands : ['-']).map(
    (name) => new LineReader(name === '-' ? process.stdin : openSource(process, name)),
  );
  const between = (i: number) => delimiters[i % Math.max(1, delimiters.length)] ?? '';
  const lines: string[] = [];
  if (options.has('s')) {
    for (const reader of readers) {
      const parts: string[] = [];
      for (let line = await reader.read(); line !== undefined; line = await reader.read()) parts.push(line);
      lines.push(parts.reduce((all, part, i) => (i === 0 ? part : all + between(i - 1) + part), ''));
    }
  } else {
    for (;;) {
      const row: (string | undefined)[] = [];
      for (const reader of readers) row.push(await reader.read());
      if (row.every((cell) => cell === undefined)) break;
      lines.push(
        row.reduce<string>((all, cell, i) => (i === 0 ? (cell ?? '') : all + between(i - 1) + (cell ?? '')), ''),
      );
    }
  }
  await printAll(process, lines);
  return 0;
};
