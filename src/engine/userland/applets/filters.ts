/** Filters: sort, uniq, cut, tr. */
import { type Applet, complain, eachLine, inputs, Printer, parseOptions, UsageError } from '../applet.ts';

export const sort: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'rnuhfbdgVMscCz',
    values: 'kto',
    long: {
      reverse: 'r',
      'numeric-sort': 'n',
      unique: 'u',
      'key=': 'k',
      'field-separator=': 't',
      'human-numeric-sort': 'h',
      'version-sort': 'V',
      'ignore-case': 'f',
      stable: 's',
      'output=': 'o',
    },
  });
  const lines: string[] = [];
  let code = 0;
  for await (const input of inputs(process, flavour, options.operands)) {
    if (!input) code = 2;
    else await eachLine(process, input.source, (line) => lines.push(line) > 0);
  }
  const global = ['n', 'h', 'V', 'f', 'r', 'b', 'g', 'd'].filter((letter) => options.has(letter)).join('');
  const keys = options.all('k').map((spec) => sortKey(spec, global, options.value('t')));
  const compare = (a: string, b: string): number => {
    for (const key of keys) {
      const order = compareBy(key.pick(a), key.pick(b), key.flags) * (key.flags.includes('r') ? -1 : 1);
      if (order !== 0) return order;
    }
    if (keys.length > 0)
      return options.has('s') || options.has('u') ? 0 : plainOrder(a, b) * (options.has('r') ? -1 : 1);
    const order = compareBy(a, b, global) || (options.has('u') || options.has('s') ? 0 : plainOrder(a, b));
    return options.has('r') ? -order : order;
  };
  if (options.has('c') || options.has('C')) {
    const bad = lines.findIndex((line, i) => i > 0 && compare(lines[i - 1] as string, line) > 0);
    if (bad > 0 && options.has('c')) await complain(process, `-:${bad + 1}: disorder: ${lines[bad]}`);
    return bad > 0 ? 1 : 0;
  }
  await process.compute(lines.length * 0.001);
  lines.sort(compare);
  const out = options.has('u')
    ? lines.filter((line, i) => i === 0 || compare(lines[i - 1] as string, line) !== 0)
    : lines;
  const target = options.value('o');
  if (target !== undefined)
    process.fs.writeFile(
      target.startsWith('/') ? target : `${process.cwd}/${target}`,
      new TextEncoder().encode(out.map((line) => `${line}\n`).join('')),
    );
  else {
    const printer = new Printer(process.stdout);
    for (const line of out) await printer.print(`${line}\n`);
    await printer.flush();
  }
  return code;
};

function sortKey(
  spec: string,
  global: string,
  separator: string | undefined,
): { readonly flags: string; readonly pick: (line: string) => string } {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(spec);
  if (!match) throw new UsageError(`invalid number at field start: invalid count at start of '${spec}'`);
  const [, start, startChar, startFlags = '', end, endChar, endFlags = ''] = match;
  const pick = (line: string) => {
    const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? ['']) : line.split(separator);
    const from = Number(start) - 1;
    const to = end === undefined ? fields.length : Number(end);
    const text = fields.slice(from, to).join(separator ?? '');
    const last = endChar === undefined || endChar === '0' ? text.length : Number(endChar) - 0;
    return text.slice(startChar === undefined ? 0 : Number(startChar) - 1, Math.max(0, last));
  };
  return { flags: startFlags + endFlags || global, pick };
}

const plainOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const UNITS: { readonly [unit: string]: number } = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

function compareBy(a: string, b: string, flags: string): number {
  if (/[ng]/.test(flags)) return (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0);
  if (flags.includes('h')) {
    const size = (text: string) =>
      (Number.parseFloat(text) || 0) * (UNITS[/[KMGT]/i.exec(text)?.[0]?.toUpperCase() ?? ''] ?? 1);
    return size(a) - size(b);
  }
  if (flags.includes('V')) return versionOrder(a, b);
  const [x, y] = flags.includes('b') ? [a.trimStart(), b.trimStart()] : [a, b];
  return flags.includes('f') ? plainOrder(x.toUpperCase(), y.toUpperCase()) : plainOrder(x, y);
}

function versionOrder(a: string, b: string): number {
  const [x, y] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p = '', q = ''] = [x[i], y[i]];
    const order = /^\d/.test(p) && /^\d/.test(q) ? Number(p) - Number(q) : plainOrder(p, q);
    if (order !== 0) return order;
  }
  return 0;
}

export const uniq: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'cdui',
    values: 'fsw',
    long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i' },
  });
  const printer = new Printer(process.stdout);
  let current: string | undefined;
  let count = 0;
  const skip = Number(options.value('f') ?? 0);
  const key = (line: string) => {
    const text = skip > 0 ? line.replace(new RegExp(`^(?:\\s*\\S+){0,${skip}}`), '') : line;
    return options.has('i') ? text.toLowerCase() : text;
  };
  const flush = async () => {
    if (current === undefined || (options.has('d') && count < 2) || (options.has('u') && count > 1)) return;
    await printer.print(`${options.has('c') ? `${String(count).padStart(7)} ` : ''}${current}\n`);
  };
  for await (const input of inputs(process, flavour, options.operands.slice(0, 1))) {
    if (!input) return 1;
    await eachLine(process, input.source, async (line) => {
      if (current !== undefined && key(line) === key(current)) count++;
      else {
        await flush();
        current = line;
        count = 1;
      }
    });
  }
  await flush();
  await printer.flush();
  return 0;
};

export const cut: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'sn',
    values: 'dfcb',
    long: {
      'delimiter=': 'd',
      'fields=': 'f',
      'characters=': 'c',
      'bytes=': 'b',
      'only-delimited': 's',
      'output-delimiter=': 'O',
      complement: 'C',
    },
  });
  const list = options.value('f') ?? options.value('c') ?? options.value('b');
  if (list === undefined) throw new UsageError('you must specify a list of bytes, characters, or fields');
  const ranges = list.split(',').map((part) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || part === '' || part === '-')
      throw new UsageError(`invalid ${options.has('f') ? 'field' : 'byte/character'} value '${part}'`);
    return {
      from: Number(match[1] || 1),
      to: match[2] ? Number(match[3] || Number.POSITIVE_INFINITY) : Number(match[1]),
    };
  });
  const delimiter = options.value('d') ?? '\t';
  if (delimiter.length !== 1) throw new UsageError('the delimiter must be a single character');
  const wanted = (i: number) => ranges.some(({ from, to }) => i >= from && i <= to) !== options.has('C');
  const printer = new Printer(process.stdout);
  let code = 0;
  for await (const input of inputs(process, flavour, options.operands)) {
    if (!input) {
      code = 1;
      continue;
    }
    await eachLine(process, input.source, (line) => {
      if (!options.has('f')) return printer.print(`${[...line].filter((_, i) => wanted(i + 1)).join('')}\n`);
      if (!line.includes(delimiter)) return options.has('s') ? undefined : printer.print(`${line}\n`);
      return printer.print(
        `${line
          .split(delimiter)
          .filter((_, i) => wanted(i + 1))
          .join(options.value('O') ?? delimiter)}\n`,
      );
    });
    await printer.flush();
  }
  return code;
};

export const tr: Applet = async (process) => {
  const options = parseOptions(process.argv, {
    flags: 'dscCt',
    long: { delete: 'd', 'squeeze-repeats': 's', complement: 'c' },
  });
  const [first, second] = options.operands;
  if (first === undefined) throw new UsageError('missing operand');
  if (second === undefined && !options.has('d') && !options.has('s'))
    throw new UsageError(`missing operand after '${first}'`);
  const complement = options.has('c') || options.has('C');
  const from = new Set(expandSet(first));
  const list = expandSet(first);
  const to = second === undefined ? [] : expandSet(second);
  const inFirst = (char: string) => from.has(char) !== complement;
  const mapping = new Map(list.map((char, i): [string, string] => [char, to[Math.min(i, to.length - 1)] ?? char]));
  const squeezed = new Set(to.length > 0 && !options.has('d') ? to : options.has('d') ? to : list);
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let last = '';
  for (let chunk = await process.stdin.read(); chunk; chunk = await process.stdin.read()) {
    await process.compute(0.05);
    let out = '';
    for (const char of decoder.decode(chunk, { stream: true })) {
      if (options.has('d') && inFirst(char)) continue;
      const next =
        options.has('d') || second === undefined
          ? char
          : inFirst(char)
            ? complement
              ? (to.at(-1) ?? char)
              : (mapping.get(char) ?? char)
            : char;
      if (
        options.has('s') &&
        next === last &&
        (second === undefined && complement ? inFirst(next) : squeezed.has(next))
      )
        continue;
      out += next;
      last = next;
    }
    if (out !== '') await process.stdout.write(encoder.encode(out));
  }
  return 0;
};

function expandSet(text: string): string[] {
  const plain = text
    .replace(/\[:(\w+):\]/g, (_, name: string) => SETS[name] ?? '')
    .replace(/\\([0-7]{1,3}|.)/g, (_, code: string) =>
      /^[0-7]/.test(code)
        ? String.fromCharCode(Number.parseInt(code, 8))
        : ({ n: '\n', t: '\t', r: '\r', '\\': '\\', '0': '\0' }[code] ?? code),
    );
  const out: string[] = [];
  const chars = [...plain];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    const end = chars[i + 2];
    if (chars[i + 1] === '-' && end !== undefined && end >= char) {
      for (let code = char.charCodeAt(0); code <= end.charCodeAt(0); code++) out.push(String.fromCharCode(code));
      i += 2;
    } else out.push(char);
  }
  return out;
}

const SETS: { readonly [name: string]: string } = {
  lower: 'a-z',
  upper: 'A-Z',
  digit: '0-9',
  alpha: 'A-Za-z',
  alnum: 'A-Za-z0-9',
  space: ' \t\n\v\f\r',
  blank: ' \t',
  punct: '!-/:-@[-`{-~',
  xdigit: '0-9A-Fa-f',
  cntrl: '\x01-\x1f',
};
