/** Tab completion: commands, files, and whatever a program offers through its hidden `__complete` command, as kubectl and helm do. */
import { absolute, createPipe, DEFAULT_PATH, OsError, readText } from '#engine/os';
import { BUILTINS } from './builtins/table.ts';
import type { Shell } from './shell.ts';

export interface Completion {
  readonly candidates: readonly string[];
  /** Where in the line the completed word begins. */
  readonly start: number;
}

const COBRA_PROGRAMS = new Set(['kubectl', 'helm', 'minikube', 'kubeadm']);

export async function complete(shell: Shell, line: string, cursor: number): Promise<Completion> {
  const before = line.slice(0, cursor);
  const word = /[^\s;|&()<>=]*$/.exec(before)?.[0] ?? '';
  const start = cursor - word.length;
  const segment = (/[^;|&()]*$/.exec(before)?.[0] ?? '').trimStart();
  const words = segment.split(/\s+/);
  const isCommand = words.length <= 1 && !/[<>]\s*\S*$/.test(segment);
  if (isCommand && !word.includes('/')) return { candidates: commands(shell, word), start };
  const name = resolveAlias(shell, words[0] as string);
  if (COBRA_PROGRAMS.has(name.split(' ', 1)[0] as string)) {
    const offered = await askProgram(shell, [...name.split(' '), ...words.slice(1)]);
    if (offered.length > 0) return { candidates: offered.filter((candidate) => candidate.startsWith(word)), start };
  }
  return { candidates: files(shell, word), start };
}

const resolveAlias = (shell: Shell, name: string): string => shell.aliases.get(name) ?? name;

function commands(shell: Shell, prefix: string): string[] {
  const names = new Set<string>([...BUILTINS.keys(), ...shell.functions.keys(), ...shell.aliases.keys()]);
  const { fs, cwd } = shell.process;
  for (const directory of (shell.get('PATH') ?? DEFAULT_PATH).split(':')) {
    const path = absolute(directory, cwd);
    if (fs.exists(path) && fs.stat(path).type === 'directory') for (const name of fs.readdir(path)) names.add(name);
  }
  return [...names].filter((name) => name.startsWith(prefix)).sort((a, b) => (a < b ? -1 : 1));
}

function files(shell: Shell, word: string): string[] {
  const { fs, cwd } = shell.process;
  const slash = word.lastIndexOf('/');
  const directory = word.slice(0, slash + 1);
  const prefix = word.slice(slash + 1);
  const home = shell.get('HOME') ?? '/root';
  const path = absolute(directory.startsWith('~/') ? home + directory.slice(1) : directory || '.', cwd);
  if (!fs.exists(path) || fs.stat(path).type !== 'directory') return [];
  return fs
    .readdir(path)
    .filter((name) => name.startsWith(prefix) && (prefix.startsWith('.') || !name.startsWith('.')))
    .map(
      (name) =>
        directory + name + (fs.exists(`${path}/${name}`) && fs.stat(`${path}/${name}`).type === 'directory' ? '/' : ''),
    );
}

/** The protocol of cobra: one candidate per line, then `:directive`. */
async function askProgram(shell: Shell, words: readonly string[]): Promise<string[]> {
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
    return text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(':'))
      .map((line) => line.split('\t', 1)[0] as string);
  } catch (error) {
    if (error instanceof OsError) return [];
    throw error;
  } finally {
    source.release();
  }
}
