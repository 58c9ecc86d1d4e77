/** tar: create, extract and list, over files and the standard streams; what `kubectl cp` speaks. */
import type { Sink } from '#engine/http';
import { type FileStat, OsError, openSink, openSource, type Process, print, readBytes } from '#engine/os';
import { type Applet, complain, fail, pathOf, UsageError } from '../applet.ts';
import { modeText } from './listing.ts';

const BLOCK = 512;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface TarOptions {
  mode: 'c' | 'x' | 't' | undefined;
  file: string;
  directory: string;
  verbose: boolean;
  gzip: boolean;
  toStdout: boolean;
  strip: number;
  readonly excludes: string[];
  readonly operands: string[];
}

export const tar: Applet = async (process) => {
  const options = parse(process.argv.slice(1), process.cwd);
  if (options.gzip) return fail(process, 'compressed archives are not simulated; leave out z, j and J', 2);
  switch (options.mode) {
    case 'c':
      return create(process, options);
    case 'x':
    case 't':
      return extract(process, options);
    default:
      throw new UsageError("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
  }
};

function parse(args: readonly string[], cwd: string): TarOptions {
  const options: TarOptions = {
    mode: undefined,
    file: '-',
    directory: cwd,
    verbose: false,
    gzip: false,
    toStdout: false,
    strip: 0,
    excludes: [],
    operands: [],
  };
  const queue = [...args];
  let first = true;
  for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
    const long = /^--([a-z-]+)(?:=(.*))?$/.exec(arg);
    if (long) longOption(options, long[1] as string, long[2], queue);
    else if ((arg.startsWith('-') && arg !== '-') || first) letters(options, arg.replace(/^-/, ''), queue);
    else options.operands.push(arg);
    first = false;
  }
  return options;
}

function longOption(options: TarOptions, name: string, value: string | undefined, queue: string[]): void {
  const take = () => value ?? queue.shift() ?? '';
  if (name === 'create') options.mode = 'c';
  else if (name === 'extract' || name === 'get') options.mode = 'x';
  else if (name === 'list') options.mode = 't';
  else if (name === 'file') options.file = take();
  else if (name === 'directory') options.directory = take();
  else if (name === 'verbose') options.verbose = true;
  else if (name === 'gzip') options.gzip = true;
  else if (name === 'exclude') options.excludes.push(take());
  else if (name === 'strip-components') options.strip = Number(take());
  else if (
    ![
      'no-same-owner',
      'no-same-permissions',
      'same-owner',
      'overwrite',
      'numeric-owner',
      'no-overwrite-dir',
      'warning',
      'preserve-permissions',
    ].includes(name)
  )
    throw new UsageError(`unrecognized option '--${name}'`);
}

function letters(options: TarOptions, text: string, queue: string[]): void {
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] as string;
    const take = () => {
      const rest = text.slice(i + 1);
      i = text.length;
      return rest || (queue.shift() ?? '');
    };
    if (letter === 'c' || letter === 'x' || letter === 't') options.mode = letter;
    else if (letter === 'f') {
      // In a bundle such as `xmf -` the value comes behind the bundle.
      const rest = text.slice(i + 1);
      if (rest === '' || /^[-a-zA-Z]$/.test(rest)) options.file = rest === '-' ? '-' : (queue.shift() ?? '-');
      else options.file = rest;
      if (rest.length === 1 && rest !== '-') continue;
      return;
    } else if (letter === 'C') options.directory = take();
    else if (letter === 'v') options.verbose = true;
    else if ('zjJ'.includes(letter)) options.gzip = true;
    else if (letter === 'O') options.toStdout = true;
    else if (!'mpoPkhS'.includes(letter)) throw new UsageError(`invalid option -- '${letter}'`);
  }
}

async function create(process: Process, options: TarOptions): Promise<number> {
  if (options.operands.length === 0) return fail(process, 'Cowardly refusing to create an empty archive', 2);
  const sink = options.file === '-' ? process.stdout : openSink(process, options.file);
  let code = 0;
  let directory = pathOf(process, options.directory);
  for (let i = 0; i < options.operands.length; i++) {
    const name = options.operands[i] as string;
    if (name === '-C') {
      directory = pathOf(process, options.operands[++i] ?? '.');
      continue;
    }
    try {
      await add(process, sink, options, directory, name);
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      await complain(process, `${name}: Cannot stat: ${error.message}`);
      code = 2;
    }
  }
  await sink.write(new Uint8Array(BLOCK * 2));
  if (code !== 0) await complain(process, 'Exiting with failure status due to previous errors');
  return code;
}

async function add(
  process: Process,
  sink: Sink<Uint8Array>,
  options: TarOptions,
  directory: string,
  name: string,
): Promise<void> {
  const path = name.startsWith('/') ? name : `${directory}/${name}`;
  const stat = process.fs.lstat(path);
  const stored = name.replace(/^\/+/, '') || '.';
  if (options.excludes.some((pattern) => stored === pattern || stored.startsWith(`${pattern}/`))) return;
  await process.compute(0.1);
  if (options.verbose)
    await print(
      options.file === '-' ? process.stderr : process.stdout,
      `${stored}${stat.type === 'directory' ? '/' : ''}\n`,
    );
  if (stat.type === 'directory') {
    await sink.write(header(`${stored.replace(/\/$/, '')}/`, stat, 0, '5'));
    for (const child of process.fs.readdir(path))
      await add(process, sink, options, directory, `${name.replace(/\/$/, '')}/${child}`);
  } else if (stat.type === 'symlink') await sink.write(header(stored, stat, 0, '2', process.fs.readlink(path)));
  else if (stat.type === 'file') {
    const bytes = process.fs.readFile(path);
    await sink.write(header(stored, stat, bytes.length, '0'));
    await sink.write(bytes);
    await sink.write(new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK));
  }
}

function header(name: string, stat: FileStat, size: number, type: string, link = ''): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const encoded = encoder.encode(name);
  const put = (offset: number, text: string) => block.set(encoder.encode(text), offset);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  if (encoded.length > 100) {
    // A name too long for one field is split at a slash.
    const split = name.lastIndexOf('/', 154);
    put(0, name.slice(split + 1).slice(0, 100));
    put(345, name.slice(0, split));
  } else block.set(encoded, 0);
  put(100, octal(stat.mode, 8));
  put(108, octal(stat.uid, 8));
  put(116, octal(stat.gid, 8));
  put(124, octal(size, 12));
  put(136, octal(Math.floor(stat.modified / 1000), 12));
  put(148, '        ');
  put(156, type);
  put(157, link.slice(0, 100));
  put(257, 'ustar\x0000');
  put(265, 'root');
  put(297, 'root');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

async function extract(process: Process, options: TarOptions): Promise<number> {
  const source = options.file === '-' ? process.stdin : openSource(process, options.file);
  const data = await readBytes(source);
  if (data.length > 0 && data[0] === 0x1f && data[1] === 0x8b)
    return fail(process, 'compressed archives are not simulated', 2);
  const directory = pathOf(process, options.directory);
  if (options.mode === 'x' && !process.fs.exists(directory))
    return fail(process, `${options.directory}: Cannot open: No such file or directory`, 2);
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= data.length; ) {
    const block = data.subarray(at, at + BLOCK);
    if (block[0] === 0) break;
    const field = (offset: number, length: number) =>
      decoder.decode(block.subarray(offset, offset + length)).split('\0', 1)[0] as string;
    const size = Number.parseInt(field(124, 12).trim() || '0', 8);
    if (Number.isNaN(size)) return fail(process, 'This does not look like a tar archive', 2);
    const type = field(156, 1);
    const body = data.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'L') {
      longName = decoder.decode(body).replace(/\0.*$/s, '');
      continue;
    }
    if (type === 'x' || type === 'g') {
      longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(decoder.decode(body))?.[1] ?? longName;
      continue;
    }
    const prefix = field(345, 155);
    const name = longName ?? (prefix ? `${prefix}/${field(0, 100)}` : field(0, 100));
    longName = undefined;
    await process.compute(0.1);
    await takeOne(process, options, directory, {
      name,
      type,
      body,
      mode: Number.parseInt(field(100, 8).trim() || '644', 8),
      link: field(157, 100),
      modified: Number.parseInt(field(136, 12).trim() || '0', 8) * 1000,
    });
  }
  return 0;
}

interface Member {
  readonly name: string;
  readonly type: string;
  readonly body: Uint8Array;
  readonly mode: number;
  readonly link: string;
  readonly modified: number;
}

async function takeOne(process: Process, options: TarOptions, directory: string, member: Member): Promise<void> {
  const { name, type, body, mode, link, modified } = member;
  const { operands } = options;
  if (
    operands.length > 0 &&
    !operands.some((operand) => name === operand || name.startsWith(`${operand.replace(/\/$/, '')}/`))
  )
    return;
  if (options.mode === 't') {
    const kind = type === '5' ? 'directory' : type === '2' ? 'symlink' : 'file';
    const long = `${modeText({ type: kind, mode, size: body.length, uid: 0, gid: 0, modified })} root/root ${String(body.length).padStart(9)} `;
    return print(process.stdout, `${options.verbose ? long : ''}${name}\n`);
  }
  if (options.verbose) await print(options.toStdout ? process.stderr : process.stdout, `${name}\n`);
  if (options.toStdout) return process.stdout.write(body);
  const parts = name
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .slice(options.strip);
  if (parts.length === 0) return undefined;
  const path = `${directory}/${parts.join('/')}`;
  const { fs } = process;
  fs.mkdir(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
  if (type === '5') fs.mkdir(path, { recursive: true });
  else if (type === '2') {
    if (fs.exists(path)) fs.remove(path);
    fs.symlink(link, path);
  } else fs.writeFile(path, body, { mode: mode & 0o777 });
  if (type !== '2') {
    fs.chmod(path, mode & 0o777);
    fs.utimes(path, modified);
  }
  return undefined;
}

/** gzip and its like need a compressor that is not here. */
export const gzip: Applet = (process) => fail(process, 'compression is not simulated');
