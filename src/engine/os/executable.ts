/** Which program a command is: files that start like ELF and name a Program, and `#!` scripts. */
import { type FileSystem, osError } from './file-system.ts';
import type { Program } from './process.ts';

const MAGIC = '\x7fELF podarium:';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of an executable file that runs the program of that name. */
export const executable = (program: string): Uint8Array => encoder.encode(`${MAGIC}${program}\n`);

export interface Command {
  readonly program: Program;
  /** With the interpreter put in front for a script. */
  readonly argv: readonly string[];
}

/** Programs by the names that executables carry. A Map is one. */
export interface ProgramTable {
  get(name: string): Program | undefined;
}

export interface Lookup {
  readonly fs: FileSystem;
  readonly programs: ProgramTable;
  readonly cwd: string;
  /** The PATH variable. */
  readonly path: string;
}

/** What execvp searches when PATH is unset. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The file that a command name means, or undefined. Names with a slash are paths. */
export function which(name: string, lookup: Omit<Lookup, 'programs'>): string | undefined {
  if (name === '') return undefined;
  if (name.includes('/')) return absolute(name, lookup.cwd);
  for (const directory of lookup.path.split(':')) {
    const path = absolute(`${directory || '.'}/${name}`, lookup.cwd);
    if (lookup.fs.exists(path) && isExecutable(lookup.fs, path)) return path;
  }
  return undefined;
}

/** Throws OsError ENOENT, EACCES (a directory or not executable) or ENOEXEC (neither a program nor a `#!` script). */
export function resolveCommand(argv: readonly string[], lookup: Lookup, depth = 0): Command {
  const name = argv[0] ?? '';
  const path = which(name, lookup);
  if (path === undefined) throw osError('ENOENT', name);
  const stat = lookup.fs.stat(path);
  if (stat.type !== 'file' || (stat.mode & 0o111) === 0) throw osError('EACCES', name);
  const first = decoder.decode(lookup.fs.readFile(path).subarray(0, 256));
  const line = first.split('\n', 1)[0] as string;
  if (line.startsWith(MAGIC)) {
    const program = lookup.programs.get(line.slice(MAGIC.length));
    if (!program) throw osError('ENOEXEC', name);
    return { program, argv };
  }
  if (!line.startsWith('#!')) throw osError('ENOEXEC', name);
  if (depth > 3) throw osError('ELOOP', name);
  const [interpreter = '', ...rest] = line.slice(2).trim().split(/\s+/);
  return resolveCommand(
    [interpreter, ...(rest.length > 0 ? [rest.join(' ')] : []), path, ...argv.slice(1)],
    lookup,
    depth + 1,
  );
}

/** A path made absolute against a working directory; dots are left to the file system. */
export const absolute = (path: string, cwd: string): string =>
  path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`;

function isExecutable(fs: FileSystem, path: string): boolean {
  const stat = fs.stat(path);
  return stat.type === 'file' && (stat.mode & 0o111) !== 0;
}
