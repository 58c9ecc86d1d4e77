/** What the screens showed, kept across reloads: plain text, bounded. */
import type { Terminal } from '@xterm/xterm';

const KEY = 'podarium.scrollback';
const MAX_LINES = 300;
const MAX_CHARS = 40_000;
const MAX_SCREENS = 6;

interface Kept {
  /** The cluster whose workstation it was. */
  readonly cluster: string;
  readonly screens: readonly string[];
}

/** The last lines of a screen, colours and empty end left out. */
export function textOf(term: Terminal, most = MAX_LINES): string {
  const buffer = term.buffer.normal;
  const lines: string[] = [];
  for (let row = Math.max(0, buffer.length - most - term.rows); row < buffer.length; row++) {
    const line = buffer.getLine(row);
    const text = line?.translateToString(true) ?? '';
    if (line?.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines.slice(-most).join('\n').slice(-MAX_CHARS);
}

export function keepScrollback(cluster: string, screens: readonly string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ cluster, screens: screens.slice(0, MAX_SCREENS) } satisfies Kept));
  } catch {
    // No room: what scrolled by is not worth more than the files of the editor.
    localStorage.removeItem(KEY);
  }
}

/** The screens of this cluster as they were; none when they belong to another. */
export function keptScrollback(cluster: string): readonly string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>;
    return kept.cluster === cluster && Array.isArray(kept.screens) ? kept.screens.map(String) : [];
  } catch {
    return [];
  }
}
