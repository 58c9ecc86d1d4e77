/** What is there: ls, stat, du, df, find, pwd, mount. */
import { type FileStat, OsError, type Process, print } from '#engine/os';
import { civilTime, type Millis } from '#engine/sim';
import { type Applet, complain, Printer, parseOptions, pathOf } from '../applet.ts';
import { pad, shortMonth } from '../http-date.ts';

const HALF_YEAR_MS = 182 * 86_400_000;

export function modeText(stat: FileStat): string {
  const kind = { directory: 'd', symlink: 'l', device: 'c', file: '-' }[stat.type];
  const bits = [6, 3, 0]
    .map(
      (shift) =>
        `${(stat.mode >> shift) & 4 ? 'r' : '-'}${(stat.mode >> shift) & 2 ? 'w' : '-'}${(stat.mode >> shift) & 1 ? 'x' : '-'}`,
    )
    .join('');
  return kind + (stat.mode & 0o1000 ? `${bits.slice(0, -1)}${bits.endsWith('x') ? 't' : 'T'}` : bits);
}

function listTime(at: Millis, now: Millis): string {
  const t = civilTime(at);
  const recent = now - at < HALF_YEAR_MS && at <= now + 60_000;
  return `${shortMonth(t.month)} ${pad(t.day, 2, ' ')} ${recent ? `${pad(t.hour)}:${pad(t.minute)}` : pad(t.year, 5, ' ')}`;
}

function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = '';
  for (const next of 'KMGT') {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${unit}`;
}

function names(process: Process, file: string): ReadonlyMap<number, string> {
  if (!process.fs.exists(file)) return new Map();
  const rows = new TextDecoder()
    .decode(process.fs.readFile(file))
    .split('\n')
    .map((line) => line.split(':'));
  return new Map(
    rows.filter((row) => row.length > 2).map((row): [number, string] => [Number(row[2]), row[0] as string]),
  );
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

export const ls: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, {
    flags: 'laA1hrtSRdFipsnGgoLkNQX',
    long: {
      all: 'a',
      'almost-all': 'A',
      'human-readable': 'h',
      reverse: 'r',
      recursive: 'R',
      directory: 'd',
      color: 'k',
      'color=': 'k',
      'full-time': 'l',
    },
  });
  const operands = options.operands.length > 0 ? options.operands : ['.'];
  const files: Entry[] = [];
  const directories: Entry[] = [];
  let code = 0;
  for (const name of operands) {
    const path = pathOf(process, name);
    try {
      const link = process.fs.lstat(path);
      const stat =
        link.type === 'symlink' && !options.has('l') && !options.has('d')
          ? process.fs.exists(path)
            ? process.fs.stat(path)
            : link
          : link;
      (stat.type === 'directory' && !options.has('d') ? directories : files).push({ name, path, stat });
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      await complain(
        process,
        flavour === 'gnu' ? `cannot access '${name}': ${error.message}` : `${name}: ${error.message}`,
      );
      code = flavour === 'gnu' ? 2 : 1;
    }
  }
  const printer = new Printer(process.stdout);
  const show = (entries: readonly Entry[], total: boolean) => showEntries(process, printer, entries, options, total);
  const byName = (entries: Entry[]) => sorted(entries, options);
  if (files.length > 0) await show(byName(files), false);
  const titled = operands.length > 1 || options.has('R');
  let first = files.length === 0;
  const showDirectory = async (directory: Entry): Promise<void> => {
    await process.compute(0.1);
    if (titled) await printer.print(`${first ? '' : '\n'}${directory.name}:\n`);
    first = false;
    const inside = byName(readEntries(process, directory, options));
    await show(inside, true);
    if (!options.has('R')) return;
    for (const entry of inside)
      if (entry.stat.type === 'directory' && entry.name !== '.' && entry.name !== '..')
        await showDirectory({ ...entry, name: `${directory.name.replace(/\/$/, '')}/${entry.name}` });
  };
  for (const directory of byName(directories)) await showDirectory(directory);
  await printer.flush();
  return code;
};

type Parsed = ReturnType<typeof parseOptions>;

function readEntries(process: Process, directory: Entry, options: Parsed): Entry[] {
  const listed = process.fs
    .readdir(directory.path)
    .filter((name) => options.has('a') || options.has('A') || !name.startsWith('.'));
  const entries = (options.has('a') ? ['.', '..', ...listed] : listed).map((name) => {
    const path = `${directory.path === '/' ? '' : directory.path}/${name}`;
    return { name, path, stat: process.fs.lstat(path) };
  });
  return entries;
}

function sorted(entries: Entry[], options: Parsed): Entry[] {
  const by = options.last('tS');
  const order = [...entries].sort(
    (a, b) =>
      (by === 't' ? b.stat.modified - a.stat.modified : by === 'S' ? b.stat.size - a.stat.size : 0) ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  return options.has('r') ? order.reverse() : order;
}

async function showEntries(
  process: Process,
  printer: Printer,
  entries: readonly Entry[],
  options: Parsed,
  total: boolean,
): Promise<void> {
  const mark = ({ stat }: Entry) =>
    options.has('F') || options.has('p')
      ? stat.type === 'directory'
        ? '/'
        : options.has('F') && stat.type === 'symlink'
          ? '@'
          : options.has('F') && (stat.mode & 0o111) !== 0
            ? '*'
            : ''
      : '';
  if (!options.has('l') && !options.has('n') && !options.has('g') && !options.has('o')) {
    const { terminal } = process;
    if (terminal && !options.has('1'))
      await printer.print(
        columns(
          entries.map((entry) => entry.name + mark(entry)),
          terminal.columns,
        ),
      );
    else for (const entry of entries) await printer.print(`${entry.name}${mark(entry)}\n`);
    return;
  }
  const users = names(process, '/etc/passwd');
  const groups = names(process, '/etc/group');
  const size = (stat: FileStat) => (options.has('h') ? humanSize(stat.size) : String(stat.size));
  const rows = entries.map((entry) => {
    const { stat } = entry;
    const owner = options.has('n') ? String(stat.uid) : (users.get(stat.uid) ?? String(stat.uid));
    const group = options.has('n') ? String(stat.gid) : (groups.get(stat.gid) ?? String(stat.gid));
    const target = stat.type === 'symlink' ? ` -> ${process.fs.readlink(entry.path)}` : '';
    return {
      cells: [modeText(stat), stat.type === 'directory' ? '2' : '1', owner, group, size(stat)],
      rest: `${listTime(stat.modified, process.clock.now())} ${entry.name}${mark(entry)}${target}`,
    };
  });
  const blocks = entries.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4, 0);
  if (total)
    await printer.print(`total ${options.has('h') ? (blocks === 0 ? '0' : humanSize(blocks * 1024)) : blocks}\n`);
  const width = (i: number) => Math.max(0, ...rows.map(({ cells }) => (cells[i] as string).length));
  const widths = [0, 1, 2, 3, 4].map(width);
  for (const { cells, rest } of rows) {
    const text = cells.map((cell, i) =>
      i === 1 || i === 4 ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number),
    );
    await printer.print(`${text.join(' ')} ${rest}\n`);
  }
}

function columns(words: readonly string[], width: number): string {
  if (words.length === 0) return '';
  const cell = Math.max(...words.map((word) => word.length)) + 2;
  const perRow = Math.max(1, Math.floor(width / cell));
  const rows = Math.ceil(words.length / perRow);
  let out = '';
  for (let row = 0; row < rows; row++) {
    const line: string[] = [];
    for (let i = row; i < words.length; i += rows) line.push((words[i] as string).padEnd(cell));
    out += `${line.join('').trimEnd()}\n`;
  }
  return out;
}

export const stat: Applet = async (process, flavour) => {
  const options = parseOptions(process.argv, { flags: 'Lt', values: 'c', long: { 'format=': 'c' } });
  let code = 0;
  for (const name of options.operands) {
    try {
      await print(process.stdout, statText(process, name, options.value('c')));
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      await complain(
        process,
        flavour === 'gnu' ? `cannot statx '${name}': ${error.message}` : `can't stat '${name}': ${error.message}`,
      );
      code = 1;
    }
  }
  return code;
};

function statText(process: Process, name: string, format: string | undefined): string {
  const info = process.fs.lstat(pathOf(process, name));
  const user = names(process, '/etc/passwd').get(info.uid) ?? String(info.uid);
  const group = names(process, '/etc/group').get(info.gid) ?? String(info.gid);
  const octal = info.mode.toString(8);
  const kind = {
    directory: 'directory',
    symlink: 'symbolic link',
    device: 'character special file',
    file: info.size === 0 ? 'regular empty file' : 'regular file',
  }[info.type];
  const t = civilTime(info.modified);
  const when = `${t.year}-${pad(t.month)}-${pad(t.day)} ${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}.${pad(t.millisecond, 3)}000000 +0000`;
  if (format === undefined) {
    return `  File: ${name}\n  Size: ${info.size}\tBlocks: ${Math.ceil(info.size / 512)}\tIO Block: 4096\t${kind}\nAccess: (${octal.padStart(4, '0')}/${modeText(info)})  Uid: (${String(info.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(info.gid).padStart(5)}/${group.padStart(8)})\nModify: ${when}\n`;
  }
  const values: { readonly [letter: string]: string } = {
    n: name,
    s: String(info.size),
    a: octal,
    A: modeText(info),
    u: String(info.uid),
    U: user,
    g: String(info.gid),
    G: group,
    F: kind,
    Y: String(Math.floor(info.modified / 1000)),
    y: when,
    N: `'${name}'`,
    h: '1',
  };
  return `${format.replace(/%(.)/g, (all, letter: string) => values[letter] ?? all)}\n`;
}

function treeSize(process: Process, path: string): number {
  const info = process.fs.lstat(path);
  if (info.type !== 'directory') return Math.ceil(info.size / 1024);
  return process.fs
    .readdir(path)
    .reduce((sum, name) => sum + treeSize(process, `${path === '/' ? '' : path}/${name}`), 4);
}

export const du: Applet = async (process) => {
  const options = parseOptions(process.argv, {
    flags: 'shackmx',
    values: 'd',
    long: { summarize: 's', 'human-readable': 'h', 'max-depth=': 'd' },
  });
  const depth = options.has('s') ? 0 : Number(options.value('d') ?? Number.POSITIVE_INFINITY);
  const show = (kibibytes: number, name: string) =>
    print(process.stdout, `${options.has('h') ? humanSize(kibibytes * 1024) : kibibytes}\t${name}\n`);
  const visit = async (name: string, level: number): Promise<void> => {
    const path = pathOf(process, name);
    await process.compute(0.1);
    if (level < depth && process.fs.lstat(path).type === 'directory') {
      for (const child of process.fs.readdir(path))
        if (process.fs.lstat(`${path}/${child}`).type === 'directory')
          await visit(`${name.replace(/\/$/, '')}/${child}`, level + 1);
    }
    await show(treeSize(process, path), name);
  };
  for (const name of options.operands.length > 0 ? options.operands : ['.']) await visit(name, 0);
  return 0;
};

export const df: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'haTkmiPl' });
  const size = (bytes: number) => (options.has('h') ? humanSize(bytes) : String(Math.ceil(bytes / 1024)));
  const rows = process.fs
    .mounts()
    .filter(({ type }) => type !== 'proc')
    .filter(
      ({ path }) =>
        options.operands.length === 0 || options.operands.some((operand) => holder(process, operand) === path),
    )
    .map((mount) => [
      mount.source,
      size(mount.capacityBytes),
      size(mount.usedBytes),
      size(mount.capacityBytes - mount.usedBytes),
      `${Math.ceil((mount.usedBytes / mount.capacityBytes) * 100)}%`,
      mount.path,
    ]);
  const header = [
    'Filesystem',
    options.has('h') ? 'Size' : '1K-blocks',
    'Used',
    options.has('h') ? 'Avail' : 'Available',
    'Use%',
    'Mounted on',
  ];
  await print(process.stdout, table([header, ...rows], [1, 2, 3, 4]));
  return 0;
};

/** The mount point that a path lies under. */
function holder(process: Process, operand: string): string {
  const path = `${process.fs.realpath(pathOf(process, operand))}/`;
  const points = process.fs.mounts().map((mount) => mount.path);
  return points
    .filter((point) => path.startsWith(point === '/' ? '/' : `${point}/`))
    .reduce((best, point) => (point.length >= best.length ? point : best), '/');
}

/** Columns as wide as their widest cell; those in `right` to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row.map((cell, i) => (right.includes(i) ? cell.padStart(widths[i] as number) : i === row.length - 1 ? cell : cell.padEnd(widths[i] as number))).join(' ')}\n`,
    )
    .join('');
}

export const pwd: Applet = async (process) => {
  await print(process.stdout, `${process.cwd}\n`);
  return 0;
};

export const mount: Applet = async (process) => {
  if (process.argv.length > 1) {
    await complain(process, 'only root can do that (mounts belong to the Pod)');
    return 1;
  }
  for (const { source, path, type, readOnly } of process.fs.mounts())
    await print(process.stdout, `${source} on ${path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime)\n`);
  return 0;
};

export const tree: Applet = async (process) => {
  const options = parseOptions(process.argv, { flags: 'ad', values: 'L' });
  const limit = Number(options.value('L') ?? Number.POSITIVE_INFINITY);
  const printer = new Printer(process.stdout);
  const counts = { directories: 0, files: 0 };
  const visit = async (path: string, indent: string, depth: number): Promise<void> => {
    if (depth > limit) return;
    await process.compute(0.05);
    const children = process.fs.readdir(path).filter((name) => options.has('a') || !name.startsWith('.'));
    for (const [i, name] of children.entries()) {
      const last = i === children.length - 1;
      const isDirectory = process.fs.lstat(`${path}/${name}`).type === 'directory';
      counts[isDirectory ? 'directories' : 'files']++;
      await printer.print(`${indent}${last ? '└── ' : '├── '}${name}\n`);
      if (isDirectory) await visit(`${path}/${name}`, `${indent}${last ? '    ' : '│   '}`, depth + 1);
    }
  };
  const root = options.operands[0] ?? '.';
  await printer.print(`${root}\n`);
  await visit(pathOf(process, root), '', 1);
  await printer.print(`\n${counts.directories} directories, ${counts.files} files\n`);
  await printer.flush();
  return 0;
};
