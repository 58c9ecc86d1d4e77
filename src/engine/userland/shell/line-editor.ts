/** Editing one line at a terminal: the keys of readline that people use. */
import { complete } from './completion.ts';
import type { Shell } from './shell.ts';

type Result = { readonly text: string } | 'interrupt' | undefined;

/** Escape sequences and control keys, by what they do. */
const KEYS: { readonly [sequence: string]: string } = {
  '\x1b[A': 'previous',
  '\x1bOA': 'previous',
  '\x10': 'previous',
  '\x1b[B': 'next',
  '\x1bOB': 'next',
  '\x0e': 'next',
  '\x1b[C': 'right',
  '\x1bOC': 'right',
  '\x06': 'right',
  '\x1b[D': 'left',
  '\x1bOD': 'left',
  '\x02': 'left',
  '\x1b[H': 'home',
  '\x1bOH': 'home',
  '\x1b[1~': 'home',
  '\x01': 'home',
  '\x1b[F': 'end',
  '\x1bOF': 'end',
  '\x1b[4~': 'end',
  '\x05': 'end',
  '\x1b[3~': 'delete',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x1b[1;5C': 'word-right',
  '\x1bf': 'word-right',
  '\x1b[1;5D': 'word-left',
  '\x1bb': 'word-left',
  '\x0b': 'kill-end',
  '\x15': 'kill-start',
  '\x17': 'kill-word',
  '\x1b\x7f': 'kill-word',
  '\x1bd': 'delete-word',
  '\x19': 'yank',
  '\x14': 'transpose',
  '\x0c': 'clear',
  '\x12': 'search',
  '\t': 'complete',
  '\r': 'enter',
  '\n': 'enter',
  '\x03': 'cancel',
  '\x04': 'eof',
  '\x1b.': 'last-argument',
}; // prettier-ignore
const ESC = '\x1b';

/** The first key of what was typed: an escape sequence, or one character. */
function firstKey(typed: string): string {
  if (!typed.startsWith(ESC)) return String.fromCodePoint(typed.codePointAt(0) ?? 0);
  const rest = /^(?:\[[0-9;]*[A-Za-z~]|O[A-Z]|.)/s.exec(typed.slice(1));
  return ESC + (rest?.[0] ?? '');
}

export class LineEditor {
  private text = '';
  private cursor = 0;
  private killed = '';
  private prompt = '';
  private historyIndex = 0;
  private draft = '';
  private search: { query: string; match: number } | undefined;
  private lastWasTab = false;
  private readonly decoder = new TextDecoder();
  private typedAhead = '';
  private cancelled: (() => void) | undefined;
  /** Rows that the line takes below its first. */
  private drawnRow = 0;

  constructor(private readonly shell: Shell) {}

  /** Ctrl-C that came as a signal. */
  interrupt(): void {
    this.cancelled?.();
  }

  async readLine(prompt: string): Promise<Result> {
    const { terminal } = this.shell.process;
    this.prompt = prompt;
    this.text = '';
    this.cursor = 0;
    this.drawnRow = 0;
    this.historyIndex = this.shell.history.length;
    this.search = undefined;
    if (terminal) terminal.raw = true;
    await this.shell.printError(prompt);
    try {
      for (;;) {
        const key = await this.nextKey();
        if (key === undefined) return undefined;
        const result = await this.press(key);
        if (result !== 'more') return result;
      }
    } finally {
      if (terminal) terminal.raw = false;
    }
  }

  private async nextKey(): Promise<string | undefined> {
    while (this.typedAhead === '') {
      const bytes = await this.shell.stdin.read();
      if (!bytes) return undefined;
      this.typedAhead += this.decoder.decode(bytes, { stream: true });
    }
    const key = firstKey(this.typedAhead);
    this.typedAhead = this.typedAhead.slice(key.length);
    return key;
  }

  private async press(key: string): Promise<Result | 'more'> {
    const action = KEYS[key];
    if (this.search) {
      const done = await this.searchKey(key, action);
      if (done) return 'more';
    }
    const wasTab = this.lastWasTab;
    this.lastWasTab = action === 'complete';
    switch (action) {
      case 'enter':
        this.cursor = this.text.length;
        await this.draw();
        await this.write('\r\n');
        return { text: this.text };
      case 'cancel':
        await this.write('^C\r\n');
        return 'interrupt';
      case 'eof':
        if (this.text === '') return undefined;
        this.remove(this.cursor, this.cursor + 1);
        break;
      case 'clear':
        await this.write('\x1b[H\x1b[2J');
        this.drawnRow = 0;
        break;
      case 'complete':
        await this.complete(wasTab);
        break;
      case 'search':
        this.search = { query: '', match: this.shell.history.length };
        break;
      default:
        if (action) this.edit(action);
        else if (!key.startsWith('\x1b') && key >= ' ') this.insert(key);
        // Typing at the end needs no redraw.
        if (!action && this.cursor === this.text.length && !key.startsWith('\x1b') && this.fits()) {
          await this.write(key >= ' ' ? key : '');
          return 'more';
        }
    }
    await this.draw();
    return 'more';
  }

  private fits(): boolean {
    return visibleLength(this.prompt) + this.text.length < (this.shell.process.terminal?.columns ?? 80);
  }

  private edit(action: string): void {
    const { text, cursor } = this;
    switch (action) {
      case 'left':
        this.cursor = Math.max(0, cursor - 1);
        return;
      case 'right':
        this.cursor = Math.min(text.length, cursor + 1);
        return;
      case 'home':
        this.cursor = 0;
        return;
      case 'end':
        this.cursor = text.length;
        return;
      case 'word-left':
        this.cursor = wordStart(text, cursor);
        return;
      case 'word-right':
        this.cursor = wordEnd(text, cursor);
        return;
      case 'backspace':
        if (cursor > 0) this.remove(cursor - 1, cursor);
        return;
      case 'delete':
        this.remove(cursor, cursor + 1);
        return;
      case 'kill-end':
        this.kill(cursor, text.length);
        return;
      case 'kill-start':
        this.kill(0, cursor);
        return;
      case 'kill-word':
        this.kill(wordStart(text, cursor), cursor);
        return;
      case 'delete-word':
        this.kill(cursor, wordEnd(text, cursor));
        return;
      case 'yank':
        this.insert(this.killed);
        return;
      case 'last-argument':
        this.insert(this.shell.history.at(-1)?.split(/\s+/).at(-1) ?? '');
        return;
      case 'previous':
        this.recall(this.historyIndex - 1);
        return;
      case 'next':
        this.recall(this.historyIndex + 1);
        return;
      default:
        this.transpose();
    }
  }

  private transpose(): void {
    const at = Math.min(this.cursor, this.text.length - 1);
    if (at < 1) return;
    this.text = this.text.slice(0, at - 1) + this.text[at] + this.text[at - 1] + this.text.slice(at + 1);
    this.cursor = at + 1;
  }

  private insert(text: string): void {
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor);
    this.cursor += text.length;
  }

  private remove(from: number, to: number): void {
    this.text = this.text.slice(0, from) + this.text.slice(to);
    this.cursor = from;
  }

  private kill(from: number, to: number): void {
    this.killed = this.text.slice(from, to);
    this.remove(from, to);
  }

  private recall(index: number): void {
    const { history } = this.shell;
    if (index < 0 || index > history.length) return;
    if (this.historyIndex === history.length) this.draft = this.text;
    this.historyIndex = index;
    this.text = index === history.length ? this.draft : (history[index] as string);
    this.cursor = this.text.length;
  }

  /** A key while searching backwards. True when it belonged to the search. */
  private async searchKey(key: string, action: string | undefined): Promise<boolean> {
    const search = this.search as { query: string; match: number };
    if (action === 'search') this.find(search.match - 1);
    else if (action === 'backspace') {
      search.query = search.query.slice(0, -1);
      this.find(this.shell.history.length - 1);
    } else if (action === undefined && key >= ' ' && !key.startsWith('\x1b')) {
      search.query += key;
      this.find(Math.min(search.match, this.shell.history.length - 1));
    } else {
      this.search = undefined;
      await this.draw();
      return false;
    }
    await this.draw();
    return true;
  }

  private find(from: number): void {
    const search = this.search as { query: string; match: number };
    for (let i = from; i >= 0; i--) {
      const entry = this.shell.history[i] as string;
      if (!entry.includes(search.query)) continue;
      search.match = i;
      this.text = entry;
      this.cursor = entry.indexOf(search.query);
      return;
    }
  }

  private async complete(again: boolean): Promise<void> {
    const { candidates, start } = await complete(this.shell, this.text, this.cursor);
    if (candidates.length === 0) return this.write('\x07');
    const typed = this.text.slice(start, this.cursor);
    const common = candidates.reduce(commonPrefix);
    if (common.length > typed.length || candidates.length === 1) {
      const end = candidates.length === 1 && !/[/=]$/.test(common) ? ' ' : '';
      this.text = this.text.slice(0, start) + common + end + this.text.slice(this.cursor);
      this.cursor = start + common.length + end.length;
      return;
    }
    if (!again) return this.write('\x07');
    const shown = candidates.map((candidate) => candidate.replace(/^.*\/(?=.)/, ''));
    const width = Math.max(...shown.map((name) => name.length)) + 2;
    const perRow = Math.max(1, Math.floor((this.shell.process.terminal?.columns ?? 80) / width));
    const rows: string[] = [];
    for (let i = 0; i < shown.length; i += perRow)
      rows.push(
        shown
          .slice(i, i + perRow)
          .map((name) => name.padEnd(width))
          .join('')
          .trimEnd(),
      );
    this.drawnRow = 0;
    await this.write(`\r\n${rows.join('\r\n')}\r\n`);
  }

  /** Draws prompt and line again, over as many rows as they take, and puts the cursor in its place. */
  private async draw(): Promise<void> {
    const columns = Math.max(1, this.shell.process.terminal?.columns ?? 80);
    const prompt = this.search
      ? `(reverse-i-search)\`${this.search.query}': `
      : (this.prompt.split('\n').at(-1) as string);
    const width = visibleLength(prompt);
    const endRow = Math.floor((width + this.text.length) / columns);
    const row = Math.floor((width + this.cursor) / columns);
    const column = (width + this.cursor) % columns;
    const up = this.drawnRow > 0 ? `\x1b[${this.drawnRow}A` : '';
    const wrap = (width + this.text.length) % columns === 0 && this.text.length > 0 ? '\r\n' : '';
    const back = endRow > row ? `\x1b[${endRow - row}A` : '';
    await this.write(`\r${up}\x1b[J${prompt}${this.text}${wrap}${back}\r${column > 0 ? `\x1b[${column}C` : ''}`);
    this.drawnRow = row;
  }

  private write(text: string): Promise<void> {
    return this.shell.printError(text.replaceAll('\r\n', '\n'));
  }
}

const visibleLength = (text: string): number =>
  (text.split('\n').at(-1) as string)
    .split(ESC)
    .map((part, i) => (i === 0 ? part : part.replace(/^\[[0-9;]*[A-Za-z]/, '')))
    .join('').length;

function wordStart(text: string, from: number): number {
  let at = from;
  while (at > 0 && text[at - 1] === ' ') at--;
  while (at > 0 && text[at - 1] !== ' ') at--;
  return at;
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] === ' ') at++;
  while (at < text.length && text[at] !== ' ') at++;
  return at;
}

function commonPrefix(a: string, b: string): string {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return a.slice(0, n);
}
