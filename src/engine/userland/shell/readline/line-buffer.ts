/** The line being edited: its text, the cursor, what was cut. No input or output. */
import type { Action } from './keys.ts';
import { clusterEnd, clusterStart } from './width.ts';

const UNDO_LIMIT = 100;

interface State {
  readonly text: string;
  readonly cursor: number;
}

export class LineBuffer {
  text = '';
  /** In UTF-16 units, always between two clusters. */
  cursor = 0;
  private killed = '';
  private done: State[] = [];
  /** Cuts in a row are one. */
  private lastKill: 'forward' | 'back' | undefined;

  set(text: string, cursor = text.length): void {
    this.text = text;
    this.cursor = cursor;
  }

  /** For a new line; what was cut is kept. */
  reset(): void {
    this.set('');
    this.done = [];
    this.lastKill = undefined;
  }

  insert(text: string): void {
    this.remember();
    this.replace(this.cursor, this.cursor, text);
  }

  /** Puts `text` in the place of what is between two offsets; the cursor goes behind it. */
  replace(from: number, to: number, text: string): void {
    this.text = this.text.slice(0, from) + text + this.text.slice(to);
    this.cursor = from + text.length;
  }

  /** False when the action is none of editing. */
  apply(action: Action): boolean {
    const kills = action.startsWith('kill') || action === 'delete-word';
    if (!kills) this.lastKill = undefined;
    const move = this.target(action);
    if (move !== undefined) {
      this.cursor = move;
      return true;
    }
    return this.change(action);
  }

  private target(action: Action): number | undefined {
    const { text, cursor } = this;
    switch (action) {
      case 'left':
        return cursor === 0 ? 0 : clusterStart(text, cursor);
      case 'right':
        return clusterEnd(text, cursor);
      case 'home':
        return text.lastIndexOf('\n', cursor - 1) + 1;
      case 'end': {
        const newline = text.indexOf('\n', cursor);
        return newline < 0 ? text.length : newline;
      }
      case 'word-left':
        return wordStart(text, cursor);
      case 'word-right':
        return wordEnd(text, cursor);
      default:
        return undefined;
    }
  }

  private change(action: Action): boolean {
    const { text, cursor } = this;
    switch (action) {
      case 'backspace':
        if (cursor > 0) this.remove(clusterStart(text, cursor), cursor);
        return true;
      case 'delete':
        this.remove(cursor, clusterEnd(text, cursor));
        return true;
      case 'kill-end':
        this.kill(cursor, text.length, 'forward');
        return true;
      case 'kill-start':
        this.kill(0, cursor, 'back');
        return true;
      case 'kill-blank-word':
        this.kill(blankWordStart(text, cursor), cursor, 'back');
        return true;
      case 'kill-word':
        this.kill(wordStart(text, cursor), cursor, 'back');
        return true;
      case 'delete-word':
        this.kill(cursor, wordEnd(text, cursor), 'forward');
        return true;
      case 'yank':
        this.insert(this.killed);
        return true;
      case 'undo':
        this.undo();
        return true;
      case 'transpose':
        this.transpose();
        return true;
      case 'upper':
      case 'lower':
      case 'capital':
        this.changeCase(action);
        return true;
      default:
        return false;
    }
  }

  private remove(from: number, to: number): void {
    if (from === to) return;
    this.remember();
    this.replace(from, to, '');
  }

  private kill(from: number, to: number, direction: 'forward' | 'back'): void {
    const cut = this.text.slice(from, to);
    if (this.lastKill === undefined) this.killed = cut;
    else this.killed = direction === 'forward' ? this.killed + cut : cut + this.killed;
    this.lastKill = direction;
    this.remove(from, to);
  }

  private transpose(): void {
    const { text } = this;
    const at = this.cursor === text.length ? clusterStart(text, this.cursor) : this.cursor;
    if (at < 1) return;
    const [from, to] = [clusterStart(text, at), clusterEnd(text, at)];
    this.remember();
    this.replace(from, to, text.slice(at, to) + text.slice(from, at));
  }

  private changeCase(action: 'upper' | 'lower' | 'capital'): void {
    const to = wordEnd(this.text, this.cursor);
    const word = this.text.slice(this.cursor, to);
    this.remember();
    const changed =
      action === 'upper'
        ? word.toUpperCase()
        : action === 'lower'
          ? word.toLowerCase()
          : word.toLowerCase().replace(/\w/, (letter) => letter.toUpperCase());
    this.replace(this.cursor, to, changed);
  }

  private remember(): void {
    this.done.push({ text: this.text, cursor: this.cursor });
    if (this.done.length > UNDO_LIMIT) this.done.shift();
  }

  private undo(): void {
    const last = this.done.pop();
    if (last) this.set(last.text, last.cursor);
  }
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_]/u.test(char);

/** Words of readline: letters and digits. */
function wordStart(text: string, from: number): number {
  let at = from;
  while (at > 0 && !isWord(text[at - 1])) at--;
  while (at > 0 && isWord(text[at - 1])) at--;
  return at;
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isWord(text[at])) at++;
  while (at < text.length && isWord(text[at])) at++;
  return at;
}

/** Words of the terminal driver (Ctrl-W): whatever has no blank in it. */
function blankWordStart(text: string, from: number): number {
  let at = from;
  while (at > 0 && /\s/.test(text[at - 1] as string)) at--;
  while (at > 0 && !/\s/.test(text[at - 1] as string)) at--;
  return at;
}
