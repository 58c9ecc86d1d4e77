/** Tab completion: commands, variables, files, and whatever a program offers through its hidden `__complete` command, as kubectl and helm do. */
import { absolute, createPipe, DEFAULT_PATH, OsError, readText } from '#engine/os';
import { BUILTINS } from './builtins/table.ts';
import { type TypedWords, typedWords } from './readline/words.ts';
import type { Shell } from './shell.ts';

export interface Candidate {
  /** What the whole word becomes. */
  readonly text: string;
  /** What lists show of it. */
  readonly shown: string;
  readonly description?: string;
}

export interface Completion extends Pick<TypedWords, 'start' | 'quote'> {
  readonly candidates: readonly Candidate[];
  /** The word may go on: no blank behind it. */
  readonly noSpace: boolean;
  /** Candidates stand on the line as they are: `$HOME` must not be quoted. */
  readonly raw: boolean;
}

const COBRA_PROGRAMS = new Set(['kubectl', 'helm', 'minikube', 'kubeadm']);
/** Commands whose arguments are directories, and those whose arguments are commands. */
const DIRECTORIES = new Set(['cd', 'pushd', 'rmdir', 'mkdir']);
const COMMANDS = new Set(['type', 'which', 'command', 'man', 'hash', 'watch', 'nohup', 'time', 'xargs']);
const NO_SPACE = 2;
const NO_FILES = 4;
const FILE_EXTENSIONS = 8;

const plain = (text: string): Candidate => ({ text, shown: text });

export async function complete(shell: Shell, line: string, cursor: number): Promise<Completion> {
  const typed = typedWords(line.slice(0, cursor));
  const { words, start, quote, redirected } = typed;
  const word = words.at(-1) ?? '';
  const found = await candidatesFor(shell, words, word, redirected);
  const { candidates, noSpace = false, raw = false } = Array.isArray(found) ? { candidates: found } : (found as Found);
  const unique = new Map(candidates.map((candidate) => [candidate.text, candidate]));
  return { candidates: [...unique.values()], start, quote, noSpace, raw };
}

interface Found {
  readonly candidates: readonly Candidate[];
  readonly noSpace?: boolean;
  readonly raw?: boolean;
}

async function candidatesFor(
  shell: Shell,
  words: readonly string[],
  word: string,
  redirected: boolean,
): Promise<Found | Candidate[]> {
  const variable = /^(.*\$\{?)(\w*)$/.exec(word);
  if (variable) return { candidates: variables(shell, variable[1] as string, variable[2] as string), raw: true };
  if (redirected) return files(shell, word);
  const [first = ''] = words;
  if (words.length <= 1 || (words.length === 2 && COMMANDS.has(first))) {
    if (word.includes('/')) return files(shell, word);
    return commands(shell, word).map(plain);
  }
  const name = (shell.aliases.get(first) ?? first).trim().split(/\s+/);
  if (!COBRA_PROGRAMS.has(name[0] as string))
    return files(shell, word, { directoriesOnly: DIRECTORIES.has(name[0] as string) });
  return askCobra(shell, [...name, ...words.slice(1)], word);
}

async function askCobra(shell: Shell, words: readonly string[], word: string): Promise<Found | Candidate[]> {
  const { lines, directive } = await askProgram(shell, words);
  if (directive & FILE_EXTENSIONS) {
    const head = /^--[\w-]+=/.exec(word)?.[0] ?? '';
    return files(shell, word.slice(head.length), { extensions: lines.map(({ text }) => text), head });
  }
  const candidates = lines.filter(({ text }) => text.startsWith(word));
  if (candidates.length === 0 && !(directive & NO_FILES)) return files(shell, word);
  return { candidates, noSpace: (directive & NO_SPACE) !== 0 };
}

function variables(shell: Shell, head: string, prefix: string): Candidate[] {
  const close = head.endsWith('{') ? '}' : '';
  return [...shell.variables.names()]
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => ({ text: head + name + close, shown: `$${name}` }));
}

function commands(shell: Shell, prefix: string): string[] {
  const names = new Set<string>([...BUILTINS.keys(), ...shell.functions.keys(), ...shell.aliases.keys()]);
  const { fs, cwd } = shell.process;
  for (const directory of (shell.get('PATH') ?? DEFAULT_PATH).split(':')) {
    const path = absolute(directory, cwd);
    if (fs.exists(path) && fs.stat(path).type === 'directory') for (const name of fs.readdir(path)) names.add(name);
  }
  return [...names].filter((name) => name.startsWith(prefix)).sort((a, b) => (a < b ? -1 : 1));
}

interface FileFilter {
  readonly directoriesOnly?: boolean;
  readonly extensions?: readonly string[];
  /** In front of the path in the same word: `--filename=`. */
  readonly head?: string;
}

function files(shell: Shell, word: string, filter: FileFilter = {}): Candidate[] {
  const { fs, cwd } = shell.process;
  const slash = word.lastIndexOf('/');
  const directory = word.slice(0, slash + 1);
  const prefix = word.slice(slash + 1);
  const home = shell.get('HOME') ?? '/root';
  const path = absolute(directory.startsWith('~/') ? home + directory.slice(1) : directory || '.', cwd);
  if (!fs.exists(path) || fs.stat(path).type !== 'directory') return [];
  const isDirectory = (name: string) => fs.exists(`${path}/${name}`) && fs.stat(`${path}/${name}`).type === 'directory';
  const wanted = (name: string) =>
    isDirectory(name) ||
    (!filter.directoriesOnly && (filter.extensions?.some((extension) => name.endsWith(`.${extension}`)) ?? true));
  return fs
    .readdir(path)
    .filter((name) => name.startsWith(prefix) && (prefix.startsWith('.') || !name.startsWith('.')) && wanted(name))
    .map((name) => {
      const end = isDirectory(name) ? '/' : '';
      return { text: (filter.head ?? '') + directory + name + end, shown: name + end };
    });
}

interface Answer {
  readonly lines: readonly Candidate[];
  readonly directive: number;
}

/** The protocol of cobra: one candidate per line, then `:directive`. */
async function askProgram(shell: Shell, words: readonly string[]): Promise<Answer> {
  const { source, sink } = createPipe();
  source.retain();
  const [name = '', ...args] = words;
  try {
    const { source: none, sink: closed } = createPipe();
    closed.close();
    const errors = createPipe();
    errors.source.retain();
    const child = shell.process.spawn([name, '__complete', ...args], {
      stdin: none,
      stdout: sink,
      stderr: errors.sink,
      env: shell.variables.environment(),
    });
    const text = await readText(source);
    await shell.process.until(child.exited);
    errors.source.release();
    return parseAnswer(text);
  } catch (error) {
    if (error instanceof OsError) return { lines: [], directive: 0 };
    throw error;
  } finally {
    source.release();
  }
}

function parseAnswer(text: string): Answer {
  const lines = text.split('\n').filter((line) => line !== '');
  const directive = Number(/^:(\d+)$/.exec(lines.at(-1) ?? '')?.[1] ?? 0);
  return {
    directive,
    lines: lines
      .filter((line) => !line.startsWith(':'))
      .map((line) => {
        const [candidate = '', description] = line.split('\t', 2);
        return { text: candidate, shown: candidate, ...(description && { description }) };
      }),
  };
}
