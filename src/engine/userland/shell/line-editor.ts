/**
 * Editing one line at a terminal: the keys of readline that people use.
 * @fidelity partial: emacs mode only; no numeric arguments, no macros, no inputrc
 */
import { complete } from './completion.ts';
import { type Action, firstKey, type Key } from './readline/keys.ts';
import { promptWidth, redraw } from './readline/layout.ts';
import { LineBuffer } from './readline/line-buffer.ts';
import { ASK_ABOVE, commonBeginning, listed } from './readline/listing.ts';
import { HistorySearch } from './readline/search.ts';
import { quoted } from './readline/words.ts';
import type { Shell } from './shell.ts';

type Result = { readonly text: string } | 'interrupt' | undefined;

/** The terminal marks what is pasted, so that a pasted newline is no Enter. */
const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';

export class LineEditor {
  private readonly buffer = new LineBuffer();
  private prompt = '';
  private historyIndex = 0;
  private draft = '';
  private search: HistorySearch | undefined;
  private lastAction: Action | undefined;
  private readonly decoder = new TextDecoder();
  private typedAhead = '';
  /** The row of the line on which the cursor stands. */
  private drawnRow = 0;

  constructor(private readonly shell: Shell) {}

  async readLine(prompt: string): Promise<Result> {
    const { terminal } = this.shell.process;
    this.prompt = prompt;
    this.buffer.reset();
    this.drawnRow = 0;
    this.historyIndex = this.shell.history.length;
    this.search = undefined;
    if (terminal) terminal.raw = true;
    const marks = terminal !== undefined && this.shell.flavour === 'bash';
    await this.write((marks ? PASTE_ON : '') + prompt);
    const stop = terminal?.onResize(() => void this.draw());
    let result: Result | 'more' = 'more';
    try {
      while (result === 'more') {
        const key = await this.nextKey();
        result = key ? await this.press(key) : undefined;
      }
      return result;
    } finally {
      stop?.();
      if (terminal) terminal.raw = false;
      if (marks) await this.write(PASTE_OFF);
    }
  }

  private get columns(): number {
    return Math.max(1, this.shell.process.terminal?.columns ?? 80);
  }

  private async nextKey(): Promise<Key | undefined> {
    for (;;) {
      const key = this.typedAhead === '' ? undefined : firstKey(this.typedAhead);
      if (key) {
        this.typedAhead = this.typedAhead.slice(key.length);
        return key;
      }
      const bytes = await this.shell.stdin.read();
      if (!bytes) return undefined;
      this.typedAhead += this.decoder.decode(bytes, { stream: true });
    }
  }

  private async press({ action, text }: Key): Promise<Result | 'more'> {
    if (this.search && (await this.searchKey(this.search, action, text))) return 'more';
    const previous = this.lastAction;
    this.lastAction = action;
    switch (action) {
      case undefined:
      case 'paste':
        return this.insert(text.replaceAll(/\r\n?/g, '\n'));
      case 'enter':
        this.buffer.cursor = this.buffer.text.length;
        await this.draw();
        await this.write('\n');
        return { text: this.buffer.text };
      case 'cancel':
        await this.write('^C\n');
        return 'interrupt';
      case 'eof':
        if (this.buffer.text === '') return undefined;
        this.buffer.apply('delete');
        break;
      case 'clear':
        await this.write('\x1b[H\x1b[2J');
        this.drawnRow = 0;
        break;
      case 'complete':
        await this.complete(previous === 'complete');
        break;
      case 'search':
        this.search = new HistorySearch(this.shell.history);
        break;
      case 'previous':
      case 'next':
        this.recall(this.historyIndex + (action === 'next' ? 1 : -1));
        break;
      case 'last-argument':
        this.lastArgument(previous === 'last-argument');
        break;
      default:
        if (!this.buffer.apply(action)) return 'more';
    }
    await this.draw();
    return 'more';
  }

  /** Typing at the end of a line needs no redraw. */
  private async insert(text: string): Promise<'more'> {
    const { buffer } = this;
    const atEnd = buffer.cursor === buffer.text.length;
    buffer.insert(text);
    const plain = /^[\x20-\x7e]+$/.test(buffer.text);
    if (atEnd && plain && promptWidth(this.prompt) + buffer.text.length < this.columns) await this.write(text);
    else await this.draw();
    return 'more';
  }

  private recall(index: number): void {
    const { history } = this.shell;
    if (index < 0 || index > history.length) return;
    if (this.historyIndex === history.length) this.draft = this.buffer.text;
    this.historyIndex = index;
    this.buffer.set(index === history.length ? this.draft : (history[index] as string));
  }

  private argumentIndex = 0;

  /** Alt-. again and again goes back through the history. */
  private lastArgument(again: boolean): void {
    const { history } = this.shell;
    const last = (index: number) => history.at(-index)?.trim().split(/\s+/).at(-1) ?? '';
    if (again) {
      const shown = last(this.argumentIndex);
      this.buffer.replace(this.buffer.cursor - shown.length, this.buffer.cursor, '');
    }
    this.argumentIndex = again ? Math.min(this.argumentIndex + 1, history.length) : 1;
    this.buffer.insert(last(this.argumentIndex));
  }

  /** A key while searching backwards. True when it belonged to the search; any other key ends it and does its own work. */
  private async searchKey(search: HistorySearch, action: Action | undefined, text: string): Promise<boolean> {
    const found = search.press(action, text);
    if (found === undefined) {
      this.search = undefined;
      this.historyIndex = search.match ?? this.historyIndex;
      return false;
    }
    if (found === 'abort') {
      this.search = undefined;
      this.buffer.set('');
    } else if (found) this.buffer.set(found.text, found.cursor);
    await this.draw();
    return true;
  }

  private async complete(again: boolean): Promise<void> {
    const { buffer } = this;
    const { candidates, start, quote, noSpace, raw } = await complete(this.shell, buffer.text, buffer.cursor);
    if (candidates.length === 0) return this.write('\x07');
    const open = quote === '' ? '' : quote;
    const beginning = commonBeginning(candidates.map(({ text }) => text));
    const common = open + (raw ? beginning : quoted(beginning, quote));
    const typed = buffer.text.slice(start, buffer.cursor);
    const only = candidates.length === 1;
    if (only || common.length > typed.length) {
      const goesOn = noSpace || /[/=]$/.test(common) || buffer.text[buffer.cursor] === ' ';
      buffer.replace(start, buffer.cursor, common + (only && !goesOn ? `${open} ` : ''));
      return;
    }
    if (!again) return this.write('\x07');
    const rows = this.shell.process.terminal?.rows ?? 24;
    if (candidates.length > ASK_ABOVE && !(await this.agrees(candidates.length))) return;
    const end = buffer.cursor;
    buffer.cursor = buffer.text.length;
    await this.draw();
    buffer.cursor = end;
    await this.write(`\n${listed(candidates, this.columns, rows).join('\n')}\n`);
    this.drawnRow = 0;
  }

  private async agrees(count: number): Promise<boolean> {
    await this.write(`\nDisplay all ${count} possibilities? (y or n)`);
    const key = await this.nextKey();
    const yes = key?.text.startsWith('y') === true || key?.action === 'complete';
    await this.write('\n');
    this.drawnRow = 0;
    return yes;
  }

  /** Draws prompt and line again, over as many rows as they take, and puts the cursor in its place. */
  private draw(): Promise<void> {
    const prompt = this.search?.prompt ?? (this.prompt.split('\n').at(-1) as string);
    const { text, cursor } = this.buffer;
    const { output, row } = redraw(prompt, text, cursor, this.columns, this.drawnRow);
    this.drawnRow = row;
    return this.write(output);
  }

  private write(text: string): Promise<void> {
    return this.shell.printError(text.replaceAll('\r\n', '\n'));
  }
}
