/** What was typed before: in memory, and in the file that the next shell reads. */
import { absolute, OsError } from '#engine/os';
import type { Shell } from '../shell.ts';

const DEFAULT_SIZE = 500;
const encoder = new TextEncoder();

const sizeOf = (shell: Shell, name: string): number => {
  const value = shell.get(name) ?? '';
  return /^\d+$/.test(value) ? Number(value) : DEFAULT_SIZE;
};

/** Adds a command, unless HISTCONTROL keeps it out. */
export function remember(shell: Shell, entry: string): void {
  const { history } = shell;
  const control = (shell.get('HISTCONTROL') ?? '').split(':');
  const has = (...words: readonly string[]) => words.some((word) => control.includes(word));
  if (has('ignorespace', 'ignoreboth') && entry.startsWith(' ')) return;
  if (has('ignoredups', 'ignoreboth') && history.at(-1) === entry) return;
  history.push(entry);
  if (history.length > sizeOf(shell, 'HISTSIZE')) {
    history.shift();
    shell.historySaved = Math.max(0, shell.historySaved - 1);
  }
}

const fileOf = (shell: Shell): string | undefined => {
  const file = shell.get('HISTFILE');
  return file ? absolute(file, shell.process.cwd) : undefined;
};

/** Lines of the history file. An entry of several lines is written as bash writes it: as several entries. */
function linesOf(shell: Shell, file: string): string[] {
  const { fs } = shell.process;
  if (!fs.exists(file)) return [];
  const text = new TextDecoder().decode(fs.readFile(file));
  return text.split('\n').filter((line) => line !== '');
}

/** A file that cannot be read or written is no reason to stop: bash is silent about it, too. */
function quietly(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
  }
}

export function readHistory(shell: Shell): void {
  const file = fileOf(shell);
  if (!file) return;
  quietly(() => {
    shell.history.push(...linesOf(shell, file).slice(-sizeOf(shell, 'HISTSIZE')));
    shell.historySaved = shell.history.length;
  });
}

/** Appends what is new since the last time; the file keeps at most HISTFILESIZE lines. */
export function appendHistory(shell: Shell): void {
  const file = fileOf(shell);
  const fresh = shell.history.slice(shell.historySaved);
  shell.historySaved = shell.history.length;
  if (!file || fresh.length === 0) return;
  quietly(() => {
    const { fs } = shell.process;
    fs.writeFile(file, encoder.encode(`${fresh.join('\n')}\n`), { append: true, mode: 0o600 });
    const lines = linesOf(shell, file);
    const limit = sizeOf(shell, 'HISTFILESIZE');
    if (lines.length > limit) fs.writeFile(file, encoder.encode(`${lines.slice(-limit).join('\n')}\n`));
  });
}

/** The whole list in the place of the file's. */
export function writeHistory(shell: Shell): void {
  const file = fileOf(shell);
  if (!file) return;
  quietly(() => shell.process.fs.writeFile(file, encoder.encode(shell.history.map((entry) => `${entry}\n`).join(''))));
  shell.historySaved = shell.history.length;
}

/** `!!`, `!3`, `!-2`, `!kubectl`, `!$`: undefined when nothing is meant; an event that is not there throws its name. */
export function expandHistory(history: readonly string[], line: string): string | undefined {
  let out = '';
  let quoted = false;
  let expanded = false;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    if (char === '\\' && !quoted) {
      out += char + (line[++at] ?? '');
      continue;
    }
    if (char === "'") quoted = !quoted;
    const event = char === '!' && !quoted ? /^!(?:!|-?\d+|\$|[A-Za-z][\w./-]*)/.exec(line.slice(at))?.[0] : undefined;
    // `$!` is the last background job, and `[!a]` a pattern.
    if (event === undefined || /[$[{]$/.test(out)) {
      out += char;
      continue;
    }
    const found = eventOf(history, event.slice(1));
    if (found === undefined) throw new EventNotFound(event);
    out += found;
    expanded = true;
    at += event.length - 1;
  }
  return expanded ? out : undefined;
}

export class EventNotFound extends Error {
  override readonly name = 'EventNotFound';
  constructor(readonly event: string) {
    super(`${event}: event not found`);
  }
}

function eventOf(history: readonly string[], designator: string): string | undefined {
  if (designator === '!') return history.at(-1);
  if (designator === '$') return history.at(-1)?.split(/\s+/).at(-1);
  const number = Number(designator);
  if (Number.isInteger(number)) return number < 0 ? history.at(number) : history[number - 1];
  return history.findLast((entry) => entry.startsWith(designator));
}
