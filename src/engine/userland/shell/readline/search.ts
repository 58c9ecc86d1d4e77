/** Ctrl-R: searching the history backwards while the query is typed. */
import type { Action } from './keys.ts';

interface Match {
  readonly text: string;
  readonly cursor: number;
}

export class HistorySearch {
  private query = '';
  private failed = false;
  /** The entry found last. */
  match: number | undefined;

  constructor(private readonly history: readonly string[]) {}

  get prompt(): string {
    return `(${this.failed ? 'failed ' : ''}reverse-i-search)\`${this.query}': `;
  }

  /** What the line becomes; false leaves it as it is. Undefined: the key ends the search. */
  press(action: Action | undefined, text: string): Match | 'abort' | false | undefined {
    if (action === 'abort') return 'abort';
    if (action === 'search') return this.find((this.match ?? this.history.length) - 1);
    if (action === 'backspace') {
      this.query = this.query.slice(0, -1);
      return this.find(this.history.length - 1);
    }
    if (action !== undefined && action !== 'paste') return undefined;
    let found: Match | false = false;
    // One by one, as if they had been typed slowly: the last that still matched stays.
    for (const character of text.split('\n', 1)[0] as string) {
      this.query += character;
      found = this.find(Math.min(this.match ?? this.history.length, this.history.length - 1)) || found;
    }
    return found;
  }

  private find(from: number): Match | false {
    for (let index = from; index >= 0; index--) {
      const entry = this.history[index] as string;
      const at = entry.lastIndexOf(this.query);
      if (at < 0) continue;
      this.match = index;
      this.failed = false;
      return { text: entry, cursor: at };
    }
    this.failed = true;
    return false;
  }
}
