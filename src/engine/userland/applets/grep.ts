/** grep: lines that match. */
import { openSource, type Process, readText } from '#engine/os';
import { type Applet, complain, eachLine, inputs, Printer, parseOptions, UsageError } from '../applet.ts';
import { literalSource, regexSource } from './posix-regex.ts';

const GREP_LONG = {
  'ignore-case': 'i',
  'invert-match': 'v',
  count: 'c',
  'line-number': 'n',
  'only-matching': 'o',
  quiet: 'q',
  silent: 'q',
  recursive: 'r',
  'files-with-matches': 'l',
  'files-without-match': 'L',
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'perl-regexp': 'P',
  'word-regexp': 'w',
  'line-regexp': 'x',
  'no-messages': 's',
  'no-filename': 'h',
  'with-filename': 'H',
  'line-buffered': 'u',
  text: 'a',
  'regexp=': 'e',
  'file=': 'f',
  'max-count=': 'm',
  'after-context=': 'A',
  'before-context=': 'B',
  'context=': 'C',
  'color=': 'k',
  'colour=': 'k',
  color: 'k',
  'include=': 'I',
  'exclude=': 'X',
}; // prettier-ignore

interface Search {
  readonly regex: RegExp;
  readonly invert: boolean;
  readonly only: boolean;
  readonly quiet: boolean;
  readonly counts: boolean;
  readonly names: 'with' | 'without' | undefined;
  readonly numbers: boolean;
  readonly showName: boolean;
  readonly max: number;
  readonly before: number;
  readonly after: number;
}

export const grep: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'ivcnoqrRlLEFPGwxshHaIu',
    values: 'efmABC',
    number: 'C',
    long: GREP_LONG,
  });
  const name = (process.argv[0] ?? '').replace(/^.*\//, '');
  const operands = [...options.operands];
  const patterns = options.all('e').flatMap((text) => text.split('\n'));
  for (const path of options.all('f'))
    patterns.push(...(await readText(openSource(process, path))).replace(/\n$/, '').split('\n'));
  if (!options.has('e') && !options.has('f')) {
    const first = operands.shift();
    if (first === undefined) throw new UsageError(flavour === 'gnu' ? 'no pattern given' : 'no pattern');
    patterns.push(...first.split('\n'));
  }
  const fixed = options.has('F') || name === 'fgrep';
  const extended = options.has('E') || options.has('P') || name === 'egrep';
  let regex: RegExp;
  try {
    const sources = patterns.map((pattern) =>
      fixed ? literalSource(pattern) : options.has('P') ? pattern : regexSource(pattern, extended),
    );
    const wrapped = sources.map((source) =>
      options.has('x') ? `^(?:${source})$` : options.has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : source,
    );
    regex = new RegExp(
      wrapped.map((source) => (wrapped.length > 1 ? `(?:${source})` : source)).join('|'),
      `g${options.has('i') ? 'i' : ''}`,
    );
  } catch (error) {
    await complain(process, (error as Error).message);
    return 2;
  }
  const recursive = options.has('r') || options.has('R');
  const files = recursive ? walkFiles(process, operands.length > 0 ? operands : ['.']) : operands;
  const context = options.value('C') ?? '0';
  const search: Search = {
    regex,
    invert: options.has('v'),
    only: options.has('o'),
    quiet: options.has('q'),
    counts: options.has('c'),
    names: options.has('l') ? 'with' : options.has('L') ? 'without' : undefined,
    numbers: options.has('n'),
    showName: options.has('H') || ((files.length > 1 || recursive) && !options.has('h')),
    max: Number(options.value('m') ?? Number.POSITIVE_INFINITY),
    before: Number(options.value('B') ?? context),
    after: Number(options.value('A') ?? context),
  };
  let found = false;
  let failed = false;
  for await (const input of recursive && files.length === 0 ? noInput() : inputs(process, flavour, files)) {
    if (!input) failed = true;
    else if ((await grepOne(process, search, input)) > 0) {
      found = true;
      if (search.quiet) return 0;
    }
  }
  return failed && !(found && search.quiet) ? 2 : found ? 0 : 1;
};

async function* noInput(): AsyncGenerator<undefined, void> {
  // Nothing to search.
}

async function grepOne(
  process: Process,
  search: Search,
  input: { readonly name: string; readonly source: Parameters<typeof eachLine>[1] },
): Promise<number> {
  const printer = new Printer(process.stdout);
  const label = input.name === '-' ? '(standard input)' : input.name;
  let count = 0;
  let number = 0;
  let lastShown = 0;
  let trailing = 0;
  const held: { readonly line: string; readonly number: number }[] = [];
  const show = async (line: string, at: number, mark: string) => {
    if ((search.before > 0 || search.after > 0) && lastShown > 0 && at > lastShown + 1) await printer.print('--\n');
    lastShown = at;
    await printer.print(`${search.showName ? label + mark : ''}${search.numbers ? at + mark : ''}${line}\n`);
    await printer.flush();
  };
  await eachLine(process, input.source, async (line) => {
    number++;
    search.regex.lastIndex = 0;
    const hit = search.regex.test(line) !== search.invert;
    if (hit) {
      count++;
      if (search.quiet || search.names) return false;
      if (!search.counts) {
        for (const earlier of held.splice(0))
          if (earlier.number > lastShown) await show(earlier.line, earlier.number, '-');
        if (!search.only) await show(line, number, ':');
        else if (!search.invert)
          for (const match of line.matchAll(new RegExp(search.regex)))
            if (match[0] !== '') await show(match[0], number, ':');
      }
      trailing = search.after;
      return count < search.max;
    }
    if (trailing > 0 && !search.counts) {
      trailing--;
      await show(line, number, '-');
    } else if (search.before > 0) {
      held.push({ line, number });
      if (held.length > search.before) held.shift();
    }
    return true;
  });
  if (search.counts && !search.quiet) await printer.print(`${search.showName ? `${label}:` : ''}${count}\n`);
  if ((search.names === 'with' && count > 0) || (search.names === 'without' && count === 0))
    await printer.print(`${label}\n`);
  await printer.flush();
  return count;
}

/** Every file below, with names as given. */
function walkFiles(process: Process, roots: readonly string[]): string[] {
  const out: string[] = [];
  const visit = (path: string) => {
    const full = path.startsWith('/') ? path : `${process.cwd}/${path}`;
    if (!process.fs.exists(full)) {
      out.push(path);
      return;
    }
    const { type } = process.fs.stat(full);
    if (type === 'file') out.push(path);
    if (type === 'directory')
      for (const name of process.fs.readdir(full)) visit(path === '.' ? name : `${path.replace(/\/$/, '')}/${name}`);
  };
  for (const root of roots) visit(root);
  return out;
}
